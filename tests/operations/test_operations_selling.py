"""How each shop sells: when its orders hold goods, and what it is told that it may sell."""

from collections.abc import Iterator

import pytest

from app.commands.cases import ReplayEffect
from app.commands.orders import CancelOrder
from app.commands.selling import ClearPool, SetPool, SetSelling
from app.commands.stock import AdjustStock
from app.domain.actor import worker
from app.domain.errors import BadValue, NotFound, NotInState, ReasonNeeded, WaydeskError
from app.domain.errors_selling import NoStockUpload, PoolsOverdrawn
from app.operations import effects, exposure
from app.store import outbox as box
from app.store import stock_release
from app.store.stock_ledger import drifts
from app.store.tables import channel, lock, stock
from app.store.tables_breaker import listing_told
from app.store.tables_record import outbox
from app.store.work import Book
from sync.records import NO_MOMENT, LineRecord
from tests.operations.outbound_world import Shop, open_shop, receive_at, record, second_channel
from tests.worlds import NOON, FixedClock

SKU = "LN-27"
MINUTE = 60_000


@pytest.fixture
def shop(book: Book) -> Iterator[Shop]:
    return open_shop(book)


def wants(number: str, units: int = 1, **more) -> object:
    lines = (LineRecord("1", SKU, f"p-{SKU}", "亚麻遮光窗帘", "米白", units, 100, units * 100),)
    return record(number, lines=lines, **more)


def unpaid(number: str, units: int = 1) -> object:
    waits = {"raw_status": "pending", "raw_payment": "unpaid", "payment_proofs": ()}
    return wants(number, units, paid=NO_MOMENT, **waits)


def figures(shop: Shop) -> tuple[int, int]:
    row = next(r for r in shop.all(stock) if r["sku"] == SKU)
    return row["physical"], row["reserved"]


def sells(shop: Shop, channel_id: int, moment: str = "", *, uploads: bool = False) -> None:
    shop.do("lead", SetSelling(channel_id, moment, 0, uploads, "agreed with the shop"))


def told(shop: Shop) -> dict[int, int]:
    """What each shop was told last of the code, by its id."""
    return {row["channel_id"]: row["quantity"] for row in shop.all(listing_told)}


def tell(shop: Shop) -> int:
    with shop.book.work(worker("sync")) as work:
        n = exposure.tell(work, shop.door.laws.now, [SKU])
        if n:
            work.tell("shops_told_stock", "stock", n=n)
            work.commit()
    return n


def expire(shop: Shop) -> tuple[int, ...]:
    with shop.book.work(worker("timer")) as work:
        freed = stock_release.expire(work)
        if freed:
            work.tell("reservations_expired", "order", n=len(freed))
            work.commit()
    return freed


def adds_up(shop: Shop) -> bool:
    with shop.book.work(worker("test")) as work:
        return drifts(work) == ()


@pytest.mark.req("F022")
def test_each_shop_holds_goods_at_its_own_moment(shop: Shop) -> None:
    strong, weak, counter = (second_channel(shop, name) for name in ("Tmall", "PDD", "Counter"))
    sells(shop, strong, "at_order")
    sells(shop, weak, "at_payment")
    sells(shop, counter, "nightly")
    for n, place in enumerate((strong, weak, counter)):
        receive_at(shop, place, unpaid(str(n)))
    assert [r["kind"] for r in shop.all(lock)] == ["soft"], "only where it is held when ordered"
    for n, place in enumerate((strong, weak, counter)):
        receive_at(shop, place, wants(str(n), version=NOON + 1, raw=b"{2}"))
    held = {r["order_id"]: r["kind"] for r in shop.all(lock)}
    assert held == {shop.order("0")["id"]: "firm", shop.order("1")["id"]: "firm"}
    assert shop.order("2")["state"] == "paid"
    assert adds_up(shop)


@pytest.mark.req("F121")
def test_a_payment_holds_the_goods_in_the_step_that_learns_of_it(shop: Shop) -> None:
    shop.receive(unpaid("1", 2))
    assert figures(shop) == (10, 0)
    shop.receive(wants("1", 2, version=NOON + 1, raw=b"{2}"))
    row = shop.order("1")
    assert figures(shop) == (10, 2)
    assert [r["kind"] for r in shop.all(lock)] == ["firm"]
    assert row["reserved_at"] == row["paid_here_at"]


