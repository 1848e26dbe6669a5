"""How well shops are read, kept for charts: samples, counts, and how each shop stands now."""

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Table, func, select

from app.store.seal import Row
from app.store.tables import orders
from app.store.tables_record import case, kept_aside
from app.store.tables_sync import (
    lock_sample,
    order_count,
    state_sample,
    sync_day,
    sync_sample,
    sync_state,
)
from app.store.work import CHUNK, Work
from sync.tally import rank

DAY_MS = 86_400_000
KEPT_DAYS = 90
MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class Counted:
    """What a platform had in a span of time, and which of it was missing here."""

    channel_id: int
    span: str  # hour · day
    there: int
    missing: tuple[str, ...]


def put_state(work: Work, channel_id: int, values: Row) -> None:
    """Write how a shop stands now, in place of how it stood."""
    here = sync_state.c.channel_id == channel_id
    if work.rows(select(sync_state.c.channel_id).where(here)):
        work.execute(sync_state.update().where(here).values(at=work.now, **values))
    else:
        work.insert(sync_state, {"channel_id": channel_id, "at": work.now, **values})
    work.mark("health", channel_id)


def put_samples(work: Work, rows: list[Row]) -> None:
    """Add what passed over the links since the last time."""
    made = [{"id": work.ids.next(), "at": work.now, **row} for row in rows]
    work.insert(sync_sample, *made)
    for row in rows:
        work.mark("health", row["channel_id"])


def put_count(work: Work, counted: Counted) -> None:
    """Add one count of a platform's orders against ours."""
    named = msgspec.json.encode(counted.missing[:MOST_NAMED]).decode()
    lack = len(counted.missing)
    row = {
        "id": work.ids.next(),
        "channel_id": counted.channel_id,
        "span": counted.span,
        "at": work.now,
        "there": counted.there,
        "here": counted.there - lack,
        "missing": lack,
        "missing_json": named,
    }
    work.insert(order_count, row)
    work.mark("health", counted.channel_id)


def missing_of(work: Work, channel_id: int, external_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a platform's orders that neither stand here nor are kept aside, in their order."""
    return _absent(work, channel_id, external_ids, (orders, kept_aside))


def not_booked(work: Work, channel_id: int, external_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a platform's orders that are no order here, in their order; kept aside is none."""
    return _absent(work, channel_id, external_ids, (orders,))


def _absent(
    work: Work, channel_id: int, external_ids: tuple[str, ...], tables: tuple[Table, ...]
) -> tuple[str, ...]:
    known: set[str] = set()
    for start in range(0, len(external_ids), CHUNK):
        some = external_ids[start : start + CHUNK]
        for table in tables:
            query = select(table.c.external_id).where(
                table.c.channel_id == channel_id, table.c.external_id.in_(some)
            )
            known.update(row["external_id"] for row in work.rows(query))
    return tuple(each for each in dict.fromkeys(external_ids) if each not in known)


def alarms_of(work: Work, kinds: tuple[str, ...]) -> dict[int, dict[str, int]]:
    """The open alarms about shops themselves: by shop, the case of each kind."""
    query = select(case.c.id, case.c.channel_id, case.c.kind).where(
        case.c.kind.in_(kinds), case.c.state != "settled"
    )
    found: dict[int, dict[str, int]] = {}
    for row in work.rows(query):
        found.setdefault(row["channel_id"], {})[row["kind"]] = row["id"]
    return found


def forget_old(work: Work, days: int = KEPT_DAYS) -> int:
    """Drop samples and counts older than a season; how many went."""
    before = work.now - days * DAY_MS
    gone = 0
    for table in (sync_sample, order_count, state_sample, lock_sample, sync_day):
        gone += int(work.execute(table.delete().where(table.c.at < before)).rowcount)
    return gone


def day_of(work: Work, since: int, until: int) -> list[Row]:
    """How each link did from ``since`` to before ``until``, UTC ms; medians of every delay."""
    here = (sync_sample.c.at >= since, sync_sample.c.at < until)
    names = (sync_sample.c.channel_id, sync_sample.c.link)
    sums = [
        func.sum(sync_sample.c[name]).label(name) for name in ("asked", "failed", "again", "came")
    ]
    rows = work.rows(select(*names, *sums).where(*here).group_by(*names).order_by(*names))
    delays = _delays(work, select(*names, sync_sample.c.delays_json).where(*here))
    made = []
    for row in rows:
        told = delays.get((row["channel_id"], row["link"]), [])
        figures = {name: int(row[name]) for name in ("asked", "failed", "again", "came")}
        ranks = {"median_ms": rank(told, 0.5), "p95_ms": rank(told, 0.95)}
        place = {"channel_id": row["channel_id"], "link": row["link"]}
        made.append({**place, **figures, **ranks})
    return made


def _delays(work: Work, query: Any) -> dict[tuple[int, str], list[int]]:
    found: dict[tuple[int, str], list[int]] = {}
    for row in work.rows(query.where(sync_sample.c.delays_json != "[]")):
        some = msgspec.json.decode(row["delays_json"], type=list[int])
        found.setdefault((row["channel_id"], row["link"]), []).extend(some)
    return found


def put_day(work: Work, day: str, rows: list[Row]) -> None:
    """Keep a day's report, in place of one made before."""
    work.execute(sync_day.delete().where(sync_day.c.day == day))
    made = [{"id": work.ids.next(), "day": day, "at": work.now, **row} for row in rows]
    if made:
        work.insert(sync_day, *made)
    work.mark("report")


def packed(delays_ms: list[int]) -> str:
    """Delays as a sample keeps them."""
    return msgspec.json.encode(delays_ms).decode()
