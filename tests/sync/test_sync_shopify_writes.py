"""What is written to a Shopify shop is written once in effect, whatever happens to the answer."""

import pytest

from sync.errors import Ambiguous, PermissionMissing, Rejected, SyncError, Throttled
from sync.records import MemoAsk, StockAsk
from sync.sandbox.faults import Fault
from sync.sandbox.shopify_gate import App
from sync.transport import Transport
from tests.sync.shopify_world import ShopifyKeys, channel_for, parcel, sandbox, seed, straight
from tests.sync.sync_world import HandClock


@pytest.fixture
def box(clock: HandClock):
    return sandbox(clock)


@pytest.fixture
def shop(box, clock):
    return straight(box, clock)


@pytest.fixture
async def far(box, clock, http: Transport):
    """A channel over a real socket."""
    running = box.server()
    url = await running.start()
    yield channel_for(url, http, clock, ShopifyKeys(token=box.gate.token()))
    await running.stop()


def units(order) -> list[int]:
    return [line.fulfilled for line in order.lines]


async def test_a_whole_order_is_fulfilled_with_its_number_and_the_buyer_told(box, shop) -> None:
    order = box.shop.place(seed())
    done = await shop.ship(parcel(order, cup=2, pot=1))
    assert not done.already
    made = order.fulfilments[0]
    assert (made.numbers, made.company, made.notified) == (["1Z999"], "UPS", True)
    assert units(order) == [2, 1]
    assert done.external_ref == str(made.number)


async def test_a_part_is_fulfilled_and_the_rest_later(box, shop) -> None:
    order = box.shop.place(seed())
    await shop.ship(parcel(order, "k1", "1Z1", cup=1))
    assert units(order) == [1, 0]
    await shop.ship(parcel(order, "k2", "1Z2", cup=1, pot=1))
    assert units(order) == [2, 1]
    assert box.truth()["shipped"] == {str(order.number): ["1Z1", "1Z2"]}


async def test_nothing_named_means_all_that_is_left(box, shop) -> None:
    order = box.shop.place(seed())
    await shop.ship(parcel(order))
    assert units(order) == [2, 1]


async def test_an_order_of_two_locations_takes_one_call_for_each(box, shop) -> None:
    lines = [*seed()["lines"], {"sku": "CUP-1", "price": "1", "quantity": 3, "location": 9002}]
    order = box.shop.place(seed(lines=lines))
    await shop.ship(parcel(order))
    assert units(order) == [2, 1, 3]
    assert [made.numbers for made in order.fulfilments] == [["1Z999"], ["1Z999"]]
    assert box.shop.writes["fulfil"] == 2


async def test_a_second_location_that_failed_is_told_without_the_first_again(box, far) -> None:
    lines = [*seed()["lines"], {"sku": "CUP-1", "price": "1", "location": 9002}]
    order = box.shop.place(seed(lines=lines))
    box.faults.plan(Fault("reset_after", part="Fulfil"))
    with pytest.raises(Ambiguous):
        await far.ship(parcel(order))
    assert sum(units(order)) in (1, 3)
    await far.ship(parcel(order))
    assert units(order) == [2, 1, 1]
    assert box.shop.writes["fulfil"] == 2


async def test_a_fulfilment_order_that_moved_is_shipped_where_it_is(box, shop) -> None:
    order = box.shop.place(seed())
    box.shop.locations.append(9002)
    box.shop.move(order, 9002)
    await shop.ship(parcel(order, cup=2, pot=1))
    assert units(order) == [2, 1]


@pytest.mark.parametrize("part", ["ToShip", "Shipped", "Fulfil"])
@pytest.mark.parametrize("kind", ["reset_after", "cut", "garbage", "reset_before", "unavailable"])
async def test_a_lost_answer_at_any_step_never_ships_twice(box, far, part, kind) -> None:
    order = box.shop.place(seed())
    box.faults.plan(Fault(kind, part=f"/{part}"))
    with pytest.raises(SyncError):
        await far.ship(parcel(order, cup=2, pot=1))
    await far.ship(parcel(order, cup=2, pot=1))
    assert (units(order), len(order.fulfilments)) == ([2, 1], 1)
    assert box.shop.writes["fulfil"] == 1


