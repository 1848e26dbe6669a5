"""The words of an errand: what the desk says to a part it starts, and what it hears back."""

import msgspec


class Answers(msgspec.Struct, frozen=True):
    """What only a person can say: the recovery kit, a passphrase, and why; each may be empty."""

    kit: str = ""
    passphrase: str = ""
    reason: str = ""


class Done(msgspec.Struct, frozen=True, tag="done"):
    """A backup was brought back; ``aside`` is where the data before it is, empty for none."""

    name: str
    aside: str = ""


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """Nothing was touched: the code and details of why."""

    code: str
    details: dict[str, str | int] = {}
