"""The shop's working week: which days count, until when a day's orders leave, and holidays.

From it comes the ship-by deadline of orders whose platform names none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.times import instant, local

EVERY_DAY = "1234567"
HOUR_MS = 3_600_000
ONE_DAY = timedelta(days=1)
MOST_DAYS = 370  # a calendar without a working day in a year is a mistake, not a plan


@dataclass(frozen=True, slots=True)
class ShopCalendar:
    """When the shop works.

    Attributes:
        zone: the IANA zone its days are in.
        weekdays: ISO weekdays that count, 1 for Monday.
        cut_off: minutes after midnight until which an order still counts for the day; None for
            the whole day.
        holidays: days that do not count whatever their weekday.
    """

    zone: str
    weekdays: frozenset[int]
    cut_off: int | None
    holidays: frozenset[date]

    def works(self, day: date) -> bool:
        """Whether the shop works on this day."""
        return day.isoweekday() in self.weekdays and day not in self.holidays

    def ship_by(self, since_ms: int, hours: int) -> int:
        """The deadline `hours` of working days after `since_ms`, both UTC milliseconds.

        Hours of days off are not counted; an order after the cut-off, or on a day off, counts
        from the beginning of the next working day.
        """
        since = local(since_ms, self.zone)
        late = self.cut_off is not None and since.hour * 60 + since.minute >= self.cut_off
        today = since.date()
        if late or not self.works(today):
            today = self._next(today)
            since_ms = self._midnight(today)
        left = hours * HOUR_MS
        while left > (today_left := self._midnight(today + ONE_DAY) - since_ms):
            left -= today_left
            today = self._next(today)
            since_ms = self._midnight(today)
        return since_ms + left

    def _next(self, day: date) -> date:
        """The next working day after `day`."""
        days = (day + timedelta(days=ahead) for ahead in range(1, MOST_DAYS))
        return next((found for found in days if self.works(found)), day + ONE_DAY)

    def _midnight(self, day: date) -> int:
        """When a day begins in the shop, in UTC milliseconds (days of 23 h are right)."""
        return instant(datetime(day.year, day.month, day.day, tzinfo=local(0, self.zone).tzinfo))


def weekdays_of(text: str) -> frozenset[int]:
    """ISO weekdays from a choice like ``12345``. Raises ValueError."""
    days = {int(sign) for sign in text}
    if not text.isdecimal() or not days or not days <= set(range(1, 8)) or len(days) != len(text):
        raise ValueError(text)
    return frozenset(days)


def cut_off_of(text: str) -> int | None:
    """Minutes after midnight from a choice like ``16:00``; None from an empty one.

    Raises ValueError.
    """
    if not text:
        return None
    hour, minute = (int(part) for part in text.split(":"))
    if not (0 <= hour < 24 and 0 <= minute < 60) or len(text) != 5:
        raise ValueError(text)
    return 60 * hour + minute


def holidays_of(text: str) -> frozenset[date]:
    """Days from a choice like ``2026-10-01, 2026-10-02``. Raises ValueError."""
    return frozenset(date.fromisoformat(part.strip()) for part in text.split(",") if part.strip())
