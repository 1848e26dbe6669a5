"""What the shop tells Taobao is told once in effect: parcels, stock, memos."""

import pytest

from sync.errors import Ambiguous, Rejected
from sync.records import Done, MemoAsk, ShipAsk, StockAsk
from sync.sandbox.faults import Fault
from sync.sandbox.taobao import TaobaoSandbox
from tests.sync.sync_world import HandClock
from tests.sync.taobao_world import parcel, sandbox, sold, straight

OFFLINE, RESEND = "taobao.logistics.offline.send", "taobao.logistics.consign.resend"


@pytest.fixture
def box(clock: HandClock) -> TaobaoSandbox:
    return sandbox(clock)


def asked(box: TaobaoSandbox, method: str) -> list[dict[str, str]]:
    return [dict(each.params) for each in box.asked if each.method == method]


def statuses(trade) -> list[str]:
    return [row["status"] for row in trade.rows]


# --- parcels ---


async def test_a_whole_order_is_told_without_naming_its_rows(box, clock) -> None:
    trade = sold(box)
    assert await straight(box, clock).ship(parcel(trade)) == Done(str(trade.tid))
    assert trade.told["status"] == "WAIT_BUYER_CONFIRM_GOODS"
    assert asked(box, OFFLINE) == [
        {"tid": str(trade.tid), "out_sid": "SF1001", "company_code": "SF"}
    ]


async def test_a_part_names_its_rows_and_the_rest_follows_under_its_own_number(box, clock) -> None:
    trade, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(trade, "SF1", cup=2))
    assert trade.told["status"] == "SELLER_CONSIGNED_PART"
    assert asked(box, OFFLINE)[0]["sub_tid"] == str(trade.rows[0]["oid"])
    assert asked(box, OFFLINE)[0]["is_split"] == "1"
    await channel.ship(parcel(trade, "SF2", pot=1))
    assert [row["invoice_no"] for row in trade.rows] == ["SF1", "SF2"]
    assert trade.told["status"] == "WAIT_BUYER_CONFIRM_GOODS"


async def test_a_parcel_told_twice_is_sent_once(box, clock) -> None:
    trade, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(trade))
    assert await channel.ship(parcel(trade)) == Done(str(trade.tid), already=True)
    assert box.shop.writes == {"offline": 1}


@pytest.mark.parametrize("kind", ["away_after", "garbage"])
async def test_an_answer_lost_after_it_was_done_is_unknown_and_the_repeat_finds_it(
    box, clock, kind
) -> None:
    trade, channel = sold(box), straight(box, clock)
    box.faults.plan(Fault(kind, part=OFFLINE))
    with pytest.raises(Ambiguous):
        await channel.ship(parcel(trade))
    assert (await channel.ship(parcel(trade))).already
    assert box.shop.writes == {"offline": 1}


async def test_a_number_that_changed_is_put_right_and_not_told_as_a_second_parcel(
    box, clock
) -> None:
    trade, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(trade, "SF1"))
    ask = parcel(trade, "SF2", replaces="SF1")
    assert await channel.ship(ask) == Done(str(trade.tid))
    assert {row["invoice_no"] for row in trade.rows} == {"SF2"}
    assert box.shop.writes == {"offline": 1, "resend": 1}
    assert (await channel.ship(ask)).already


async def test_only_the_rows_under_the_old_number_get_the_new_one(box, clock) -> None:
    trade, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(trade, "SF1", cup=2))
    await channel.ship(parcel(trade, "SF2", pot=1))
    await channel.ship(parcel(trade, "SF3", replaces="SF2"))
    assert [row["invoice_no"] for row in trade.rows] == ["SF1", "SF3"]
    assert asked(box, RESEND)[0]["sub_tid"] == str(trade.rows[1]["oid"])


async def test_a_number_somebody_gave_by_hand_stays_and_a_missing_one_is_filled_in(
    box, clock
) -> None:
    trade, channel = sold(box), straight(box, clock)
    box.shop.send(trade, {trade.rows[0]["oid"]}, "顺丰速运", "BYHAND")
    box.shop.send(trade, {trade.rows[1]["oid"]}, "顺丰速运", "")
    await channel.ship(parcel(trade, "SF1"))
    assert [row["invoice_no"] for row in trade.rows] == ["BYHAND", "SF1"]


