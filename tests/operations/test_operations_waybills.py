"""One waybill per parcel, whatever is lost on the way to the carrier and back (consistency 2.2)."""

import json

import pytest

from app.commands.orders import CancelOrder, HoldOrder
from app.commands.parcels import ResolveWaybill, TakeWaybills, TypeWaybill, VoidWaybill
from app.domain.actor import worker
from app.domain.approval import ApprovalNeeded
from app.domain.errors import BadWaybillNumber, NotAllowed, NotInState, ReasonNeeded, WaybillOpen
from app.operations import waybill_answers
from app.store.tables import orders, proof, waybill
from app.store.tables_record import audit, case
from app.store.work import Book
from sync.records import ReceiverRecord
from tests.operations.carrier_world import WORD, dispatch
from tests.worlds import FixedClock

NUMBER = "SF7444000000014"


@pytest.mark.req("F183")
@pytest.mark.parametrize("lost", ["late", "reset_after", "cut", "garbage", "away_after"])
async def test_an_answer_that_was_lost_is_looked_up_and_adopted(
    book: Book, clock: FixedClock, lost: str
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        desk.fail(lost)
        await desk.pump().round()
        assert desk.labels() == [(1, "unknown")]
        desk.take()
        assert desk.labels() == [(1, "unknown")]
        await desk.until("live", 30)
        assert desk.labels() == [(1, "live")]
        assert desk.label()["carrier_no"] in desk.sandbox.orders.by_number
        assert (desk.at_carrier(), len(desk.carrier.sent)) == (1, 1)
        assert [p["kind"] for p in desk.shop.all(proof) if p["parcel_id"]] == ["waybill"]
        assert not desk.open_cases()


async def test_nothing_is_sent_before_its_bytes_are_in_the_book(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        kept: list[bytes | None] = []
        create = desk.carrier.create

        async def looked_at(reference: str, prepared: bytes) -> object:
            label = desk.label()["id"]
            with book.work(worker("test")) as work:
                row = work.row(waybill, label)
                assert (row["state"], row["intent_key"]) == ("requesting", reference)
                kept.append(waybill_answers.prepared_of(work, row))
            return await create(reference, prepared)

        desk.carrier.create = looked_at  # type: ignore[method-assign]
        desk.take()
        await desk.pump().round()
        assert kept == [desk.carrier.sent[0][1]]
        assert desk.labels() == [(1, "live")]
        assert "张小满".encode() not in desk.label()["request_ct"]


@pytest.mark.req("F183")
async def test_what_never_arrived_leaves_again_the_same_only_after_two_noes_a_minute_apart(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        desk.fail("reset_before")
        began = clock.now()
        await desk.until("live")
        (first, second) = desk.carrier.sent
        assert first == second
        noes = desk.carrier.lookups
        assert 60_000 <= noes[-1] - noes[0] <= 65_000
        assert noes[-1] - began >= desk.carrier.caps.not_found_is_final_after_ms
        assert desk.labels() == [(1, "live")]
        assert desk.at_carrier() == 1


@pytest.mark.req("F183")
async def test_a_request_stuck_on_its_way_is_found_and_not_made_again(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        desk.fail("lands_late")
        await desk.until("live")
        assert len(desk.carrier.sent) == desk.at_carrier() == 1


@pytest.mark.req("F183")
@pytest.mark.parametrize("arrived", [True, False])
async def test_a_keeper_that_died_while_asking_looks_before_it_asks_again(
    book: Book, clock: FixedClock, arrived: bool
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        row = desk.label()
        with book.work(worker("sync")) as work:
            prepared = desk.pump()._prepare(work, waybill_answers.due(work, 5))[row["id"]]
            work.commit()
        if arrived:
            await desk.carrier.create(row["intent_key"], prepared)
        with book.work(worker("sync")) as work:
            assert waybill_answers.forget_requesting(work) == 1
            work.commit()
        assert desk.labels() == [(1, "unknown")]
        await desk.until("live")
        assert desk.at_carrier() == 1
        assert set(desk.carrier.sent) == {(row["intent_key"], prepared)}
        assert len(desk.carrier.sent) == 1


async def test_you_asked_that_before_is_looked_up_at_once(book: Book, clock: FixedClock) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        row = desk.label()
        with book.work(worker("sync")) as work:
            prepared = desk.pump()._prepare(work, waybill_answers.due(work, 5))[row["id"]]
        await desk.carrier.create(row["intent_key"], prepared)
        pump = desk.pump()
        await pump.round()
        await pump.round()
        assert desk.labels() == [(1, "live")]
        assert desk.sandbox.answers["8016"] == 1
        assert desk.at_carrier() == 1


async def test_a_definite_no_is_a_case_in_the_carriers_words_and_the_next_try_is_new(
    book: Book, clock: FixedClock
) -> None:
    far = ReceiverRecord("王五", "13900001111", "", "CN", "海南省", "三沙市", "西沙区", "北京路 1")
    async with dispatch(book, clock, receiver=far) as desk:
        desk.take()
        await desk.pump().round()
        assert desk.labels() == [(1, "rejected")]
        assert desk.open_cases() == {"waybill_rejected"}
        (told,) = [json.loads(row["args_json"]) for row in desk.shop.all(case)]
        assert (told["error"], told["code"], told["text"]) == ("sf_not_deliverable", "3", "2")
        desk.sandbox.orders.rules.unserved = frozenset()
        desk.take()
        await desk.pump().round()
        assert desk.labels() == [(1, "rejected"), (2, "live")]
        assert not desk.open_cases()
        assert len({reference for reference, _ in desk.carrier.sent}) == 2
        assert desk.at_carrier() == 1


async def test_throttled_and_unreachable_are_asked_again_and_never_doubt(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        desk.fail("throttle")
        await desk.pump().round()
        assert desk.labels() == [(1, "intent")]
        port, desk.url = desk.url, "http://127.0.0.1:9/std/service"
        desk.connect()
        clock.advance(5_000)
        await desk.pump().round()
        assert desk.labels() == [(1, "intent")]
        desk.url = port
        desk.connect()
        await desk.until("live", 60)
        assert not desk.carrier.lookups
        assert desk.at_carrier() == 1


async def test_a_refused_key_stops_the_account_and_asks_a_person(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.shop.hire("owner", "owner")
        desk.connect("not the checkword")
        desk.take()
        for _ in range(5):
            await desk.pump().round()
            clock.advance(600_000)
        assert len(desk.carrier.sent) == 1
        assert desk.open_cases() == {"key_refused"}
        desk.renew_key(WORD)
        await desk.pump().round()
        assert desk.labels() == [(1, "live")]
        assert not desk.open_cases()


async def test_another_account_goes_on_while_one_is_stopped(book: Book, clock: FixedClock) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        with book.work(worker("test")) as work:
            stopped = waybill_answers.due(work, 5)[0]
            waybill_answers.key_refused(work, desk.room.laws.now, stopped)
            assert waybill_answers.due(work, 5, waybill_answers.stopped(work)) == []
            assert len(waybill_answers.due(work, 5, {"sf:1"})) == 1


async def test_lookups_nobody_answers_end_with_a_person_and_still_find_it(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        desk.fail("late")
        desk.fail(*["away_before"] * 6, service="SEARCH_ORDER")
        pump = desk.pump()
        while "waybill_unknown" not in desk.open_cases():
            await pump.round()
            clock.advance(30_000)
        assert desk.labels() == [(1, "unknown")]
        assert len(desk.carrier.lookups) == 6
        await desk.until("live")
        assert not desk.open_cases()
        assert desk.at_carrier() == len(desk.carrier.sent) == 1


@pytest.mark.req("F183")
async def test_a_bad_day_at_the_carrier_leaves_one_waybill_for_each_parcel(
    book: Book, clock: FixedClock
) -> None:
    kinds = ("late", "reset_after", "cut", "garbage", "away_after", "reset_before", "throttle")
    numbers = tuple(str(600 + n) for n in range(3))
    async with dispatch(book, clock, numbers, rates=dict.fromkeys(kinds, 0.1)) as desk:
        pump = desk.pump()
        for _ in range(600):
            desk.take(*numbers)
            await pump.round()
            if {state for _, state in desk.labels()} == {"live"}:
                break
            clock.advance(5_000)
        assert desk.labels() == [(1, "live")] * 3
        assert desk.at_carrier() == 3
        assert desk.sandbox.faults.done.total() > 0


async def test_a_voided_number_goes_back_and_the_next_is_another(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        await desk.until("live", 5)
        label = desk.label()["id"]
        with pytest.raises(ReasonNeeded):
            desk.shop.do("lead", VoidWaybill(label, " "))
        with pytest.raises(ApprovalNeeded):
            desk.shop.do("packer", VoidWaybill(label, "wrong box"))
        desk.fail("late", service="UPDATE_ORDER")
        desk.shop.do("lead", VoidWaybill(label, "wrong box"))
        await desk.pump().round()
        desk.take()
        assert desk.labels() == [(1, "voiding")]
        clock.advance(5_000)
        await desk.pump().round()
        assert desk.labels() == [(1, "voided")]
        assert desk.shop.order()["logistics"] == "none"
        desk.take()
        await desk.until("live", 5)
        assert desk.labels() == [(1, "voided"), (2, "live")]
        assert (desk.at_carrier(), desk.sandbox.truth()["cancelled"]) == (1, 1)


async def test_a_number_the_carrier_keeps_stays_open_until_a_person_settles_it(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        await desk.until("live", 5)
        label = desk.label()
        clock.advance(3 * 3_600_000)
        desk.shop.do("lead", VoidWaybill(label["id"], "wrong box"))
        await desk.pump().round()
        assert desk.labels() == [(1, "void_failed")]
        assert desk.open_cases() == {"void_failed"}
        desk.take()
        assert desk.labels() == [(1, "void_failed")]
        desk.shop.do("lead", ResolveWaybill(label["id"], label["carrier_no"], "it is on its way"))
        assert desk.labels() == [(1, "live")]
        assert not desk.open_cases()


async def test_a_person_who_sees_no_label_at_the_carrier_lets_another_be_made(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        desk.fail("reset_before")
        await desk.pump().round()
        label = desk.label()["id"]
        with pytest.raises(NotAllowed):
            desk.shop.do("packer", ResolveWaybill(label, "", "looked"))
        with pytest.raises(ReasonNeeded):
            desk.shop.do("lead", ResolveWaybill(label, "", ""))
        desk.shop.hire("boss", "owner")
        gone = ResolveWaybill(label, "", "not on the carrier's page")
        desk.shop.agreed("lead", gone, "boss")
        with pytest.raises(NotInState):
            desk.shop.do("lead", ResolveWaybill(label, "", "once more"))
        desk.take()
        await desk.until("live", 5)
        assert desk.labels() == [(1, "rejected"), (2, "live")]
        assert desk.at_carrier() == 1


async def test_an_order_cancelled_before_its_number_was_bought_buys_none(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock, ("501", "502")) as desk:
        desk.take("501", "502")
        desk.shop.do("lead", CancelOrder(desk.shop.order("501")["id"], "buyer"))
        other = desk.shop.order("502")["id"]
        with book.work(worker("sync")) as work:  # as the platform's own cancellation does
            work.update(orders, other, state="cancelled")
            work.tell("cancelled_on_platform")
            work.commit()
        await desk.pump().round()
        assert desk.labels() == [(1, "voided"), (1, "voided")]
        assert (desk.carrier.sent, desk.at_carrier()) == ([], 0)


async def test_a_cancelled_orders_number_is_given_back(book: Book, clock: FixedClock) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        await desk.until("live", 5)
        desk.shop.do("lead", CancelOrder(desk.shop.order()["id"], "buyer"))
        await desk.until("voided", 5)
        assert (desk.at_carrier(), desk.sandbox.truth()["cancelled"]) == (0, 1)


@pytest.mark.req("F182", "F253")
async def test_a_typed_number_needs_the_right_a_reason_its_form_and_stands_in_the_record(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock, ("501", "502")) as desk:
        order_id, other = desk.shop.order("501")["id"], desk.shop.order("502")["id"]
        typed = TypeWaybill(order_id, "sf", NUMBER, "bought at the counter")
        with pytest.raises(ApprovalNeeded):
            desk.shop.do("packer", typed)
        with pytest.raises(ReasonNeeded):
            desk.shop.do("lead", TypeWaybill(order_id, "sf", NUMBER, ""))
        for wrong in ("", "SF12", "77" + NUMBER[2:], "SF744400000001X"):
            with pytest.raises(BadWaybillNumber):
                desk.shop.do("lead", TypeWaybill(order_id, "sf", wrong, "counter"))
        with pytest.raises(BadWaybillNumber):
            desk.shop.do("lead", TypeWaybill(order_id, "nobody", NUMBER, "counter"))
        assert desk.shop.all(waybill) == []
        desk.shop.do("lead", typed)
        row = desk.label()
        assert (row["state"], row["carrier_no"], row["source"]) == ("live", NUMBER, "typed")
        with pytest.raises(WaybillOpen):
            desk.shop.do("lead", TypeWaybill(other, "sf", NUMBER, "typed twice"))
        entries = [e for e in desk.shop.all(audit) if e["action"] == "waybill_typed"]
        assert [e["result"] for e in entries] == [
            "denied",
            "denied",
            *["failed"] * 5,
            "ok",
            "failed",
        ]
        good = entries[-2]
        assert (good["actor"], good["object_id"], good["reason"]) == (
            "lead",
            order_id,
            "bought at the counter",
        )
        assert not desk.carrier.sent


async def test_a_held_order_gets_no_number_and_says_why(book: Book, clock: FixedClock) -> None:
    async with dispatch(book, clock, ("501", "502")) as desk:
        held, free = desk.shop.order("501")["id"], desk.shop.order("502")["id"]
        desk.shop.do("lead", HoldOrder(held, "ask the buyer"))
        said = desk.shop.do("lead", TakeWaybills((held, free)))
        assert (said["done"], said["refused"]) == ([free], [[held, "missing_proofs"]])
        assert {row["order_id"] for row in desk.shop.all(case)} == {held}
        assert [row["order_id"] for row in desk.shop.all(waybill)] == [free]


async def test_one_order_somebody_altered_does_not_stop_the_others(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock, ("501", "502")) as desk:
        desk.take("501", "502")
        with book.engine.connect() as conn:
            conn.execute(orders.update().where(orders.c.external_id == "501").values(total_minor=1))
            conn.info["audited"] = True
            conn.commit()
        for _ in range(3):
            await desk.pump().round()
        states = {row["order_id"]: row["state"] for row in desk.shop.all(waybill)}
        assert states[desk.shop.order("502")["id"]] == "live"
        assert desk.open_cases() == {"row_changed_outside"}
        assert desk.at_carrier() == 1
