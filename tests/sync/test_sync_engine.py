"""A channel is pulled whatever happens, stops only for a person, and never loses its place."""

import asyncio

import pytest

from sync.engine import Gear, Sent, Source, send, settle
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
    Unreachable,
)
from sync.limits import Breaker
from sync.records import Batch, Done, MemoAsk, ShipAsk, StockAsk
from sync.retry import Budget
from sync.sandbox.faults import Fault
from tests.sync.sync_world import HandClock, Middle, Straight, seed, woo

SHIP = ShipAsk("1", "sf", "SF", "SF1", (), "k", "")


class Pages:
    """A channel that answers from a script: errors are raised, numbers are pages."""

    platform = "scripted"

    def __init__(self, script) -> None:
        self.script = iter(script)
        self.asked: list[str] = []

    async def pull(self, cursor: str) -> Batch:
        self.asked.append(cursor)
        step = next(self.script, 0)
        if isinstance(step, Exception):
            raise step
        return Batch((), (), f"{cursor}+", bool(step))

    async def _write(self, ask) -> Done:
        step = next(self.script, 0)
        if isinstance(step, Exception):
            raise step
        return Done(type(ask).__name__)

    ship = set_stock = write_memo = _write


class Ledger:
    """A book in memory; `refusals` are raised, and nothing is kept then."""

    def __init__(self, refusals=()) -> None:
        self.place = ""
        self.batches: list[Batch] = []
        self.refusals = iter(refusals)

    async def cursor(self) -> str:
        return self.place

    async def take(self, batch: Batch) -> None:
        refusal = next(self.refusals, None)
        if refusal:
            raise refusal
        self.batches.append(batch)
        self.place = batch.next_cursor


def gear(clock: HandClock) -> Gear:
    return Gear(clock, Middle(), Breaker(clock, Middle()), Budget(), clock.sleep)


def source(script, clock, book=None):
    heard = []
    book = book or Ledger()
    channel = Pages(script)
    return Source("shop-1", channel, book, gear(clock), heard.append), channel, book, heard


async def test_all_pages_are_walked_and_each_cursor_committed(clock) -> None:
    pulling, channel, book, _ = source([1, 1, 0], clock)
    health = await pulling.round()
    assert channel.asked == ["", "+", "++"]
    assert book.place == "+++"
    assert (health.up, health.lag_ms(clock.now() + 5)) == (True, 5)


async def test_a_failed_page_is_asked_again_and_the_round_goes_on(clock) -> None:
    pulling, channel, _, heard = source([1, Unreachable(), Ambiguous(), Malformed(), 0], clock)
    await pulling.round()
    assert channel.asked == ["", "+", "+", "+", "+"]
    assert clock.slept == [0.5, 1.0, 2.0]
    assert [health.up for health in heard] == [True]


async def test_throttling_waits_as_long_as_asked(clock) -> None:
    pulling, _, _, _ = source([Throttled(retry_after_ms=45_000), 0], clock)
    await pulling.round()
    assert clock.slept == [45.0]


async def test_a_long_pause_ends_the_round_and_nothing_is_asked_before_it_is_over(clock) -> None:
    pulling, channel, _, heard = source([Throttled(retry_after_ms=3_600_000), 0, 0], clock)
    for _ in range(59):
        await pulling.round()
        clock.turn(60)
    assert (len(channel.asked), clock.slept) == (1, [])
    assert [health.error for health in heard] == ["sync_throttled"]
    clock.turn(60)
    assert (await pulling.round()).up


async def test_down_is_said_once_and_up_is_said_once(clock) -> None:
    pulling, _, book, heard = source([0, *[Unreachable()] * 20, 0, 0], clock)
    for _ in range(40):
        await pulling.round()
        clock.turn(700)
    assert [(health.up, health.error) for health in heard] == [
        (True, ""),
        (False, "sync_unreachable"),
        (True, ""),
    ]
    assert heard[1].down_since_ms is not None
    assert book.place != ""


async def test_a_side_that_is_down_is_left_alone_by_the_breaker(clock) -> None:
    pulling, channel, _, _ = source([Unreachable()] * 50, clock)
    for _ in range(30):
        await pulling.round()
        clock.turn(5)
    asked = len(channel.asked)
    assert asked < 20
    assert pulling.health.error == "sync_unreachable"  # the cause, not our own pause
    clock.turn(700)
    await pulling.round()
    assert len(channel.asked) == asked + 1