async def test_a_row_in_two_parcels_keeps_the_number_of_the_first(box, clock) -> None:
    """The platform ships whole rows: the second parcel of two cups must not take its number."""
    trade, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(trade, "SF1", cup=1))
    assert (await channel.ship(parcel(trade, "SF2", cup=1))).already
    assert trade.rows[0]["invoice_no"] == "SF1"
    assert RESEND not in box.calls


async def test_a_row_refunded_meanwhile_is_not_sent_with_the_others(box, clock) -> None:
    trade = sold(box)
    box.shop.refund(trade, 0, "19.80")
    await straight(box, clock).ship(parcel(trade))
    assert statuses(trade) == ["TRADE_CLOSED", "WAIT_BUYER_CONFIRM_GOODS"]


@pytest.mark.parametrize(
    "status", ["TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO", "WAIT_BUYER_PAY", "PAID_FORBID_CONSIGN"]
)
async def test_what_may_not_be_sent_is_refused_before_anything_is_told(box, clock, status) -> None:
    trade = sold(box, status=status)
    with pytest.raises(Rejected, match="taobao_not_shippable"):
        await straight(box, clock).ship(parcel(trade))
    assert not box.shop.writes


async def test_cash_on_delivery_goes_by_a_carrier_the_platform_books(box, clock) -> None:
    trade = sold(box, type="cod")
    await straight(box, clock).ship(parcel(trade))
    assert box.shop.writes == {"online": 1}


async def test_a_shop_that_books_through_the_platform_ships_that_way(box, clock) -> None:
    trade = sold(box)
    await straight(box, clock, online=True).ship(parcel(trade))
    assert box.shop.writes == {"online": 1}


async def test_what_needs_no_parcel_is_shipped_without_a_number(box, clock) -> None:
    trade = sold(box, shipping_type="virtual")
    ask = ShipAsk(str(trade.tid), "", "", "", (), "key")
    channel = straight(box, clock)
    assert await channel.ship(ask) == Done(str(trade.tid))
    assert (await channel.ship(ask)).already
    assert box.shop.writes == {"dummy": 1}


@pytest.mark.parametrize(
    ("code", "name", "theirs"),
    [
        ("sf", "顺丰", "SF"),
        ("zto", "ZTO Express", "ZTO"),
        ("x", "圆通速递", "YTO"),
        ("x", "中国圆通速递有限公司", "YTO"),
        ("x", "邮政快递", "POSTB"),
    ],
)
async def test_a_carrier_is_called_as_the_platform_calls_it(box, clock, code, name, theirs) -> None:
    trade = sold(box)
    ask = ShipAsk(str(trade.tid), code, name, "N1", (), "key")
    await straight(box, clock).ship(ask)
    assert asked(box, OFFLINE)[0]["company_code"] == theirs


async def test_a_carrier_the_platform_does_not_have_is_named_and_nothing_is_told(
    box, clock
) -> None:
    trade = sold(box)
    with pytest.raises(Rejected, match="taobao_no_such_carrier"):
        await straight(box, clock).ship(ShipAsk(str(trade.tid), "ups", "UPS", "1Z", (), "key"))
    assert not box.shop.writes


async def test_no_trade_and_no_number_are_told_apart(box, clock) -> None:
    channel = straight(box, clock)
    with pytest.raises(Rejected, match="sync_bad_number"):
        await channel.ship(ShipAsk("SO-1", "sf", "顺丰", "SF1", (), "key"))
    with pytest.raises(Rejected) as no:
        await channel.ship(ShipAsk("404", "sf", "顺丰", "SF1", (), "key"))
    assert no.value.foreign_code == "isv.trade-not-exist"


# --- stock ---


