"""An order deleted in Shopify, where no list tells of it, does not stay open here."""

from app.domain.actor import worker
from app.keeper.presence_round import PresenceRound
from app.operations.intake_gone import void_deleted
from app.store.tables import stock
from app.store.tables_record import audit, event
from app.store.verify import verify
from app.store.work import Book
from sync.sandbox.faults import Fault
from tests.operations.press_world import make_live
from tests.operations.shopify_day import order_seed, shopify_day
from tests.worlds import FixedClock

DAY_MS = 86_400_000


def reserved(day) -> int:
    return next(r["reserved"] for r in day.shop.all(stock) if r["sku"] == "LN-27")


async def look(day) -> int:
    return await PresenceRound(day.room, day.loop.outlets).round()


async def test_a_deleted_order_is_cancelled_with_the_reason_in_its_timeline(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        gone, stays = (day.box.shop.place(order_seed()) for _ in range(2))
        await day.read()
        assert (await look(day), reserved(day)) == (0, 4)
        day.box.shop.delete(gone)
        await day.read()
        assert day.row(gone)["state"] == "allocated"
        assert await look(day) == 1
        assert (day.row(gone)["state"], day.row(stays)["state"]) == ("cancelled", "allocated")
        assert (reserved(day), day.open_cases()) == (2, set())
        of_it = [e["kind"] for e in day.shop.all(event) if e["order_id"] == day.row(gone)["id"]]
        assert of_it[-2:] == ["deleted_on_platform", "cancelled_on_platform"]
        told = [row for row in day.shop.all(audit) if row["action"] == "deleted_on_platform"]
        assert len(told) == 1
        assert await look(day) == 0
        assert verify(book).ok


async def test_a_deleted_order_with_a_label_stands_still_with_a_case(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        labelled, sent = (day.box.shop.place(order_seed()) for _ in range(2))
        await day.read()
        day.pack(sent)
        make_live(day.shop, str(labelled.number))
        for order in (labelled, sent):
            day.box.shop.delete(order)
        assert await look(day) == 1
        assert day.open_cases() == {"cancelled_after_label"}
        assert (day.row(labelled)["state"], day.row(labelled)["held"]) == ("cancelled", "locked")
        # It left between the question and its answer: nothing is undone, and nobody is alarmed.
        with book.work(worker("sync")) as work:
            late = [str(sent.number)]
            assert void_deleted(work, day.shop.door.laws.now, day.shop.channel_id, late) == 0
        assert (day.row(sent)["state"], day.row(sent)["platform_cancelled"]) == ("shipped", 0)


async def test_an_order_too_old_to_be_seen_is_not_taken_for_deleted(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        old = day.box.shop.place(order_seed())
        await day.read()
        clock.advance(58 * DAY_MS)
        assert await look(day) == 0
        clock.advance(2 * DAY_MS)
        day.box.shop.delete(old)
        assert await look(day) == 0
        assert day.row(old)["state"] == "allocated"


async def test_an_answer_that_does_not_come_deletes_nothing(book: Book, clock: FixedClock) -> None:
    async with shopify_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        for kind in ("unavailable", "garbage", "throttle", "reset_after"):
            day.box.faults.plan(Fault(kind, part="Present"))
            assert await look(day) == 0, kind
        assert len(day.box.faults.done) == 4
        day.box.setup.app.scopes -= {"read_orders", "write_orders"}
        assert await look(day) == 0
        assert day.row(order)["state"] == "allocated"


async def test_hundreds_of_orders_are_asked_about_a_hundred_at_once(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        placed = [day.box.shop.place(order_seed()) for _ in range(120)]
        await day.read()
        day.box.shop.delete(placed[0])
        day.box.shop.delete(placed[-1])
        assert await look(day) == 2
        asked = [v["ids"] for text, v in day.box.heard if "query Present" in text]
        assert [len(ids) for ids in asked] == [100, 20]
