"""A shop that sells offline is merged into the stock every night: exactly once, nothing dropped."""

import pytest

from app.commands.catalogue import AddProduct
from app.commands.selling import MergeCounter, SetSelling
from app.commands.stock import AdjustStock
from app.domain.actor import worker
from app.domain.errors import NotAllowed, NotInState
from app.keeper.counter_round import CounterRound
from app.keeper.room import Room
from app.keeper.writer import Writer
from app.store.stock_ledger import drifts
from app.store.tables import lock, stock, stock_move
from app.store.tables_record import case
from app.store.work import Book
from sync.records import LineRecord, Moment
from tests.operations.outbound_world import Shop, open_shop, receive_at, record, second_channel
from tests.worlds import NOON, FixedClock, SeededRng

SKU = "LN-27"
LATER = Moment(NOON + 1000, "2026-02-16T12:00:01", "Asia/Shanghai")


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book)


@pytest.fixture
def counter(shop: Shop) -> int:
    """A counter whose sales are merged at night, from now on."""
    place = second_channel(shop, "Counter")
    shop.do("lead", SetSelling(place, "nightly", 0, False, "it sells offline"))
    return place


def item(units: int, sku: str = SKU) -> LineRecord:
    return LineRecord("1", sku, f"p-{sku}", "亚麻遮光窗帘", "", units, 100, 100 * units)


def sold(number: str, units: int, sku: str = SKU, placed: Moment = LATER):
    return record(
        number, lines=(item(units, sku),), raw_status="completed", placed=placed, completed=LATER
    )


def figures(shop: Shop, sku: str = SKU) -> tuple[int, int, int]:
    row = next(r for r in shop.all(stock) if r["sku"] == sku)
    return row["physical"], row["reserved"], row["closed"]


def conflicts(shop: Shop) -> list[str]:
    return [r["kind"] for r in shop.all(case) if r["state"] == "open"]


def adds_up(shop: Shop) -> bool:
    with shop.book.work(worker("test")) as work:
        return drifts(work) == ()


@pytest.mark.req("F023")
def test_what_the_counter_sold_leaves_the_shelf_once_and_what_it_promised_is_held(
    shop: Shop, counter: int
) -> None:
    receive_at(shop, counter, sold("1", 3), sold("2", 2), record("3", lines=(item(4),)))
    shop.flow()
    assert figures(shop) == (10, 0, 0), "until the night nothing is touched"
    assert shop.order("3")["held"] == ""
    merged = shop.do("lead", MergeCounter(counter, "the day is over"))
    assert merged == {"units": 5, "orders": 1, "conflicts": [], "more": False}
    assert figures(shop) == (5, 4, 0)
    again = shop.do("lead", MergeCounter(counter, "the day is over"))
    assert (again["units"], again["orders"]) == (0, 0)
    assert figures(shop) == (5, 4, 0)
    shop.flow()
    assert shop.order("3")["state"] == "allocated"
    assert adds_up(shop)


@pytest.mark.req("F023")
def test_what_does_not_fit_is_listed_and_stays_as_an_exception_and_nothing_is_dropped(
    shop: Shop, counter: int
) -> None:
    shop.receive(record("online", lines=(item(6),)))
    receive_at(shop, counter, sold("1", 7), sold("2", 6), sold("3", 1, "NEW-1"))
    receive_at(shop, counter, record("4", lines=(item(5),)))
    merged = shop.do("lead", MergeCounter(counter, "the day is over"))
    listed = [(c["order_no"], c["sku"], c["wanted"], c["there"]) for c in merged["conflicts"]]
    assert listed == [("2", SKU, 6, 3), ("3", "NEW-1", 1, 0), ("4", SKU, 5, 0)]
    assert merged["units"] == 10
    assert figures(shop) == (0, 6, 1), "six were promised online: the code is closed"
    assert shop.order("online")["held_reason"] == "short_stock"
    assert conflicts(shop).count("counter_conflict") == 2
    assert conflicts(shop).count("short_stock") == 2
    shop.do("lead", AddProduct("NEW-1", "新品"))
    shop.do("lead", AdjustStock("NEW-1", shop.location_id, 8, "counted"))
    again = shop.do("lead", MergeCounter(counter, "the day is over"))
    assert (again["units"], again["conflicts"]) == (1, [])
    assert figures(shop, "NEW-1") == (7, 0, 0)
    assert conflicts(shop).count("counter_conflict") == 1, "the named one is settled"
    assert adds_up(shop)


@pytest.mark.req("F023")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_every_shop_that_sells_offline_is_merged_at_the_hour_the_rule_says(
    shop: Shop, counter: int, clock: FixedClock
) -> None:
    receive_at(shop, counter, *(sold(str(n), 1) for n in range(4)))
    writer = Writer()
    room = Room(shop.book, writer, shop.door.laws, clock, SeededRng(), lambda _: None)
    await CounterRound(room).do(clock.now())
    writer.close()
    assert figures(shop) == (6, 0, 0)
    assert shop.door.laws.now.policy.counter_at == "22:00"
    assert adds_up(shop)


def test_what_was_sold_before_the_counter_was_merged_is_in_the_opening_figure(shop: Shop) -> None:
    place = second_channel(shop, "Old counter")
    before = Moment(NOON - 1000, "2026-02-16T11:59:59", "Asia/Shanghai")
    receive_at(shop, place, sold("1", 3, placed=before))
    shop.do("lead", SetSelling(place, "nightly", 0, False, "from now on"))
    assert shop.do("lead", MergeCounter(place, "the day is over"))["units"] == 0
    assert figures(shop) == (10, 0, 0)


def test_goods_that_were_held_and_sent_from_here_are_not_taken_again(
    shop: Shop, counter: int
) -> None:
    receive_at(shop, counter, record("1", lines=(item(4),)))
    shop.do("lead", MergeCounter(counter, "the day is over"))
    receive_at(shop, counter, sold("1", 4, placed=record().placed))
    assert {r["state"] for r in shop.all(lock)} <= {"held", "used"}
    shop.do("lead", MergeCounter(counter, "the day is over"))
    assert [r["cause_kind"] for r in shop.all(stock_move)].count("counter") == 0
    assert adds_up(shop)


def test_only_a_shop_that_sells_offline_is_merged_and_only_by_who_may(
    shop: Shop, counter: int
) -> None:
    with pytest.raises(NotInState):
        shop.do("lead", MergeCounter(shop.channel_id, "the day is over"))
    with pytest.raises(NotAllowed):
        shop.do("packer", MergeCounter(counter, "the day is over"))