async def test_stock_is_set_whole_and_a_repeat_changes_nothing(box, clock) -> None:
    item = box.shop.stock_item("CUP", 0, CUP_1=100)
    sku = next(iter(item.skus))
    channel = straight(box, clock)
    ask = StockAsk(f"{item.num_iid}:{sku}", "CUP-1", 7, "key")
    assert await channel.set_stock(ask) == await channel.set_stock(ask)
    assert item.skus[sku][1] == 7
    assert asked(box, "taobao.item.quantity.update")[0]["type"] == "1"


async def test_a_listing_is_found_by_the_merchants_code_of_a_sku_or_of_an_item(box, clock) -> None:
    item = box.shop.stock_item("POT-1", 5, CUP_1=100)
    channel = straight(box, clock)
    sku = next(iter(item.skus))
    assert (await channel.set_stock(StockAsk("", "CUP-1", 3, "a"))).external_ref == (
        f"{item.num_iid}:{sku}"
    )
    assert (await channel.set_stock(StockAsk("", "POT-1", 4, "b"))).external_ref == (
        str(item.num_iid)
    )
    assert (item.quantity, item.skus[sku][1]) == (4, 3)


async def test_a_code_that_two_listings_bear_or_none_is_refused(box, clock) -> None:
    box.shop.stock_item("A", 1)
    box.shop.stock_item("A", 1)
    channel = straight(box, clock)
    with pytest.raises(Rejected, match="taobao_two_listings"):
        await channel.set_stock(StockAsk("", "A", 3, "a"))
    for code in ("B", ""):
        with pytest.raises(Rejected, match="taobao_no_such_listing"):
            await channel.set_stock(StockAsk("", code, 3, "a"))
    with pytest.raises(Rejected, match="sync_bad_quantity"):
        await channel.set_stock(StockAsk("1", "", -1, "a"))
    with pytest.raises(Rejected, match="sync_bad_number"):
        await channel.set_stock(StockAsk("1:x", "", 1, "a"))
    assert not box.shop.writes


# --- memos ---


@pytest.mark.parametrize(
    ("flag", "number"),
    [("red", 1), ("yellow", 2), ("green", 3), ("blue", 4), ("pink", 5), ("purple", 5), ("", 0)],
)
async def test_a_memo_and_its_flag_are_set_once(box, clock, flag, number) -> None:
    trade, channel = sold(box), straight(box, clock)
    ask = MemoAsk(str(trade.tid), "改为发顺丰", flag, "key")
    assert await channel.write_memo(ask) == Done(str(trade.tid))
    assert (trade.told["seller_memo"], trade.told["seller_flag"]) == ("改为发顺丰", number)
    assert (await channel.write_memo(ask)).already
    assert box.shop.writes == {"memo": 1}
    back = (await channel.detail(str(trade.tid))).flag
    assert back == {"purple": "pink"}.get(flag, flag)


async def test_an_emptied_memo_takes_the_old_one_away(box, clock) -> None:
    """The platform ignores an empty memo unless it is told to forget the old one."""
    trade = sold(box, seller_memo="急", seller_flag=1)
    await straight(box, clock).write_memo(MemoAsk(str(trade.tid), "", "red", "key"))
    assert trade.told["seller_memo"] == ""


async def test_a_memo_of_more_than_a_thousand_bytes_is_refused_here(box, clock) -> None:
    trade = sold(box)
    channel = straight(box, clock)
    with pytest.raises(Rejected, match="taobao_memo_too_long"):
        await channel.write_memo(MemoAsk(str(trade.tid), "长" * 334, "", "key"))
    assert await channel.write_memo(MemoAsk(str(trade.tid), "长" * 333, "", "key"))


async def test_an_unknown_memo_write_is_looked_at_before_it_is_repeated(box, clock) -> None:
    trade, channel = sold(box), straight(box, clock)
    box.faults.plan(Fault("away_after", part="memo"))
    ask = MemoAsk(str(trade.tid), "急", "red", "key")
    with pytest.raises(Ambiguous):
        await channel.write_memo(ask)
    assert (await channel.write_memo(ask)).already
    assert box.shop.writes == {"memo": 1}
