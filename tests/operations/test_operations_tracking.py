"""Scans by carriers: kept once, forward only, the third proof of a shipment (F004, F230)."""

import random

import pytest

from app.commands.cases import SettleCase
from app.commands.orders import SetPolicy
from app.commands.parcels import RefreshTracking, ScanLabel, TypeWaybill
from app.keeper.tracking_round import TrackingRound
from app.operations import tracking
from app.store.seal import Row
from app.store.tables import orders, parcel, proof, waybill
from app.store.tables import tracking as scans
from app.store.tables_record import case, outbox
from app.store.work import Book, Work
from sync.records import Moment
from sync.waybill_records import TrackingRecord
from tests.operations.carrier_world import Dispatch, dispatch
from tests.worlds import FixedClock

HOUR = 3_600_000


async def shipped(desk: Dispatch) -> None:
    """Bought, weighed out, told to the platform's outbox."""
    desk.take()
    await desk.until("live", 5)
    desk.shop.do("packer", ScanLabel(desk.label()["carrier_no"], "weigh_out", 900))


def going_round(desk: Dispatch) -> TrackingRound:
    return TrackingRound(desk.room, desk.carriers, 600.0)


def proofs(desk: Dispatch) -> set[str]:
    return {row["kind"] for row in desk.shop.all(proof)}


