"""The ship-by deadline counts the shop's own working hours."""

from datetime import date

import pytest

from app.domain.calendar import ShopCalendar, cut_off_of, holidays_of, weekdays_of
from app.domain.times import read

SHANGHAI = "Asia/Shanghai"
WEEK = frozenset(range(1, 6))
EVERY = frozenset(range(1, 8))


def at(text: str, zone: str = SHANGHAI) -> int:
    moment = read(text, zone).utc_ms
    assert moment is not None
    return moment


@pytest.mark.parametrize(
    ("since", "hours", "until"),
    [
        ("2026-11-23 10:00", 24, "2026-11-24 10:00"),  # Monday to Tuesday
        ("2026-11-27 10:00", 24, "2026-11-30 10:00"),  # over a weekend
        ("2026-11-27 15:59", 1, "2026-11-27 16:59"),  # just before the cut-off
        ("2026-11-27 16:00", 1, "2026-11-30 01:00"),  # after it: Monday's
        ("2026-11-28 09:00", 48, "2026-12-02 00:00"),  # Saturday counts from Monday 00:00
        ("2026-09-30 10:00", 24, "2026-10-05 10:00"),  # two holidays and a weekend
    ],
)
def test_hours_of_days_off_are_not_counted(since: str, hours: int, until: str) -> None:
    off = frozenset({date(2026, 10, 1), date(2026, 10, 2)})
    shop = ShopCalendar(SHANGHAI, WEEK, 16 * 60, off)
    assert shop.ship_by(at(since), hours) == at(until)


def test_a_shop_that_never_rests_counts_plain_hours_over_summer_time() -> None:
    shop = ShopCalendar("America/New_York", EVERY, None, frozenset())
    since = at("2026-03-07 12:00", "America/New_York")
    assert shop.ship_by(since, 48) == since + 48 * 3_600_000


def test_a_calendar_without_a_working_day_still_ends() -> None:
    year = frozenset(date.fromordinal(date(2026, 1, 1).toordinal() + n) for n in range(800))
    shop = ShopCalendar(SHANGHAI, WEEK, None, year)
    assert shop.ship_by(at("2026-02-01 10:00"), 48) > at("2026-02-01 10:00")


@pytest.mark.parametrize("text", ["", "0", "8", "11", "1 2", "一"])
def test_weekdays_are_the_digits_one_to_seven(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        weekdays_of(text)


def test_a_cut_off_is_a_time_of_day_and_holidays_are_days() -> None:
    assert (cut_off_of(""), cut_off_of("16:30")) == (None, 990)
    assert holidays_of(" 2026-10-01,2026-10-02, ") == {date(2026, 10, 1), date(2026, 10, 2)}
    for wrong in ("24:00", "1:30", "x"):
        with pytest.raises(ValueError, match=r".*"):
            cut_off_of(wrong)