async def test_a_part_whose_answer_was_lost_does_not_take_the_rest_with_it(box, far) -> None:
    order = box.shop.place(seed())
    box.faults.plan(Fault("reset_after", part="Fulfil"))
    with pytest.raises(Ambiguous):
        await far.ship(parcel(order, cup=1))
    assert (await far.ship(parcel(order, cup=1))).already
    assert units(order) == [1, 0]


async def test_an_answer_that_never_comes_never_ships_twice(box, clock, hasty: Transport) -> None:
    running = box.server()
    url = await running.start()
    shop = channel_for(url, hasty, clock, ShopifyKeys(token=box.gate.token()))
    order = box.shop.place(seed())
    box.faults.plan(Fault("late", part="Fulfil"))
    with pytest.raises(Ambiguous):
        await shop.ship(parcel(order))
    assert (await shop.ship(parcel(order))).already
    assert units(order) == [2, 1]
    await running.stop()


async def test_what_was_fulfilled_by_hand_is_adopted_and_not_doubled(box, shop) -> None:
    order = box.shop.place(seed())
    box.shop.fulfil_all(order, "BY-HAND")
    done = await shop.ship(parcel(order, cup=2, pot=1))
    assert done.already
    assert (units(order), len(order.fulfilments)) == ([2, 1], 1)
    assert order.fulfilments[0].numbers == ["BY-HAND"]


async def test_what_was_fulfilled_by_hand_without_a_number_gets_ours(box, shop) -> None:
    order = box.shop.place(seed())
    box.shop.fulfil_all(order)
    assert (await shop.ship(parcel(order, cup=2, pot=1))).already
    assert [made.numbers for made in order.fulfilments] == [["1Z999"]]


async def test_only_what_nobody_fulfilled_is_told(box, shop) -> None:
    order = box.shop.place(seed())
    box.shop.fulfil(order, {order.pieces[0].number: {order.lines[0].number: 1}}, ["OTHER"])
    await shop.ship(parcel(order, cup=2, pot=1))
    assert units(order) == [2, 1]
    assert box.truth()["shipped_twice"] == []


async def test_a_fulfilment_that_was_taken_back_is_told_again(box, shop) -> None:
    order = box.shop.place(seed())
    await shop.ship(parcel(order, cup=2, pot=1))
    order.fulfilments[0].status = "CANCELLED"
    for piece in order.pieces:
        piece.status = "OPEN"
        for row in piece.rows.values():
            row[2] = row[1]
    done = await shop.ship(parcel(order, cup=2, pot=1))
    assert not done.already
    assert len(order.fulfilments) == 2


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda shop, order: shop.cancel(order), "shopify_not_shippable"),
        (lambda shop, order: shop.hold(order, "HIGH_RISK_OF_FRAUD"), "shopify_on_hold"),
        (
            lambda shop, order: setattr(order.pieces[0], "request", "ACCEPTED"),
            "shopify_nothing_to_ship",
        ),
    ],
)
async def test_an_order_that_must_not_go_is_never_marked_shipped(box, shop, spoil, code) -> None:
    order = box.shop.place(seed())
    spoil(box.shop, order)
    with pytest.raises(Rejected) as refused:
        await shop.ship(parcel(order, cup=2, pot=1))
    assert refused.value.code == code
    assert order.fulfilments == []
    assert box.shop.writes["fulfil"] == 0


async def test_a_held_line_is_refused_and_the_others_of_the_order_can_go(box, shop) -> None:
    lines = [{"sku": "CUP-1", "price": "1"}, {"sku": "POT-1", "price": "1", "location": 9002}]
    order = box.shop.place(seed(lines=lines))
    order.pieces[1].status, order.pieces[1].holds = "ON_HOLD", ["OTHER"]
    with pytest.raises(Rejected):
        await shop.ship(parcel(order, cup=1, pot=1))
    await shop.ship(parcel(order, cup=1))
    assert units(order) == [1, 0]


