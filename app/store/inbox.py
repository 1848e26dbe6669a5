"""What platforms told by themselves: which order to read again, kept until it was read.

A delivery stands here once, by the platform's own id of the event, for 180 days; it is
acknowledged only when it does (consistency.md 2.1). What it says beside the order's number is never
kept: it may name a buyer, and nobody believes it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from app.store.tables_record import inbox
from app.store.work import Work

KEPT_DAYS = 180
DAY_MS = 86_400_000
NEW, DONE, DEAD = "new", "done", "dead"
FRESH, REPEAT, DIFFERS = "fresh", "repeat", "differs"
PIECE = 5000
DELETIONS = ("orders/delete", "order.deleted")
"""What platforms call the event that an order was deleted."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as it was told: by whom, its own id there, and what it is about.

    `body` is only digested: a repeat has the same one. Without an order it is done when it stands.
    `wait_ms` is how long after it the order is to be read.
    """

    source: str
    event_id: str
    body: bytes
    channel_id: int = 0
    external_id: str = ""
    topic: str = ""
    wait_ms: int = 0


@dataclass(frozen=True, slots=True)
class Hint:
    """An order somebody said to read again; `upto` is the last of the deliveries that said so.

    `deletions` of them said that it was deleted.
    """

    channel_id: int
    external_id: str
    upto: int
    n: int
    fails: int
    last_error: str
    deletions: int = 0

    @property
    def failed(self) -> bool:
        """Whether it was tried before; not every failure is its own."""
        return bool(self.last_error)


def put(work: Work, told: Delivery) -> str:
    """Keep a delivery: FRESH, REPEAT of one that stands, or DIFFERS from the one of its id."""
    digest = work.keys.mac(told.body)
    event = _plain(told.event_id, 200) or digest.hex()
    row = {
        "id": work.ids.next(),
        "source": told.source,
        "event_id": event,
        "payload_digest": digest,
        "at": work.now,
        "channel_id": told.channel_id,
        "external_id": _plain(told.external_id, 200),
        "topic": _plain(told.topic, 80),
        "state": NEW if told.external_id else DONE,
        "next_at": work.now + told.wait_ms,
    }
    names, marks = ",".join(row), ",".join("?" * len(row))
    sql = f"INSERT INTO inbox ({names}) VALUES ({marks}) ON CONFLICT (source, event_id) DO NOTHING"  # noqa: S608 - names of our own
    if work.plain(sql, tuple(row.values())).rowcount == 1:
        return FRESH
    at = (inbox.c.source == told.source) & (inbox.c.event_id == event)
    standing = work.rows(select(inbox.c.payload_digest).where(at))
    return REPEAT if bytes(standing[0]["payload_digest"]) == digest else DIFFERS


def due(work: Work, channel_id: int, limit: int) -> list[Hint]:
    """A shop's orders to read again now, oldest word first; all said of one is one hint.

    What was said so lately that the platform may not show it yet is not part of it.
    """
    waiting = (inbox.c.state == NEW) & (inbox.c.channel_id == channel_id)
    waiting &= (inbox.c.next_at <= work.now) | (inbox.c.last_error != "")
    last, first = func.max(inbox.c.id), func.min(inbox.c.id)
    query = (
        select(
            inbox.c.channel_id,
            inbox.c.external_id,
            last.label("upto"),
            func.count().label("n"),
            func.max(inbox.c.fail_count).label("fails"),
            func.max(inbox.c.last_error).label("last_error"),
            func.sum(case((inbox.c.topic.in_(DELETIONS), 1), else_=0)).label("deletions"),
        )
        .where(waiting)
        .group_by(inbox.c.channel_id, inbox.c.external_id)
        .having(func.min(inbox.c.next_at) <= work.now)
        .order_by(first)
        .limit(limit)
    )
    return [Hint(**row) for row in work.rows(query)]


def settle(work: Work, hint: Hint, **values: Any) -> None:
    """Write how the reading ended into all deliveries it was for; a later one still waits."""
    mine = (inbox.c.channel_id == hint.channel_id) & (inbox.c.external_id == hint.external_id)
    still = (inbox.c.state == NEW) & (inbox.c.id <= hint.upto)
    work.execute(inbox.update().where(mine & still).values(**values))


def has_called(work: Work, channel_id: int, since: int) -> bool:
    """Whether a shop's platform told something by itself since then (UTC ms)."""
    lately = (inbox.c.source == f"channel:{channel_id}") & (inbox.c.at >= since)
    return bool(work.rows(select(inbox.c.id).where(lately).limit(1)))


def forget_old(work: Work) -> int:
    """Let the ids of old events go, a piece at a time; how many went."""
    old = select(inbox.c.id).where(inbox.c.at < work.now - KEPT_DAYS * DAY_MS, inbox.c.state != NEW)
    return int(work.execute(inbox.delete().where(inbox.c.id.in_(old.limit(PIECE)))).rowcount)


def _plain(text: str, most: int) -> str:
    """Text as both engines keep it."""
    return text[:most].replace("\x00", "\ufffd")
