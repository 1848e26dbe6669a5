"""Parcels, stock, memos and answers reach Youzan once in effect, whatever becomes of the answer."""

import pytest

from sync.errors import Ambiguous, Rejected, SyncError, Throttled
from sync.ports import AfterSales
from sync.records import AfterSaleAsk, MemoAsk, StockAsk
from sync.sandbox.faults import Fault
from tests.sync.youzan_world import channel_for, parcel, sandbox, seed, straight

SHIP, UNITS = "logistics.online.confirm", "ordersingleitemsend"


@pytest.fixture
def box(clock):
    return sandbox(clock)


@pytest.fixture
def shop(box, clock):
    return straight(box, clock)


@pytest.fixture
def order(box):
    return box.shop.place(seed())


def asked(box, part):
    return [params for method, params in box.heard if part in method]


# --- parcels ---


@pytest.mark.parametrize("named", [{}, {"cup": 2, "pot": 1}])
async def test_a_whole_order_is_shipped_with_the_platforms_number_of_its_carrier(
    box, shop, order, named
) -> None:
    done = await shop.ship(parcel(order, **named))
    assert (done.external_ref, done.already) == (order.tid, False)
    assert (order.status, order.numbers) == ("WAIT_BUYER_CONFIRM_GOODS", ["SF1000000000001"])
    assert (order.parcels[0].company, box.shop.writes) == (7, {"ship": 1})
    (params,) = asked(box, SHIP)
    assert params == {
        "tid": order.tid,
        "is_no_express": 0,
        "out_stype": "7",
        "out_sid": "SF1000000000001",
    }


async def test_a_parcel_told_twice_is_shipped_once(box, shop, order) -> None:
    await shop.ship(parcel(order))
    assert (await shop.ship(parcel(order))).already
    assert box.shop.writes == {"ship": 1}


@pytest.mark.parametrize("kind", ["late", "reset_after", "cut", "inner", "garbage"])
@pytest.mark.parametrize("named", [{}, {"cup": 1}])
async def test_a_lost_answer_leaves_one_shipment(box, clock, hasty, kind, named) -> None:
    order, running = box.shop.place(seed()), box.server()
    shop = channel_for(box, hasty, clock, await running.start())
    box.faults.plan(Fault(kind, part=UNITS if named else SHIP))
    with pytest.raises(Ambiguous):
        await shop.ship(parcel(order, **named))
    assert (await shop.ship(parcel(order, **named))).already
    assert (sum(box.shop.writes.values()), order.numbers) == (1, ["SF1000000000001"])
    await running.stop()


@pytest.mark.parametrize("kind", ["throttle", "reset_before", "unavailable"])
async def test_a_refused_try_does_nothing_and_may_be_repeated(
    box, clock, http, order, kind
) -> None:
    running = box.server()
    shop = channel_for(box, http, clock, await running.start())
    box.faults.plan(Fault(kind, part=SHIP))
    with pytest.raises((Throttled, Ambiguous)):
        await shop.ship(parcel(order))
    assert box.shop.writes == {}
    assert not (await shop.ship(parcel(order))).already
    await running.stop()


async def test_a_parcel_whose_sending_is_not_shown_yet_is_read_again_until_it_is(
    box, clock
) -> None:
    """Told once, its answer lost; a reading at once shows the order as it was before."""
    box = sandbox(clock, detail_lag_s=25)
    order, shop = box.shop.place(seed()), straight(box, clock)
    clock.turn(60)
    box.faults.plan(Fault("inner", part=SHIP))
    for _ in range(2):
        with pytest.raises(Ambiguous):
            await shop.ship(parcel(order))
    clock.turn(30)
    assert (await shop.ship(parcel(order))).already
    assert (order.numbers, box.shop.writes) == (["SF1000000000001"], {"ship": 1})


async def test_an_order_leaves_item_by_item_and_what_is_left_is_known(box, shop, order) -> None:
    await shop.ship(parcel(order, "SF1", cup=2))
    (params,) = asked(box, SHIP)
    assert params["oids"] == order.items[0].oid
    record = await shop.detail(order.tid)
    assert [x.quantity_shipped for x in record.lines] == [2, 0]
    await shop.ship(parcel(order, "SF2"))  # whatever is left
    assert (order.status, order.numbers) == ("WAIT_BUYER_CONFIRM_GOODS", ["SF1", "SF2"])


