"""What is tried again is held for longer, under one key that names what happened, not which try."""

import pytest

from app.commands.orders import SetMemo
from app.domain.actor import worker
from app.store import outbox as box
from app.store.tables_record import outbox
from app.store.work import Book
from sync.channels.woocommerce import WooCommerce
from sync.records import Done, ShipAsk
from tests.operations.press_world import number_of
from tests.operations.upload_world import Uploads, uploads
from tests.worlds import FixedClock

SECOND = 1000


async def lose_one(desk: Uploads) -> None:
    """Let one try fail before it arrives, and its next time come."""
    desk.fail("reset_before")
    await desk.pump().round()
    desk.clock.advance(max(0, desk.effect()["next_at"] - desk.clock.now()))


async def hold(desk: Uploads) -> int:
    """Take the newest effect as a keeper that then says nothing more; for how long, in seconds."""
    await desk.room.write(lambda work: desk.pump()._lease(work, box.due(work)))
    return int(desk.effect()["lease_until"] - desk.clock.now()) // SECOND


@pytest.mark.req("F208")
async def test_the_lease_of_a_sending_doubles_with_each_try_up_to_sixteen_minutes(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        await desk.order(501)
        desk.ship(501)
        held = []
        for _ in range(5):
            held.append(await hold(desk))
            clock.advance(held[-1] * SECOND + 1)
        assert held == [120, 240, 480, 960, 960]


@pytest.mark.req("F208")
async def test_another_keeper_does_not_send_what_a_slow_third_try_still_holds(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        await desk.order(501)
        desk.ship(501)
        await lose_one(desk)
        await lose_one(desk)
        assert await hold(desk) == 480
        clock.advance(479 * SECOND)
        calls = desk.sandbox.calls
        assert await desk.pump().round() == 0, "the first try's two minutes are long over"
        assert desk.sandbox.calls == calls
        clock.advance(2 * SECOND)
        assert await desk.pump().round() == 1
        assert desk.effect()["state"] == "done"
        assert desk.shipped() == {"501": [number_of("501")]}


@pytest.mark.req("F208")
async def test_a_sending_keeps_its_key_through_every_try_and_arrives_once(
    book: Book, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, ship = [], WooCommerce.ship

    async def heard(channel: WooCommerce, ask: ShipAsk) -> Done:
        keys.append(ask.idempotency_key)
        return await ship(channel, ask)

    monkeypatch.setattr(WooCommerce, "ship", heard)
    async with uploads(book, clock) as desk:
        await desk.order(501)
        desk.ship(501)
        await lose_one(desk)
        await lose_one(desk)
        desk.fail("reset_after")
        await desk.until("done")
        assert len(keys) >= 3
        assert set(keys) == {desk.effect()["intent_key"]}
        assert desk.shipped() == {"501": [number_of("501")]}
        assert desk.sandbox.truth()["shipped_twice"] == []


@pytest.mark.req("F208")
async def test_two_events_of_one_order_are_two_effects_and_one_told_again_is_one(
    book: Book, clock: FixedClock
) -> None:
    """Order and try alone would make the second memo's first try a repeat of the first's."""
    async with uploads(book, clock) as desk:
        await desk.order(501)
        pk = desk.shop.order()["id"]
        desk.shop.do("lead", SetMemo(pk, "send on Monday", ""))
        desk.shop.do("lead", SetMemo(pk, "send on Friday", ""))
        first, second = desk.shop.all(outbox)
        assert (first["order_id"], first["kind"], first["attempts"]) == (
            second["order_id"],
            second["kind"],
            second["attempts"],
        )
        with book.work(worker("sync")) as work:
            again = box.Effect(first["kind"], first["intent_key"], order_id=pk)
            assert box.put(work, again) == first["id"]
        await desk.pump().round()
        await desk.until("done")
        notes = [n["note"] for n in desk.sandbox.shop.orders[501].notes if n["author"] != "system"]
        assert [note.split(".")[0].split("\n")[0] for note in notes] == [
            "send on Monday",
            "send on Friday",
        ]
