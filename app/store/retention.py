"""Lets whole months of the activity log go once they are old enough, and leaves their seals.

What goes is who did what; what stays of a month is a signed line: its first and last entry, how
many there were, a digest over all of their hashes, and the last seal of every row they touched,
so that the verifier still names a row that was changed behind our back (security.md 3.7).
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from app.domain.actor import Actor
from app.domain.audit import prune_before
from app.store.migrations.guards import DROP_GUARDS, RAISE_GUARDS
from app.store.seal import Touched, unpack
from app.store.tables_record import audit, audit_segment
from app.store.work import Book, Work


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many entries went, in how many months; 0 when none was old enough."""

    entries: int
    months: int


def prune(book: Book, actor: Actor, days: int) -> Pruned:
    """Prune this desk's chain of the months that ended more than ``days`` days ago (UTC).

    Raises:
        RetentionTooShort: fewer than 180 days were asked for (F097); nothing was touched.
    """
    with book.work(actor) as work:
        limit = _month_start(prune_before(work.now, days))
        segments = []
        while (segment := _oldest_month(work, limit)) is not None:
            segments.append(segment)
            work.insert(audit_segment, segment)
            _remove(work, segment["last_seq"])
        done = Pruned(sum(one["entries"] for one in segments), len(segments))
        work.tell("audit_pruned", "audit", 0, days=days, entries=done.entries, months=done.months)
        work.commit()
    return done


def _month_start(at: int) -> int:
    day = datetime.fromtimestamp(at / 1000, UTC)
    start = day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return int(start.timestamp() * 1000)


def _next_month(at: int) -> int:
    return _month_start(_month_start(at) + 32 * 86_400_000)


def _oldest_month(work: Work, limit: int) -> dict[str, Any] | None:
    """The segment of the chain's oldest month; None when that is not over before ``limit``.

    Entries stand in the order of the chain, not of the clock: a month ends before the first entry
    of a later one.
    """
    mine = audit.c.chain == work.book.chain
    first = work.conn.execute(
        select(audit.c.seq, audit.c.at).where(mine).order_by(audit.c.seq).limit(1)
    ).first()
    if first is None or _next_month(first.at) > limit:
        return None
    later = select(func.min(audit.c.seq)).where(mine, audit.c.at >= _next_month(first.at))
    end = work.conn.execute(later).scalar()
    if end is None:
        return None  # the newest entry stays: the chain goes on from it
    return _segment(work, first.seq, end)


def _segment(work: Work, first_seq: int, end: int) -> dict[str, Any]:
    touched, digest = Touched(), hashlib.sha256()
    query = select(audit.c.at, audit.c.touched, audit.c.hash).where(
        audit.c.chain == work.book.chain, audit.c.seq < end
    )
    last_at, last_hash, first_at = 0, b"", None
    for row in work.conn.execute(query.order_by(audit.c.seq)):
        first_at = row.at if first_at is None else first_at
        last_at, last_hash = row.at, bytes(row.hash)
        digest.update(last_hash)
        for table, pk, seal in unpack(bytes(row.touched)):
            touched.add(table, pk, seal)
    return {
        "id": work.ids.next(),
        "chain": work.book.chain,
        "first_seq": first_seq,
        "last_seq": end - 1,
        "entries": end - first_seq,
        "first_at": first_at,
        "last_at": last_at,
        "last_hash": last_hash,
        "root": digest.digest(),
        "touched": touched.packed(),
    }


def _remove(work: Work, last_seq: int) -> None:
    """Take the guards off, the entries away, and put the guards back, in this transaction."""
    for statement in DROP_GUARDS[work.book.dialect]:
        work.conn.exec_driver_sql(statement)
    gone = audit.delete().where(audit.c.chain == work.book.chain, audit.c.seq <= last_seq)
    work.conn.execute(gone)
    for statement in RAISE_GUARDS[work.book.dialect]:
        work.conn.exec_driver_sql(statement)
