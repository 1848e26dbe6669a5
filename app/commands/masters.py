"""What is asked of another business system's masters: look at a file of them, take it in."""

import msgspec


class ReadMasters(msgspec.Struct, frozen=True, tag="read_masters"):
    """Read a file of customers, materials or prices; answers :class:`MastersRead`.

    ``preview`` writes nothing. Taken in, the file is what is known of that kind from then on; the
    other system is never changed, nor is anything of the shop's own.
    """

    path: str
    system: str
    kind: str
    preview: bool = False


class MasterChange(msgspec.Struct, frozen=True):
    """One master that differs from what was known: new, changed or gone; ``facts`` as text."""

    code: str
    verdict: str
    before: dict[str, str] = {}
    after: dict[str, str] = {}


class MasterNote(msgspec.Struct, frozen=True):
    """How the masters and the shop's own book differ: a code, how many, and the first of them."""

    code: str
    n: int
    first: tuple[str, ...] = ()


class MasterRefused(msgspec.Struct, frozen=True):
    """One row that was refused: why (a code), in which column, and what stood there."""

    row: int
    code: str
    column: str
    stood: str


class MastersRead(msgspec.Struct, frozen=True):
    """What a file of masters says: ``changes`` and ``refused`` are the first of them."""

    rows: int
    new: int
    changed: int
    gone: int
    same: int
    changes: tuple[MasterChange, ...] = ()
    notes: tuple[MasterNote, ...] = ()
    rejected: int = 0
    refused: tuple[MasterRefused, ...] = ()
