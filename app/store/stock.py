"""Reservations: no unit is promised twice (consistency.md 2.3).

Stock is taken by a conditional UPDATE that cannot go below what is there, whatever was read
before; the rows are read under a row lock, in the order of their merchant codes, so that two
takers never wait for each other in a circle. Every movement leaves a ledger row, so that on hand
and reserved can be summed up again at any time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.domain.errors import BadValue, LedgerBroken, LockOverdrawn, LockUnknown
from app.domain.states import LockKind, LockState
from app.store.seal import Row
from app.store.tables import line, lock, product, stock, stock_move
from app.store.work import CHUNK, Work


@dataclass(frozen=True, slots=True)
class Want:
    """A quantity of a merchant code that one line of an order asks for."""

    line_id: int
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Short:
    """What is not there: how many were wanted, how many are free; ``closed`` by the breaker."""

    sku: str
    wanted: int
    available: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """How a reservation is held: firmly, or softly until ``expires_at`` (UTC ms)."""

    kind: LockKind = LockKind.FIRM
    expires_at: int | None = None


FIRM = Terms()
TAKE = (
    "UPDATE stock SET reserved = reserved + ?, version = version + 1"
    " WHERE id = ? AND physical - reserved >= ? AND closed = 0"
)


class Shelf:
    """What stands of some merchant codes while one transaction lasts.

    Reservations are decided here one order at a time and written together, which is what lets
    five hundred orders come in at once.
    """

    def __init__(self, work: Work, skus: Iterable[str]) -> None:
        self._work = work
        self.known: set[str] = set()
        self._rows: dict[str, list[Row]] = {}
        self._taken: dict[int, int] = {}
        self._locks: list[Row] = []
        self._of_order: dict[int, list[Row]] = {}
        wanted = sorted(set(skus))
        for start in range(0, len(wanted), CHUNK):
            self._load(wanted[start : start + CHUNK])

    def _load(self, skus: Sequence[str]) -> None:
        named = select(product.c.sku).where(product.c.sku.in_(skus))
        self.known.update(row["sku"] for row in self._work.rows(named))
        query = select(stock).where(stock.c.sku.in_(skus))
        ordered = query.order_by(stock.c.sku, stock.c.location_id).with_for_update()
        for row in self._work.rows(ordered):
            self._rows.setdefault(row["sku"], []).append(self._work.checked(stock, row))

    def reserve(
        self, order_id: int, wants: Sequence[Want], terms: Terms = FIRM
    ) -> tuple[Short, ...]:
        """Hold everything an order wants, or nothing and say what is short."""
        needed: dict[str, int] = {}
        for want in wants:
            needed[want.sku] = needed.get(want.sku, 0) + want.quantity
        places = {sku: self._place(sku, n) for sku, n in sorted(needed.items())}
        short = tuple(self._short(sku, needed[sku]) for sku, row in places.items() if row is None)
        if short:
            return short
        for want in wants:
            row = places[want.sku]
            if row is not None:
                self._hold(order_id, want, row, terms)
        return ()

    def locks_of(self, order_id: int) -> list[Row]:
        """The reservations decided for an order and not yet written."""
        return self._of_order.get(order_id, [])

    def write(self) -> None:
        """Write what was reserved. Raises :class:`LedgerBroken` where a row gave way meanwhile."""
        taken = [(n, stock_id, n) for stock_id, n in sorted(self._taken.items())]
        if taken and self._work.execute_each(TAKE, taken) != len(taken):
            raise LedgerBroken(sku="", booked=len(taken), summed=0)
        self._work.touch(stock, *self._taken)
        self._work.mark("stock", *self._taken)
        self._work.insert(lock, *self._locks)
        self._work.insert(
            stock_move,
            *(
                _move(self._work, row, "lock", row["id"], (0, row["quantity"]))
                for row in self._locks
            ),
        )
        self._taken, self._locks, self._of_order = {}, [], {}

    def _place(self, sku: str, quantity: int) -> Row | None:
        """The first warehouse that has all of it free: one parcel, not two."""
        for row in self._rows.get(sku, ()):
            if not row["closed"] and self._free(row) >= quantity:
                return row
        return None

    def _free(self, row: Row) -> int:
        return int(row["physical"] - row["reserved"] - self._taken.get(row["id"], 0))

    def _short(self, sku: str, wanted: int) -> Short:
        rows = self._rows.get(sku, [])
        most = max((self._free(row) for row in rows), default=0)
        return Short(sku, wanted, max(0, most), any(row["closed"] for row in rows))

    def _hold(self, order_id: int, want: Want, row: Row, terms: Terms) -> None:
        self._taken[row["id"]] = self._taken.get(row["id"], 0) + want.quantity
        made = {
            "id": self._work.ids.next(),
            "order_id": order_id,
            "line_id": want.line_id,
            "sku": want.sku,
            "location_id": row["location_id"],
            "quantity": want.quantity,
            "kind": terms.kind.value,
            "expires_at": terms.expires_at,
        }
        self._locks.append(made)
        self._of_order.setdefault(order_id, []).append(made)


def hold(work: Work, order_id: int, terms: Terms = FIRM) -> tuple[Short, ...]:
    """Reserve all that an order still lacks, or nothing; what it held softly becomes firm.

    Harmless to repeat: what is held already is not taken again.
    """
    held: dict[int, int] = {}
    for row in held_locks(work, order_id):
        held[row["line_id"]] = held.get(row["line_id"], 0) + left_of(row)
    wants = []
    for row in _lines(work, order_id):
        lacking = row["quantity"] - row["cancelled"] - row["shipped"] - held.get(row["id"], 0)
        if lacking > 0:
            wants.append(Want(row["id"], row["sku"], lacking))
    shelf = Shelf(work, (want.sku for want in wants))
    short = shelf.reserve(order_id, wants, terms)
    if not short:
        shelf.write()
        if terms.kind is LockKind.FIRM:
            make_firm(work, order_id)
    work.mark("orders", order_id)
    return short


def make_firm(work: Work, order_id: int) -> None:
    """Turn soft reservations into firm ones once the order is paid; firm ones never expire."""
    for row in held_locks(work, order_id):
        if row["kind"] == LockKind.SOFT:
            work.update(lock, row["id"], row["version"], kind=LockKind.FIRM, expires_at=None)


def release(work: Work, lock_id: int, quantity: int, order_id: int = 0) -> int:
    """Give back part of one reservation (F189); the order it was for.

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
    _give_back(work, row, quantity, LockState.RELEASED)
    return int(row["order_id"])


