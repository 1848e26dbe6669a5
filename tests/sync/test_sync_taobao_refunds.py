"""What buyers ask back is listed whole, and answered once, only as the seller saw it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.taobao_refunds import read_after_sale
from sync.channels.taobao_walk import PAGE
from sync.errors import Ambiguous, Rejected
from sync.ports import AfterSales
from sync.records import AfterSaleAsk, AfterSaleRecord, Done
from sync.sandbox.faults import Fault
from sync.sandbox.taobao import TaobaoSandbox
from tests.sync.sync_world import HandClock, pull_all
from tests.sync.taobao_world import sandbox, sold, straight
from tests.sync.test_sync_taobao_orders import ODD

ASKED = "WAIT_SELLER_AGREE"


@pytest.fixture
def box(clock: HandClock) -> TaobaoSandbox:
    return sandbox(clock)


class Listed:
    """The after-sales of a channel, walked as its orders are."""

    def __init__(self, channel) -> None:
        self.pull = channel.after_sales


def seen(sale: AfterSaleRecord, answer: str, words: str = "") -> AfterSaleAsk:
    return AfterSaleAsk(sale.external_id, answer, sale.version, sale.amount_minor, "key", words)


async def asked(box, clock) -> tuple[str, AfterSaleRecord]:
    """The number of a refund somebody asks for, and how the seller sees it."""
    number = str(box.shop.refund(sold(box), 0, "19.80", status=ASKED))
    return number, await straight(box, clock).after_sale(number)


def writes(box) -> dict[str, int]:
    return {name: n for name, n in box.shop.writes.items() if name != f"refund {ASKED}"}


async def test_a_refund_is_told_with_what_may_be_answered(box, clock) -> None:
    trade = sold(box)
    number = box.shop.refund(trade, 0, "19.80", status=ASKED)
    clock.turn(60)
    channel = straight(box, clock)
    assert isinstance(channel, AfterSales)
    (sale,), kept, _ = await pull_all(Listed(channel))
    assert kept == []
    assert (sale.external_id, sale.order_id) == (str(number), str(trade.tid))
    assert (sale.kind, sale.amount_minor, sale.quantity) == ("refund", 1980, 2)
    assert (sale.raw_status, sale.may) == (ASKED, {"agree", "refuse"})
    assert (sale.problems, sale.line_id) == ((), str(trade.rows[0]["oid"]))


async def test_many_refunds_come_in_each_once_while_some_change(box, clock) -> None:
    numbers = {str(box.shop.refund(sold(box), 0, "1.00", status=ASKED)) for _ in range(PAGE + 9)}
    clock.turn(60)
    channel = straight(box, clock, start_ms=clock.ms - 600_000)
    records, _, cursor = await pull_all(Listed(channel))
    assert {sale.external_id for sale in records} == numbers
    assert len(records) == len(numbers)
    box.shop.settle(box.shop.refunds[int(min(numbers))], "CLOSED")
    clock.turn(60)
    later, _, _ = await pull_all(Listed(channel), cursor)
    assert {s.raw_status for s in later if s.external_id == min(numbers)} == {"CLOSED"}


@pytest.mark.parametrize(
    ("told", "kind", "may"),
    [
        ({"status": ASKED, "dispute_type": "REFUND"}, "refund", {"agree", "refuse"}),
        ({"status": ASKED, "dispute_type": "REFUND_AND_RETURN"}, "return", {"refuse"}),
        ({"status": ASKED, "has_good_return": True}, "return", {"refuse"}),
        (
            {"status": "WAIT_SELLER_CONFIRM_GOODS", "dispute_type": "REFUND_AND_RETURN"},
            "return",
            {"agree", "refuse"},
        ),
        ({"status": ASKED, "operation_contraint": "cannot_refuse"}, "refund", {"agree"}),
        ({"status": ASKED, "operation_contraint": "refund_onweb"}, "refund", set()),
        ({"status": ASKED, "dispute_type": "TMALL_EXCHANGE"}, "exchange", set()),
        ({"status": "WAIT_SELLER_AGREE", "dispute_type": "OTHERS"}, "other", set()),
        ({"status": "SUCCESS"}, "refund", set()),
        ({"status": "WAIT_BUYER_RETURN_GOODS", "has_good_return": True}, "return", set()),
    ],
)
def test_what_a_seller_may_answer_follows_from_the_state(told, kind, may) -> None:
    sale = read_after_sale({"refund_id": "1", "refund_fee": "1.00", **told}, b"")
    assert (sale.kind, sale.may) == (kind, may)


async def test_money_is_given_back_once(box, clock) -> None:
    number, sale = await asked(box, clock)
    channel = straight(box, clock)
    assert await channel.answer(seen(sale, "agree")) == Done(number)
    assert await channel.answer(seen(sale, "agree")) == Done(number, already=True)
    assert writes(box) == {"refund SUCCESS": 1}


async def test_a_refusal_is_told_once_with_its_reason(box, clock) -> None:
    number, sale = await asked(box, clock)
    channel = straight(box, clock)
    assert await channel.answer(seen(sale, "refuse", "已发货")) == Done(number)
    assert (await channel.answer(seen(sale, "refuse", "已发货"))).already
    assert writes(box) == {"refund SELLER_REFUSE_BUYER": 1}


@pytest.mark.parametrize("words", ["", "否", "长" * 201])
async def test_a_reason_the_platform_does_not_take_is_refused_here(box, clock, words) -> None:
    _, sale = await asked(box, clock)
    with pytest.raises(Rejected, match="taobao_refusal_words"):
        await straight(box, clock).answer(seen(sale, "refuse", words))
    assert writes(box) == {}


async def test_what_the_buyer_changed_meanwhile_is_not_answered(box, clock) -> None:
    number, sale = await asked(box, clock)
    box.shop.refunds[int(number)] |= {"refund_fee": "9.90"}
    channel = straight(box, clock)
    for answer in ("agree", "refuse"):
        with pytest.raises(Rejected, match="taobao_after_sale_moved"):
            await channel.answer(seen(sale, answer, "已发货"))
    box.shop.refunds[int(number)] |= {"refund_fee": "19.80", "refund_version": 5}
    with pytest.raises(Rejected, match="taobao_after_sale_moved"):
        await channel.answer(seen(sale, "agree"))
    assert writes(box) == {}


async def test_what_may_not_be_answered_so_is_refused_before_it_is_told(box, clock) -> None:
    number, sale = await asked(box, clock)
    box.shop.refunds[int(number)]["operation_contraint"] = "cannot_refuse"
    with pytest.raises(Rejected, match="taobao_after_sale_moved"):
        await straight(box, clock).answer(seen(sale, "refuse", "已发货"))
    with pytest.raises(Rejected, match="taobao_after_sale_moved"):
        await straight(box, clock).answer(replace(seen(sale, "agree"), answer="resend"))


@pytest.mark.parametrize("answer", ["agree", "refuse"])
async def test_an_answer_that_was_lost_is_found_and_not_given_again(box, clock, answer) -> None:
    _, sale = await asked(box, clock)
    channel = straight(box, clock)
    box.faults.plan(Fault("away_after", part="agree" if answer == "agree" else "refuse"))
    with pytest.raises(Ambiguous):
        await channel.answer(seen(sale, answer, "已发货"))
    assert (await channel.answer(seen(sale, answer, "已发货"))).already
    assert sum(writes(box).values()) == 1


@settings(max_examples=80, deadline=None)
@given(
    row=st.dictionaries(
        st.sampled_from(
            ["status", "refund_fee", "num", "created", "dispute_type", "has_good_return", "tid"]
        ),
        ODD,
    )
)
def test_whatever_stands_in_a_refund_it_is_read_or_complained_of(row) -> None:
    sale = read_after_sale({"refund_id": "7", **row}, b"raw")
    assert (sale.external_id, sale.raw) == ("7", b"raw")
    assert sale.amount_minor >= 0
