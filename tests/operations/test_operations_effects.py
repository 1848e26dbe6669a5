"""What leaves for the platform arrives once, under one key, whatever is lost on the way."""

import pytest

from app.commands.cases import ReplayEffect
from app.commands.orders import SetMemo
from app.domain.actor import worker
from app.domain.errors import NotInState
from app.store import outbox as box
from app.store.tables_record import event, outbox
from app.store.work import Book
from tests.operations.press_world import number_of
from tests.operations.upload_world import uploads
from tests.worlds import FixedClock

NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize("lost", ["late", "reset_after", "cut", "garbage"])
async def test_a_shipment_whose_answer_was_lost_is_told_once(
    book: Book, clock: FixedClock, lost: str
) -> None:
    async with uploads(book, clock) as desk:
        await desk.order(501)
        desk.ship(501)
        desk.fail(lost)
        key = desk.effect()["intent_key"]
        await desk.pump().round()
        assert desk.effect()["state"] == "unknown"
        await desk.until("done")
        assert desk.shipped() == {"501": [number_of("501")]}
        truth = desk.sandbox.truth()
        assert (truth["shipped_twice"], truth["noted_twice"]) == ([], [])
        assert desk.told() == [True]
        assert [row["intent_key"] for row in desk.shop.all(outbox)] == [key]


async def test_a_bad_day_on_the_platform_tells_every_shipment_once(
    book: Book, clock: FixedClock
) -> None:
    kinds = ("late", "reset_after", "cut", "garbage", "reset_before", "throttle", "unavailable")
    async with uploads(book, clock) as desk:
        for number in (501, 502, 503):
            await desk.order(number)
            desk.ship(number)
        desk.sandbox.faults._rates = dict.fromkeys(kinds, 0.08)
        pump = desk.pump()
        for _ in range(400):
            await pump.round()
            clock.advance(20_000)
            if {row["state"] for row in desk.shop.all(outbox)} == {"done"}:
                break
        assert {row["state"] for row in desk.shop.all(outbox)} == {"done"}
        assert desk.shipped() == {str(n): [number_of(str(n))] for n in (501, 502, 503)}
        truth = desk.sandbox.truth()
        assert (truth["shipped_twice"], truth["noted_twice"]) == ([], [])
        assert truth["faults"]


async def test_a_keeper_that_died_while_telling_tells_once_and_at_once(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        await desk.order(501)
        desk.ship(501)
        sendings = await desk.room.write(lambda work: desk.pump()._lease(work, box.due(work)))
        channel = desk.outlets[desk.shop.channel_id].channel
        await channel.ship(sendings[0].ask)
        pump = desk.pump()
        await desk.room.write(pump._forget)
        if book.dialect == "postgresql":
            assert desk.effect()["state"] == "leased"
            clock.advance(121_000)
        await pump.round()
        assert desk.effect()["state"] == "done"
        assert desk.shipped() == {"501": [number_of("501")]}
        assert desk.sandbox.truth()["noted_twice"] == []


async def test_a_platform_that_cannot_be_reached_costs_no_try(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        url = desk.server.url
        await desk.order(501)
        desk.ship(501)
        desk.connect(NOWHERE)
        pump = desk.pump()
        for _ in range(110):  # more than a day without a network
            await pump.round()
            clock.advance(900_000)
        assert desk.effect()["state"] == "ready"
        assert not desk.open_cases()
        desk.connect(url)
        await desk.until("done")
        assert desk.shipped() == {"501": [number_of("501")]}


async def test_a_definite_no_is_a_case_and_is_sent_again_when_a_person_says_so(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        await desk.order(501)
        desk.ship(501)
        gone = desk.sandbox.shop.orders.pop(501)
        await desk.until("dead")
        assert desk.open_cases() == {"writeback_failed"}
        assert desk.told() == [False]
        assert desk.shop.order()["state"] == "shipped"
        dead = desk.effect()
        calls = desk.sandbox.calls
        for _ in range(5):
            clock.advance(3_600_000)
            await desk.pump().round()
        assert desk.sandbox.calls == calls
        desk.sandbox.shop.orders[501] = gone
        desk.shop.do("lead", ReplayEffect(dead["id"]))
        with pytest.raises(NotInState):
            desk.shop.do("lead", ReplayEffect(dead["id"]))
        assert desk.effect()["intent_key"] == dead["intent_key"]
        await desk.until("done")
        assert desk.shipped() == {"501": [number_of("501")]}
        assert not desk.open_cases()


async def test_a_memo_reaches_the_platform_once_and_the_newest_stays(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        await desk.order(501)
        desk.shop.do("lead", SetMemo(desk.shop.order()["id"], "call 13812345678 first", ""))
        desk.fail("late", method="POST")
        await desk.until("done")
        notes = [n["note"] for n in desk.sandbox.shop.orders[501].notes if n["author"] != "system"]
        assert len(notes) == 1
        assert "13812345678" not in notes[0]
        assert desk.sandbox.truth()["noted_twice"] == []


async def test_an_older_memo_that_has_to_wait_is_not_overtaken_by_a_newer_one(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        await desk.order(501)
        pk = desk.shop.order()["id"]
        desk.shop.do("lead", SetMemo(pk, "send on Monday", ""))
        desk.fail("reset_before", method="POST")
        await desk.pump().round()
        assert desk.effect()["state"] == "unknown"
        desk.shop.do("lead", SetMemo(pk, "send on Friday", ""))
        await desk.until("done")
        notes = [n["note"] for n in desk.sandbox.shop.orders[501].notes if n["author"] != "system"]
        assert [note.split(".")[0].split("\n")[0] for note in notes] == [
            "send on Monday",
            "send on Friday",
        ]


@pytest.mark.req("F099")
async def test_what_waits_to_be_told_is_closed_in_the_book(book: Book, clock: FixedClock) -> None:
    async with uploads(book, clock) as desk:
        await desk.order(501)
        desk.ship(501)
        body = bytes(desk.effect()["body_ct"])
        assert number_of("501").encode() not in body
        with book.work(worker("test")) as work:
            told = box.body_of(work, work.rows(outbox.select())[-1])
        assert told["waybill_no"] == number_of("501")
        kinds = [row["kind"] for row in desk.shop.all(event)]
        assert "scan_weigh_out" in kinds
