"""A shipment the platform refused is a card with a button, and the button pushes once (F010)."""

import asyncio

import msgspec
import pytest

from app.commands.cases import PushAgain, Pushed
from app.domain.cards import CaseFacts, card_of
from app.domain.errors import NotAllowed, NotInState
from app.rulebook import load
from app.store import cases
from app.store.cases import Notice
from app.store.seal import Row
from app.store.tables_record import case
from app.store.work import Book
from tests.operations.press_world import number_of
from tests.operations.upload_world import Uploads, uploads
from tests.worlds import MEI, FixedClock

WORDS = load().words


def opened(desk: Uploads) -> Row:
    (found,) = [row for row in desk.shop.all(case) if row["state"] != "settled"]
    return found


def facts(row: Row) -> CaseFacts:
    args = msgspec.json.decode(row["args_json"])
    plain = (row["id"], row["number"], row["kind"], row["priority"], args)
    return CaseFacts(*plain, order_no="501", shop="Shop", due="12:30")


def push(desk: Uploads, case_id: int) -> Pushed:
    return msgspec.convert(desk.shop.do("lead", PushAgain(case_id)), Pushed)


async def refused(desk: Uploads) -> Row:
    """Ship an order the platform no longer has: a definite no."""
    await desk.order(501)
    desk.ship(501)
    gone = desk.sandbox.shop.orders.pop(501)
    await desk.until("dead")
    desk.sandbox.shop.orders[501] = gone
    return opened(desk)


@pytest.mark.req("F010")
async def test_pressing_the_button_twice_pushes_once(book: Book, clock: FixedClock) -> None:
    async with uploads(book, clock) as desk:
        row = await refused(desk)
        card = card_of(facts(row), WORDS, "en")
        assert card.link == f"waydesk://case/{row['id']}"
        assert card.button is not None
        assert (card.button.command, card.button.case_id) == ("push_again", row["id"])
        assert push(desk, card.button.case_id) == Pushed(again=True, state="ready")
        assert push(desk, card.button.case_id) == Pushed(again=False, state="ready")
        await desk.until("done")
        assert push(desk, card.button.case_id) == Pushed(again=False, state="done")
        await desk.pump().round()
        assert desk.shipped() == {"501": [number_of("501")]}
        truth = desk.sandbox.truth()
        assert (truth["shipped_twice"], truth["noted_twice"]) == ([], [])
        assert not desk.open_cases()


@pytest.mark.req("F010")
async def test_presses_between_two_rounds_of_the_pump_push_once(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        row = await refused(desk)
        assert push(desk, row["id"]).again
        pump = desk.pump()
        rounds = asyncio.create_task(pump.round())
        await asyncio.sleep(0)
        assert not push(desk, row["id"]).again
        await rounds
        assert not push(desk, row["id"]).again
        await pump.round()
        assert desk.sandbox.truth()["shipped_twice"] == []
        assert desk.shipped() == {"501": [number_of("501")]}


@pytest.mark.req("F010")
async def test_a_second_failure_is_a_new_card_with_a_button_of_its_own(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        first = await refused(desk)
        desk.sandbox.shop.orders.pop(501)
        push(desk, first["id"])
        await desk.until("dead")
        second = opened(desk)
        assert second["id"] != first["id"]
        assert second["subject"] == first["subject"]
        assert push(desk, second["id"]).again


async def test_one_upload_taken_up_again_closes_its_own_exception_alone(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        row = await refused(desk)
        with book.work(MEI) as work:
            other = Notice("dead_letter", row["order_id"], row["channel_id"], subject="another")
            cases.open_case(work, desk.room.laws.now.cases, other)
            work.tell("another_failed")
            work.commit()
        push(desk, row["id"])
        assert opened(desk)["subject"] == "another"


async def test_who_may_not_send_again_is_refused_and_so_is_another_exception(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        row = await refused(desk)
        with pytest.raises(NotAllowed):
            desk.shop.do("packer", PushAgain(row["id"]))
        with book.work(MEI) as work:
            odd = cases.open_case(
                work, desk.room.laws.now.cases, Notice("unknown_sku", subject="x")
            )
            work.tell("odd")
            work.commit()
        with pytest.raises(NotInState):
            desk.shop.do("lead", PushAgain(odd))