async def test_shopifys_own_words_come_with_its_no(box, shop) -> None:
    order = box.shop.place(seed())
    real = box.writes._piece

    def held_meanwhile(told):
        found = real(told)
        box.shop.hold(order, "OTHER")
        return found

    box.writes._piece = held_meanwhile
    with pytest.raises(Rejected) as refused:
        await shop.ship(parcel(order))
    assert "unfulfillable status= on_hold" in refused.value.text


async def test_a_right_that_is_missing_for_a_write_is_named(clock) -> None:
    app = App("client", "secret")
    app.scopes -= {"write_merchant_managed_fulfillment_orders"}
    box = sandbox(clock, app)
    order = box.shop.place(seed())
    with pytest.raises(PermissionMissing) as lacking:
        await straight(box, clock).ship(parcel(order))
    assert lacking.value.details["scopes"] == "write_merchant_managed_fulfillment_orders"


@pytest.mark.parametrize("number", ["", "12/x", "gid://shopify/Order/1", "１２"])
async def test_a_number_that_is_none_never_reaches_the_shop(box, shop, number) -> None:
    with pytest.raises(Rejected):
        await shop.detail(number)
    assert box.calls == 0


async def test_an_order_that_is_not_there_is_said(shop) -> None:
    with pytest.raises(Rejected) as refused:
        await shop.detail("99")
    assert refused.value.code == "shopify_no_such_order"


# --- memo and flag ---


async def test_a_memo_leaves_the_buyers_words_alone(box, shop) -> None:
    order = box.shop.place(seed(note="leave at the door", tags=["vip"]))
    await shop.write_memo(MemoAsk(str(order.number), "call first", "3", "m1"))
    assert order.note == "leave at the door\n\n— Waydesk —\ncall first"
    assert order.tags == ["vip", "waydesk-flag-3"]
    record = await shop.detail(str(order.number))
    told = (record.buyer_message, record.seller_memo, record.flag)
    assert told == ("leave at the door", "call first", "3")


async def test_a_changed_memo_replaces_the_old_one_and_its_flag(box, shop) -> None:
    order = box.shop.place(seed())
    await shop.write_memo(MemoAsk(str(order.number), "call first", "3", "m1"))
    await shop.write_memo(MemoAsk(str(order.number), "called", "5", "m2"))
    assert (order.note, order.tags) == ("— Waydesk —\ncalled", ["waydesk-flag-5"])
    await shop.write_memo(MemoAsk(str(order.number), "", "", "m3"))
    assert (order.note, order.tags) == ("", [])


@pytest.mark.parametrize("part", ["WriteNote", "AddTags"])
async def test_a_memo_whose_answer_was_lost_is_written_once(box, far, part) -> None:
    order = box.shop.place(seed())
    ask = MemoAsk(str(order.number), "call first", "3", "m1")
    box.faults.plan(Fault("reset_after", part=part))
    with pytest.raises(Ambiguous):
        await far.write_memo(ask)
    await far.write_memo(ask)
    assert (await far.write_memo(ask)).already
    assert box.shop.writes == {"note": 1, "tag": 1}


async def test_a_memo_too_long_for_the_note_is_refused_whole(box, shop) -> None:
    order = box.shop.place(seed(note="short"))
    with pytest.raises(Rejected) as refused:
        await shop.write_memo(MemoAsk(str(order.number), "x" * 6000, "", "m"))
    assert refused.value.code == "shopify_memo_too_long"
    assert order.note == "short"


# --- stock ---


def level(box, sku: str = "CUP-1") -> int:
    return next(v for v in box.shop.variants.values() if v.sku == sku).levels[9001]


async def test_stock_is_set_by_code_and_by_listing(box, shop) -> None:
    done = await shop.set_stock(StockAsk("", "CUP-1", 7, "s1"))
    assert level(box) == 7
    await shop.set_stock(StockAsk(done.external_ref, "CUP-1", 0, "s2"))
    assert level(box) == 0


async def test_a_code_that_another_begins_with_is_told_from_it(box, shop) -> None:
    box.shop.stock_variant("CUP-10", "Big cup", 5)
    await shop.set_stock(StockAsk("", "CUP-1", 7, "s1"))
    assert (level(box), level(box, "CUP-10")) == (7, 5)


