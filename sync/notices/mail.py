"""A mail as it leaves: plain text, one recipient, and an id that stays the same on every try.

Mail cannot be sent exactly once: an answer that is lost leaves open whether it arrived. The same
``Message-ID`` goes with every try, and by it mail programs show a mail that came twice once.
"""

from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import Protocol

STARTTLS, TLS = "starttls", "tls"
SECURITIES = (TLS, STARTTLS)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; ``security`` is ``tls`` from the first byte, or ``starttls``."""

    host: str
    port: int
    security: str = TLS
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, ready to be handed in: who from, who to, and its bytes."""

    sender: str
    to: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MailAsk:
    """What a mail says; ``key`` is its own on every try, ``at`` when it was written."""

    sender: str
    to: str
    subject: str
    text: str
    key: str
    at: datetime


class Post(Protocol):
    """Hands mail in; handed in itself. Raises only sync.errors."""

    async def send(self, server: MailServer, letter: Letter) -> None:
        """Hand one mail in; returns when the server has taken it."""
        ...


def letter_of(ask: MailAsk) -> Letter:
    """The mail's bytes: the same ask gives the same bytes. Raises ValueError for no address."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Waydesk", addr_spec=ask.sender)
    mail["To"] = Address(addr_spec=ask.to)
    mail["Subject"] = " ".join(ask.subject.split())
    mail["Date"] = format_datetime(ask.at)
    mail["Message-ID"] = f"<{sha256(ask.key.encode()).hexdigest()[:32]}@waydesk>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(ask.text, cte="base64")
    return Letter(ask.sender, ask.to, mail.as_bytes())


def is_address(text: str) -> bool:
    """Whether mail can be sent there at all: one address, nothing around it."""
    local, at, domain = text.partition("@")
    plain = text.isascii() and text.isprintable() and not set(text) & set(' <>,;:"()[]\\\r\n')
    return bool(plain and at and local and "." in domain.strip(".") and "@" not in domain)