async def test_units_of_an_item_leave_in_parcels_of_their_own(box, clock, shop, order) -> None:
    await shop.ship(parcel(order, "SF1", cup=1))
    (params,) = asked(box, UNITS)
    assert (params["total_num"], params["ex_packages"][0]["num"]) == (2, 1)
    clock.turn(11)
    await shop.ship(parcel(order, "SF2", cup=1, key="k2"))
    clock.turn(11)
    await shop.ship(parcel(order, "SF3", pot=1, key="k3"))
    assert (order.status, order.numbers) == ("WAIT_BUYER_CONFIRM_GOODS", ["SF1", "SF2", "SF3"])
    assert box.shop.writes == {"units": 2, "ship": 1}


async def test_a_parcel_with_parts_of_two_items_is_told_in_two_calls_ten_seconds_apart(
    box, clock, shop
) -> None:
    order = box.shop.place(seed(items=[("CUP-1", 3), ("POT-1", 3)]))
    ask = parcel(order, "SF1", cup=1, pot=1)
    with pytest.raises(Throttled) as wait:
        await shop.ship(ask)
    assert wait.value.retry_after_ms == 11_000
    clock.turn(11)
    assert not (await shop.ship(ask)).already
    assert [(item.sent, item.count) for item in order.items] == [(1, 3), (1, 3)]
    assert (await shop.ship(ask)).already


async def test_a_shop_whose_units_must_go_together_is_told_so(box, shop, order) -> None:
    box.writes.together = True
    with pytest.raises(Rejected, match="youzan_units_together"):
        await shop.ship(parcel(order, "SF1", cup=1))
    assert box.shop.writes == {}


async def test_what_was_given_back_before_it_left_is_not_in_the_parcel(box, shop) -> None:
    order = box.shop.place(seed(post_fen=0, off_fen=0))
    box.shop.settle(order, box.shop.ask_back(order, order.items[:1]), "SUCCESS")
    await shop.ship(parcel(order))
    assert order.parcels[0].units == {order.items[1].oid: 1}
    assert order.status == "WAIT_BUYER_CONFIRM_GOODS"


async def test_a_changed_number_takes_the_place_of_the_one_told_before_once(
    box, clock, shop, order
) -> None:
    await shop.ship(parcel(order, "SF1"))
    await shop.ship(parcel(order, "SF2", replaces="SF1"))
    assert (await shop.ship(parcel(order, "SF2", replaces="SF1"))).already
    assert (order.numbers, box.shop.writes) == (["SF2"], {"ship": 1, "change": 1})
    with pytest.raises(Rejected, match="youzan_change_too_late"):
        await shop.ship(parcel(order, "SF3", replaces="SF2"))
    other = box.shop.place(seed())
    await shop.ship(parcel(other, "SF4"))
    clock.turn(90_000)
    with pytest.raises(Rejected, match="youzan_change_too_late"):
        await shop.ship(parcel(other, "SF5", replaces="SF4"))


async def test_a_number_somebody_else_told_is_never_written_over(box, shop, order) -> None:
    await shop.ship(parcel(order, "YT9"))
    for more in ({}, {"replaces": "SF-of-another"}):
        with pytest.raises(Rejected, match="youzan_other_number") as refused:
            await shop.ship(parcel(order, **more))
    assert (refused.value.details["number"], order.numbers) == ("YT9", ["YT9"])
    assert box.shop.writes == {"ship": 1}


@pytest.mark.parametrize("status", ["WAIT_BUYER_PAY", "WAIT_CONFIRM", "TRADE_CLOSED"])
async def test_what_must_not_leave_is_refused_by_its_state(box, shop, order, status) -> None:
    box.shop.change(order, status=status)
    with pytest.raises(Rejected, match="youzan_not_shippable") as refused:
        await shop.ship(parcel(order))
    assert refused.value.foreign_code == status
    assert box.shop.writes == {}


async def test_money_asked_back_is_answered_before_anything_is_sent(box, shop, order) -> None:
    box.shop.ask_back(order, order.items[:1])
    with pytest.raises(Rejected, match="youzan_refund_asked") as refused:
        await shop.ship(parcel(order))
    assert refused.value.foreign_code == "refund_order.refund_state.1"
    await shop.ship(parcel(order, pot=1))  # the other item may go
    assert list(order.parcels[0].units) == [order.items[1].oid]


@pytest.mark.parametrize(
    ("carrier", "number"),
    [(("zto", "x"), 3), (("kdniao", "中通快递"), 3), (("yto", ""), 2), (("jd", "JD"), 138)],
)
async def test_a_carrier_is_found_by_code_or_name_and_asked_for_once(
    box, shop, order, carrier, number
) -> None:
    named = dict(zip(("code", "name"), carrier, strict=True))
    await shop.ship(parcel(order, **named))
    await shop.ship(parcel(box.shop.place(seed()), **named))
    assert order.parcels[0].company == number
    assert len(asked(box, "express.get")) == 1


