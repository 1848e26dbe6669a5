"""When a nightly routine is due: once for each night, also after the computer was off.

A routine has a time of day by the shop's clock, and some have it on working days alone. The
moments it names are its slots; the book remembers the last slot that was served. A slot missed
while everything was closed is served once, however many were missed, and a clock that jumps back
and forth serves no slot twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.times import instant, local

AHEAD_MS = 8 * 24 * 3_600_000
"""A slot served further in the future than this was served by a clock that was wrong."""
FARTHEST_DAYS = 370
"""How far back a slot is looked for; a year without a working day has none."""


def every_day(_day: date) -> bool:
    """Any day has a slot."""
    return True


def last_slot(now: int, at: str, zone: str, works: Callable[[date], bool] = every_day) -> int:
    """The latest moment, not after `now`, at which a routine of this time of day was to begin.

    `at` is shop time like 02:30, `works` says which days have a slot; moments are UTC
    milliseconds, 0 when no day had one.
    """
    today = local(now, zone).date()
    days = (today - timedelta(days=back) for back in range(FARTHEST_DAYS))
    slots = (_slot(day, at, zone) for day in days if works(day))
    return next((slot for slot in slots if slot <= now), 0)


def is_due(served: int, slot: int) -> bool:
    """Whether the latest slot was not served yet; a clock turned back serves nothing again."""
    return served < slot


def mended(served: int, now: int, slot: int) -> int:
    """The slot to believe in: one far in the future is taken back to the latest that has been."""
    return served if served <= now + AHEAD_MS else slot


def _slot(day: date, at: str, zone: str) -> int:
    hour, minute = (int(part) for part in at.split(":"))
    return instant(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)))
