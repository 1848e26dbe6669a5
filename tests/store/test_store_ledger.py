"""The stock ledger adds up after every step, whatever is done with reservations in any order.

Rules of consistency: physical = opening + movements, reserved = what standing reservations hold,
no unit promised twice, a paid reservation never runs out, nobody's but the named lock gives back.
"""

from collections import Counter
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.actor import worker
from app.domain.errors import LockOverdrawn, LockUnknown
from app.domain.states import LockKind
from app.store import stock as shelf
from app.store import stock_ledger, stock_release
from app.store.seal import Row
from app.store.stock import Terms, owed
from app.store.tables import channel, line, lock, orders, stock
from app.store.work import Book, Work
from tests.worlds import FixedClock

MINUTE = 60_000
HALF_HOUR = 30 * MINUTE
CODES, OPENING = 3, 6
TURNS = count(1)


class Floor:
    """Three merchant codes of their own at one warehouse, and what should stand there."""

    def __init__(self, book: Book, clock: FixedClock) -> None:
        self.book, self.clock = book, clock
        self.skus = [f"T{next(TURNS)}-{n}" for n in range(CODES)]
        self.physical = dict.fromkeys(self.skus, OPENING)
        self.reserved: Counter[str] = Counter()
        self.orders: list[int] = []
        with self.book.work(worker("setup")) as work:
            self.channel = work.ids.next()
            shop = {"id": self.channel, "platform": "woocommerce", "name": "Shop"}
            work.insert(channel, shop)
            self.place = stock_ledger.add_location(work, "Main")
            stock_ledger.open_stock(work, self.place, [(s, "t", OPENING, 1) for s in self.skus])
            work.tell("shop_opened", "channel")
            work.commit()

    def all(self, work: Work, table, column: str, values: list) -> list[Row]:
        query = select(table).where(table.c[column].in_(values)).order_by(table.c.id)
        return [work.checked(table, row) for row in work.rows(query)]

    # --- what can be done ----------------------------------------------------------------------

    def place_order(self, work: Work, which: int, quantity: int, *, paid: bool) -> None:
        """An order of two lines; unpaid, it holds its goods for half an hour."""
        order_id = work.ids.next()
        row = {"id": order_id, "number": f"SO{order_id}", "external_id": str(order_id)}
        work.insert(orders, row | {"channel_id": self.channel, "state": "paid"})
        wants = [(self.skus[which % CODES], quantity), (self.skus[(which + 1) % CODES], 1)]
        for n, (sku, some) in enumerate(wants):
            item = {"id": work.ids.next(), "order_id": order_id, "external_id": str(n)}
            work.insert(line, item | {"sku": sku, "quantity": some})
        self.orders.append(order_id)
        soft = Terms(LockKind.SOFT, work.now + HALF_HOUR)
        free = {sku: self.physical[sku] - self.reserved[sku] for sku in self.skus}
        short = shelf.hold(work, order_id, shelf.FIRM if paid else soft)
        closed = {r["sku"] for r in self.all(work, stock, "sku", self.skus) if r["closed"]}
        lacking = {sku for sku, some in wants if free[sku] < some or sku in closed}
        assert {one.sku for one in short} == lacking
        if not short:
            self.reserved.update(dict(wants))

    def pay(self, work: Work, order_id: int) -> None:
        """What it lost by waiting is taken again, or it stays short; what it holds is firm."""
        before = self.held(work, order_id)
        if not shelf.hold(work, order_id):
            self.reserved.update(self.held(work, order_id) - before)

    def cancel(self, work: Work, order_id: int) -> None:
        held = self.held(work, order_id)
        for item in self.all(work, line, "order_id", [order_id]):
            gone = item["quantity"] - item["shipped"]
            work.update(line, item["id"], item["version"], cancelled=gone)
        assert stock_release.release_order(work, order_id) == held.total()
        self.reserved.subtract(held)

    def cancel_part(self, work: Work, order_id: int, which: int, quantity: int) -> None:
        """Some of one line, by the right lock or a wrong one; all of it happens or nothing."""
        items = self.all(work, line, "order_id", [order_id])
        item = items[which % len(items)]
        mine = [r for r in shelf.held_locks(work, order_id) if r["line_id"] == item["id"]]
        some = min(quantity, owed(item))
        if not (mine and some):
            return
        others = [r["id"] for r in shelf.held_locks(work, order_id) if r not in mine]
        for wrong in [7, *others]:
            with pytest.raises(LockUnknown):
                stock_release.release_lines(work, order_id, [(item["id"], some, wrong)])
        try:
            stock_release.release_lines(work, order_id, [(item["id"], some, mine[-1]["id"])])
        except LockOverdrawn:
            assert shelf.left_of(mine[-1]) < some
        else:
            self.reserved[item["sku"]] -= some

    def ship(self, work: Work, order_id: int, quantity: int) -> None:
        """What leaves the house leaves the shelf, as far as it is held for that line."""
        for item in self.all(work, line, "order_id", [order_id]):
            mine = [r for r in shelf.held_locks(work, order_id) if r["line_id"] == item["id"]]
            some = min(quantity, owed(item), sum(map(shelf.left_of, mine)))
            standing = self.all(work, stock, "sku", [item["sku"]])[0]
            if some < 1 or standing["physical"] < some:
                continue
            stock_release.use(work, order_id, [(item["id"], some)])
            work.update(line, item["id"], shipped=item["shipped"] + some)
            self.reserved[item["sku"]] -= some
            self.physical[item["sku"]] -= some

    def wait(self, work: Work) -> None:
        """Time passes; what was not paid for runs out, and only that."""
        soft = Counter[str]()
        for row in self.all(work, lock, "order_id", self.orders):
            if row["state"] == "held" and row["kind"] == "soft" and row["expires_at"] <= work.now:
                soft[row["sku"]] += shelf.left_of(row)
        stock_release.expire(work)
        assert stock_release.expire(work) == ()
        self.reserved.subtract(soft)

    def count(self, work: Work, which: int, found: int) -> None:
        sku = self.skus[which % CODES]
        stock_ledger.adjust(work, sku, self.place, found, work.ids.next())
        self.physical[sku] = found

    def held(self, work: Work, order_id: int) -> Counter[str]:
        held: Counter[str] = Counter()
        for units in shelf.held_units(work, order_id).values():
            held.update(units)
        return held

    # --- what must hold ------------------------------------------------------------------------

    def check(self, work: Work) -> None:
        assert stock_ledger.drifts(work) == ()
        for row in self.all(work, stock, "sku", self.skus):
            assert row["physical"] == self.physical[row["sku"]]
            assert row["reserved"] == self.reserved[row["sku"]]
            assert row["reserved"] <= row["physical"] or row["closed"], "promised twice"
        for row in self.all(work, lock, "order_id", self.orders):
            assert (row["state"] == "held") == (shelf.left_of(row) > 0)
            assert (row["kind"] == "soft") == (row["expires_at"] is not None)
            assert row["kind"] == "soft" or row["state"] != "expired", "a paid one ran out"
        for order_id in self.orders:
            for item in self.all(work, line, "order_id", [order_id]):
                mine = shelf.held_units(work, order_id).get(item["id"], Counter())
                assert mine.total() <= owed(item), "more is held than the buyer waits for"