@pytest.mark.parametrize("kind", ["reset_after", "cut", "garbage"])
async def test_stock_whose_answer_was_lost_is_set_once(box, far, kind) -> None:
    box.faults.plan(Fault(kind, part="SetStock"))
    with pytest.raises(Ambiguous):
        await far.set_stock(StockAsk("", "CUP-1", 7, "s1"))
    assert (await far.set_stock(StockAsk("", "CUP-1", 7, "s1"))).already
    assert box.shop.writes["stock"] == 1


async def test_a_sale_between_look_and_write_is_not_undone(box, shop) -> None:
    """The figure moves after we looked: the write is stale, we look again, then it stands."""
    variant = next(v for v in box.shop.variants.values() if v.sku == "CUP-1")
    real, sold = box.writes._set, []

    def sells_first(told):
        if not sold:
            sold.append(1)
            variant.levels[9001] -= 1
        return real(told)

    box.writes._set = sells_first
    await shop.set_stock(StockAsk("", "CUP-1", 50, "s1"))
    assert level(box) == 50
    sent = [v for text, v in box.heard if "mutation SetStock" in text]
    froms = [v["input"]["quantities"][0]["changeFromQuantity"] for v in sent]
    assert froms == [100, 99]
    assert sent[0]["key"] == "s1"
    assert sent[1]["key"] != "s1"


async def test_a_figure_that_never_stands_still_is_tried_later(box, shop) -> None:
    variant = next(v for v in box.shop.variants.values() if v.sku == "CUP-1")
    real = box.writes._set

    def restless(told):
        variant.levels[9001] -= 1
        return real(told)

    box.writes._set = restless
    with pytest.raises(Throttled) as moves:
        await shop.set_stock(StockAsk("", "CUP-1", 50, "s1"))
    assert moves.value.code == "shopify_stock_moves"


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (StockAsk("", "NOBODY", 3, "k"), "shopify_no_such_listing"),
        (StockAsk("", "TWIN", 3, "k"), "shopify_two_listings"),
        (StockAsk("", "LOOSE", 3, "k"), "shopify_not_tracked"),
        (StockAsk("", "ELSEWHERE", 3, "k"), "shopify_not_stocked"),
        (StockAsk("", "CUP-1", -1, "k"), "sync_bad_quantity"),
        (StockAsk("1/x", "CUP-1", 1, "k"), "sync_bad_number"),
        (StockAsk("999", "CUP-1", 1, "k"), "shopify_no_such_listing"),
    ],
)
async def test_stock_that_cannot_be_written_is_a_definite_no(box, shop, ask, code) -> None:
    for _ in range(2):
        box.shop.stock_variant("TWIN", "Twin", 1)
    box.shop.stock_variant("LOOSE", "Loose", None)
    box.shop.stock_variant("ELSEWHERE", "Elsewhere", 1).levels = {9002: 1}
    with pytest.raises(Rejected) as refused:
        await shop.set_stock(ask)
    assert refused.value.code == code
    assert box.shop.writes["stock"] == 0


async def test_sixty_parcels_through_a_bad_line_arrive_once_each(box, far, clock) -> None:
    """Chance faults on a tenth of all calls; the outbox would repeat until done, so do we."""
    orders = [box.shop.place(seed()) for _ in range(60)]
    rates = ("throttle", "unavailable", "reset_before", "reset_after", "cut", "garbage")
    box.faults._rates = dict.fromkeys(rates, 0.02)
    for order in orders:
        await until_done(far, parcel(order, f"k{order.number}", f"N{order.number}", cup=2, pot=1))
    truth = box.truth()
    assert truth["shipped"] == {str(o.number): [f"N{o.number}"] for o in orders}
    assert truth["writes"]["fulfil"] == 60
    assert sum(truth["faults"].values()) > 15


async def until_done(channel, ask) -> None:
    for _ in range(40):
        try:
            await channel.ship(ask)
        except Rejected:
            raise
        except SyncError:
            continue
        return
    raise AssertionError("never done")
