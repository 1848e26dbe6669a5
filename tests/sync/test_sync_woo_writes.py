"""What is written to a shop is written once in effect, whatever happens to the answer."""

import pytest

from sync.errors import Ambiguous, Malformed, Rejected, SyncError, Throttled
from sync.records import MemoAsk, ShipAsk, StockAsk
from sync.sandbox.faults import Fault
from tests.sync.sync_world import seed


def parcel(order, key: str = "key-1", waybill: str = "SF1234567890123", **more) -> ShipAsk:
    note = more.get("note", "")
    return ShipAsk(str(order.number), "sf", "顺丰速运", waybill, (), key, note)


async def test_a_parcel_completes_the_order_and_leaves_its_number(box, channel) -> None:
    order = box.shop.place(seed())
    done = await channel.ship(parcel(order))
    assert not done.already
    assert order.status == "completed"
    assert order.notes[-1]["note"] == "顺丰速运: SF1234567890123"
    assert order.notes[-1]["customer_note"] is False


async def test_words_for_the_buyer_carry_the_number(box, channel) -> None:
    order = box.shop.place(seed())
    await channel.ship(parcel(order, note="您的包裹已发出"))
    assert order.notes[-1]["note"] == "您的包裹已发出 (顺丰速运: SF1234567890123)"
    assert order.notes[-1]["customer_note"] is True


async def test_two_parcels_of_one_order_are_both_told(box, channel) -> None:
    order = box.shop.place(seed())
    await channel.ship(parcel(order, "key-1", "SF1"))
    await channel.ship(parcel(order, "key-2", "SF2"))
    assert box.truth()["shipped"] == {str(order.number): ["SF1", "SF2"]}


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
@pytest.mark.parametrize("kind", ["reset_after", "cut", "garbage", "reset_before"])
async def test_a_lost_answer_at_any_step_never_ships_twice(box, channel, method, kind) -> None:
    order = box.shop.place(seed())
    box.faults.plan(Fault(kind, method))
    with pytest.raises((Ambiguous, Malformed)):
        await channel.ship(parcel(order))
    assert (await channel.ship(parcel(order))).external_ref == str(order.number)
    shipped_once(box, order)


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
async def test_an_answer_that_never_comes_never_ships_twice(box, hasty_channel, method) -> None:
    order = box.shop.place(seed())
    box.faults.plan(Fault("late", method))
    with pytest.raises(Ambiguous) as lost:
        await hasty_channel.ship(parcel(order))
    assert lost.value.code == "sync_timeout"
    await hasty_channel.ship(parcel(order))
    shipped_once(box, order)


def shipped_once(box, order) -> None:
    truth = box.truth()
    assert truth["shipped"] == {str(order.number): ["SF1234567890123"]}
    assert truth["writes"] == {"order": 1, "note": 1}
    assert truth["noted_twice"] == []


@pytest.mark.parametrize(("kind", "wait"), [("throttle", 7000), ("unavailable", 7000)])
async def test_slow_down_is_obeyed_and_nothing_is_done(box, channel, kind, wait) -> None:
    order = box.shop.place(seed())
    box.faults.plan(Fault(kind, "PUT", seconds=7))
    with pytest.raises(Throttled) as slow:
        await channel.ship(parcel(order))
    assert slow.value.retry_after_ms == wait
    assert order.status == "processing"


@pytest.mark.parametrize("status", ["cancelled", "refunded", "failed", "trash"])
async def test_an_order_that_was_called_off_is_never_marked_shipped(box, channel, status) -> None:
    order = box.shop.place(seed())
    if status == "trash":
        box.shop.trash(order)
    else:
        box.shop.set_status(order, status)
    with pytest.raises(Rejected) as refused:
        await channel.ship(parcel(order))
    assert refused.value.code == "woo_not_shippable"
    assert order.status == status
    assert box.shop.writes["order"] == 0


async def test_a_memo_is_written_once(box, channel) -> None:
    order = box.shop.place(seed())
    ask = MemoAsk(str(order.number), "买家要发票", "", "memo-7")
    box.faults.plan(Fault("reset_after", "POST", "/notes"))
    with pytest.raises(Ambiguous):
        await channel.write_memo(ask)
    assert (await channel.write_memo(ask)).already
    own = [note for note in order.notes if note["author"] != "system"]
    assert [note["note"] for note in own] == ["买家要发票\n[memo-7]"]
    assert own[0]["customer_note"] is False


async def test_a_memo_that_buyers_must_not_see_is_internal_even_when_repeated(box, channel) -> None:
    order = box.shop.place(seed())
    for key in ("memo-1", "memo-2"):
        await channel.write_memo(MemoAsk(str(order.number), "同样的话", "", key))
    assert box.shop.writes["note"] == 2


async def test_stock_of_a_variation_is_written_to_the_variation(box, channel) -> None:
    parent = box.shop.stock_product("TEE", "T恤", None)
    blue = box.shop.stock_product("TEE-B", "T恤 蓝", 5, parent.number)
    done = await channel.set_stock(StockAsk("", "TEE-B", 12, "k"))
    assert done.external_ref == f"{parent.number}:{blue.number}"
    assert blue.stock == 12
    await channel.set_stock(StockAsk(done.external_ref, "TEE-B", 0, "k2"))
    assert (blue.stock, parent.stock) == (0, None)


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (StockAsk("", "NOBODY", 3, "k"), "woo_no_such_listing"),
        (StockAsk("1", "CUP-1", -1, "k"), "sync_bad_quantity"),
        (StockAsk("../orders/1", "CUP-1", 1, "k"), "sync_bad_number"),
        (StockAsk("999999", "CUP-1", 1, "k"), "sync_rejected"),
    ],
)
async def test_stock_that_cannot_be_written_is_a_definite_no(box, channel, ask, code) -> None:
    with pytest.raises(Rejected) as refused:
        await channel.set_stock(ask)
    assert refused.value.code == code
    assert box.shop.writes["stock"] == 0


@pytest.mark.parametrize("number", ["", "12/notes", "1?x=1", "１２"])
async def test_a_number_that_is_none_never_reaches_the_shop(box, channel, number) -> None:
    calls = box.calls
    with pytest.raises(Rejected):
        await channel.detail(number)
    assert box.calls == calls


async def test_two_hundred_parcels_through_a_bad_line_arrive_once_each(box, channel) -> None:
    """Chance faults on a tenth of all calls; the outbox would repeat until done, so do we."""
    orders = [box.shop.place(seed()) for _ in range(200)]
    rates = ("throttle", "unavailable", "reset_before", "reset_after", "cut", "garbage")
    box.faults._rates = dict.fromkeys(rates, 0.02)
    for order in orders:
        await until_done(channel, parcel(order, f"key-{order.number}", f"SF{order.number}"))
    truth = box.truth()
    assert truth["shipped"] == {str(o.number): [f"SF{o.number}"] for o in orders}
    assert (truth["writes"]["order"], truth["writes"]["note"]) == (200, 200)
    assert truth["shipped_twice"] == truth["noted_twice"] == []
    assert sum(truth["faults"].values()) > 30


async def until_done(channel, ask: ShipAsk) -> None:
    for _ in range(40):
        try:
            await channel.ship(ask)
        except Rejected:
            raise
        except SyncError:
            continue
        return
    raise AssertionError("never done")