async def test_a_carrier_the_platform_does_not_take_is_named(box, shop, order) -> None:
    with pytest.raises(Rejected, match="youzan_no_such_carrier"):
        await shop.ship(parcel(order, code="nobody", name="无名快递"))
    assert box.shop.writes == {}


async def test_the_senders_number_lets_the_platform_follow_the_parcel(box, clock, order) -> None:
    await straight(box, clock, sender_mobile="13900000000").ship(parcel(order))
    (params,) = asked(box, SHIP)
    assert params["outer_sender"] == {"sender_mobile": "13900000000"}


# --- stock ---


async def test_stock_is_set_whole_and_never_added_to(box, shop) -> None:
    for code in ("CUP-1", "POT-1"):
        sku = box.shop.skus[code]
        for _ in range(3):
            await shop.set_stock(StockAsk(f"{sku.item_id}:{sku.sku_id}", code, 7, "k"))
        assert sku.stock == 7
    params = asked(box, "quantity.update")
    assert {each["type"] for each in params} == {0}
    assert "sku_id" not in params[-1]  # the pot has no SKUs


async def test_stock_of_nothing_known_or_below_nothing_is_refused(box, shop) -> None:
    sku = box.shop.skus["CUP-1"]
    for ask, code in (
        (StockAsk(f"{sku.item_id}:{sku.sku_id}", "CUP-1", -1, "k"), "sync_bad_quantity"),
        (StockAsk("12:x", "CUP-1", 1, "k"), "sync_bad_number"),
        (StockAsk("", "", 1, "k"), "youzan_no_such_listing"),
        (StockAsk("", "CUP", 1, "k"), "youzan_no_such_listing"),  # a code's beginning is no code
        (StockAsk("12:13", "CUP-1", 1, "k"), "youzan_no_such_listing"),
        (StockAsk(f"{sku.item_id}:9", "CUP-1", 1, "k"), "youzan_no_such_listing"),
    ):
        with pytest.raises(Rejected, match=code):
            await shop.set_stock(ask)
    sku.synced = True
    with pytest.raises(Rejected, match="youzan_stock_elsewhere"):
        await shop.set_stock(StockAsk("", "CUP-1", 1, "k"))
    assert box.shop.writes == {}


async def test_what_has_a_merchant_code_is_found_by_it_unless_several_have(box, shop) -> None:
    for code in ("CUP-1", "POT-1"):
        await shop.set_stock(StockAsk("", code, 4, "k"))
        assert box.shop.skus[code].stock == 4
    twin = box.shop.stock_sku("CUP-2", "茶杯", 990, 1)
    twin.code = "CUP-1"
    with pytest.raises(Rejected, match="youzan_code_twice"):
        await shop.set_stock(StockAsk("", "CUP-1", 5, "k"))
    assert twin.stock == 1


async def test_a_lost_answer_leaves_the_stock_as_set(box, shop) -> None:
    sku = box.shop.skus["CUP-1"]
    box.faults.plan(Fault("inner", part="quantity.update"))
    ask = StockAsk(f"{sku.item_id}:{sku.sku_id}", "CUP-1", 7, "k")
    with pytest.raises(SyncError):
        await shop.set_stock(ask)
    await shop.set_stock(ask)
    assert sku.stock == 7


# --- memos ---


@pytest.mark.parametrize("told", [("red", 1), ("green", 3), ("purple", 5), ("", 0)])
async def test_a_memo_is_set_with_its_stars(box, shop, order, told) -> None:
    flag, star = told
    assert not (await shop.write_memo(MemoAsk(order.tid, "送到前台", flag, "k"))).already
    assert (order.memo, order.star) == ("送到前台", star)
    assert (await shop.write_memo(MemoAsk(order.tid, "送到前台", flag, "k"))).already
    assert box.shop.writes == {"memo": 1}
    assert (await shop.detail(order.tid)).flag == flag


async def test_a_memo_without_a_flag_leaves_the_orders_own(box, shop, order) -> None:
    box.shop.change(order, star=3)
    await shop.write_memo(MemoAsk(order.tid, "送到前台", "", "k"))
    assert (order.memo, order.star) == ("送到前台", 3)
    assert asked(box, "memo.update")[0]["flag"] == "3"


