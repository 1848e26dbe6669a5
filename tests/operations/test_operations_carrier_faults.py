"""A carrier whose look-up is late, or finds another's parcel: no second waybill, nobody's taken."""

from dataclasses import replace

import pytest

from app.commands.parcels import PrintLabels, ResolveWaybill
from app.store.tables import orders, print_job, waybill
from app.store.verify import verify
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


def prints_by_itself(desk: Dispatch) -> None:
    laws = desk.shop.door.laws
    laws.now = replace(laws.now, policy=replace(laws.now.policy, auto_print=True))


@pytest.mark.parametrize("way", ["made", "found"])
async def test_a_number_that_stands_on_another_parcel_is_not_taken_and_nothing_prints(
    book: Book, clock: FixedClock, way: str
) -> None:
    async with dispatch(book, clock, ("501", "502")) as desk:
        prints_by_itself(desk)
        desk.take("501")
        await desk.until("live")
        first = desk.label()
        assert [job["waybill_id"] for job in desk.shop.all(print_job)] == [first["id"]]

        def anothers(told: WaybillAnswer | NotFound) -> WaybillAnswer | NotFound:
            made = isinstance(told, WaybillAnswer)
            return replace(told, waybill_no=first["carrier_no"]) if made else told

        if way == "made":
            create = desk.carrier.create

            async def created(reference: str, prepared: bytes) -> WaybillAnswer:
                return anothers(await create(reference, prepared))  # type: ignore[return-value]

            desk.carrier.create = created  # type: ignore[method-assign]
        else:
            desk.fail("late")
            answer_lookups(desk, anothers)
        desk.take("502")
        pump = desk.pump()
        for _ in range(60):
            await pump.round()
            clock.advance(5_000)
        assert desk.open_cases() == {"waybill_mismatch"}
        assert desk.labels() == [(1, "live"), (1, "unknown")]
        assert desk.label()["carrier_no"] is None
        ids = tuple(row["id"] for row in desk.shop.all(orders))
        desk.shop.do("packer", PrintLabels(ids[1:], ""))
        assert [job["waybill_id"] for job in desk.shop.all(print_job)] == [first["id"]]
        assert (desk.at_carrier(), len(desk.carrier.sent)) == (2, 2)
        found = ResolveWaybill(desk.label()["id"], "SF1426008733111", "read on the carrier's page")
        desk.shop.do("lead", found)
        assert (desk.label()["state"], desk.open_cases()) == ("live", set())
        assert len({row["carrier_no"] for row in desk.shop.all(waybill)}) == 2
        assert verify(book).ok
