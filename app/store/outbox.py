"""What must reach the outside, written in the same transaction as the change that wants it.

The key of an effect is committed before its first byte is sent and stays the same on every
resend (consistency.md 2.1). Bodies are encrypted: they hold addresses and amounts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, or_, select

from app.domain.states import OutboxState
from app.store.seal import Row
from app.store.tables_record import outbox
from app.store.work import Work

FIRST_LEASE_MS, LEASES_GROW = 120_000, 3
STOCK = "stock_write"


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to tell the outside: its kind, its key for ever, and its content."""

    kind: str
    intent_key: str
    channel_id: int = 0
    order_id: int = 0
    object_id: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    not_before: int = 0


def put(work: Work, effect: Effect) -> int:
    """Write an effect; the same key again is the same effect. Returns its id."""
    same = work.rows(select(outbox.c.id).where(outbox.c.intent_key == effect.intent_key))
    if same:
        return int(same[0]["id"])
    pk = work.ids.next()
    body = msgspec.json.encode(effect.body)
    row = {
        "id": pk,
        "command_id": work.command_id,
        "kind": effect.kind,
        "channel_id": effect.channel_id,
        "order_id": effect.order_id,
        "object_id": effect.object_id,
        "intent_key": effect.intent_key,
        "body_ct": work.keys.encrypt("outbox", pk, "body_ct", body),
        "next_at": max(work.now, effect.not_before),
    }
    work.insert(outbox, row)
    work.mark("outbox", pk)
    return pk


def knows(work: Work, intent_key: str) -> bool:
    """Whether there is, or was, an effect under this key."""
    return bool(work.rows(select(outbox.c.id).where(outbox.c.intent_key == intent_key)))


def body_of(work: Work, row: Row) -> dict[str, Any]:
    """The content of an effect, opened for whoever is about to send it."""
    plain = work.keys.decrypt("outbox", row["id"], "body_ct", row["body_ct"])
    return dict(msgspec.json.decode(plain or b"{}"))


def due(
    work: Work,
    limit: int = 50,
    kinds: tuple[str, ...] = (),
    channels: Sequence[int] | None = None,
) -> list[Row]:
    """Effects whose time has come, oldest first; a lease that ran out counts as due.

    ``kinds`` and ``channels`` narrow them to what one pump can send now, so that what waits for a
    pump, or for a paused shop, never hides another's. What is said later of the same thing waits
    until it is known what became of what was said before: else the older would stand there last.
    """
    ready = or_(
        outbox.c.state.in_(("ready", "unknown")),
        (outbox.c.state == "leased") & (outbox.c.lease_until < work.now),
    )
    query = select(outbox).where(ready, outbox.c.next_at <= work.now, ~_overtakes())
    if kinds:
        query = query.where(outbox.c.kind.in_(kinds))
    if channels is not None:
        query = query.where(outbox.c.channel_id.in_(channels))
    rows = work.rows(query.order_by(outbox.c.next_at, outbox.c.id).limit(limit))
    return [work.checked(outbox, row) for row in rows]


def _overtakes() -> ColumnElement[bool]:
    """Whether an older effect of the same kind about the same part of an order is open still.

    Of stock, the same listing: the last figure told must be the one that stands there.
    """
    older = outbox.alias()
    same = [older.c[name] == outbox.c[name] for name in ("kind", "order_id", "object_id")]
    still = older.c.state.in_(("ready", "unknown", "leased"))
    found = select(older.c.id).where(*same, still, older.c.id < outbox.c.id)
    return ((outbox.c.order_id > 0) | (outbox.c.kind == STOCK)) & found.exists()


def withdraw_older(work: Work, kind: str, object_id: int) -> int:
    """Take back what of one thing has surely not arrived: what comes now says it anew."""
    query = select(outbox.c.id).where(
        outbox.c.kind == kind, outbox.c.object_id == object_id, outbox.c.state == "ready"
    )
    found = [row["id"] for row in work.rows(query)]
    for pk in found:
        settle(work, pk, OutboxState.WITHDRAWN.value)
    return len(found)


def lease_ms(tries: int) -> int:
    """How long an effect is one keeper's while it is sent, after so many tries before this one.

    Two minutes, twice as long each time, up to sixteen: what was slow is likely slow again, and a
    lease that ends while its sending still waits lets another keeper of a shared book send it too.
    """
    return FIRST_LEASE_MS << min(tries, LEASES_GROW)


def lease(work: Work, row: Row) -> None:
    """Take an effect to send it; committed before the first byte leaves."""
    first = row["first_sent_at"] or work.now
    work.update(
        outbox,
        row["id"],
        expect=row["version"],
        state="leased",
        lease_until=work.now + lease_ms(row["attempts"]),
        attempts=row["attempts"] + 1,
        first_sent_at=first,
    )


def forget_leases(work: Work) -> int:
    """After a start: what a keeper that died was sending may have arrived, and is due at once.

    A local book has one keeper, so a lease found at its start is a dead one's. In a shared book
    another desk's keeper may hold it, and a lease runs out by itself.
    """
    if work.book.dialect != "sqlite":
        return 0
    found = [row["id"] for row in work.rows(select(outbox.c.id).where(outbox.c.state == "leased"))]
    for pk in found:
        settle(work, pk, "unknown", next_at=work.now)
    return len(found)


def settle(work: Work, pk: int, state: str, **values: Any) -> None:
    """Record how a sending ended: done, dead, unknown, or ready again at ``next_at``."""
    work.update(outbox, pk, state=state, lease_until=0, **values)
    work.mark("outbox", pk)