async def test_a_flag_no_stars_stand_for_is_refused_before_anything_is_written(
    box, shop, order
) -> None:
    with pytest.raises(Rejected, match="youzan_no_such_flag"):
        await shop.write_memo(MemoAsk(order.tid, "x", "grey", "k"))
    assert box.shop.writes == {}


# --- what buyers ask back, and the answers ---


def answer_to(refund, answer, **more) -> AfterSaleAsk:
    values = {"version": refund.version, "amount_minor": refund.amount_minor, **more}
    return AfterSaleAsk(refund.external_id, answer, idempotency_key="k", **values)


async def test_what_buyers_ask_back_is_listed_with_its_kind_and_what_may_be_answered(
    box, clock, shop
) -> None:
    assert isinstance(shop, AfterSales)
    orders = [box.shop.place(seed()) for _ in range(4)]
    refunds = [
        box.shop.ask_back(order, order.items[:1], demand=demand)
        for order, demand in zip(orders, (1, 2, 3, 2), strict=True)
    ]
    box.shop.settle(orders[3], refunds[3], "WAIT_SELLER_CONFIRM_GOODS")
    clock.turn(600)
    found, cursor, more = [], "", True
    while more:
        batch = await shop.after_sales(cursor)
        found += batch.records
        cursor, more = batch.next_cursor, batch.more
    told = {each.order_id: (each.kind, sorted(each.may)) for each in found}
    assert told == {
        orders[0].tid: ("refund", ["agree", "refuse"]),
        orders[1].tid: ("return", ["refuse"]),  # agreeing needs an address
        orders[2].tid: ("exchange", []),
        orders[3].tid: ("return", ["agree", "refuse"]),
    }
    one = await shop.after_sale(refunds[0].refund_id)
    assert (one.line_id, one.amount_minor, one.quantity) == (orders[0].items[0].oid, 1980, 2)
    assert (one.reason, one.words) == ("买错/多买/不想要", "拍错了")
    with pytest.raises(Rejected, match="youzan_no_such_refund"):
        await shop.after_sale("404")


@pytest.mark.parametrize("kind", ["", "inner"])
async def test_the_money_goes_back_once(box, shop, order, kind) -> None:
    refund = box.shop.ask_back(order, order.items, order.pay_fen)
    seen = await shop.after_sale(refund.refund_id)
    if kind:
        box.faults.plan(Fault(kind, part="refund.agree"))
        with pytest.raises(Ambiguous):
            await shop.answer(answer_to(seen, "agree"))
    assert (await shop.answer(answer_to(seen, "agree"))).already is bool(kind)
    assert (refund.status, order.status) == ("SUCCESS", "TRADE_CLOSED")
    assert (box.shop.writes["agree"], box.writes.balance_fen) == (1, 10**9 - order.pay_fen)


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("WAIT_SELLER_AGREE", "SELLER_REFUSE_BUYER"),
        ("WAIT_SELLER_CONFIRM_GOODS", "SELLER_REFUSE_BUYER_RETURN_GOODS"),
    ],
)
async def test_a_refusal_goes_by_the_way_of_its_state_with_the_sellers_words(
    box, shop, order, at, ends
) -> None:
    refund = box.shop.ask_back(order, order.items, demand=2)
    box.shop.settle(order, refund, at)
    seen = await shop.after_sale(refund.refund_id)
    with pytest.raises(Rejected, match="youzan_refusal_words"):
        await shop.answer(answer_to(seen, "refuse"))
    await shop.answer(answer_to(seen, "refuse", words="已发货"))
    assert (refund.status, refund.words) == (ends, "已发货")
    assert (await shop.answer(answer_to(seen, "refuse", words="已发货"))).already


async def test_a_refund_that_moved_since_it_was_seen_is_not_answered(box, shop, order) -> None:
    refund = box.shop.ask_back(order, order.items)
    seen = await shop.after_sale(refund.refund_id)
    for more in ({"version": "1"}, {"amount_minor": 1}):
        with pytest.raises(Rejected, match="youzan_refund_moved"):
            await shop.answer(answer_to(seen, "agree", **more))
    box.shop.settle(order, refund, "CLOSED")
    with pytest.raises(Rejected, match="youzan_refund_moved"):
        await shop.answer(answer_to(seen, "agree"))
    assert box.shop.writes == {}


async def test_a_shop_without_the_balance_for_it_is_told_so(box, shop, order) -> None:
    box.writes.balance_fen = 1
    seen = await shop.after_sale(box.shop.ask_back(order, order.items).refund_id)
    with pytest.raises(Rejected, match="youzan_no_balance"):
        await shop.answer(answer_to(seen, "agree"))
