"""When a nightly routine is due: once for each night, also after the computer was off.

A routine has a time of day by the shop's clock. The moments it names are its slots; the book
remembers the last slot that was served. A slot missed while everything was closed is served once,
however many were missed, and a clock that jumps back and forth serves no slot twice.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.times import instant, local

AHEAD_MS = 8 * 24 * 3_600_000
"""A slot served further in the future than this was served by a clock that was wrong."""


def last_slot(now: int, at: str, zone: str) -> int:
    """The latest moment, not after `now`, at which a routine of this time of day was to begin.

    `at` is shop time like 02:30; both moments are UTC milliseconds.
    """
    today = local(now, zone).date()
    slot = _slot(today, at, zone)
    return slot if slot <= now else _slot(today - timedelta(days=1), at, zone)


def is_due(served: int, now: int, at: str, zone: str) -> bool:
    """Whether the latest slot was not served yet; a clock turned back serves nothing again."""
    return served < last_slot(now, at, zone)


def mended(served: int, now: int, at: str, zone: str) -> int:
    """The slot to believe in: one far in the future is taken back to the latest that has been."""
    return served if served <= now + AHEAD_MS else last_slot(now, at, zone)


def _slot(day: date, at: str, zone: str) -> int:
    hour, minute = (int(part) for part in at.split(":"))
    return instant(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)))
