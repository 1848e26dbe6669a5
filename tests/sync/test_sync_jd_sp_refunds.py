"""What buyers ask back, by JD's newer gateway: listed whole; JD's back office answers."""

import pytest

from sync.errors import Malformed, Rejected
from sync.ports import AfterSales
from sync.records import AfterSaleAsk
from sync.sandbox.jd_sp_answers import AFS_LIST
from tests.sync.jd_sp_world import asked, sandbox, sold, straight
from tests.sync.platform_world import Canned

DAY_S = 86_400


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def round_of(channel, cursor: str = ""):
    """Every after-sale of one round, and the cursor after it."""
    records, kept = [], []
    for _ in range(200):
        batch = await channel.after_sales(cursor)
        records += batch.records
        kept += batch.kept_aside
        cursor = batch.next_cursor
        if not batch.more:
            return records, kept, cursor
    raise AssertionError("the round does not end")


async def test_an_after_sale_comes_in_whole_with_the_parcel_that_comes_back(box, clock) -> None:
    order = sold(box)
    made = box.shop.ask_back(order, 19.8, waybill="R1")
    channel = straight(box, clock)
    assert isinstance(channel, AfterSales)
    seen = await channel.after_sale(str(made.number))
    assert (seen.order_id, seen.kind, seen.raw_status) == (str(order.number), "return", "10/1000")
    assert (seen.amount_minor, seen.quantity, seen.currency) == (1980, 2, "CNY")
    assert (seen.line_id, seen.reason) == (order.items[0].uuid, "不想要了")
    assert (seen.return_no, seen.return_carrier) == ("R1", "顺丰快递")
    assert (seen.created.utc_ms, seen.modified.utc_ms) == (made.applied_ms, made.changed_ms)
    assert (seen.may, seen.problems) == (frozenset(), ())


@pytest.mark.parametrize(
    ("expect", "kind"),
    [
        ((10, ""), "return"),
        ((10, "仅退款"), "refund"),
        ((0, "取消订单"), "refund"),
        ((20, "换货"), "exchange"),
        ((30, "维修"), "repair"),
        ((0, "补发商品"), "resend"),
        ((99, "别的"), "other"),
    ],
)
async def test_what_the_buyer_wants_is_told_in_our_words(box, clock, expect, kind) -> None:
    made = box.shop.ask_back(sold(box), 1, expect=expect)
    assert (await straight(box, clock).after_sale(str(made.number))).kind == kind


async def test_what_changed_is_told_once_a_round_however_much_it_is(box, clock) -> None:
    made = {str(box.shop.ask_back(sold(box), 1).number) for _ in range(120)}
    clock.turn(60)
    channel = straight(box, clock, start_ms=clock.ms - 40 * DAY_S * 1000)
    records, kept, cursor = await round_of(channel)
    assert ({each.external_id for each in records}, len(records), kept) == (made, 120, [])
    box.heard.clear()
    clock.turn(2000)
    box.shop.settle(box.shop.after_sales[70_001], 20)
    clock.turn(60)
    records, _, cursor = await round_of(channel, cursor)
    assert {each.external_id: each.raw_status for each in records}["70001"] == "100/1000"
    clock.turn(4000)
    records, _, _ = await round_of(channel, cursor)
    assert [each.external_id for each in records] == ["70001"]
    assert all("updateStartTime" in params for params in asked(box, AFS_LIST))
    assert box.refused == []


HOSTILE = ['{"afsOrderId":{}}', '{"orderId":1}', '{"afsOrderId":1,"afsOrderId":2}', "[]", "7"]


@pytest.mark.parametrize("raw", HOSTILE)
async def test_a_row_that_cannot_be_an_after_sale_is_kept_aside_and_the_page_goes_on(
    box, clock, raw
) -> None:
    good = '{"afsOrderId":70001,"refundInfo":[],"skuInfoList":{"a":1}}'
    paging = '"paginationData":{"totalItems":2}'
    body = f'{{"success":true,"data":[{raw},{good}],{paging}}}'.encode()
    batch = await straight(box, clock, http=Canned(body)).after_sales("")
    assert [each.external_id for each in batch.records] == ["70001"]
    assert [each.raw.decode() for each in batch.kept_aside] == [raw]


@pytest.mark.parametrize("cursor", ["[]", "x", '{"since_s":-1}', '{"turn":"orders"}'])
async def test_a_cursor_of_another_make_is_refused(box, clock, cursor) -> None:
    with pytest.raises(Malformed):
        await straight(box, clock).after_sales(cursor)


async def test_no_after_sale_and_no_number_are_told_apart(box, clock) -> None:
    channel = straight(box, clock)
    with pytest.raises(Rejected, match="sync_bad_number"):
        await channel.after_sale("R-1")
    with pytest.raises(Rejected, match="jd_no_such_request"):
        await channel.after_sale("404")


async def test_an_answer_is_not_given_for_jd_does_not_publish_how(box, clock) -> None:
    made = box.shop.ask_back(sold(box), 1)
    channel = straight(box, clock)
    seen = await channel.after_sale(str(made.number))
    ask = AfterSaleAsk(seen.external_id, "agree", seen.version, seen.amount_minor, "key")
    with pytest.raises(Rejected, match="jd_sp_answer_there"):
        await channel.answer(ask)
    assert box.shop.writes == {}
