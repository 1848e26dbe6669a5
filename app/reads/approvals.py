"""Requests for consent: what waits for me, and what became of what I asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.roles import Place
from app.reads.book import ReadBook
from app.reads.viewer import Viewer

SHOWN_MS = 24 * 3_600_000
MOST = 200
_COLUMNS = (
    "id, kind, permission, requester_id, requester, reason, object, object_id, places_json,"
    " facts_json, row_count, state, void_why, created_at, ready_at, expires_at, approver, factor,"
    " answer, decided_at, used_at"
)
_OPEN = "state IN ('waiting', 'consented') AND expires_at > ?"


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as its asker or whoever may consent reads it; times are UTC ms.

    Attributes:
        kind: the command's tag; its sentence is ``asked.<kind>``, filled from ``facts``.
        mine: the viewer asked for it.
        for_me: it waits for the viewer's consent.
    """

    id: int
    kind: str
    permission: str
    requester: str
    reason: str
    facts: Mapping[str, str | int]
    state: str
    void_why: str
    created_at: int
    expires_at: int
    approver: str
    factor: str
    answer: str
    mine: bool
    for_me: bool


def open_requests(book: ReadBook, viewer: Viewer, now: int) -> tuple[RequestRow, ...]:
    """What waits: for the viewer's consent first, then their own, newest first."""
    sql = f"SELECT {_COLUMNS} FROM approval WHERE {_OPEN} ORDER BY id DESC LIMIT {MOST}"
    found = [one for row in book.rows(sql, (now,)) if (one := _seen(row, viewer, now))]
    return tuple(sorted(found, key=lambda one: not one.for_me))


def past_requests(book: ReadBook, viewer: Viewer, now: int) -> tuple[RequestRow, ...]:
    """What became of the last day's requests, the viewer's own and those they could see."""
    sql = (
        f"SELECT {_COLUMNS} FROM approval WHERE NOT ({_OPEN}) AND created_at > ?"
        f" ORDER BY id DESC LIMIT {MOST}"
    )
    rows = book.rows(sql, (now, now - SHOWN_MS))
    return tuple(one for row in rows if (one := _seen(row, viewer, now)))


def one_request(book: ReadBook, viewer: Viewer, approval_id: int, now: int) -> RequestRow | None:
    """One request, None when the viewer neither asked for it nor may consent."""
    row = book.row(f"SELECT {_COLUMNS} FROM approval WHERE id = ?", (approval_id,))
    return _seen(row, viewer, now) if row is not None else None


def waiting_for_me(book: ReadBook, viewer: Viewer, now: int) -> int:
    """How many requests wait for the viewer's consent."""
    return sum(one.for_me for one in open_requests(book, viewer, now))


def _seen(row: Any, viewer: Viewer, now: int) -> RequestRow | None:
    mine = row["requester_id"] == viewer.operator_id
    about_me = row["object"] == "operator" and row["object_id"] == viewer.operator_id
    may = not about_me and _may(row, viewer)
    if not (mine or may):
        return None
    waits = row["state"] == "waiting" and row["expires_at"] > now
    return RequestRow(
        id=row["id"],
        kind=row["kind"],
        permission=row["permission"],
        requester=row["requester"],
        reason=row["reason"],
        facts=msgspec.json.decode(row["facts_json"]),
        state=row["state"],
        void_why=row["void_why"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        approver=row["approver"],
        factor=row["factor"],
        answer=row["answer"],
        mine=mine,
        for_me=waits and may and not mine,
    )


def _may(row: Any, viewer: Viewer) -> bool:
    """Whether the viewer holds the right in every place the request is about."""
    reach = viewer.reach(row["permission"])
    pairs = msgspec.json.decode(row["places_json"], type=list[tuple[int, int]])
    return bool(pairs) and all(reach.covers(Place(*pair)) for pair in pairs)
