"""A burst that came by a file is counted against what its platform says it holds (F224).

Orders of a live stream often come by no interface at all: a file somebody exports, or is sent. The
person types the count the platform shows. What of the file stands in the book as an order is
counted, not what was read, and what is missing is named, in the answer and in an exception that
stays until the same file agrees or somebody settles it.
"""

from dataclasses import dataclass

import msgspec
from sqlalchemy import select

from app.commands.channels import Imported
from app.operations.import_records import Judged
from app.rulebook import Rulebook
from app.store import cases, sync_history
from app.store.cases import Notice
from app.store.tables_record import case
from app.store.work import Work

DIFFERS = "count_differs"
MOST_NAMED = 500
NAMED = 20


@dataclass(frozen=True, slots=True)
class Burst:
    """One file, and how many orders its platform says it holds."""

    channel_id: int
    file: str
    stated: int


def counted(work: Work, burst: Burst, judged: Judged, told: Imported) -> Imported:
    """The answer with its count: what of the file stands in the book, and what does not."""
    lacking = sync_history.not_booked(work, burst.channel_id, judged.numbers)
    return _with(told, burst, judged, lacking)


def foreseen(work: Work, burst: Burst, judged: Judged, told: Imported) -> Imported:
    """The same before anything is written: what is readable counts as here."""
    if not burst.stated:
        return told
    read = {record.external_id for record in judged.records}
    unread = tuple(each for each in judged.numbers if each not in read)
    return _with(told, burst, judged, sync_history.not_booked(work, burst.channel_id, unread))


def keep(work: Work, rules: Rulebook, burst: Burst, told: Imported) -> None:
    """Open an exception about a count that differs, let it say what is so now, or settle it."""
    open_ = _open(work, burst)
    if told.differs:
        more = " …" if len(told.lacking) > NAMED else ""
        args: dict[str, str | int] = {
            "shop": told.shop,
            "file": burst.file,
            "stated": told.stated,
            "here": told.here,
            "n": told.not_here,
            "ids": (", ".join(told.lacking[:NAMED]) or "-") + more,
            "unnamed": max(0, told.unnamed),
        }
        if open_:
            work.update(case, open_, args_json=msgspec.json.encode(args).decode())
            work.mark("cases", open_)
        else:
            place = (DIFFERS, 0, burst.channel_id)
            cases.open_case(work, rules.cases, Notice(*place, subject=burst.file, args=args))
    elif open_:
        cases.settle(work, open_, "over", work.actor.name)
    work.tell(
        "burst_counted", "channel", burst.channel_id, stated=told.stated, missing=told.not_here
    )


def _with(told: Imported, burst: Burst, judged: Judged, lacking: tuple[str, ...]) -> Imported:
    return msgspec.structs.replace(
        told,
        stated=burst.stated,
        here=len(judged.numbers) - len(lacking),
        not_here=len(lacking),
        lacking=lacking[:MOST_NAMED],
        unnamed=burst.stated - len(judged.numbers),
    )


def _open(work: Work, burst: Burst) -> int:
    query = select(case.c.id).where(
        case.c.kind == DIFFERS,
        case.c.channel_id == burst.channel_id,
        case.c.subject == burst.file,
        case.c.state != "settled",
    )
    found = work.rows(query)
    return int(found[0]["id"]) if found else 0
