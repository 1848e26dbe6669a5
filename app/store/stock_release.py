"""Reservations end: given back, used up on the way out, or run out of time.

Nothing is given back by guess: a part of a line goes back from that line's own reservations, for a
bundle from each of its components by the recipe it was reserved by (F191, F192).
"""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import select

from app.domain.errors import BadValue, LedgerBroken, LockOverdrawn, LockUnknown
from app.domain.states import LockState
from app.store import bundles
from app.store.seal import Row
from app.store.stock import held_locks, left_of, move_of
from app.store.tables import line, lock, stock, stock_move
from app.store.work import Work

Gate = Callable[[Row], bool]
"""Whether giving back a reservation waits for a person (F193): asked once for each of them."""


def release(
    work: Work, lock_id: int, quantity: int, order_id: int = 0, gate: Gate | None = None
) -> int:
    """Give back part of one reservation (F189); the order it was for, 0 where it waits.

    Raises:
        LockUnknown: no such reservation, not of this order, or nothing left of it (F191).
        LockOverdrawn: it holds less than that.
    """
    query = select(lock).where(lock.c.id == lock_id).with_for_update()
    found = work.rows(query)
    row = work.checked(lock, found[0]) if found else None
    if row is None or row["state"] != LockState.HELD or order_id not in {0, row["order_id"]}:
        raise LockUnknown(lock_id=lock_id)
    if quantity < 1 or quantity > left_of(row):
        raise LockOverdrawn(lock_id=lock_id, asked=quantity, held=left_of(row))
    if gate is not None and gate(row):
        return 0
    _give_back(work, row, quantity, LockState.RELEASED)
    return int(row["order_id"])


def release_order(work: Work, order_id: int, gate: Gate | None = None) -> int:
    """Give back all an order holds, in the caller's transaction (F190); says how many units."""
    given = 0
    for row in held_locks(work, order_id):
        if gate is not None and gate(row):
            continue
        given += left_of(row)
        _give_back(work, row, left_of(row), LockState.RELEASED)
    return given


def release_lines(
    work: Work, order_id: int, lines: Iterable[tuple[int, int, int]], gate: Gate | None = None
) -> None:
    """Cancel quantities of lines and give back exactly what they held (F192).

    ``lines`` holds (line id, quantity, lock id); lock id 0 is for a line that holds nothing. The
    caller's transaction ends with a refusal, so that all of it happens or none.

    Raises:
        BadValue: not a line of this order, or more than it still owes.
        LockUnknown: the lock is not this line's, is spent, or one was left out (F191).
        LockOverdrawn: the lock holds less than that.
    """
    for line_id, quantity, lock_id in lines:
        row = work.find(line, line_id)
        if row is None or row["order_id"] != order_id:
            raise BadValue(field="line_id", value=str(line_id))
        if not 1 <= quantity <= row["quantity"] - row["cancelled"] - row["shipped"]:
            raise BadValue(field="quantity", value=str(quantity))
        _release_for(work, row, (quantity, lock_id), gate)
        work.update(line, line_id, row["version"], cancelled=row["cancelled"] + quantity)
    work.mark("orders", order_id)


def _release_for(work: Work, item: Row, asked: tuple[int, int], gate: Gate | None) -> None:
    quantity, lock_id = asked
    mine = [r for r in held_locks(work, item["order_id"]) if r["line_id"] == item["id"]]
    if not (lock_id or mine):
        return
    if lock_id not in {r["id"] for r in mine}:
        raise LockUnknown(lock_id=lock_id)
    recipe = bundles.promised(work, [item["id"]]).get(item["id"])
    if recipe is None:
        release(work, lock_id, quantity, item["order_id"], gate)
        return
    for sku, each in recipe.items():
        some = _newest(mine, sku)
        if gate is not None and some and gate(some[0]):
            continue
        rest = _give_units(work, some, quantity * each, LockState.RELEASED)
        if rest:
            held = quantity * each - rest
            raise LockOverdrawn(lock_id=lock_id, asked=quantity * each, held=held)