STEP = st.tuples(st.integers(0, 7), st.integers(0, 5), st.integers(1, 4))


@pytest.mark.req("F017")
@pytest.mark.req("F067")
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),  # twenty steps tell enough; to shorten them takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=4, max_size=16))
def test_whatever_is_done_in_any_order_the_ledger_adds_up_after_each_step(
    book: Book, clock: FixedClock, steps: list[tuple[int, int, int]]
) -> None:
    floor = Floor(book, clock)
    for what, which, quantity in steps:
        if what == 6:
            clock.advance(quantity * 10 * MINUTE)
        with book.work(worker("test")) as work:
            _do(floor, work, (what, which, quantity))
            work.tell("stock_tried", "product")
            work.commit()
        with book.work(worker("test")) as work:
            floor.check(work)


def _do(floor: Floor, work: Work, step: tuple[int, int, int]) -> None:
    what, which, quantity = step
    order_id = floor.orders[which % len(floor.orders)] if floor.orders else 0
    if what in {0, 1}:
        floor.place_order(work, which, quantity, paid=what == 0)
    elif what == 6:
        floor.wait(work)
    elif what == 7:
        floor.count(work, which, quantity * 3)
    elif order_id and what == 2:
        floor.pay(work, order_id)
    elif order_id and what == 3:
        floor.cancel(work, order_id)
    elif order_id and what == 4:
        floor.cancel_part(work, order_id, which, quantity)
    elif order_id and what == 5:
        floor.ship(work, order_id, quantity)