@pytest.mark.req("F122")
def test_an_unpaid_order_holds_goods_for_half_an_hour_and_gives_them_back_once(
    shop: Shop, clock: FixedClock
) -> None:
    sells(shop, shop.channel_id, "at_order")
    shop.receive(unpaid("1", 3), wants("2", 2))
    clock.advance(30 * MINUTE - 1000)
    assert expire(shop) == ()
    assert figures(shop) == (10, 5)
    clock.advance(1000)
    assert expire(shop) == (shop.order("1")["id"],)
    assert expire(shop) == ()
    assert figures(shop) == (10, 2), "what was paid for is held for ever"
    clock.advance(100 * 24 * 60 * MINUTE)
    assert expire(shop) == ()
    assert figures(shop) == (10, 2)
    assert adds_up(shop)


def test_a_shop_gives_its_unpaid_orders_as_long_as_it_likes(shop: Shop, clock: FixedClock) -> None:
    shop.do("lead", SetSelling(shop.channel_id, "at_order", 5, False, "a live sale"))
    shop.receive(unpaid("1"))
    clock.advance(5 * MINUTE)
    assert len(expire(shop)) == 1


def test_ten_cancelled_units_are_sold_again_and_no_more_than_ten(shop: Shop) -> None:
    shop.receive(wants("1", 10))
    shop.receive(wants("2", 10))
    assert shop.order("2")["held_reason"] == "short_stock"
    shop.do("lead", CancelOrder(shop.order("1")["id"], "buyer called"))
    shop.receive(wants("3", 6), wants("4", 6))
    assert figures(shop) == (10, 6)
    served = {r["order_id"] for r in shop.all(lock) if r["state"] == "held"}
    assert served == {shop.order("3")["id"]}
    assert adds_up(shop)


def three(shop: Shop) -> list[int]:
    """Three shops that list the code and hear of every change, twenty pieces on the shelf."""
    places = [shop.channel_id, second_channel(shop, "PDD live"), second_channel(shop, "Counter")]
    shop.do("lead", AdjustStock(SKU, shop.location_id, 20, "counted"))
    for n, place in enumerate(places):
        receive_at(shop, place, unpaid(f"first-{n}"))
        sells(shop, place, uploads=True)
    return places


def test_twenty_pieces_in_three_shops_are_sold_twenty_times_whoever_reads_late(
    shop: Shop,
) -> None:
    """Each shop still shows twenty: 57 are ordered, and 37 buyers hear that there is none left."""
    places = three(shop)
    for place in places:
        receive_at(shop, place, *(wants(f"{place}-{n}") for n in range(19)))
    assert figures(shop) == (20, 20)
    assert sum(r["state"] == "held" for r in shop.all(lock)) == 20
    short = [r for r in shop.all(outbox.metadata.tables["orders"]) if r["held"] == "locked"]
    assert len(short) == 57 - 20
    assert adds_up(shop)


