"""Amounts are exact, times keep what they were read from, and what is odd is noted."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.reading import Reader, exponent, minor, moment_ms, rounded_minor
from sync.records import Moment, Problem


@given(st.integers(0, 10**14), st.sampled_from([0, 2, 3]))
def test_every_amount_comes_back_as_it_left(units: int, places: int) -> None:
    assert minor(f"{Decimal(units).scaleb(-places):f}", places) == units


@given(st.integers(0, 10**12), st.integers(1, 9), st.sampled_from([0, 2, 3]))
def test_a_decimal_too_many_is_never_rounded_away(units: int, rest: int, places: int) -> None:
    text = f"{Decimal(units * 10 + rest).scaleb(-places - 1):f}"
    assert minor(text, places) is None


@pytest.mark.parametrize(
    "odd",
    ["", "NaN", "Infinity", "1e5", "0x10", "1,000.00", "--1", "1.", True, 1.5, None, [], "１"],
)
def test_what_is_no_amount_is_none(odd) -> None:
    assert minor(odd, 2) is None


def test_currencies_know_their_decimals() -> None:
    assert [exponent(code) for code in ("CNY", "JPY", "KWD", "XXX", "")] == [2, 0, 3, None, None]


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2025-11-24T20:00:00", "Asia/Shanghai", 1_763_985_600_000),
        ("2025-11-24 20:00:00", "Asia/Shanghai", 1_763_985_600_000),
        ("2025-11-24T12:00:00Z", "Asia/Shanghai", 1_763_985_600_000),
        ("2025-11-24T07:00:00-05:00", "Asia/Shanghai", 1_763_985_600_000),
        # Skipped in New York: moves forward. Twice there: the first.
        ("2025-03-09T02:30:00", "America/New_York", 1_741_505_400_000),
        ("2025-11-02T01:30:00", "America/New_York", 1_762_061_400_000),
    ],
)
def test_times_are_read_in_their_zone(text: str, zone: str, utc: int) -> None:
    assert moment_ms(text, zone) == utc


@pytest.mark.parametrize(
    "text", ["", "2025-11-24", "24.11.2025", "2025-02-30T00:00:00", "9999-01-01T00:00:00", "1e9"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert moment_ms(text, "UTC") is None


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_none(text: str) -> None:
    told = moment_ms(text, "Asia/Shanghai")
    assert told is None or isinstance(told, int)


def test_a_bad_utc_time_falls_back_to_the_sites_own() -> None:
    reader = Reader("Asia/Shanghai")
    told = reader.moment("date", "rubbish", "2025-11-24T20:00:00")
    assert told == Moment(1_763_985_600_000, "2025-11-24T20:00:00", "Asia/Shanghai")
    assert reader.problems == []


def test_a_problem_keeps_what_stood_there_but_not_all_of_it() -> None:
    reader = Reader("UTC")
    reader.note("bad_time", "date", "x" * 999)
    assert reader.problems == [Problem("bad_time", "date", "x" * 200)]


@pytest.mark.parametrize(
    ("value", "units"), [(Decimal("3.335"), 334), ("0.004", 0), ("odd", 0), (None, 0), ("1e400", 0)]
)
def test_a_unit_price_is_rounded_half_up(value, units) -> None:
    assert rounded_minor(value, 2) == units
