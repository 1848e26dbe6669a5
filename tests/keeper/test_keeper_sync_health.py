"""How well shops are read is measured, kept for charts, and loud when it is bad."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.actor import worker
from app.keeper.effect_pump import Outlet
from app.keeper.gap_radar import GapRadar
from app.keeper.health_watch import HealthWatch
from app.keeper.probe import Probe
from app.keeper.retention import Retention
from app.keeper.room import Room
from app.keeper.sync_loop import Reading, ShopBook
from app.operations.notices import MAIL
from app.store import sync_history
from app.store.tables import orders
from app.store.tables_notice import notice_route
from app.store.tables_record import case, outbox
from app.store.tables_sync import order_count, sync_sample, sync_state
from app.store.work import Book
from sync.engine import Gear, Health
from sync.errors import Rejected, Unreachable
from sync.limits import Breaker
from sync.records import CheckResult, OrderRecord
from sync.retry import Budget
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import Shop, open_shop, record
from tests.worlds import FixedClock, SeededRng

MINUTE, DAY = 60_000, 86_400_000


class Platform:
    """A platform that has some orders, and can be made to fail."""

    platform = "woocommerce"

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.there: list[str] = []
        self.asked: list[tuple[int, int]] = []
        self.read: list[str] = []
        self.failure: Exception | None = None
        self.said = CheckResult(True)

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        self.asked.append((since_ms, until_ms))
        if self.failure:
            raise self.failure
        return tuple(self.there)

    async def detail(self, external_id: str) -> OrderRecord:
        self.read.append(external_id)
        if external_id == "gone":
            raise Rejected
        raw_status = "checkout-draft" if external_id == "draft" else "processing"
        return record(external_id, raw_status=raw_status)

    async def check(self) -> CheckResult:
        self.clock.advance(250)
        return self.said


class World:
    """One shop that is read, and those who watch the reading."""

    def __init__(self, book: Book, clock: FixedClock) -> None:
        self.shop: Shop = open_shop(book)
        self.clock, self.book = clock, book
        self.platform = Platform(clock)
        self.meter = SimpleNamespace(offset_ms=0, answer_ms=80, limit_left=37)
        gear = Gear(clock, SeededRng(), Breaker(clock, SeededRng()), Budget())
        self.outlet = Outlet(self.platform, gear, self.meter)  # type: ignore[arg-type]
        self.health = Health("1", last_success_ms=clock.now())
        self.is_read = True
        laws = self.shop.door.laws
        self.room = Room(book, AtOnce(), laws, clock, SeededRng(), lambda _: None)  # type: ignore[arg-type]
        shops: Any = self
        self.watch, self.radar = HealthWatch(self.room, shops), GapRadar(self.room, shops)
        self.probe = Probe(self.room, shops)

    def book_of(self, channel_id: int) -> ShopBook:
        return ShopBook(self.room, channel_id, lambda: None)

    def readings(self) -> tuple[tuple[int, Reading], ...]:
        one = Reading("Shop", 60.0, self.clock.now() - DAY, self.health, self.outlet, 5)
        return ((self.shop.channel_id, one),) if self.is_read else ()

    async def minutes(self, n: int, *, reads: bool = True) -> None:
        for _ in range(n):
            self.clock.advance(MINUTE)
            if reads:
                self.health = Health("1", last_success_ms=self.clock.now())
            await self.watch.round()

    def open_cases(self) -> list[str]:
        return sorted(r["kind"] for r in self.shop.all(case) if r["state"] != "settled")


@pytest.fixture
def world(book: Book, clock: FixedClock) -> World:
    return World(book, clock)


@pytest.mark.req("F088", "F203")
@pytest.mark.parametrize(
    ("offset_s", "alarm"), [(301, True), (300, False), (-300, False), (-301, True)]
)
async def test_clocks_that_differ_by_more_than_five_minutes_are_one_case_while_they_do(
    world: World, offset_s: int, alarm: bool
) -> None:
    world.meter.offset_ms = offset_s * 1000
    await world.minutes(7)
    assert world.open_cases() == (["clock_offset"] if alarm else [])
    world.meter.offset_ms = 0
    await world.minutes(1)
    assert world.open_cases() == []


async def test_reading_that_stopped_is_loud_after_a_quarter_of_an_hour_and_settles_by_itself(
    world: World,
) -> None:
    await world.minutes(16, reads=False)
    assert world.open_cases() == []
    await world.minutes(1, reads=False)
    assert world.open_cases() == ["import_stopped"]
    told = next(r for r in world.shop.all(case) if r["kind"] == "import_stopped")
    assert told["priority"] == "P0"
    await world.minutes(1)
    assert world.open_cases() == []


async def test_a_computer_that_slept_alarms_about_nothing_once_it_reads_again(
    world: World,
) -> None:
    await world.minutes(1)
    world.clock.advance(9 * 60 * MINUTE)
    await world.watch.round()
    await world.minutes(2)
    assert [r for r in world.shop.all(case) if r["kind"] == "import_stopped"] == []


async def test_a_refused_key_is_a_case_of_its_own(world: World) -> None:
    world.health = Health("1", up=False, needs_person=True, last_success_ms=world.clock.now())
    await world.minutes(30, reads=False)
    assert world.open_cases() == []


async def test_a_shop_that_is_paused_alarms_about_nothing(world: World) -> None:
    await world.minutes(20, reads=False)
    world.is_read = False
    await world.minutes(1)
    assert world.open_cases() == []


@pytest.mark.req("F209")
async def test_more_than_three_percent_asked_again_for_five_minutes_is_a_case(
    world: World,
) -> None:
    tally = world.outlet.gear.tally
    world.clock.advance(20_000)  # a whole minute of the clock begins
    for minute in range(5):
        start = world.clock.mono()
        for n in range(100):
            tally.asked("orders", start + n / 2, again=n < 4)
        assert world.open_cases() == [], minute
        await world.minutes(1)
    assert world.open_cases() == ["retry_storm"]
    await world.minutes(2)
    assert world.open_cases() == []


async def test_figures_are_kept_every_five_minutes_and_go_after_a_season(world: World) -> None:
    tally = world.outlet.gear.tally
    tally.came("orders", tuple(range(1000, 101_000, 1000)))
    for n in range(10):
        tally.asked("orders", n, again=n == 9)
    tally.failed("orders")
    tally.asked("ship", 1, again=False)
    world.watch._kept_at = world.clock.now()
    await world.minutes(4)
    assert world.shop.all(sync_sample) == []
    await world.minutes(1)
    kept = {r["link"]: r for r in world.shop.all(sync_sample)}
    one = kept["orders"]
    assert (one["asked"], one["failed"], one["again"], one["came"]) == (10, 1, 1, 100)
    assert (one["median_ms"], one["p95_ms"], one["span_ms"]) == (50_000, 95_000, 5 * MINUTE)
    assert kept["ship"]["asked"] == 1
    state = world.shop.all(sync_state)[0]
    assert (state["up"], state["offset_ms"], state["limit_left"]) == (1, 0, 37)
    await world.minutes(5)
    assert len(world.shop.all(sync_sample)) == 2, "what was kept is not counted twice"
    world.clock.advance(89 * DAY)
    await Retention(world.room, Path("nowhere")).round()
    assert len(world.shop.all(sync_sample)) == 2
    world.clock.advance(2 * DAY)
    await Retention(world.room, Path("nowhere")).round()
    assert world.shop.all(sync_sample) == []


@pytest.mark.req("F147")
async def test_orders_that_are_missing_are_named_in_a_case_and_read_again_at_once(
    world: World,
) -> None:
    world.shop.receive(record("501"))
    world.platform.there = ["501", "502", "503"]
    await world.radar.round()
    counts = {r["span"]: r for r in world.shop.all(order_count)}
    assert (counts["hour"]["there"], counts["hour"]["here"]) == (3, 1)
    assert counts["hour"]["missing_json"] == '["502","503"]'
    gap = next(r for r in world.shop.all(case) if r["kind"] == "gap_found")
    assert '"ids":"502, 503"' in gap["args_json"]
    assert {r["external_id"] for r in world.shop.all(orders)} == {"501", "502", "503"}
    assert world.platform.read == ["502", "503"]
    assert (counts["day"]["there"], counts["day"]["missing"]) == (3, 0), "the hour's are in by now"


@pytest.mark.req("F147")
async def test_a_gap_settles_when_a_later_count_of_the_day_finds_none(world: World) -> None:
    world.platform.there = ["502"]
    world.radar._day_at[world.shop.channel_id] = world.clock.now()
    await world.radar.round()
    assert world.open_cases() == ["gap_found"]
    world.clock.advance(60 * MINUTE)
    await world.radar.round()
    assert world.open_cases() == []


async def test_what_is_no_order_of_ours_or_is_gone_again_is_no_gap_for_ever(world: World) -> None:
    world.platform.there = ["draft", "gone"]
    await world.radar.round()
    world.platform.there = ["draft"]
    world.clock.advance(60 * MINUTE)
    await world.radar.round()
    assert world.platform.read.count("draft") == 1
    assert world.open_cases() == []


async def test_an_order_too_young_is_not_missed_and_a_platform_away_is_asked_later(
    world: World,
) -> None:
    await world.radar.round()
    now = world.clock.now()
    assert world.platform.asked == [
        (now - 62 * MINUTE, now - 2 * MINUTE),
        (now - DAY - 2 * MINUTE, now - 2 * MINUTE),
    ]
    world.platform.failure = Unreachable()
    world.clock.advance(60 * MINUTE)
    await world.radar.round()
    assert len(world.shop.all(order_count)) == 2


@pytest.mark.req("F064")
async def test_before_the_day_every_line_is_tried_with_its_time_and_a_failure_is_mailed_once(
    world: World,
) -> None:
    with world.book.work(worker("test")) as work:
        work.insert(notice_route, {"id": work.ids.next(), "kind": MAIL})
        work.tell("mail_set", "setting")
        work.commit()
    await world.probe.do()
    assert [r["kind"] for r in world.shop.all(outbox)] == []
    world.platform.said = CheckResult(False, "sync_token_expired")
    for _ in range(3):
        await world.probe.do()
    assert world.open_cases() == ["probe_failed"]
    assert [r["kind"] for r in world.shop.all(outbox)] == [MAIL]
    tried = [(r["link"], r["failed"], r["answer_ms"]) for r in world.shop.all(sync_sample)]
    assert tried == [("probe", 0, 250)] + 3 * [("probe", 1, 250)]
    world.platform.said = CheckResult(True)
    await world.probe.do()
    assert world.open_cases() == []


def test_what_stands_here_or_is_kept_aside_is_not_missing(world: World) -> None:
    world.shop.receive(record("501"))
    with world.book.work(worker("test")) as work:
        told = ("503", "501", "503", "502")
        missing = sync_history.missing_of(work, world.shop.channel_id, told)
        assert missing == ("503", "502")
        assert sync_history.missing_of(work, 99, ("501",)) == ("501",)
