"""What the book remembers of nightly routines: the slot served last, when it ran, how it ended."""

import msgspec

from app.store import settings
from app.store.tables_record import setting
from app.store.work import Work

PREFIX = "routine."


class Served(msgspec.Struct, frozen=True):
    """The last run of a routine.

    Attributes:
        slot: the moment it was due, UTC ms; 0 when it has never been.
        ran_at: when it ran, UTC ms.
        code: ok, or the code of what went wrong.
    """

    slot: int = 0
    ran_at: int = 0
    code: str = ""


def served(work: Work, name: str) -> Served:
    """What stands of a routine."""
    row = work.find(setting, PREFIX + name)
    return msgspec.json.decode(row["value_json"], type=Served) if row is not None else Served()


def serve(work: Work, name: str, slot: int, code: str) -> None:
    """Write down that a slot was served; the caller tells the record."""
    settings.put(work, PREFIX + name, Served(slot, work.now, code))
    work.mark("routines")
