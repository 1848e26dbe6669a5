"""What is asked of the ways to tell people something outside Waydesk."""

import msgspec


class SetMail(msgspec.Struct, frozen=True, tag="set_mail"):
    """Let the record's head be mailed to somebody every day; a first mail leaves at once.

    Attributes:
        security: ``tls`` from the first byte, or ``starttls``; without TLS nothing is sent.
        password: kept encrypted; empty keeps the one there is.
        to: empty stops the mail.
    """

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str
    to: str


class SetWecom(msgspec.Struct, frozen=True, tag="set_wecom"):
    """Let a WeCom group be told of a bad day; a first message is said at once.

    Attributes:
        address: the robot's address as WeCom shows it, kept encrypted; empty stops the messages.
    """

    address: str
