"""Stock: no unit promised twice, every movement in the ledger, nothing given back by guess."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.commands.catalogue import AddProduct
from app.commands.orders import CancelLines, CancelOrder
from app.commands.stock import AddLocation, AdjustStock, OpenStock, ReleaseLock
from app.domain.actor import worker
from app.domain.errors import (
    BadValue,
    LedgerBroken,
    LockOverdrawn,
    LockUnknown,
    NotAllowed,
    NotFound,
    ReasonNeeded,
    WaydeskError,
)
from app.operations import intake
from app.store import stock as shelf
from app.store.stock_ledger import Drift, drifts
from app.store.tables import line, lock, orders, stock, stock_move
from app.store.tables_catalogue import product
from app.store.tables_record import audit, case
from app.store.work import Book, Place
from sync.records import Batch, LineRecord
from tests.operations.outbound_world import Shop, open_shop, record
from tests.worlds import CountingIds, FixedClock, shop_keys

FIVE = tuple(LineRecord(str(n), "LN-27", "p", "t", "", 1, 100, 100) for n in range(1, 6))


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book)


def figures(shop: Shop, sku: str = "LN-27") -> tuple[int, int, int]:
    row = next(r for r in shop.all(stock) if r["sku"] == sku)
    return row["physical"], row["reserved"], row["closed"]


def locks_of(shop: Shop, external_id: str = "501") -> list[dict]:
    order_id = shop.order(external_id)["id"]
    return [r for r in shop.all(lock) if r["order_id"] == order_id]


def drift(shop: Shop) -> tuple[Drift, ...]:
    with shop.book.work(worker("test")) as work:
        return drifts(work)


def told(shop: Shop) -> list[tuple[str, str]]:
    return [(r["action"], r["result"]) for r in shop.all(audit)]


def test_no_unit_is_promised_twice_whoever_asks_first(shop: Shop) -> None:
    ten = (LineRecord("1", "LN-27", "p", "t", "", 10, 100, 1000),)
    shop.receive(record("1", lines=ten), record("2", lines=ten))
    shop.receive(record("3", lines=ten))
    assert [r["order_id"] for r in shop.all(lock)] == [shop.order("1")["id"]]
    assert figures(shop) == (10, 10, 0)
    assert told(shop).count(("intake", "ok")) == 2
    assert drift(shop) == ()


def test_what_was_taken_since_the_shelf_was_read_is_not_taken_again(shop: Shop) -> None:
    shop.receive(record(lines=FIVE[:1]))
    row = next(r for r in shop.all(stock) if r["sku"] == "LN-27")
    with shop.book.work(worker("test")) as work:
        now = shelf.Shelf(work, ["LN-27"])
        line_id = shop_lines(work)[0]["id"]
        assert now.reserve(shop_lines(work)[0]["order_id"], [shelf.Want(line_id, "LN-27", 9)]) == ()
        work.update(stock, row["id"], reserved=2)
        with pytest.raises(LedgerBroken):
            now.write()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_keepers_that_take_the_last_units_at_once_never_share_one(shop: Shop) -> None:
    three = (LineRecord("1", "LN-27", "p", "t", "", 3, 100, 300),)
    start = threading.Barrier(4)

    def keeper(number: int) -> None:
        ids = CountingIds(1_000_000 * number)
        mine = Book(shop.book.engine, shop_keys(), FixedClock(), ids, Place(chain=number + 10))
        way = intake.Way(mine, shop.door.laws.now, shop.channel_id)
        start.wait()
        for at in range(3):
            intake.take(way, Batch((record(f"{number}-{at}", lines=three),), (), "", False))

    with ThreadPoolExecutor(4) as crowd:
        for done in [crowd.submit(keeper, number) for number in range(1, 5)]:
            done.result()
    assert figures(shop) == (10, 9, 0)
    assert len(shop.all(lock)) == 3
    assert len(shop.all(orders)) == 12
    assert sorted({r["number"][-6:] for r in shop.all(orders)}) == [
        f"{n:06d}" for n in range(1, 13)
    ]
    assert drift(shop) == ()


@pytest.mark.req("F190")
def test_cancelling_gives_all_back_in_the_same_step(shop: Shop) -> None:
    shop.receive(record())
    shop.do("lead", CancelOrder(shop.order()["id"], "buyer called"))
    assert (figures(shop), figures(shop, "HK-01")) == ((10, 0, 0), (10, 0, 0))
    assert {r["state"] for r in shop.all(lock)} == {"released"}
    assert drift(shop) == ()


@pytest.mark.req("F190")
@pytest.mark.parametrize("dies_at", range(1, 6))
def test_a_cancel_that_dies_half_way_changed_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    shop.receive(record())
    steps = count(1)
    whole = shelf.Work.update

    def dying(self, *args, **values):
        if next(steps) == dies_at:
            raise OSError("killed")
        return whole(self, *args, **values)

    with monkeypatch.context() as patched:
        patched.setattr(shelf.Work, "update", dying)
        with pytest.raises(OSError, match="killed"):
            shop.do("lead", CancelOrder(shop.order()["id"], "buyer called"))
    assert shop.order()["state"] == "paid"
    assert figures(shop) == (10, 2, 0)
    assert drift(shop) == ()


@pytest.mark.req("F191")
def test_a_forged_or_foreign_or_spent_lock_is_refused_and_recorded(shop: Shop) -> None:
    shop.receive(record(), record("502"))
    order_id, mine = shop.order()["id"], locks_of(shop)
    theirs = locks_of(shop, "502")
    first = mine[0]
    for lock_id in (999_999, theirs[0]["id"], mine[1]["id"], 0):
        with pytest.raises(LockUnknown):
            shop.do("lead", CancelLines(order_id, ((first["line_id"], 1, lock_id),), "less"))
    whole = ((first["line_id"], first["quantity"], first["id"]),)
    shop.do("lead", CancelLines(order_id, whole, "less"))
    with pytest.raises(LockUnknown):
        shop.do("lead", ReleaseLock(first["id"], 1, "again"))
    assert told(shop).count(("lines_cancelled", "failed")) == 4
    assert told(shop).count(("lock_released", "failed")) == 1
    assert figures(shop, first["sku"])[1] == theirs[0]["quantity"]
    assert drift(shop) == ()


@pytest.mark.req("F189")
def test_more_than_a_lock_holds_is_refused_and_part_of_it_is_given_back(shop: Shop) -> None:
    shop.receive(record())
    held = next(r for r in locks_of(shop) if r["sku"] == "LN-27")
    with pytest.raises(LockOverdrawn):
        shop.do("lead", ReleaseLock(held["id"], 3, "too much"))
    shop.do("lead", ReleaseLock(held["id"], 1, "one is broken"))
    assert figures(shop) == (10, 1, 0)
    with pytest.raises(ReasonNeeded):
        shop.do("lead", ReleaseLock(held["id"], 1, " "))
    with pytest.raises(NotAllowed):
        shop.do("agent", ReleaseLock(held["id"], 1, "because"))
    assert drift(shop) == ()


@pytest.mark.req("F192")
def test_two_of_five_lines_cancelled_give_back_exactly_two(shop: Shop) -> None:
    shop.receive(record(lines=FIVE))
    assert figures(shop) == (10, 5, 0)
    gone = tuple((r["line_id"], 1, r["id"]) for r in locks_of(shop)[1:3])
    shop.do("lead", CancelLines(shop.order()["id"], gone, "not wanted"))
    assert figures(shop) == (10, 3, 0)
    assert [r["state"] for r in locks_of(shop)] == ["held", "released", "released", "held", "held"]
    assert sum(r["cancelled"] for r in shop.all(line)) == 2
    assert drift(shop) == ()


@pytest.mark.req("F192")
def test_one_wrong_lock_among_many_lines_gives_nothing_back(shop: Shop) -> None:
    shop.receive(record(lines=FIVE))
    rows = locks_of(shop)
    asked = ((rows[0]["line_id"], 1, rows[0]["id"]), (rows[1]["line_id"], 1, 12345))
    with pytest.raises(LockUnknown):
        shop.do("lead", CancelLines(shop.order()["id"], asked, "less"))
    assert figures(shop) == (10, 5, 0)
    assert sum(r["cancelled"] for r in shop.all(line)) == 0


def test_a_line_can_only_lose_what_it_still_owes(shop: Shop) -> None:
    shop.receive(record())
    held = locks_of(shop)[0]
    for line_id, quantity in ((held["line_id"], 0), (held["line_id"], 99), (4, 1)):
        asked = ((line_id, quantity, held["id"]),)
        with pytest.raises(BadValue):
            shop.do("lead", CancelLines(shop.order()["id"], asked, "less"))


def test_a_count_below_what_is_promised_names_the_newest_and_closes_the_code(shop: Shop) -> None:
    three = (LineRecord("1", "LN-27", "p", "t", "", 3, 100, 300),)
    for number in ("1", "2", "3"):
        shop.receive(record(number, lines=three))
    shop.do("lead", AdjustStock("LN-27", shop.location_id, 4, "counted"))
    assert figures(shop) == (4, 9, 1)
    short = {(r["order_id"], r["subject"]) for r in shop.all(case)}
    assert short == {(shop.order(n)["id"], "LN-27") for n in ("2", "3")}
    assert (shop.order("1")["held"], shop.order("3")["held_reason"]) == ("", "short_stock")
    shop.receive(record("4", lines=three))
    assert locks_of(shop, "4") == []
    assert drift(shop) == ()


def test_goods_that_come_serve_the_orders_that_waited_longest(shop: Shop) -> None:
    eight = (LineRecord("1", "LN-27", "p", "t", "", 8, 100, 800),)
    shop.receive(record("1", lines=eight), record("2", lines=eight), record("3", lines=eight))
    shop.do("lead", AdjustStock("LN-27", shop.location_id, 17, "a delivery"))
    assert figures(shop) == (17, 16, 0)
    assert [shop.order(n)["held_reason"] for n in ("1", "2", "3")] == ["", "", "short_stock"]
    assert [r["state"] for r in shop.all(case)] == ["settled", "open"]
    assert drift(shop) == ()


def test_a_code_that_is_named_lets_its_orders_go_on(shop: Shop) -> None:
    new = (LineRecord("1", "NEW-1", "p", "t", "", 2, 100, 200),)
    shop.receive(record(lines=new))
    shop.do("lead", AddProduct("NEW-1", "新品"))
    assert shop.order()["held_reason"] == "short_stock"
    shop.do("lead", AdjustStock("NEW-1", shop.location_id, 5, "delivery"))
    assert (shop.order()["held"], shop.order()["open_cases"]) == ("", 0)
    assert figures(shop, "NEW-1") == (5, 2, 0)


def test_opening_figures_happen_once_and_bring_waiting_orders_on(shop: Shop) -> None:
    shop.receive(record(lines=(LineRecord("1", "NEW-1", "p", "t", "", 2, 100, 200),)))
    place = shop.do("lead", AddLocation("Second"))["id"]
    shop.do("lead", OpenStock(place, (("NEW-1", "新品", 7, 100), ("HK-01", "挂钩", 3, 50))))
    assert (shop.order()["held"], figures(shop, "NEW-1")) == ("", (7, 2, 0))
    before = len(shop.all(product))
    shop.do("lead", OpenStock(place, (("NEW-1", "新品", 100, 100),)))
    assert (figures(shop, "NEW-1"), len(shop.all(product))) == ((7, 2, 0), before)
    assert drift(shop) == ()


@pytest.mark.parametrize(
    "ask",
    [
        AdjustStock("LN-27", 1, 5, "no such place"),
        AdjustStock("NEVER", 0, 5, "no such code"),
        AdjustStock("LN-27", 0, -1, "less than nothing"),
        OpenStock(0, (("", "t", 1, 1),)),
        OpenStock(0, (("A", "t", -1, 1),)),
        AddLocation(" "),
        AddProduct("", "t"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_and_changes_nothing(shop: Shop, ask) -> None:
    if getattr(ask, "location_id", 1) == 0:
        values = {name: getattr(ask, name) for name in ask.__struct_fields__}
        ask = type(ask)(**(values | {"location_id": shop.location_id}))
    before = [shop.all(t) for t in (stock, stock_move, product)]
    with pytest.raises((BadValue, NotFound)):
        shop.do("lead", ask)
    assert [shop.all(t) for t in (stock, stock_move, product)] == before


def test_a_figure_changed_behind_the_ledger_is_named(shop: Shop) -> None:
    shop.receive(record())
    with shop.book.work(worker("test")) as work:
        row = next(r for r in shop_rows(work) if r["sku"] == "LN-27")
        work.update(stock, row["id"], physical=11, reserved=5)
        found = {(d.figure, d.booked, d.summed) for d in drifts(work)}
    assert found == {("physical", 11, 10), ("reserved", 5, 2)}


def shop_lines(work) -> list[dict]:
    return work.rows(line.select())


def shop_rows(work) -> list[dict]:
    return work.rows(stock.select())


STEP = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(1, 4))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=3, max_size=12))
def test_whatever_happens_the_ledger_adds_up_and_nothing_is_oversold(shop: Shop, steps) -> None:
    for what, which, quantity in steps:
        _try(shop, what, which, quantity)
        assert drift(shop) == ()
        for row in shop.all(stock):
            assert row["reserved"] <= row["physical"] or row["closed"]


def _try(shop: Shop, what: int, which: int, quantity: int) -> None:
    lines = (LineRecord("1", "LN-27", "p", "t", "", quantity, 100, 100),)
    orders_in = [r["order_id"] for r in shop.all(line)]
    try:
        if what == 0:
            shop.receive(record(str(shop.book.ids.next()), lines=lines))
        elif what == 1:
            shop.do("lead", AdjustStock("LN-27", shop.location_id, quantity * 3, "counted"))
        elif what == 2 and orders_in:
            shop.do("lead", CancelOrder(orders_in[which % len(orders_in)], "x"))
        elif what == 3 and shop.all(lock):
            held = shop.all(lock)[which % len(shop.all(lock))]
            shop.do("lead", ReleaseLock(held["id"], quantity, "x"))
        elif what == 4 and orders_in:
            _told_again(shop, orders_in[which % len(orders_in)], lines)
    except WaydeskError:
        return


def _told_again(shop: Shop, order_id: int, lines) -> None:
    row = next(r for r in shop.all(orders) if r["id"] == order_id)
    newer = record(row["external_id"], version=row["external_version"] + 1, lines=lines)
    way = intake.Way(shop.book, shop.door.laws.now, shop.channel_id)
    intake.take(way, Batch((newer,), (), "", False))
