"""When a try is repeated, and when not: the table of consistency.md 2.6, as values."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    Throttled,
    TokenExpired,
    Unreachable,
)
from sync.retry import (
    FOREGROUND_TRIES,
    OUTBOX_UNTIL_MS,
    Again,
    Attempt,
    Budget,
    Never,
    decide,
    decide_outbox,
)


class Edge:
    """Chance at one of its edges."""

    def __init__(self, high: bool) -> None:
        self.high = high

    def uniform(self, a: float, b: float) -> float:
        return b if self.high else a


LOW, HIGH = Edge(high=False), Edge(high=True)


@pytest.mark.parametrize(("tries", "most"), [(1, 1_000), (2, 2_000), (3, 4_000), (5, 16_000)])
def test_ordinary_failures_wait_between_nothing_and_a_doubling_ceiling(tries, most) -> None:
    assert decide(Unreachable(), Attempt(tries), LOW) == Again(0)
    assert decide(Unreachable(), Attempt(tries), HIGH) == Again(most)


@pytest.mark.parametrize("tries", range(1, 6))
def test_throttling_waits_at_least_half_of_the_ceiling(tries) -> None:
    least, most = (decide(Throttled(), Attempt(tries), edge) for edge in (LOW, HIGH))
    assert isinstance(least, Again)
    assert isinstance(most, Again)
    assert least.after_ms * 2 == most.after_ms == 1000 * 2 ** (tries - 1)


def test_the_wait_they_ask_for_is_the_wait() -> None:
    assert decide(Throttled(retry_after_ms=1234), Attempt(1), LOW) == Again(1234)


def test_six_tries_in_the_foreground_are_enough() -> None:
    assert decide(Unreachable(), Attempt(FOREGROUND_TRIES), HIGH) == Never("spent")


@pytest.mark.parametrize(
    ("error", "why"),
    [(Rejected(), "permanent"), (TokenExpired(), "person"), (PermissionMissing(), "person")],
)
def test_a_definite_no_is_never_repeated(error, why) -> None:
    assert decide(error, Attempt(1), HIGH) == Never(why)


def test_a_write_that_may_have_arrived_is_not_repeated_blindly() -> None:
    assert decide(Ambiguous(), Attempt(1, writes=True), HIGH) == Never("lookup")
    assert isinstance(decide(Ambiguous(), Attempt(1, writes=True, looked_up=True), HIGH), Again)
    assert isinstance(decide(Ambiguous(), Attempt(1), HIGH), Again)
    assert isinstance(decide(Malformed(), Attempt(1), HIGH), Again)


@given(st.integers(0, 10_000), st.integers(0, OUTBOX_UNTIL_MS - 1))
def test_the_outbox_waits_at_most_a_quarter_hour(tries: int, age_ms: int) -> None:
    again = decide_outbox(Unreachable(), Attempt(tries), 0, age_ms, HIGH)
    assert isinstance(again, Again)
    assert again.after_ms <= 900_000


def test_after_a_day_in_the_outbox_a_person_is_asked() -> None:
    assert decide_outbox(Unreachable(), Attempt(9), 0, OUTBOX_UNTIL_MS, LOW) == Never("spent")


@given(st.lists(st.floats(0, 5), min_size=1, max_size=400), st.integers(0, 2**32))
def test_retries_stay_within_a_tenth_of_the_traffic_or_three(gaps, start: int) -> None:
    budget, mono, chance = Budget(), float(start), random.Random(start)
    sent: list[float] = []
    retried: list[float] = []
    for gap in gaps:
        mono += gap
        budget.sent(mono)
        sent.append(mono)
        if chance.random() < 0.8 and budget.spend(mono):
            retried.append(mono)
            inside = [at for at in retried if at > mono - 60]
            assert len(inside) <= max(3, len([at for at in sent if at > mono - 60]) // 10)


def test_three_retries_a_minute_are_always_free() -> None:
    budget = Budget()
    assert [budget.spend(1.0) for _ in range(5)] == [True, True, True, False, False]
    assert budget.spend(61.5)
