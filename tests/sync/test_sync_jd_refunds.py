"""What buyers ask back before an order left: listed, and answered where nothing has moved."""

from dataclasses import replace

import pytest

from sync.errors import Ambiguous, Malformed, Rejected
from sync.ports import AfterSales
from sync.records import AfterSaleAsk, Done
from sync.sandbox.faults import Fault
from tests.sync.jd_world import DAY_MS, asked, sandbox, sold, straight
from tests.sync.sync_world import HandClock

LIST = "jingdong.pop.afs.soa.refundapply.queryPageList"
REPLY = "jingdong.pop.afs.soa.refundapply.replyRefund"


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def round_of(channel, cursor: str = ""):
    """Every request of one round, and the cursor after it."""
    records, kept = [], []
    for _ in range(200):
        batch = await channel.after_sales(cursor)
        records += batch.records
        kept += batch.kept_aside
        cursor = batch.next_cursor
        if not batch.more:
            return records, kept, cursor
    raise AssertionError("the round does not end")


def waiting(box):
    order = sold(box)
    return order, box.shop.ask_back(order, 4980)


def ask_of(seen, answer: str, words: str = "") -> AfterSaleAsk:
    return AfterSaleAsk(seen.external_id, answer, seen.version, seen.amount_minor, "key", words)


async def test_a_request_comes_in_whole_and_in_fen(box, clock) -> None:
    order, request = waiting(box)
    channel = straight(box, clock)
    assert isinstance(channel, AfterSales)
    seen = await channel.after_sale(str(request.number))
    assert (seen.order_id, seen.kind, seen.raw_status) == (str(order.number), "refund", "0")
    assert (seen.amount_minor, seen.currency, seen.reason) == (4980, "CNY", "不想要了")
    assert seen.created.utc_ms == request.applied_ms // 1000 * 1000
    assert (seen.may, seen.problems) == ({"agree", "refuse"}, ())


async def test_new_requests_and_answered_ones_are_told_within_the_platforms_windows(
    box, clock
) -> None:
    """The sandbox refuses a window of more than 7 days (made) or 10 (looked at)."""
    long_ago, old = waiting(box)
    clock.turn(40 * 86_400)
    _, new = waiting(box)
    clock.turn(60)
    channel = straight(box, clock, start_ms=clock.ms - 60 * DAY_MS)
    records, kept, cursor = await round_of(channel)
    assert ([each.external_id for each in records], kept) == (
        [str(old.number), str(new.number)],
        [],
    )
    box.shop.settle(old, 3)
    clock.turn(60)
    records, _, _ = await round_of(channel, cursor)
    told = {each.external_id: each.raw_status for each in records}
    assert told[str(old.number)] == "3"
    assert long_ago.state == "TRADE_CANCELED"


async def test_many_requests_are_all_told_once_a_round(box, clock) -> None:
    made = {str(waiting(box)[1].number) for _ in range(120)}
    clock.turn(60)
    records, _, _ = await round_of(straight(box, clock))
    assert len(records) == 120
    assert {each.external_id for each in records} == made


@pytest.mark.parametrize("cursor", ["[]", "{}", '{"walks":{},"turn":"applyTime"}', "x"])
async def test_a_cursor_of_another_make_is_refused(box, clock, cursor) -> None:
    with pytest.raises(Malformed):
        await straight(box, clock).after_sales(cursor)


async def test_agreed_once_the_order_is_cancelled_and_a_repeat_finds_it(box, clock) -> None:
    order, request = waiting(box)
    channel = straight(box, clock)
    ask = ask_of(await channel.after_sale(str(request.number)), "agree")
    assert await channel.answer(ask) == Done(str(request.number))
    assert (order.state, request.reply["status"]) == ("TRADE_CANCELED", 1)
    assert request.reply["outWareStatus"] == 2
    assert await channel.answer(ask) == Done(str(request.number), already=True)
    assert box.shop.writes == {"reply": 1}


async def test_refused_with_a_reason_the_order_goes_on(box, clock) -> None:
    order, request = waiting(box)
    channel = straight(box, clock)
    seen = await channel.after_sale(str(request.number))
    with pytest.raises(Rejected, match="jd_refusal_words"):
        await channel.answer(ask_of(seen, "refuse", "  "))
    await channel.answer(ask_of(seen, "refuse", "已发出"))
    assert order.state == "WAIT_SELLER_STOCK_OUT"
    assert (request.reply["rejectType"], request.reply["remark"]) == (5, "已发出")
    assert (await channel.answer(ask_of(seen, "refuse", "已发出"))).already


async def test_a_request_that_moved_since_it_was_seen_is_not_answered(box, clock) -> None:
    _, request = waiting(box)
    channel = straight(box, clock)
    seen = await channel.after_sale(str(request.number))
    for other in (replace(seen, amount_minor=1), replace(seen, version="0/x")):
        with pytest.raises(Rejected, match="jd_request_moved"):
            await channel.answer(ask_of(other, "agree"))
    box.shop.settle(request, 2)
    with pytest.raises(Rejected, match="jd_request_moved"):
        await channel.answer(ask_of(seen, "agree"))
    assert not asked(box, REPLY)


async def test_an_answer_lost_after_it_was_given_is_looked_up_before_it_is_given_again(
    box, clock
) -> None:
    _, request = waiting(box)
    channel = straight(box, clock)
    ask = ask_of(await channel.after_sale(str(request.number)), "agree")
    box.faults.plan(Fault("garbage", part=REPLY))
    with pytest.raises(Ambiguous):
        await channel.answer(ask)
    assert (await channel.answer(ask)).already
    assert box.shop.writes == {"reply": 1}


async def test_no_request_and_no_number_are_told_apart(box, clock: HandClock) -> None:
    channel = straight(box, clock)
    with pytest.raises(Rejected, match="sync_bad_number"):
        await channel.after_sale("R-1")
    with pytest.raises(Rejected, match="jd_no_such_request"):
        await channel.after_sale("404")
