"""A carrier whose look-up is late, or finds another's parcel: no second waybill, nobody's taken."""

from dataclasses import replace

import pytest

from app.store.work import Book
from sync.waybill_records import NotFound, WaybillAnswer
from tests.operations.carrier_world import Dispatch, dispatch
from tests.worlds import FixedClock


def answer_lookups(desk: Dispatch, changed) -> None:
    """Let every look-up of the carrier be answered as ``changed`` makes it."""
    lookup = desk.carrier.lookup

    async def looked_up(reference: str) -> WaybillAnswer | NotFound:
        return changed(await lookup(reference))

    desk.carrier.lookup = looked_up  # type: ignore[method-assign]


@pytest.mark.parametrize("late_s", [20, 60])
async def test_a_waybill_the_carrier_finds_late_is_adopted_and_none_is_bought_again(
    book: Book, clock: FixedClock, late_s: int
) -> None:
    async with dispatch(book, clock) as desk:
        made = clock.now()

        def hidden(found: WaybillAnswer | NotFound) -> WaybillAnswer | NotFound:
            early = clock.now() - made < late_s * 1000
            return NotFound(desk.label()["intent_key"]) if early else found

        desk.take()
        desk.fail("late")
        answer_lookups(desk, hidden)
        await desk.until("live")
        assert len(desk.carrier.lookups) > 1
        assert (desk.at_carrier(), len(desk.carrier.sent), desk.labels()) == (1, 1, [(1, "live")])


async def test_a_waybill_of_another_receiver_is_nobodys_and_a_person_is_asked(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:

        def strange(found: WaybillAnswer | NotFound) -> WaybillAnswer | NotFound:
            known = isinstance(found, WaybillAnswer)
            return replace(found, receiver_digest="0" * 64) if known else found

        desk.take()
        desk.fail("late")
        answer_lookups(desk, strange)
        pump = desk.pump()
        for _ in range(60):
            await pump.round()
            clock.advance(5_000)
        assert desk.open_cases() == {"waybill_mismatch"}
        assert desk.labels() == [(1, "unknown")]
        assert desk.label()["carrier_no"] in (None, "")
        assert (desk.at_carrier(), len(desk.carrier.sent)) == (1, 1)
