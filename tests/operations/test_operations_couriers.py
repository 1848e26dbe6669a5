"""Who moves a parcel is what labels and platforms are told; carriers without a lookup are safe."""

from dataclasses import replace
from itertools import pairwise

import pytest

from app.commands.parcels import PrintLabels, ScanLabel
from app.domain.actor import worker
from app.domain.couriers import couriers_from
from app.domain.errors import RuleRefused
from app.keeper.tracking_round import TrackingRound
from app.operations import effects, print_queue
from app.rulebook import load
from app.store import outbox
from app.store.tables import waybill
from app.store.work import Book
from sync.errors import Throttled
from sync.waybill_records import WaybillAnswer
from tests.operations.carrier_world import Dispatch, dispatch
from tests.worlds import FixedClock

HOUR = 3_600_000
ZTO = "73111392234604"


def no_lookup(desk: Dispatch, replays: bool) -> None:
    """The carrier as one that cannot be asked by our reference, and what it says to a repeat."""
    caps = desk.carrier.caps
    desk.carrier.caps = replace(caps, lookup_by_ref=False, idem_window_ms=24 * HOUR)
    desk.sandbox.orders.rules.replays = replays


@pytest.mark.req("F183")
async def test_without_a_lookup_the_same_bytes_are_repeated_for_the_first_answer(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        no_lookup(desk, replays=True)
        desk.take()
        desk.fail("late", "reset_after")
        await desk.until("live", 300)
        assert len(desk.carrier.sent) == 3
        assert len(set(desk.carrier.sent)) == 1
        assert desk.carrier.lookups == []
        assert desk.at_carrier() == 1


@pytest.mark.req("F183")
async def test_a_repeat_that_is_only_refused_goes_to_a_person_and_is_not_made_again(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        no_lookup(desk, replays=False)
        desk.take()
        desk.fail("reset_after")
        for _ in range(40):
            await desk.pump().round()
            clock.advance(60_000)
        assert desk.labels() == [(1, "unknown")]
        assert desk.open_cases() == {"waybill_unknown"}
        assert len(desk.carrier.sent) == 2
        assert desk.at_carrier() == 1


async def test_repeats_end_with_the_carriers_promise_and_a_person_is_asked(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        no_lookup(desk, replays=True)
        desk.take()
        desk.fail(*["unavailable"] * 60)
        pump = desk.pump()
        for _ in range(24):
            await pump.round()
            clock.advance(2 * HOUR)
        assert len(desk.carrier.sent) == 11  # at 0, 2, ... 20 h of the 21.6 that are safe
        assert desk.open_cases() == {"waybill_unknown"}
        assert desk.labels() == [(1, "unknown")]


async def test_a_number_is_left_alone_for_as_long_as_its_carrier_wants(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        await desk.until("live", 5)
        desk.shop.do("packer", ScanLabel(desk.label()["carrier_no"], "weigh_out", 900))
        desk.carrier.caps = replace(desk.carrier.caps, track_every_ms=HOUR)
        going = TrackingRound(desk.room, desk.carriers, 600.0)
        asked = []
        routes = desk.carrier.routes

        async def counted(numbers: tuple[str, ...], tail: str) -> object:
            asked.append(clock.now())
            return await routes(numbers, tail)

        desk.carrier.routes = counted  # type: ignore[method-assign]
        for _ in range(19):
            await going.round()
            clock.advance(600_000)
        assert [later - first for first, later in pairwise(asked)] == [HOUR] * 3


async def test_a_carrier_that_calls_hears_of_each_parcel_and_is_asked_all_the_same(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        await desk.until("live", 5)
        number = desk.label()["carrier_no"]
        desk.shop.do("packer", ScanLabel(number, "weigh_out", 900))
        heard = []

        async def follow(numbers: tuple[str, ...], tail: str) -> None:
            heard.append((numbers, tail))
            raise Throttled

        desk.carrier.follow = follow  # type: ignore[attr-defined]
        clock.advance(9 * HOUR)
        assert await TrackingRound(desk.room, desk.carriers, 600.0).round() > 0
        assert heard == [((number,), "6666")]


async def test_label_and_platform_are_told_the_courier_and_not_the_aggregator(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        row = desk.label()
        answer = WaybillAnswer(
            row["intent_key"], ZTO, (), "571-A1", "B2", "", "", "", None, b"", courier="zto"
        )
        await desk.pump()._adopt(row, answer)
        assert desk.shop.order()["carrier"] == "zto"
        desk.shop.do("packer", PrintLabels((desk.shop.order()["id"],), "pdf:out"))
        with book.work(worker("test")) as work:
            label = print_queue.claim(work, desk.room.laws.now, print_queue.queued(work, 1)[0])
        assert label is not None
        assert (label.carrier_name, label.two_dimension_code) == ("中通快递", ZTO)
        desk.shop.do("packer", ScanLabel(ZTO, "weigh_out", 900))
        with book.work(worker("test")) as work:
            ask = effects.sending_of(work, outbox.due(work)[0]).ask
        assert (ask.carrier_code, ask.carrier_name, ask.waybill_no) == ("zto", "ZTO Express", ZTO)
        assert desk.shop.all(waybill)[0]["carrier_account"].startswith("sf:")


def test_couriers_have_names_in_both_languages_and_an_unknown_one_its_code() -> None:
    couriers = load().couriers
    assert couriers.name("zto", "zh") == "中通快递"
    assert couriers.name("pigeon", "en") == "PIGEON"
    assert load().words.say("carrier.yto", "zh") == "圆通速递"


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({"courier": [{"code": "a", "en": "A"}]}, "zh"),
        ({"courier": [{"code": "a", "en": "A", "zh": "甲", "hue": "x"}]}, "hue"),
        ({"courier": [{"code": "a", "en": "A", "zh": "甲"}] * 2}, "a"),
        ({"couriers": []}, "couriers"),
    ],
)
def test_a_courier_that_cannot_be_read_is_refused_by_name(table, word) -> None:
    with pytest.raises(RuleRefused) as refused:
        couriers_from(table, "couriers.toml")
    assert refused.value.details["word"] == word
