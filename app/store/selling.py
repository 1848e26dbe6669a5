"""How each shop sells, and its share of each merchant code, as the shop's people decided it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.domain.pools import Pool, Selling
from app.domain.states import LockMoment
from app.store.seal import Row
from app.store.tables_selling import pool, selling
from app.store.work import CHUNK, Work

EVERY = ""
"""The code of a pool that is for every code its shop has no pool of its own for."""


def of_shop(work: Work, channel_id: int) -> Selling:
    """How a shop sells; as the shop's own rules say where nobody decided otherwise."""
    row = work.find(selling, channel_id)
    if row is None:
        return Selling()
    moment = LockMoment(row["lock_moment"]) if row["lock_moment"] else None
    return Selling(moment, row["soft_minutes"], bool(row["uploads"]))


def put(work: Work, channel_id: int, law: Selling) -> None:
    """Write how a shop sells."""
    standing = work.find(selling, channel_id)
    nightly = law.lock_moment == LockMoment.NIGHTLY
    row: Row = {
        "lock_moment": law.lock_moment.value if law.lock_moment else "",
        "soft_minutes": law.soft_minutes,
        "uploads": int(law.uploads),
        "since": ((standing or {}).get("since") or work.now) if nightly else 0,
    }
    if standing is None:
        work.insert(selling, {"channel_id": channel_id, **row})
    else:
        work.update(selling, channel_id, **row)
    work.mark("selling", channel_id)


def with_moment(work: Work, moment: LockMoment) -> list[int]:
    """The shops whose own moment this is."""
    query = select(selling).where(selling.c.lock_moment == moment.value)
    rows = work.rows(query.order_by(selling.c.channel_id))
    return [work.checked(selling, row)["channel_id"] for row in rows]


def nightly_since(work: Work, channel_id: int) -> int:
    """Since when a shop's sales are merged at night, UTC ms; 0: they are not."""
    row = work.find(selling, channel_id)
    return int(row["since"]) if row else 0


def uploading(work: Work) -> frozenset[int]:
    """The shops that are told of every change."""
    rows = work.rows(select(selling).where(selling.c.uploads == 1))
    return frozenset(work.checked(selling, row)["channel_id"] for row in rows)


def pools(work: Work, skus: Iterable[str]) -> dict[str, dict[int, Pool]]:
    """The pools of these codes by shop: a shop's own for the code, or its pool for every code."""
    wanted = sorted(set(skus))
    found: dict[str, dict[int, Pool]] = {sku: {} for sku in wanted}
    usual: dict[int, Pool] = {}
    for start in range(0, max(1, len(wanted)), CHUNK):
        some = pool.c.sku.in_(wanted[start : start + CHUNK])
        for row in work.rows(select(pool).where(or_(pool.c.sku == EVERY, some))):
            work.checked(pool, row)
            one = Pool(row["share"], row["most"])
            if row["sku"] == EVERY:
                usual[row["channel_id"]] = one
            else:
                found[row["sku"]][row["channel_id"]] = one
    return {sku: usual | own for sku, own in found.items()}


def codes_with_pools(work: Work, channel_id: int) -> list[str]:
    """The codes one shop has a pool of its own for."""
    query = select(pool.c.sku).where(pool.c.channel_id == channel_id, pool.c.sku != EVERY)
    return sorted(row["sku"] for row in work.rows(query))


def put_pool(work: Work, channel_id: int, sku: str, one: Pool) -> None:
    """Write a shop's part of a code, in place of the one before."""
    standing = _row(work, channel_id, sku)
    if standing is None:
        row = {"id": work.ids.next(), "channel_id": channel_id, "sku": sku}
        work.insert(pool, row | {"share": one.share, "most": one.most})
    else:
        work.update(pool, standing["id"], standing["version"], share=one.share, most=one.most)
    work.mark("selling", channel_id)


def drop_pool(work: Work, channel_id: int, sku: str) -> bool:
    """Take a shop's part of a code away; False where it had none."""
    standing = _row(work, channel_id, sku)
    if standing is not None:
        work.delete(pool, standing["id"])
        work.mark("selling", channel_id)
    return standing is not None


def _row(work: Work, channel_id: int, sku: str) -> Row | None:
    query = select(pool).where(pool.c.channel_id == channel_id, pool.c.sku == sku)
    found = work.rows(query.with_for_update())
    return work.checked(pool, found[0]) if found else None


def all_codes(work: Work) -> list[str]:
    """Every code that some shop has a pool of its own for."""
    query = select(pool.c.sku).where(pool.c.sku != EVERY).distinct()
    return sorted(row["sku"] for row in work.rows(query))


def standing(work: Work) -> tuple[int, ...]:
    """Tells what the shops decided from what they decided before, without reading all of it."""
    told: list[int] = []
    for table, pk in ((selling, selling.c.channel_id), (pool, pool.c.id)):
        sums = {"n": func.count(), "versions": func.sum(table.c.version), "last": func.max(pk)}
        query: Select[Any] = select(*(one.label(name) for name, one in sums.items()))
        row = work.rows(query)[0]
        told += [int(row[name] or 0) for name in sums]
    return tuple(told)
