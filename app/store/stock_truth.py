"""Counts, differences and cancellations in the book, held against its movements."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, or_, select, text

from app.domain.cancel_match import Reserved
from app.domain.errors import BadValue
from app.domain.stock_truth import Counted, accuracy_ppm
from app.store import bundles
from app.store.seal import Row
from app.store.stock import left_of, owed
from app.store.tables import line, lock, orders, stock, stock_move
from app.store.tables_breaker import waiting_release
from app.store.tables_record import CANCEL_LOG, case, event
from app.store.tables_stock_truth import stock_day, variance
from app.store.work import CHUNK, Work

COUNT = "count"
OVER = ("cancelled", "closed")
INSIDE = ("paid", "allocated")


def counted(work: Work, since: int, until: int) -> list[Counted]:
    """What each count from ``since`` until before ``until`` (UTC ms) had in the book and found."""
    earlier = stock_move.alias()
    same = (earlier.c.sku == stock_move.c.sku, earlier.c.location_id == stock_move.c.location_id)
    before = (
        select(func.coalesce(func.sum(earlier.c.d_physical), 0))
        .where(*same, earlier.c.id < stock_move.c.id)
        .scalar_subquery()
    )
    query = (
        select(stock.c.opening, before.label("moved"), stock_move.c.d_physical)
        .join(
            stock,
            and_(stock.c.sku == stock_move.c.sku, stock.c.location_id == stock_move.c.location_id),
        )
        .where(stock_move.c.at >= since, stock_move.c.at < until, stock_move.c.cause_kind == COUNT)
    )
    found = []
    for row in work.rows(query):
        booked = int(row["opening"] + row["moved"])
        found.append(Counted(booked, booked + int(row["d_physical"])))
    return found


def day_figures(work: Work, since: int, until: int) -> Row:
    """What a day's report says of counts and of orders that found nothing left."""
    counts = counted(work, since, until)
    short = select(func.count(case.c.order_id.distinct())).where(
        case.c.kind == "short_stock", case.c.opened_at >= since, case.c.opened_at < until
    )
    came = select(func.count()).where(orders.c.paid_here_at >= since, orders.c.paid_here_at < until)
    return {
        "counts": len(counts),
        "differences": sum(one.booked != one.found for one in counts),
        "units": sum(max(one.booked, one.found) for one in counts),
        "units_off": sum(abs(one.found - one.booked) for one in counts),
        "accuracy_ppm": accuracy_ppm(counts),
        "oversold": int(work.conn.execute(short).scalar_one()),
        "orders_in": int(work.conn.execute(came).scalar_one()),
    }


def last_day(work: Work) -> str:
    """The last day a report was made of; "" while there is none."""
    return str(work.conn.execute(select(func.max(stock_day.c.day))).scalar() or "")


def put_day(work: Work, day: str, figures: Row) -> None:
    """Keep a day's report in place of an earlier one of the same day."""
    work.execute(stock_day.delete().where(stock_day.c.day == day))
    work.insert(stock_day, {"id": work.ids.next(), "day": day, "at": work.now, **figures})
    work.mark("stock_report")


def explain(work: Work, move_id: int, values: Row) -> None:
    """Keep why a count found another number. Raises BadValue for what is no such movement."""
    move = work.row(stock_move, move_id)
    if move["cause_kind"] != COUNT or not move["d_physical"]:
        raise BadValue(field="move_id", value=str(move_id))
    by = {"explained_by": work.actor.name, "explained_at": work.now}
    known = work.find(variance, move_id)
    if known is None:
        work.insert(variance, {"move_id": move_id, **values, **by})
    else:
        work.update(variance, move_id, known["version"], **values, **by)
    work.mark("stock_report")