@pytest.mark.req("F019")
def test_three_shops_with_parts_of_twenty_pieces_are_told_twenty_together_after_each_sale(
    shop: Shop,
) -> None:
    places = three(shop)
    for place, share in zip(places, (50, 30, 20), strict=True):
        shop.do("lead", SetPool(place, SKU, share, 0, "by last month's sales"))
    assert tell(shop) == 3
    assert told(shop) == dict(zip(places, (10, 6, 4), strict=True))
    for n, place in enumerate((*places, *places)):
        receive_at(shop, place, wants(f"sold-{n}", 2))
        tell(shop)
        physical, reserved = figures(shop)
        free = physical - reserved
        freely = reserved * 100 <= free * 30  # else shops hear of half of it (F123)
        assert sum(told(shop).values()) == (free if freely else free // 2)
    assert figures(shop) == (20, 12)


@pytest.mark.req("F016")
def test_a_shop_is_told_what_can_be_promised_and_never_what_lies_on_the_shelf(shop: Shop) -> None:
    shop.do("lead", AdjustStock(SKU, shop.location_id, 100, "counted"))
    shop.receive(wants("1", 3))
    assert tell(shop) == 0, "it counts down by itself until it wants to hear"
    sells(shop, shop.channel_id, uploads=True)
    assert tell(shop) == 1
    assert told(shop) == {shop.channel_id: 97}
    rows = shop.all(outbox)
    with shop.book.work(worker("test")) as work:
        sent = [box.body_of(work, row) for row in rows]
    assert [one["quantity"] for one in sent] == [97]
    assert tell(shop) == 0, "the same is not told twice"
    shop.receive(wants("2", 7))
    shop.do("lead", AdjustStock(SKU, shop.location_id, 60, "forty are broken"))
    tell(shop)
    assert told(shop) == {shop.channel_id: 50}
    states = [r["state"] for r in shop.all(outbox)]
    assert states == ["withdrawn", "ready"], "what had not left is taken back"


def test_a_figure_that_was_overtaken_is_never_told_again(shop: Shop) -> None:
    shop.do("lead", AdjustStock(SKU, shop.location_id, 100, "counted"))
    shop.receive(wants("1"))
    sells(shop, shop.channel_id, uploads=True)
    refused(shop)
    shop.do("lead", AdjustStock(SKU, shop.location_id, 60, "forty are broken"))
    refused(shop)
    old, new = (row["id"] for row in shop.all(outbox))
    with pytest.raises(NotInState):
        shop.do("lead", ReplayEffect(old))
    shop.do("lead", ReplayEffect(new))
    assert [r["state"] for r in shop.all(outbox)] == ["dead", "ready"]


def refused(shop: Shop) -> None:
    """Tell the shop, whose platform says no for good."""
    tell(shop)
    with shop.book.work(worker("sync")) as work:
        row = work.of(outbox, "state", "ready")[0]
        effects.refused(work, shop.door.laws.now, row, "refused", "no such listing")
        work.tell("effect_refused", "outbox", row["id"])
        work.commit()


def test_parts_are_never_more_than_all_of_a_code(shop: Shop) -> None:
    other = second_channel(shop)
    shop.do("lead", SetPool(shop.channel_id, SKU, 60, 0, "the main shop"))
    with pytest.raises(PoolsOverdrawn):
        shop.do("lead", SetPool(other, SKU, 41, 0, "too much"))
    with pytest.raises(PoolsOverdrawn):
        shop.do("lead", SetPool(other, "", 41, 0, "too much of one of all"))
    shop.do("lead", SetPool(other, SKU, 40, 0, "the rest"))
    shop.do("lead", SetPool(other, "", 100, 0, "and all of everything else"))
    with pytest.raises(PoolsOverdrawn):
        shop.do("lead", ClearPool(other, SKU, "its part for every code is back then"))
    shop.do("lead", ClearPool(other, "", "by itself"))
    with pytest.raises(NotFound):
        shop.do("lead", ClearPool(other, "", "again"))


@pytest.mark.parametrize(
    "ask",
    [
        SetSelling(0, "sometimes", 0, False, "x"),
        SetSelling(0, "", -1, False, "x"),
        SetSelling(0, "", 10_081, False, "x"),
        SetPool(0, SKU, 101, 0, "x"),
        SetPool(0, SKU, -1, 5, "x"),
        SetPool(0, SKU, 0, 0, "x"),
        SetPool(0, "NEVER", 10, 0, "x"),
        SetPool(77, SKU, 10, 0, "x"),
        SetPool(0, SKU, 10, 0, " "),
    ],
)
def test_a_part_that_cannot_be_is_refused(shop: Shop, ask) -> None:
    values = {name: getattr(ask, name) for name in ask.__struct_fields__}
    if not ask.channel_id:
        ask = type(ask)(**(values | {"channel_id": shop.channel_id}))
    with pytest.raises(WaydeskError) as refused:
        shop.do("lead", ask)
    assert isinstance(refused.value, (BadValue, NotFound, ReasonNeeded))
    assert tell(shop) == 0


def test_a_platform_that_takes_no_figures_cannot_be_told_any(shop: Shop) -> None:
    with shop.book.work(worker("setup")) as work:
        work.update(channel, shop.channel_id, platform="file:taobao")
        work.tell("channel_changed", "channel")
        work.commit()
    with pytest.raises(NoStockUpload):
        sells(shop, shop.channel_id, uploads=True)
