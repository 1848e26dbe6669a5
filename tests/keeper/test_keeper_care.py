"""What was due while everything was closed runs once at the next start, whatever the clock did."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from app.domain.errors import BackupBroken
from app.domain.routines import is_due, last_slot, mended
from app.domain.times import EARLIEST_MS
from app.keeper.care import Care, Routine
from app.keeper.room import Room
from app.keeper.writer import Writer
from app.operations.laws import Laws
from app.store.routines import Served, served
from app.store.work import Book
from tests.worlds import NOON, FixedClock, SeededRng

HOUR, DAY = 3_600_000, 24 * 3_600_000
NIGHT = "02:30"
ZONE = "Asia/Shanghai"


class Night:
    """A keeper that is opened and closed, with one routine that counts its runs."""

    def __init__(self, book: Book, clock: FixedClock) -> None:
        self.clock, self.runs = clock, 0
        self.problem: Exception | None = None
        self.room = Room(book, Writer(), Laws(book), clock, SeededRng(), lambda _changed: None)

    def care(self, do: Callable[[int], Awaitable[object]] | None = None) -> Care:
        """A keeper just started: it remembers nothing but what the book says."""
        return Care(self.room, (Routine("count", lambda _policy: NIGHT, do or self._count),))

    async def _count(self, _slot: int) -> None:
        self.runs += 1
        if self.problem is not None:
            raise self.problem

    async def start(self) -> None:
        await self.care().look()

    async def served(self) -> Served:
        return await self.room.write(lambda work: served(work, "count"))


@pytest.fixture
def night(book: Book, clock: FixedClock) -> Iterator[Night]:
    made = Night(book, clock)
    yield made
    made.room.writer.close()


@pytest.mark.req("F250")
async def test_what_was_due_while_all_was_closed_runs_once_at_the_next_start(night: Night) -> None:
    await night.start()
    assert night.runs == 0, "on its first day there is nothing to make up for"
    night.clock.advance(3 * DAY)
    await night.start()
    assert night.runs == 1, "three missed nights are one run"
    await night.start()
    await night.start()
    assert night.runs == 1
    night.clock.advance(DAY)
    await night.start()
    assert night.runs == 2


@pytest.mark.req("F250")
async def test_a_clock_that_jumps_runs_nothing_twice(night: Night) -> None:
    await night.start()
    night.clock.advance(DAY)
    await night.start()
    assert night.runs == 1
    for jump in (-2 * DAY, 2 * DAY, -HOUR, HOUR, -12 * HOUR, 12 * HOUR):
        night.clock.advance(jump)
        await night.start()
        assert night.runs == 1
    night.clock.advance(400 * DAY)
    await night.start()
    night.clock.advance(-400 * DAY)
    await night.start()
    assert night.runs == 2, "a clock a year ahead runs it once there, and not again back here"
    night.clock.advance(DAY)
    await night.start()
    assert night.runs == 3, "and it does not wait a year for the next night"


async def test_a_routine_that_fails_is_written_down_and_comes_again_the_next_night(
    night: Night,
) -> None:
    await night.start()
    night.problem = BackupBroken(file="x", why="y")
    night.clock.advance(DAY)
    await night.start()
    await night.start()
    assert (night.runs, (await night.served()).code) == (1, "backup_broken")
    night.problem = None
    night.clock.advance(DAY)
    await night.start()
    assert (night.runs, (await night.served()).code) == (2, "ok")


async def test_a_keeper_killed_in_the_work_does_it_again(night: Night) -> None:
    await night.start()
    night.clock.advance(DAY)

    async def never(_slot: int) -> None:
        await asyncio.Event().wait()

    task = asyncio.ensure_future(night.care(never).look())
    for _ in range(50):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await night.start()
    assert night.runs == 1


def test_a_slot_is_the_shops_own_time_of_day() -> None:
    slot = last_slot(NOON, NIGHT, ZONE)
    assert NOON - slot == int(9.5 * HOUR)
    assert last_slot(slot, NIGHT, ZONE) == slot
    assert last_slot(slot - 1, NIGHT, ZONE) == slot - DAY
    assert not is_due(slot, last_slot(NOON, NIGHT, ZONE))
    assert mended(NOON + 10 * DAY, NOON, slot) == slot
    assert mended(EARLIEST_MS, NOON, slot) == EARLIEST_MS


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Europe/Berlin"])
def test_a_night_of_summer_time_has_one_slot(zone: str) -> None:
    slots = {last_slot(NOON + n * HOUR // 2, NIGHT, zone) for n in range(2 * 24 * 366)}
    gaps = [b - a for a, b in zip(sorted(slots), sorted(slots)[1:], strict=False)]
    assert len(slots) in {366, 367}
    assert all(22 * HOUR <= gap <= 26 * HOUR for gap in gaps)