def finish(work: Work, move_id: int) -> None:
    """Say that what was to be done about a difference is done."""
    row = work.row(variance, move_id)
    work.update(variance, move_id, row["version"], done_at=work.now, done_by=work.actor.name)
    work.mark("stock_report")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order of the cancel log, with what its reservations say by merchant code."""

    order_id: int
    channel_id: int
    is_over: bool
    owed: int
    per_item: dict[str, int]
    locks: dict[str, Reserved]


def cancel_log(work: Work, since: int) -> set[int]:
    """The orders of which something was cancelled or given back after ``since`` (UTC ms)."""
    query = select(event.c.order_id).where(text(CANCEL_LOG), event.c.at > since).distinct()
    return {row["order_id"] for row in work.rows(query)}


def lines_of(work: Work, order_ids: Iterable[int]) -> list[Line]:
    """The lines of these orders that nobody keeps waiting and that stock is held for."""
    found, wanted = [], sorted(set(order_ids))
    for start in range(0, len(wanted), CHUNK):
        found += _lines_of(work, wanted[start : start + CHUNK])
    return found


def _lines_of(work: Work, some: list[int]) -> list[Line]:
    waits = select(waiting_release.c.order_id).where(
        waiting_release.c.order_id.in_(some), waiting_release.c.done_at.is_(None)
    )
    waiting = {row["order_id"] for row in work.rows(waits)}
    told = [row for row in work.of(orders, "id", *some) if row["id"] not in waiting]
    states = {row["id"]: row for row in told if row["state"] in OVER or _is_firm(row)}
    locks: dict[int, dict[str, Reserved]] = {}
    for row in work.of(lock, "order_id", *some):
        mine = locks.setdefault(row["line_id"], {})
        was = mine.get(row["sku"], Reserved(0, 0))
        held = left_of(row) if row["state"] == "held" else 0
        mine[row["sku"]] = Reserved(was.held + held, was.released + row["released"])
    items = [row for row in work.of(line, "order_id", *some) if row["order_id"] in states]
    recipes = bundles.promised(work, [row["id"] for row in items])
    made = []
    for item in items:
        order = states[item["order_id"]]
        over = order["state"] in OVER
        recipe = recipes.get(item["id"], {item["sku"]: 1})
        place = (order["id"], order["channel_id"], over, 0 if over else owed(item))
        made.append(Line(*place, recipe, locks.get(item["id"], {})))
    return made


def _is_firm(order: Row) -> bool:
    """Whether an order should hold what it owes: paid, and stopped by nothing that holds stock."""
    return order["state"] in INSIDE and not order["held"]


def unmoved(work: Work, since: int) -> dict[str, int]:
    """By code, the units by which what reservations gave back and its movements differ.

    Only codes that gave back since then are summed, those from their beginning.
    """
    given = stock_move.c.cause_kind.in_(("released", "expired"))
    lately = select(stock_move.c.sku).where(given, stock_move.c.at > since).distinct()
    log = sorted(cancel_log(work, since))
    skus = {row["sku"] for row in work.rows(lately)}
    for start in range(0, len(log), CHUNK):
        of_orders = select(lock.c.sku).where(lock.c.order_id.in_(log[start : start + CHUNK]))
        skus |= {row["sku"] for row in work.rows(of_orders.distinct())}
    apart: dict[str, int] = {}
    wanted = sorted(skus)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        booked = _summed(work, _given_back(some))
        moved = _summed(work, _moved_back(some))
        for sku in some:
            n = booked.get(sku, 0) - moved.get(sku, 0)
            if n:
                apart[sku] = n
    return apart


def _given_back(skus: list[str]) -> Select[tuple[str, int]]:
    return (
        select(lock.c.sku, func.sum(lock.c.released).label("n"))
        .where(lock.c.sku.in_(skus))
        .group_by(lock.c.sku)
    )


def _moved_back(skus: list[str]) -> Select[tuple[str, int]]:
    given = or_(stock_move.c.cause_kind == "released", stock_move.c.cause_kind == "expired")
    return (
        select(stock_move.c.sku, func.sum(-stock_move.c.d_reserved).label("n"))
        .where(stock_move.c.sku.in_(skus), given)
        .group_by(stock_move.c.sku)
    )


def _summed(work: Work, query: Select[tuple[str, int]]) -> dict[str, int]:
    return {row["sku"]: int(row["n"]) for row in work.rows(query)}
