"""A Douyin order's whole life: in, under review and let go, packed, shipped, written back."""

from app.store.tables import receiver, stock
from app.store.verify import verify
from app.store.work import Book
from sync.sandbox.faults import Fault
from tests.operations.douyin_day import douyin_day, order_seed
from tests.worlds import FixedClock


def reserved(day) -> int:
    return next(row["reserved"] for row in day.shop.all(stock) if row["sku"] == "LN-27")


async def test_an_order_under_review_waits_and_then_travels_sealed_to_the_buyer_and_back(
    book: Book, clock: FixedClock
) -> None:
    async with douyin_day(book, clock) as day:
        order = day.box.shop.place(order_seed(status=105))
        await day.read()
        row = day.row(order)
        assert (row["state"], row["held"], row["payment"]) == ("paid", "risk", "paid")
        assert (row["buyer_mask"], row["phone_mask"]) == ("张**", "138****5678")
        for sub in order.subs:
            sub.status = 2
        day.box.shop.change(order, status=2)
        await day.read()
        assert (day.row(order)["state"], day.open_cases()) == ("allocated", set())
        number = day.pack(order)
        day.box.faults.plan(Fault("reset_after", part="logisticsAdd"))
        assert await day.upload() == "done"
        truth = day.box.truth()
        assert (truth["shipped"], truth["writes"]) == ({order.number: [number]}, {"whole": 1})
        clock.advance(8 * 86_400_000)  # the token wears out
        for sub in order.subs:
            sub.status = 5
        day.box.shop.change(order, status=5, finish_s=clock.now() // 1000)
        assert (await day.read()).up
        assert day.row(order)["state"] == "completed"
        assert (day.open_cases(), day.box.gate.made) == (set(), 2)
        assert day.shop.all(receiver)[0]["cipher_ct"] is not None
        assert verify(book).ok


async def test_money_asked_back_before_it_left_stops_the_order_and_frees_its_stock(
    book: Book, clock: FixedClock
) -> None:
    async with douyin_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        assert (day.row(order)["state"], reserved(day)) == ("allocated", 2)
        clock.advance(60_000)
        asked = day.box.shop.ask_back(order, 2, order.subs, order.pay_fen)
        await day.read()
        assert (day.row(order)["held"], reserved(day)) == ("risk", 2)
        clock.advance(60_000)
        day.box.shop.settle(order, asked, 12)
        await day.read()
        assert (day.row(order)["state"], day.row(order)["payment"]) == ("closed", "refunded")
        assert reserved(day) == 0