def release_order(work: Work, order_id: int) -> int:
    """Give back all an order holds, in the caller's transaction (F190); says how many units."""
    given = 0
    for row in held_locks(work, order_id):
        given += left_of(row)
        _give_back(work, row, left_of(row), LockState.RELEASED)
    return given


def release_lines(work: Work, order_id: int, lines: Iterable[tuple[int, int, int]]) -> None:
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
        _release_for(work, row, quantity, lock_id)
        work.update(line, line_id, row["version"], cancelled=row["cancelled"] + quantity)
    work.mark("orders", order_id)


def _release_for(work: Work, item: Row, quantity: int, lock_id: int) -> None:
    mine = [r["id"] for r in held_locks(work, item["order_id"]) if r["line_id"] == item["id"]]
    if lock_id or mine:
        if lock_id not in mine:
            raise LockUnknown(lock_id=lock_id)
        release(work, lock_id, quantity, item["order_id"])


def release_of_line(work: Work, order_id: int, line_id: int, quantity: int) -> int:
    """Give back up to ``quantity`` that a line holds, newest first; says how many there were."""
    rest = quantity
    mine = [row for row in held_locks(work, order_id) if row["line_id"] == line_id]
    for row in sorted(mine, key=lambda one: -one["id"]):
        some = min(rest, left_of(row))
        if some > 0:
            _give_back(work, row, some, LockState.RELEASED)
            rest -= some
    return quantity - rest


def use(work: Work, order_id: int, lines: Iterable[tuple[int, int]]) -> None:
    """Take what left the house off the shelf: (line id, quantity), from the line's own locks.

    Raises :class:`LockOverdrawn` when more would leave than is held for the line.
    """
    for line_id, quantity in lines:
        rest = quantity
        for row in held_locks(work, order_id):
            if row["line_id"] == line_id and rest:
                some = min(rest, left_of(row))
                _give_back(work, row, some, LockState.USED)
                rest -= some
        if rest:
            raise LockOverdrawn(lock_id=0, asked=quantity, held=quantity - rest)


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


def held_locks(work: Work, order_id: int) -> list[Row]:
    """An order's standing reservations by merchant code, each seal checked."""
    query = (
        select(lock)
        .where(lock.c.order_id == order_id, lock.c.state == LockState.HELD.value)
        .order_by(lock.c.sku, lock.c.id)
        .with_for_update()
    )
    return [work.checked(lock, row) for row in work.rows(query)]


def left_of(row: Row) -> int:
    """What a reservation still holds."""
    return int(row["quantity"] - row["released"] - row["used"])


def _lines(work: Work, order_id: int) -> list[Row]:
    query = select(line).where(line.c.order_id == order_id).order_by(line.c.sku, line.c.id)
    return [work.checked(line, row) for row in work.rows(query)]


def _give_back(work: Work, row: Row, quantity: int, how: LockState) -> None:
    """Move ``quantity`` out of a reservation: released, expired, or used (gone from the shelf)."""
    used = quantity if how is LockState.USED else 0
    change: Row = {"used": row["used"] + used, "released": row["released"] + quantity - used}
    if quantity == left_of(row):
        change["state"] = (LockState.USED if change["used"] else how).value
    work.update(lock, row["id"], row["version"], **change)
    _stock_down(work, row, quantity, used)
    moved = _move(work, row, how.value, work.ids.next(), (-used, -quantity))
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


def _move(work: Work, row: Row, kind: str, cause: int, moved: tuple[int, int]) -> Row:
    return {
        "id": work.ids.next(),
        "sku": row["sku"],
        "location_id": row["location_id"],
        "d_physical": moved[0],
        "d_reserved": moved[1],
        "cause_kind": kind,
        "cause_id": cause,
        "at": work.now,
    }
