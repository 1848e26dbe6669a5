"""Messages of Taobao: each names a trade, waits until it is confirmed, and is lost by nothing."""

import pytest

from sync.errors import Malformed, PermissionMissing, Throttled
from sync.ports import Messages
from sync.sandbox.faults import Fault
from sync.sandbox.taobao import TaobaoSandbox
from tests.sync.sync_world import HandClock
from tests.sync.taobao_world import sandbox, sold, straight

CONSUME, CONFIRM = "taobao.tmc.messages.consume", "taobao.tmc.messages.confirm"


@pytest.fixture
def box(clock: HandClock) -> TaobaoSandbox:
    return sandbox(clock)


async def listening(box: TaobaoSandbox, clock: HandClock):
    channel = straight(box, clock, messages=True)
    assert await channel.messages() == ()
    return channel


async def test_a_message_names_its_trade_and_comes_again_until_it_is_confirmed(box, clock) -> None:
    channel = await listening(box, clock)
    trade = sold(box)
    number = box.mail.tell(trade)
    for _ in range(2):
        (told,) = await channel.messages()
        assert (told.id, told.hint.external_id) == (str(number), str(trade.tid))
        assert (told.hint.kind, told.hint.event_id) == ("order", str(number))
        assert told.hint.topic == "taobao_trade_TradeBuyerPay"
    await channel.confirm((told.id,))
    assert await channel.messages() == ()
    await channel.confirm((told.id,))  # confirmed twice is no error


async def test_a_burst_is_taken_two_hundred_at_a_time_and_confirmed_so(box, clock) -> None:
    channel = await listening(box, clock)
    trade = sold(box)
    for _ in range(450):
        box.mail.tell(trade)
    ids: list[str] = []
    while told := await channel.messages():
        assert len(told) <= 200
        ids += [message.id for message in told]
        await channel.confirm(tuple(message.id for message in told))
    assert len(set(ids)) == len(ids) == 450
    for _ in range(250):
        box.mail.tell(trade)
    await channel.confirm(tuple(map(str, box.mail.waiting)))
    assert box.mail.waiting == {}


async def test_the_seller_is_permitted_once_and_refunds_are_heard_of_too(box, clock) -> None:
    channel = await listening(box, clock)
    await channel.messages()
    assert box.calls["taobao.tmc.user.permit"] == 1
    trade = sold(box)
    assert box.mail.tell(trade, "taobao_item_ItemUpdate") == 0
    box.mail.tell(trade, "taobao_refund_RefundCreated", refund_id=7)
    (told,) = await channel.messages()
    assert told.hint.external_id == str(trade.tid)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"tid":"x"}', '{"tid":{"a":1}}', "null"])
async def test_a_message_that_names_no_trade_stands_in_nobodys_way(box, clock, content) -> None:
    channel = await listening(box, clock)
    box.mail.put("taobao_trade_TradeChanged", content)
    trade = sold(box)
    box.mail.tell(trade)
    told = await channel.messages()
    assert [message.hint.external_id for message in told] == ["", str(trade.tid)]
    assert [message.hint.kind for message in told] == ["other", "order"]
    await channel.confirm(tuple(message.id for message in told))
    assert box.mail.waiting == {}


async def test_a_message_without_a_number_is_left_where_it_is(box, clock) -> None:
    channel = await listening(box, clock)
    number = box.mail.tell(sold(box))
    box.mail.waiting[number]["id"] = {"odd": 1}
    assert await channel.messages() == ()


@pytest.mark.parametrize(("fault", "error"), [("throttle", Throttled), ("garbage", Malformed)])
async def test_a_question_that_fails_loses_no_message(box, clock, fault, error) -> None:
    channel = await listening(box, clock)
    box.mail.tell(sold(box))
    box.faults.plan(Fault(fault, part=CONSUME))
    with pytest.raises(error):
        await channel.messages()
    clock.turn(10)
    assert len(await channel.messages()) == 1


async def test_an_app_without_the_right_says_so_and_one_that_is_not_asked_asks_nothing(
    box, clock
) -> None:
    quiet = straight(box, clock)
    assert isinstance(quiet, Messages)
    assert not quiet.listens
    box.gate.app.may = frozenset({"taobao.trade.fullinfo.get"})
    with pytest.raises(PermissionMissing):
        await straight(box, clock, messages=True).messages()
