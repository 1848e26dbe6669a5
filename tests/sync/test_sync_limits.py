"""A shop's server is asked at its pace, and left alone while it is down."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.limits import Breaker, Bucket
from tests.sync.sync_world import HandClock, Middle


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60))
def test_no_second_sees_more_than_the_burst_and_the_rate(gaps: list[int]) -> None:
    clock = HandClock()
    bucket = Bucket(clock, rate=2, burst=4)
    leave: list[float] = []
    for gap in gaps:
        clock.turn(gap / 4)
        leave.append(clock.mono() + bucket.claim())
    for start in leave:
        for seconds in (1, 5):
            inside = [at for at in leave if start <= at < start + seconds - 1e-6]
            assert len(inside) <= 4 + 2 * seconds


async def test_those_who_wait_leave_in_the_order_they_came(clock) -> None:
    bucket = Bucket(clock, rate=1, burst=1, sleep=clock.sleep)
    for _ in range(4):
        await asyncio.wait_for(bucket.take(), 1)
    assert clock.slept == pytest.approx([1, 1, 1])


def test_five_failures_in_a_row_open_the_breaker_for_half_a_minute(clock) -> None:
    breaker = Breaker(clock, Middle())
    for _ in range(4):
        breaker.failed()
    assert breaker.wait_s() == 0
    breaker.failed()
    assert breaker.open
    assert breaker.wait_s() == 30


def test_half_of_twenty_failures_in_half_a_minute_open_it(clock) -> None:
    breaker = Breaker(clock, Middle())
    for _ in range(10):
        breaker.worked()
        breaker.failed()
    assert breaker.open
    calm = Breaker(clock, Middle())
    for _ in range(10):
        calm.worked()
        calm.failed()
        clock.turn(4)
    assert not calm.open


def test_one_probe_decides_and_a_failed_one_doubles_the_wait(clock) -> None:
    breaker = Breaker(clock, Middle())
    for _ in range(5):
        breaker.failed()
    lengths = []
    for _ in range(7):
        lengths.append(breaker.wait_s())
        clock.turn(breaker.wait_s())
        assert breaker.wait_s() == 0
        assert breaker.wait_s() > 0  # only one may probe
        breaker.failed()
    assert lengths == [30, 60, 120, 240, 480, 600, 600]
    clock.turn(breaker.wait_s())
    assert breaker.wait_s() == 0
    breaker.worked()
    assert not breaker.open
    assert breaker.wait_s() == 0


def test_a_probe_that_was_given_up_lets_another_try(clock) -> None:
    breaker = Breaker(clock, Middle())
    for _ in range(5):
        breaker.failed()
    clock.turn(31)
    assert breaker.wait_s() == 0
    breaker.released()
    assert breaker.wait_s() == 0


def test_slow_down_pauses_everybody_as_long_as_asked_and_longer_when_it_is_said_again(
    clock,
) -> None:
    breaker = Breaker(clock, Middle())
    breaker.throttled(7000)
    assert breaker.wait_s() == 7
    breaker.throttled(7000)  # another that was on its way says the same
    assert breaker.wait_s() == 7
    breaker.worked()  # one that left before the pause says nothing
    assert breaker.wait_s() == 7
    lengths = []
    for _ in range(5):
        clock.turn(breaker.left_s())
        assert breaker.wait_s() == 0
        assert breaker.wait_s() > 0  # only one tries
        breaker.throttled(1000)
        lengths.append(breaker.left_s())
    assert lengths == [15, 60, 90, 90, 90]
    clock.turn(90)
    assert breaker.wait_s() == 0
    breaker.worked()
    assert (breaker.open, breaker.wait_s()) == (False, 0)
    breaker.throttled(None)
    assert breaker.wait_s() == 3.75
