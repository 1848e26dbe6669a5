"""Reading other people's clocks: local text and an IANA zone become UTC milliseconds (F085–F087).

No time loses a record. What cannot be read comes back as a ``Conversion`` without a moment that
says why; a time in the future is read like any other (shops write dates ahead of our clock). An
hour that summer time skips is read forward, one that it repeats is read as the first of the two.
Every conversion says what was read, in which zone, and what had to be decided, for the record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# What a shop's order can carry: after the first shops on the web, before any order's promise.
EARLIEST_MS = 631_152_000_000  # 1990-01-01
LATEST_MS = 4_102_444_800_000  # 2100-01-01
_FORM = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_EPOCH = re.compile(r"\d{10}|\d{13}", re.ASCII)
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)


class Reading(StrEnum):
    """What was decided when a time was read."""

    PLAIN = "plain"
    OFFSET = "offset"  # the text carried its own offset, which wins over the shop's zone
    SKIPPED = "skipped"  # an hour summer time leaves out: read forward
    REPEATED = "repeated"  # an hour that comes twice: the first of the two
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN_ZONE = "unknown_zone"


@dataclass(frozen=True, slots=True)
class Conversion:
    """One reading of a foreign time; kept beside the order it came with (F087)."""

    raw: str
    zone: str
    utc_ms: int | None
    reading: Reading

    @property
    def is_bad(self) -> bool:
        """Return whether somebody must look at it: a text that gave no moment."""
        return self.utc_ms is None and self.reading is not Reading.EMPTY


def read(raw: str, zone: str) -> Conversion:
    """Read ``raw`` as a time of ``zone``: ISO-like text, or seconds or milliseconds since 1970.

    Never raises; what cannot be read says why.
    """
    text = raw.strip()
    if not text or text.startswith("0000-00-00"):
        return Conversion(raw, zone, None, Reading.EMPTY)
    if _EPOCH.fullmatch(text):
        return _ranged(raw, zone, int(text) * (1 if len(text) == 13 else 1000), Reading.OFFSET)
    return _read_wall(raw, text, zone)


def _read_wall(raw: str, text: str, zone: str) -> Conversion:
    found = _FORM.fullmatch(text)
    if found is None:
        return Conversion(raw, zone, None, Reading.UNREADABLE)
    wall = _wall(found)
    if wall is None:
        return Conversion(raw, zone, None, Reading.OUT_OF_RANGE)
    if found[8]:
        return _with_offset(raw, zone, wall, found[8])
    return _in_zone(raw, zone, wall)


def local(utc_ms: int, zone: str) -> datetime:
    """Return the wall time in ``zone``, aware of it. Raises ZoneInfoNotFoundError."""
    return (_ZERO + timedelta(milliseconds=utc_ms)).astimezone(ZoneInfo(zone))


def instant(wall: datetime) -> int:
    """Return the UTC milliseconds of an aware wall time."""
    return _span(wall.astimezone(UTC) - _ZERO)


def month_of(utc_ms: int, zone: str, back: int = 0) -> tuple[int, int]:
    """From when until when (UTC ms) a month lasts: a moment's own, or so many ``back`` from it."""
    day = local(utc_ms, zone)
    months = day.year * 12 + day.month - 1 - back
    starts = []
    for at in (months, months + 1):
        first = datetime(at // 12, at % 12 + 1, 1, tzinfo=day.tzinfo)
        starts.append(instant(first))
    return starts[0], starts[1]


def shop_text(utc_ms: int, zone: str) -> str:
    """Return the wall time people read, to the minute: ``2026-11-23 14:05``."""
    return f"{local(utc_ms, zone):%Y-%m-%d %H:%M}"


def shop_day(utc_ms: int, zone: str) -> date:
    """Return the shop's calendar day, which numbers carry."""
    return local(utc_ms, zone).date()


def day_start(day: date | str, zone: str) -> int:
    """When a shop day begins, UTC ms; a text is like 2026-02-16."""
    at = date.fromisoformat(day) if isinstance(day, str) else day
    return instant(datetime(at.year, at.month, at.day, tzinfo=ZoneInfo(zone)))


def is_zone(zone: str) -> bool:
    """Return whether ``zone`` is an IANA name this computer knows."""
    return _zone(zone) is not None


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _wall(found: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second = (int(found[i] or 0) for i in range(1, 7))
    micro = int((found[7] or "").ljust(6, "0")[:6])
    try:
        # The zone is put on by the caller; UTC stands here so that nothing is ever naive.
        return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)
    except ValueError:
        return None


def _with_offset(raw: str, zone: str, wall: datetime, offset: str) -> Conversion:
    shift = timedelta()
    if offset != "Z":
        hours, minutes = int(offset[1:3]), int(offset[-2:])
        if hours > 14 or minutes > 59:
            return Conversion(raw, zone, None, Reading.OUT_OF_RANGE)
        shift = timedelta(hours=hours, minutes=minutes) * (-1 if offset[0] == "-" else 1)
    return _ranged(raw, zone, _ms(wall) - _span(shift), Reading.OFFSET)


def _in_zone(raw: str, zone: str, wall: datetime) -> Conversion:
    known = _zone(zone)
    if known is None:
        return Conversion(raw, zone, None, Reading.UNKNOWN_ZONE)
    first = wall.replace(tzinfo=known, fold=0)
    before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
    if before is None or after is None:
        return Conversion(raw, zone, None, Reading.UNKNOWN_ZONE)
    # With fold=0 a skipped time takes the offset before the jump, which reads it forward.
    utc_ms = _ms(wall) - _span(before)
    reading = Reading.PLAIN
    if before < after:
        reading = Reading.SKIPPED
    elif before > after:
        reading = Reading.REPEATED
    return _ranged(raw, zone, utc_ms, reading)


def _ranged(raw: str, zone: str, utc_ms: int, reading: Reading) -> Conversion:
    if EARLIEST_MS <= utc_ms < LATEST_MS:
        return Conversion(raw, zone, utc_ms, reading)
    return Conversion(raw, zone, None, Reading.OUT_OF_RANGE)


def _ms(moment: datetime) -> int:
    return _span(moment.replace(tzinfo=UTC) - _ZERO)


def _span(delta: timedelta) -> int:
    return delta // timedelta(milliseconds=1)
