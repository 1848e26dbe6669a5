"""A Pinduoduo order's whole life: in, under review and let go, packed, shipped, written back."""

from app.commands.orders import SetPolicy
from app.commands.parcels import TakeWaybills
from app.store.tables import receiver, stock, waybill
from app.store.verify import verify
from app.store.work import Book
from sync.sandbox.faults import Fault
from tests.operations.pinduoduo_day import order_seed, pinduoduo_day
from tests.worlds import FixedClock


def reserved(day) -> int:
    return next(row["reserved"] for row in day.shop.all(stock) if row["sku"] == "LN-27")


async def test_an_order_under_review_waits_and_then_travels_sealed_to_the_buyer_and_back(
    book: Book, clock: FixedClock
) -> None:
    async with pinduoduo_day(book, clock) as day:
        order = day.box.shop.place(order_seed(risk=1))
        day.shop.do("owner", SetPolicy("auto_waybill", "true"))
        await day.read()
        row = day.row(order)
        assert (row["state"], row["held"], row["payment"]) == ("paid", "risk", "paid")
        assert (row["buyer_mask"], row["phone_mask"]) == ("张**", "138****5678")
        day.box.shop.change(order, risk=0)
        await day.read()
        # A sealed receiver is told to no carrier but the platform's own, which is not connected.
        assert (day.row(order)["state"], day.open_cases()) == ("allocated", {"no_ewaybill"})
        pk = day.row(order)["id"]
        answer = day.shop.do("lead", TakeWaybills((pk,)))
        assert answer["refused"] == [[pk, "receiver_sealed"]]
        assert day.shop.all(waybill) == []
        number = day.pack(order)
        day.box.faults.plan(Fault("reset_after", part="online.send"))
        assert await day.upload() == "done"
        truth = day.box.truth()
        assert (truth["shipped"], truth["writes"]) == ({order.sn: [number]}, {"send": 1})
        clock.advance(2 * 86_400_000)  # the token wears out
        day.box.shop.change(order, order_status=3, receive_s=clock.now() // 1000)
        assert (await day.read()).up
        assert day.row(order)["state"] == "completed"
        assert (day.open_cases(), day.box.gate.renewed) == ({"no_ewaybill"}, 1)
        assert day.shop.all(receiver)[0]["cipher_ct"] is not None
        assert verify(book).ok


async def test_money_asked_back_before_it_left_stops_the_order_and_frees_its_stock(
    book: Book, clock: FixedClock
) -> None:
    async with pinduoduo_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        group = day.box.shop.place(order_seed(group_status=0, confirm_status=0))
        await day.read()
        assert (day.row(order)["state"], reserved(day)) == ("allocated", 2)
        clock.advance(60_000)
        refund = day.box.shop.ask_refund(order)
        await day.read()
        assert (day.row(order)["held"], reserved(day)) == ("risk", 2)
        clock.advance(60_000)
        day.box.shop.settle_refund(order, refund)
        day.box.shop.change(group, group_status=2, confirm_status=2)
        await day.read()
        assert (day.row(order)["state"], day.row(order)["payment"]) == ("closed", "refunded")
        assert reserved(day) == 0