def trim(work: Work, item: Row, owed: int, gate: Gate | None = None) -> int:
    """Give back what a line holds beyond ``owed`` items, newest first; how many units that were."""
    mine = [row for row in held_locks(work, item["order_id"]) if row["line_id"] == item["id"]]
    given = 0
    for some, units in _by_recipe(work, item["id"], mine, owed):
        too_much = sum(map(left_of, some)) - units
        if too_much > 0 and not (gate is not None and gate(some[0])):
            _give_units(work, some, too_much, LockState.RELEASED)
            given += too_much
    return given


def use(work: Work, order_id: int, lines: Iterable[tuple[int, int]]) -> None:
    """Take what left the house off the shelf: (line id, quantity), from the line's own locks.

    Raises :class:`LockOverdrawn` when more would leave than is held for the line.
    """
    for line_id, quantity in lines:
        rest = _use(work, order_id, line_id, quantity)
        if rest:
            raise LockOverdrawn(lock_id=0, asked=quantity, held=quantity - rest)


def use_held(work: Work, order_id: int, line_id: int, quantity: int) -> None:
    """Take off the shelf what is held of ``quantity`` items that somebody else sent."""
    _use(work, order_id, line_id, quantity)


def _use(work: Work, order_id: int, line_id: int, quantity: int) -> int:
    """Use up to so many items of a line; how many units there were too few."""
    mine = [row for row in held_locks(work, order_id) if row["line_id"] == line_id]
    rest = 0
    for some, units in _by_recipe(work, line_id, mine, quantity):
        rest += _give_units(work, some[::-1], units, LockState.USED)
    return rest


def _by_recipe(
    work: Work, line_id: int, mine: Sequence[Row], items: int
) -> list[tuple[list[Row], int]]:
    """A line's reservations, newest first, by component, with the units ``items`` of it take."""
    recipe = bundles.promised(work, [line_id]).get(line_id)
    if recipe is None:
        return [(_newest(mine), items)]
    return [(_newest(mine, sku), items * each) for sku, each in recipe.items()]


def _newest(mine: Sequence[Row], sku: str = "") -> list[Row]:
    return sorted((r for r in mine if sku in {"", r["sku"]}), key=lambda one: -one["id"])


def _give_units(work: Work, some: Sequence[Row], units: int, how: LockState) -> int:
    """Move units out of these reservations, in this order; how many there were too few."""
    for row in some:
        part = min(units, left_of(row))
        if part > 0:
            _give_back(work, row, part, how)
            units -= part
    return units


def expire(work: Work, limit: int = 200) -> tuple[int, ...]:
    """Give back soft reservations whose time is over, by the book's clock; the orders concerned."""
    due = (
        select(lock)
        .where(
            lock.c.state == LockState.HELD.value,
            lock.c.expires_at.is_not(None),
            lock.c.expires_at <= work.now,
        )
        .order_by(lock.c.sku, lock.c.id)
        .limit(limit)
        .with_for_update()
    )
    concerned = []
    for row in work.rows(due):
        _give_back(work, work.checked(lock, row), left_of(row), LockState.EXPIRED)
        concerned.append(row["order_id"])
    return tuple(dict.fromkeys(concerned))


def _give_back(work: Work, row: Row, quantity: int, how: LockState) -> None:
    """Move ``quantity`` out of a reservation: released, expired, or used (gone from the shelf)."""
    used = quantity if how is LockState.USED else 0
    change: Row = {"used": row["used"] + used, "released": row["released"] + quantity - used}
    if quantity == left_of(row):
        change["state"] = (LockState.USED if change["used"] else how).value
    work.update(lock, row["id"], row["version"], **change)
    _stock_down(work, row, quantity, used)
    moved = move_of(work, row, how.value, work.ids.next(), (-used, -quantity))
    work.insert(stock_move, moved)
    work.mark("orders", row["order_id"])


def _stock_down(work: Work, row: Row, reserved: int, physical: int) -> None:
    query = (
        select(stock)
        .where(stock.c.sku == row["sku"], stock.c.location_id == row["location_id"])
        .with_for_update()
    )
    for found in work.rows(query):
        standing = work.checked(stock, found)
        if standing["reserved"] < reserved or standing["physical"] < physical:
            break
        work.update(
            stock,
            standing["id"],
            standing["version"],
            reserved=standing["reserved"] - reserved,
            physical=standing["physical"] - physical,
        )
        work.mark("stock", standing["id"])
        return
    raise LedgerBroken(sku=row["sku"], booked=reserved, summed=0)
