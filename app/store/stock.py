"""Reservations: no unit is promised twice (consistency.md 2.3).

Stock is taken by a conditional UPDATE that cannot go below what is there, whatever was read
before; the rows are read under a row lock, in the order of their merchant codes, so that two
takers never wait for each other in a circle. Every movement leaves a ledger row, so that on hand
and reserved can be summed up again at any time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.domain.bundles import Recipe, recipe_of, whole
from app.domain.errors import LedgerBroken
from app.domain.states import LockKind, LockState
from app.store import bundles
from app.store.seal import Row
from app.store.tables import line, lock, stock, stock_move
from app.store.tables_catalogue import product
from app.store.work import CHUNK, Work


@dataclass(frozen=True, slots=True)
class Want:
    """A quantity of a merchant code that one line of an order asks for.

    ``bundle`` names the bundle it is a component of, "" for a plain product.
    """

    line_id: int
    sku: str
    quantity: int
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class Short:
    """What is not there: how many were wanted, how many are free; ``closed`` by the breaker.

    ``bundle`` names the bundles it is short for.
    """

    sku: str
    wanted: int
    available: int
    closed: bool = False
    bundle: str = ""

    @property
    def said(self) -> str:
        """The code as a sentence names it, with the bundle it is for."""
        return f"{self.sku} ({self.bundle})" if self.bundle else self.sku


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
        self._promised: dict[int, Recipe] = {}
        told = sorted(set(skus))
        for start in range(0, len(told), CHUNK):
            self._name(told[start : start + CHUNK])
        self._components = bundles.components_of(work, told)
        inside = {sku for parts in self._components.values() for sku, _ in parts}
        wanted = sorted(inside.union(told))
        for start in range(0, len(wanted), CHUNK):
            self._load(wanted[start : start + CHUNK])

    def _name(self, skus: Sequence[str]) -> None:
        named = select(product.c.sku).where(product.c.sku.in_(skus))
        self.known.update(row["sku"] for row in self._work.rows(named))

    def _load(self, skus: Sequence[str]) -> None:
        query = select(stock).where(stock.c.sku.in_(skus))
        ordered = query.order_by(stock.c.sku, stock.c.location_id).with_for_update()
        for row in self._work.rows(ordered):
            self._rows.setdefault(row["sku"], []).append(self._work.checked(stock, row))

    def wants(self, item: Row, quantity: int) -> list[Want]:
        """What ``quantity`` of a line take: a bundle its components, anything else itself.

        The line is promised today's recipe once it is reserved.
        """
        sku = item["sku"]
        recipe = recipe_of(sku, self._components.get(sku, ()), item.get("units", 1))
        if recipe != {sku: 1}:
            self._promised[item["id"]] = recipe
        bundle = sku if sku in self._components else ""
        return [Want(item["id"], code, quantity * n, bundle) for code, n in recipe.items()]

    def reserve(
        self, order_id: int, wants: Sequence[Want], terms: Terms = FIRM
    ) -> tuple[Short, ...]:
        """Hold everything an order wants, or nothing and say what is short."""
        needed: Counter[str] = Counter()
        for want in wants:
            needed[want.sku] += want.quantity
        places = {sku: self._place(sku, n) for sku, n in sorted(needed.items())}
        lacking = {sku for sku, row in places.items() if row is None}
        if lacking:
            for want in wants:
                self._promised.pop(want.line_id, None)
            named = _bundles_of(wants)
            return tuple(self._short(sku, needed[sku], named[sku]) for sku in sorted(lacking))
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
                move_of(self._work, row, "lock", row["id"], (0, row["quantity"]))
                for row in self._locks
            ),
        )
        bundles.promise(self._work, self._promised.items())
        self._taken, self._locks = {}, []
        self._of_order, self._promised = {}, {}

    def _place(self, sku: str, quantity: int) -> Row | None:
        """The first warehouse that has all of it free: one parcel, not two."""
        for row in self._rows.get(sku, ()):
            if not row["closed"] and self._free(row) >= quantity:
                return row
        return None

    def _free(self, row: Row) -> int:
        return int(row["physical"] - row["reserved"] - self._taken.get(row["id"], 0))

    def _short(self, sku: str, wanted: int, bundle: str) -> Short:
        rows = self._rows.get(sku, [])
        most = max((self._free(row) for row in rows), default=0)
        return Short(sku, wanted, max(0, most), any(row["closed"] for row in rows), bundle)

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


def _bundles_of(wants: Iterable[Want]) -> dict[str, str]:
    """The bundles each code is wanted for, named together."""
    named: dict[str, list[str]] = {}
    for want in wants:
        known = named.setdefault(want.sku, [])
        if want.bundle and want.bundle not in known:
            known.append(want.bundle)
    return {sku: ", ".join(known) for sku, known in named.items()}


def hold(work: Work, order_id: int, terms: Terms = FIRM) -> tuple[Short, ...]:
    """Reserve all that an order still lacks, or nothing; what it held softly becomes firm.

    Harmless to repeat: what is held already is not taken again, and a line that holds something
    is filled up by the recipe it was reserved by.
    """
    held = held_units(work, order_id)
    owing = [(row, owed(row)) for row in _lines(work, order_id) if owed(row) > 0]
    recipes = bundles.promised(work, [row["id"] for row, _ in owing])
    bundles.forget(work, [pk for pk in recipes if pk not in held])
    inside = {sku for recipe in recipes.values() for sku in recipe}
    shelf = Shelf(work, inside.union(row["sku"] for row, _ in owing))
    wants = []
    for row, quantity in owing:
        mine = held.get(row["id"])
        if mine is None:
            wants += shelf.wants(row, quantity)
        else:
            wants += _lacking(row, quantity, recipes.get(row["id"]), mine)
    short = shelf.reserve(order_id, wants, terms)
    if not short:
        shelf.write()
        if terms.kind is LockKind.FIRM:
            make_firm(work, order_id)
    work.mark("orders", order_id)
    return short


def _lacking(
    item: Row, quantity: int, recipe: Recipe | None, held: Mapping[str, int]
) -> list[Want]:
    """What a line that holds something still needs, by the recipe it was reserved by."""
    bundle = item["sku"] if recipe and set(recipe) != {item["sku"]} else ""
    if recipe is None:
        recipe, held = {item["sku"]: 1}, {item["sku"]: sum(held.values())}
    lacking = {sku: quantity * each - held.get(sku, 0) for sku, each in recipe.items()}
    return [Want(item["id"], sku, n, bundle) for sku, n in lacking.items() if n > 0]


def owed(item: Row) -> int:
    """How many of a line the buyer still waits for."""
    return int(item["quantity"] - item["cancelled"] - item["shipped"])


def held_units(work: Work, order_id: int) -> dict[int, Counter[str]]:
    """What each line of an order holds, by merchant code."""
    held: dict[int, Counter[str]] = {}
    for row in held_locks(work, order_id):
        held.setdefault(row["line_id"], Counter())[row["sku"]] += left_of(row)
    return held


def held_items(work: Work, order_id: int) -> dict[int, int]:
    """How many whole items of each line are held; a bundle is as whole as its scarcest part."""
    held = held_units(work, order_id)
    recipes = bundles.promised(work, list(held))
    return {
        line_id: whole(units, recipes[line_id]) if line_id in recipes else sum(units.values())
        for line_id, units in held.items()
    }


def make_firm(work: Work, order_id: int) -> None:
    """Turn soft reservations into firm ones once the order is paid; firm ones never expire."""
    for row in held_locks(work, order_id):
        if row["kind"] == LockKind.SOFT:
            work.update(lock, row["id"], row["version"], kind=LockKind.FIRM, expires_at=None)


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


def move_of(work: Work, row: Row, kind: str, cause: int, moved: tuple[int, int]) -> Row:
    """A ledger row for what a reservation moved: (on hand, reserved)."""
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