@pytest.mark.parametrize("error", [TokenExpired(), PermissionMissing()])
async def test_a_lost_key_stops_polling_until_a_person_wakes_it(clock, error) -> None:
    pulling, channel, _, heard = source([0, error, 0, 0], clock)

    async def patient(seconds: float) -> None:
        await clock.sleep(seconds)
        await asyncio.sleep(0)

    pulling._gear = Gear(clock, Middle(), pulling._gear.breaker, Budget(), patient)
    task = asyncio.create_task(pulling.run(every_s=60))
    await settled(lambda: pulling.health.needs_person)
    asked = len(channel.asked)
    await asyncio.sleep(0.02)
    assert len(channel.asked) == asked == 2
    pulling.wake()
    await settled(lambda: len(channel.asked) > asked)
    assert [health.needs_person for health in heard][:2] == [False, True]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def settled(done) -> None:
    async with asyncio.timeout(5):
        while not done():  # noqa: ASYNC110 - what is watched sets no event
            await asyncio.sleep(0)


async def test_the_first_start_is_spread_by_chance(clock) -> None:
    pulling, channel, _, _ = source([TokenExpired()], clock)
    task = asyncio.create_task(pulling.run(every_s=60))
    await settled(lambda: channel.asked)
    assert clock.slept == [15.0]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_the_book_refuses_is_not_moved_past(clock) -> None:
    pulling, channel, book, _ = source([1, 0, 0], clock, Ledger([None, RuntimeError("disk full")]))
    with pytest.raises(RuntimeError):
        await pulling.round()
    assert book.place == "+"
    await pulling.round()
    assert channel.asked == ["", "+", "+"]


async def test_a_list_that_does_not_move_on_ends_the_round(clock) -> None:
    pulling, channel, _, _ = source([], clock)

    async def stuck(cursor: str) -> Batch:
        return Batch((), (), cursor, True)

    channel.pull = stuck
    health = await pulling.round()
    assert (health.up, health.error) == (False, "sync_stuck")


@pytest.mark.parametrize(
    ("ask", "ref"),
    [
        (SHIP, "ShipAsk"),
        (StockAsk("1", "A", 1, "k"), "StockAsk"),
        (MemoAsk("1", "x", "", "k"), "MemoAsk"),
    ],
)
async def test_a_due_effect_is_carried_out(clock, ask, ref) -> None:
    settled_as = await send(Pages([0]), ask, Sent(0, clock.now()), gear(clock))
    assert (settled_as.outcome, settled_as.done) == ("done", Done(ref))


@pytest.mark.parametrize(
    ("error", "outcome", "again", "person"),
    [
        (Rejected(foreign_code="x"), "rejected", False, False),
        (Unreachable(), "retry_at", True, False),
        (Throttled(retry_after_ms=9000), "retry_at", True, False),
        (Malformed(), "retry_at", True, False),
        (Ambiguous(), "unknown", True, False),
        (TokenExpired(), "retry_at", True, True),
        (PermissionMissing(), "retry_at", True, True),
    ],
)
async def test_what_became_of_an_effect_is_a_value(clock, error, outcome, again, person) -> None:
    told = await send(Pages([error]), SHIP, Sent(0, clock.now()), gear(clock))
    assert (told.outcome, told.retry_at_ms is not None) == (outcome, again)
    assert (told.error, told.needs_person) == (error.code, person)


@pytest.mark.parametrize(
    ("error", "looked_up", "outcome"),
    [
        (Ambiguous(), True, "unknown"),
        (Ambiguous(), False, "unknown"),
        (Unreachable(), True, "rejected"),
    ],
)
def test_after_a_day_nothing_is_sent_by_itself(clock, error: SyncError, looked_up, outcome) -> None:
    told = settle(error, Sent(40, clock.now() - 90_000_000, looked_up), gear(clock))
    assert (told.outcome, told.retry_at_ms) == (outcome, None)


async def test_while_the_breaker_is_open_no_effect_leaves(clock) -> None:
    handed = gear(clock)
    for _ in range(5):
        handed.breaker.failed()
    channel = Pages([0])
    told = await send(channel, SHIP, Sent(0, clock.now()), handed)
    assert (told.outcome, told.error) == ("retry_at", "sync_breaker_open")
    assert told.retry_at_ms == clock.now() + 30_000
    assert next(channel.script, "untouched") == 0


async def test_a_whole_shop_arrives_through_a_bad_line(box, clock, nonce) -> None:
    """The real channel, the sandbox, and a fault on every few calls: all orders, no twins left."""
    for _ in range(350):
        box.shop.place(seed())
    kinds = ("throttle", "unavailable", "garbage", "duplicate", "reorder", "shift")
    box.faults.plan(*[Fault(kind) for kind in kinds])
    channel = woo("http://shop.example", Straight(box), clock, nonce)
    book = Ledger()
    pulling = Source("shop-1", channel, book, gear(clock), lambda _: None)
    for _ in range(8):
        await pulling.round()
        clock.turn(120)
    records = [record for batch in book.batches for record in batch.records]
    known = {record.external_id: record.version for record in records}
    assert known == {str(n): o.modified_s * 1000 for n, o in box.shop.orders.items()}
    assert set(box.faults.done) == set(kinds)
    assert pulling.health.up
