"""The stock ledger: opening figures, counts, shortages, and whether it all adds up.

``physical = opening + sum of movements`` and ``reserved = what standing reservations hold``
(consistency.md 2.3); a count may find less than is reserved, and the truth is recorded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, case, func, select

from app.domain.errors_catalogue import BundleRefused
from app.domain.products import Facts
from app.domain.states import LockState
from app.store import bundles, products
from app.store.seal import Row
from app.store.stock import left_of
from app.store.tables import location, lock, stock, stock_move
from app.store.tables_catalogue import product
from app.store.work import CHUNK, Work


@dataclass(frozen=True, slots=True)
class Drift:
    """A figure that its movements do not add up to."""

    sku: str
    location_id: int
    figure: str  # physical · reserved
    booked: int
    summed: int


@dataclass(frozen=True, slots=True)
class Count:
    """What a count found: the difference booked, and the orders that can no longer be served."""

    difference: int
    uncovered: tuple[tuple[int, int], ...] = ()  # (order id, quantity), newest first


def add_location(work: Work, name: str) -> int:
    """Add a warehouse; its id."""
    location_id = work.ids.next()
    work.insert(location, {"id": location_id, "name": name})
    work.mark("stock")
    return location_id


def check_product(work: Work, sku: str) -> None:
    """Refuse what cannot be counted: a code nobody has named, and a bundle, which has no shelf."""
    row = products.of_sku(work, sku)
    if row["kind"] == "bundle":
        raise BundleRefused(sku=sku, why="no_stock")


def open_stock(
    work: Work, location_id: int, rows: Sequence[tuple[str, str, int, int]]
) -> tuple[str, ...]:
    """Take in opening figures: (sku, title, quantity, weight in g); the codes that were new.

    A merchant code that has a figure at this warehouse keeps it: opening happens once, later
    changes are counts.
    """
    skus = sorted({row[0] for row in rows})
    named, stocked = _standing(work, location_id, skus)
    by_sku = {row[0]: row for row in rows}
    new = [by_sku[sku] for sku in skus if sku not in stocked]
    work.insert(
        product,
        *(
            products.row_of(work, Facts(sku, title, weight_g=weight_g))
            for sku, title, _quantity, weight_g in by_sku.values()
            if sku not in named
        ),
    )
    work.insert(
        stock,
        *(
            {
                "id": work.ids.next(),
                "sku": sku,
                "location_id": location_id,
                "physical": quantity,
                "opening": quantity,
            }
            for sku, _title, quantity, _weight in new
        ),
    )
    work.mark("stock")
    return tuple(row[0] for row in new)


def _standing(work: Work, location_id: int, skus: list[str]) -> tuple[set[str], set[str]]:
    """Which of these codes are named, and which have a figure at this warehouse."""
    named: set[str] = set()
    stocked: set[str] = set()
    for start in range(0, len(skus), CHUNK):
        some = skus[start : start + CHUNK]
        found = work.rows(select(product.c.sku).where(product.c.sku.in_(some)))
        named.update(row["sku"] for row in found)
        at = select(stock.c.sku).where(stock.c.sku.in_(some), stock.c.location_id == location_id)
        stocked.update(row["sku"] for row in work.rows(at))
    return named, stocked


def adjust(work: Work, sku: str, location_id: int, counted: int, cause_id: int) -> Count:
    """Book what was counted; the difference becomes a ledger row.

    Fewer than reserved closes the merchant code for further reservations and names the newest
    reservations that nothing stands behind; enough opens it again.
    """
    row = _row(work, sku, location_id)
    closed = int(row["reserved"] > counted)
    return _moved(work, row, counted - row["physical"], ("count", cause_id), closed)


def keep(work: Work, skus: Iterable[str]) -> None:
    """Keep the figures of these codes, and of what their bundles hold, until the commit.

    In the order of the codes, as whoever reserves does: two that want the same ones never wait for
    each other in a circle.
    """
    told = sorted(set(skus))
    parts = bundles.components_of(work, told)
    wanted = sorted({sku for some in parts.values() for sku, _ in some}.union(told))
    for start in range(0, len(wanted), CHUNK):
        some = stock.c.sku.in_(wanted[start : start + CHUNK])
        ordered = select(stock.c.id).where(some).order_by(stock.c.sku, stock.c.location_id)
        work.rows(ordered.with_for_update())


def bring_in(work: Work, sku: str, came: tuple[int, int], cause: tuple[str, int]) -> None:
    """Put on the shelf what came: (warehouse, units); a code that was short of it opens again.

    ``cause`` is the ledger's kind and id.
    """
    location_id, quantity = came
    row = _row(work, sku, location_id)
    closed = int(row["closed"] and row["reserved"] > row["physical"] + quantity)
    _moved(work, row, quantity, cause, closed)


def take_out(work: Work, sku: str, quantity: int, cause: tuple[str, int]) -> tuple[int, Count]:
    """Take off the shelf what left it without a reservation; how many lay there, of ``quantity``.

    From the warehouse where most of it lies; what did not lie there cannot be taken, and is for a
    person to count. Below what is promised the code closes, as after a count. ``cause`` is the
    ledger's kind and id.
    """
    rows = work.rows(select(stock).where(stock.c.sku == sku).with_for_update())
    if not rows:
        first = work.rows(select(location.c.id).order_by(location.c.id).limit(1))
        rows = [_row(work, sku, one["id"]) for one in first]
    if not rows:
        return 0, Count(0)
    row = work.checked(stock, max(rows, key=lambda one: (one["physical"], -one["location_id"])))
    there = min(quantity, row["physical"])
    closed = max(row["closed"], int(row["reserved"] > row["physical"] - there))
    return there, _moved(work, row, -there, cause, closed)


def _moved(work: Work, row: Row, difference: int, cause: tuple[str, int], closed: int) -> Count:
    """Move what lies on the shelf, with its line in the ledger; who goes without, newest first."""
    counted = row["physical"] + difference
    work.update(stock, row["id"], row["version"], physical=counted, closed=closed)
    work.insert(
        stock_move,
        {
            "id": work.ids.next(),
            "sku": row["sku"],
            "location_id": row["location_id"],
            "d_physical": difference,
            "cause_kind": cause[0],
            "cause_id": cause[1],
            "at": work.now,
        },
    )
    work.mark("stock", row["id"])
    short = row["reserved"] - counted
    uncovered = _newest(work, row["sku"], row["location_id"], short) if short > 0 else ()
    return Count(difference, uncovered)


def _row(work: Work, sku: str, location_id: int) -> Row:
    """The figure of a merchant code at a warehouse, made at zero when there is none."""
    query = select(stock).where(stock.c.sku == sku, stock.c.location_id == location_id)
    found = work.rows(query.with_for_update())
    if found:
        return work.checked(stock, found[0])
    row_id = work.ids.next()
    work.insert(stock, {"id": row_id, "sku": sku, "location_id": location_id})
    return work.row(stock, row_id)


def _newest(work: Work, sku: str, location_id: int, short: int) -> tuple[tuple[int, int], ...]:
    query = (
        select(lock)
        .where(
            lock.c.sku == sku,
            lock.c.location_id == location_id,
            lock.c.state == LockState.HELD.value,
        )
        .order_by(lock.c.id.desc())
    )
    uncovered: dict[int, int] = {}
    for row in work.rows(query):
        if short <= 0:
            break
        some = min(short, left_of(work.checked(lock, row)))
        uncovered[row["order_id"]] = uncovered.get(row["order_id"], 0) + some
        short -= some
    return tuple(uncovered.items())


def drifts(work: Work) -> tuple[Drift, ...]:
    """Every figure that does not equal the sum of its movements; none in a sound book."""
    rows = work.rows(select(stock).order_by(stock.c.sku, stock.c.location_id))
    moved = _summed(work, _moves())
    held = _summed(work, _held())
    found = []
    for row in rows:
        place = (row["sku"], row["location_id"])
        physical = row["opening"] + moved.get(place, (0, 0))[0]
        reserved = held.get(place, (0, 0))[1]
        for figure, summed in (("physical", physical), ("reserved", reserved)):
            if row[figure] != summed:
                found.append(Drift(*place, figure, row[figure], summed))
        ledger = moved.get(place, (0, 0))[1]
        if ledger != reserved:
            found.append(Drift(*place, "reserved_moves", reserved, ledger))
    return tuple(found)


def _moves() -> Select[tuple[str, int, int, int]]:
    return select(
        stock_move.c.sku,
        stock_move.c.location_id,
        func.sum(stock_move.c.d_physical).label("physical"),
        func.sum(stock_move.c.d_reserved).label("reserved"),
    ).group_by(stock_move.c.sku, stock_move.c.location_id)


def _held() -> Select[tuple[str, int, int, int]]:
    left = lock.c.quantity - lock.c.released - lock.c.used
    return select(
        lock.c.sku,
        lock.c.location_id,
        func.sum(0 * left).label("physical"),
        func.sum(case((lock.c.state == "held", left), else_=0)).label("reserved"),
    ).group_by(lock.c.sku, lock.c.location_id)


def _summed(
    work: Work, query: Select[tuple[str, int, int, int]]
) -> dict[tuple[str, int], tuple[int, int]]:
    return {
        (row["sku"], row["location_id"]): (int(row["physical"]), int(row["reserved"]))
        for row in work.rows(query)
    }
