"""What the book remembers of how Waydesk is kept: nightly routines, and the last update notice."""

import json
from dataclasses import dataclass, field
from typing import Any

from app.reads.book import ReadBook
from app.reads.viewer import Viewer

RIGHT = "desk.use"


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """The newest version told of, and how the last look ended; times are UTC ms, 0 is never.

    Attributes:
        code: ok, or why the last look was refused; "" when nobody has looked.
        prints: labels on their way to paper now.
    """

    release: str = ""
    changes: dict[str, list[str]] = field(default_factory=dict)
    looked_at: int = 0
    code: str = ""
    prints: int = 0


@dataclass(frozen=True, slots=True)
class RoutineRow:
    """The last run of a nightly routine."""

    name: str
    ran_at: int
    code: str


def notice(book: ReadBook, viewer: Viewer) -> NoticeRow:
    """What is known of a new version."""
    if not viewer.may(RIGHT):
        return NoticeRow()
    known = _value(book, "update")
    waiting = book.row("SELECT count(*) FROM print_job WHERE state IN ('queued','claimed')")
    return NoticeRow(
        str(known.get("highest", "")),
        known.get("changes", {}),
        int(known.get("looked_at", 0)),
        str(known.get("code", "")),
        waiting[0] if waiting is not None else 0,
    )


def routines(book: ReadBook, viewer: Viewer) -> tuple[RoutineRow, ...]:
    """When each nightly routine ran last, by name."""
    if not viewer.may(RIGHT):
        return ()
    rows = book.rows(
        "SELECT substr(key, 9) AS name, value_json FROM setting WHERE key LIKE 'routine.%'"
        " ORDER BY key"
    )
    found = [(row["name"], json.loads(row["value_json"])) for row in rows]
    return tuple(RoutineRow(name, value["ran_at"], value["code"]) for name, value in found)


def _value(book: ReadBook, key: str) -> dict[str, Any]:
    row = book.row("SELECT value_json FROM setting WHERE key = ?", (key,))
    found: dict[str, Any] = json.loads(row["value_json"]) if row is not None else {}
    return found
