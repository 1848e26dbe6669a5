"""A Youzan order's whole life, and what its buyer may change on the way."""

import pytest

from app.commands.parcels import ScanLabel, TakeWaybills
from app.domain.actor import worker
from app.domain.errors import ReceiverSealed, WaydeskError
from app.keeper.hint_round import HintRound
from app.keeper.push_desk import PushDesk
from app.store import shops
from app.store.tables import parcel, receiver, stock, waybill
from app.store.tables_record import case, event, inbox
from app.store.verify import verify
from app.store.work import Book
from sync.sandbox.faults import Fault
from tests.operations.platform_day import NUMBER
from tests.operations.youzan_day import call, order_seed, youzan_day
from tests.worlds import FixedClock


def reserved(day) -> int:
    return next(row["reserved"] for row in day.shop.all(stock) if row["sku"] == "LN-27")


async def test_an_order_of_a_group_waits_until_it_is_full_and_then_travels_sealed(
    book: Book, clock: FixedClock
) -> None:
    async with youzan_day(book, clock) as day:
        order = day.box.shop.place(order_seed(status="WAIT_CONFIRM"))
        await day.read()
        row = day.row(order)
        assert (row["state"], row["held"], row["payment"]) == ("paid", "risk", "paid")
        day.box.shop.change(order, status="WAIT_SELLER_SEND_GOODS")
        await day.read()
        assert (day.row(order)["state"], day.open_cases()) == ("allocated", set())
        number = day.pack(order)
        day.box.faults.plan(Fault("reset_after", part="online.confirm"))
        assert await day.upload() == "done"
        truth = day.box.truth()
        assert (truth["shipped"], truth["writes"]) == ({order.tid: [number]}, {"ship": 1})
        clock.advance(8 * 86_400_000)  # the token wears out
        day.box.shop.change(order, status="TRADE_SUCCESS", success_s=clock.now() // 1000)
        assert (await day.read()).up
        assert day.row(order)["state"] == "completed"
        assert (day.open_cases(), day.box.gate.made) == (set(), 2)
        assert day.shop.all(receiver)[0]["cipher_ct"] is not None
        assert verify(book).ok


@pytest.mark.req("F223")
async def test_a_buyers_new_address_stops_the_parcel_that_was_packed_for_the_old_one(
    book: Book, clock: FixedClock
) -> None:
    """The platform says it in a message alone: the order's own time does not move."""
    async with youzan_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        day.box.shop.changed.clear()
        day.label(order)
        day.box.shop.move(order, city="南京市", detail="中山路 2 号")
        await call(day)
        row = day.row(order)
        assert (row["city"], row["held_reason"]) == ("南京市", "changed_after_label")
        (found,) = [each for each in day.shop.all(case) if each["state"] != "settled"]
        assert (found["kind"], found["order_id"]) == ("changed_after_label", row["id"])
        # The label stays what it was made as: nothing goes out with it, nothing is overwritten.
        assert [each["carrier_no"] for each in day.shop.all(waybill)] == [NUMBER]
        with pytest.raises(WaydeskError):
            day.shop.do("packer", ScanLabel(NUMBER, "weigh_out"))
        assert [each["state"] for each in day.shop.all(parcel)] != ["shipped"]
        assert day.row(order)["state"] == "allocated"
        assert verify(book).ok


@pytest.mark.req("F223")
async def test_a_buyers_new_address_before_anything_was_packed_is_simply_taken_over(
    book: Book, clock: FixedClock
) -> None:
    async with youzan_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        day.box.shop.move(order, city="南京市")
        await call(day)
        assert (day.row(order)["city"], day.open_cases()) == ("南京市", set())


@pytest.mark.req("F223")
@pytest.mark.parametrize("told", [True, False])
async def test_a_buyers_wish_to_cancel_holds_the_packed_order_until_it_is_answered(
    book: Book, clock: FixedClock, told: bool
) -> None:
    """Told by a message, or found by asking where messages do not come."""
    async with youzan_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        day.box.shop.changed.clear()
        day.label(order)
        asked = day.box.shop.ask_back(order, order.items, order.pay_fen)
        await (call(day) if told else day.read())
        row = day.row(order)
        assert (row["held"], row["held_reason"]) == ("risk", "risk_hold")
        assert (day.open_cases(), reserved(day)) == ({"risk_hold"}, 2)
        with pytest.raises(WaydeskError):
            day.shop.do("packer", ScanLabel(NUMBER, "weigh_out"))
        day.box.shop.settle(order, asked, "SUCCESS")
        await (call(day) if told else day.read())
        assert (day.row(order)["state"], day.row(order)["payment"]) == ("closed", "refunded")
        assert (reserved(day), "cancelled_after_label" in day.open_cases()) == (0, True)


async def test_a_message_is_read_only_once_the_platform_shows_what_it_told_of(
    book: Book, clock: FixedClock
) -> None:
    """One that came a moment ago is not settled by the reading of one that came before it."""
    async with youzan_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        day.box.shop.changed.clear()
        day.box.shop.move(order, city="南京市")
        deliveries = day.box.deliver()
        clock.advance(20_000)
        day.box.shop.move(order, city="苏州市")
        deliveries += day.box.deliver()
        desk = PushDesk(day.room, day.loop.outlets, {}, lambda: None)
        await desk.take(day.shop.channel_id, *deliveries[0])
        clock.advance(20_000)
        await desk.take(day.shop.channel_id, *deliveries[1])
        clock.advance(11_000)
        rounds = HintRound(day.room, day.loop)
        assert await rounds.round() == 1
        assert [each["state"] for each in day.shop.all(inbox)] == ["done", "new"]
        clock.advance(20_000)
        assert await rounds.round() == 1
        assert (day.row(order)["city"], [each["state"] for each in day.shop.all(inbox)]) == (
            "苏州市",
            ["done", "done"],
        )


async def test_a_receiver_youzan_opened_goes_to_a_carrier_of_the_shops_own(
    book: Book, clock: FixedClock
) -> None:
    async with youzan_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        row = day.row(order)
        told = day.shop.do("lead", TakeWaybills((row["id"],)))
        assert told["refused"] == [[row["id"], ReceiverSealed.code]]
        with book.work(worker("test")) as work:
            access = next(s for s in shops.shops(work) if s.id == day.shop.channel_id)
            fields = {**access.fields, "opens": "yes"}
            shops.put_shop(work, {"platform": "youzan", "name": access.name}, fields)
            work.tell("channel_connected", "channel", access.id)
            work.commit()
        day.loop.outlets.clear()
        day.box.shop.touch(order)
        await day.read()
        (party,) = day.shop.all(receiver)
        assert party["cipher_ct"] is None
        assert day.row(order)["buyer_mask"] == "张**"
        assert "address_changed" not in {one["kind"] for one in day.shop.all(event)}
        day.shop.do("lead", TakeWaybills((day.row(order)["id"],)))
        (asked,) = day.shop.all(waybill)
        assert asked["carrier_account"].startswith("sf:")