@pytest.mark.req("F004", "F230")
async def test_the_carriers_first_scan_is_the_third_proof_and_the_write_back_did_not_wait(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        await shipped(desk)
        assert [row["state"] for row in desk.shop.all(outbox)] == ["ready"]
        assert (desk.shop.order()["state"], desk.shop.order()["proofs"]) == ("shipped", 2)
        await going_round(desk).round()
        assert "carrier_acceptance" not in proofs(desk)
        made = clock.now()
        clock.advance(2 * HOUR + 60_000)
        assert await going_round(desk).round() == 1
        assert desk.shop.order()["proofs"] == 3
        assert proofs(desk) >= {"waybill", "outbound_scan", "carrier_acceptance"}
        assert desk.shop.order()["logistics"] == "picked_up"
        assert desk.shop.all(parcel)[0]["picked_up_at"] == made + 2 * HOUR


@pytest.mark.req("F008")
async def test_every_source_of_a_shipment_stands_on_one_clock(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        began = clock.now()
        await shipped(desk)
        clock.advance(3 * HOUR)
        await going_round(desk).round()
        sources = {row["source"] for row in desk.shop.all(proof)}
        assert sources >= {"woocommerce", "sf", "desk-1"}
        assert all(began <= row["at"] <= clock.now() for row in desk.shop.all(proof))
        assert all(began <= row["at"] <= clock.now() for row in desk.shop.all(scans))


async def test_a_feed_that_repeats_and_shuffles_leaves_each_scan_once_and_the_end_the_same(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        await shipped(desk)
        number = desk.label()["carrier_no"]
        seen = []
        for _ in range(12):
            clock.advance(3 * HOUR)
            await going_round(desk).round()
            seen.append(desk.shop.order()["logistics"])
        order = ["waybilled", "picked_up", "in_transit", "delivering", "delivered"]
        assert [order.index(one) for one in seen] == sorted(order.index(one) for one in seen)
        assert seen[-1] == "delivered"
        kept = [row["dedupe_key"] for row in desk.shop.all(scans)]
        told = await desk.carrier.routes((number,), "")
        assert sorted(kept) == sorted({scan.dedupe_key for scan in told})
        assert await going_round(desk).round() == 0


def scan(number: str, code: str, at: int, text: str = "") -> TrackingRecord:
    moment = Moment(at, str(at), "Asia/Shanghai")
    return TrackingRecord(number, code, "", moment, "", text, f"{code}@{at}")


async def take(desk: Dispatch, *told: TrackingRecord) -> int:
    row: Row = desk.label()

    def act(work: Work) -> int:
        work.tell("scans")
        return tracking.take(work, desk.room.laws.now, row, told)

    return await desk.room.write(act)


async def test_a_late_scan_takes_nothing_back_and_four_of_one_are_one(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        await shipped(desk)
        number, now = desk.label()["carrier_no"], clock.now()
        delivered = scan(number, "first.4", now + 3 * HOUR)
        assert await take(desk, *[delivered] * 4) == 1
        late = [scan(number, f"first.{n}", now + n * HOUR // 2) for n in (1, 2, 3)]
        random.Random(5).shuffle(late)
        assert await take(desk, *late, *late) == 3
        assert await take(desk, *late) == 0
        assert desk.shop.order()["logistics"] == "delivered"
        assert [row["kind"] for row in desk.shop.all(proof)].count("carrier_acceptance") == 1


async def test_a_word_nobody_knows_is_kept_with_a_case_and_moves_nothing(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        await shipped(desk)
        strange = scan(desk.label()["carrier_no"], "op.999", clock.now(), "something new")
        await take(desk, strange)
        assert desk.open_cases() == {"unknown_status"}
        assert desk.shop.order()["logistics"] == "waybilled"
        assert [row["status"] for row in desk.shop.all(scans)] == [""]


@pytest.mark.req("F230")
async def test_a_pickup_that_does_not_come_is_a_case_of_its_own_deadline_and_no_delay(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.shop.hire("owner", "owner")
        desk.shop.do("owner", SetPolicy("pickup_deadline_hours", "6"))
        await shipped(desk)

        async def look() -> None:
            def act(work: Work) -> None:
                tracking.overdue(work, desk.room.laws.now)
                work.tell("looked")

            await desk.room.write(act)

        clock.advance(6 * HOUR - 1)
        await look()
        assert not desk.open_cases()
        clock.advance(1)
        await look()
        await look()
        found = [row for row in desk.shop.all(case) if row["kind"] == "pickup_overdue"]
        assert [(row["state"], row["order_id"]) for row in found] == [
            ("open", desk.shop.order()["id"])
        ]
        assert desk.shop.order()["state"] == "shipped"
        assert [row["state"] for row in desk.shop.all(outbox)] == ["ready"]
        desk.shop.do("lead", SettleCase(found[0]["id"], "called the outlet"))
        await look()
        assert not desk.open_cases()


async def test_a_pickup_settles_the_case_that_waited_for_it(book: Book, clock: FixedClock) -> None:
    async with dispatch(book, clock) as desk:
        await shipped(desk)
        desk.shop.do("lead", RefreshTracking((desk.shop.order()["id"],)))
        clock.advance(25 * HOUR)

        def act(work: Work) -> None:
            tracking.overdue(work, desk.room.laws.now)
            work.tell("looked")

        await desk.room.write(act)
        assert desk.open_cases() == {"pickup_overdue"}
        await going_round(desk).round()
        assert not desk.open_cases()


async def test_a_typed_number_is_followed_too(book: Book, clock: FixedClock) -> None:
    async with dispatch(book, clock, ("501", "502")) as desk:
        desk.take("502")
        await desk.until("live", 5)
        number = desk.label()["carrier_no"]
        lent = desk.sandbox.orders.by_number[number]
        typed = "SF7444000099990"
        desk.sandbox.orders.by_number[typed] = lent
        first = desk.shop.order("501")["id"]
        desk.shop.do("lead", TypeWaybill(first, "sf", typed, "bought at the counter"))
        desk.shop.do("packer", ScanLabel(typed, "weigh_out"))
        lent.numbers = (typed, number)
        clock.advance(3 * HOUR)
        await going_round(desk).round()
        assert desk.shop.order("501")["logistics"] == "in_transit"


async def test_a_delivered_parcel_is_asked_about_no_more(book: Book, clock: FixedClock) -> None:
    async with dispatch(book, clock) as desk:
        await shipped(desk)
        assert len(await desk.room.write(lambda work: tracking.awaited(work, 9))) == 1
        await take(desk, scan(desk.label()["carrier_no"], "first.4", clock.now()))
        assert await desk.room.write(lambda work: tracking.awaited(work, 9)) == []
        assert len(desk.shop.all(waybill)) == len(desk.shop.all(orders)) == 1
