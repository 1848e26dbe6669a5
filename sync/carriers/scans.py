"""What the scans of every Chinese carrier have in common: local times, repeats, their order.

Times come without a zone and mean +08:00; the same scan is told many times over, late and out of
order, so each carries a key by which a repeat is known (carriers_labels.md A1 and A4).
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from sync.records import Moment
from sync.waybill_records import TrackingRecord

ZONE = "Asia/Shanghai"
_CHINA = timezone(timedelta(hours=8))
# The oldest of these carriers was founded in 1993; a date before ("0001-01-01") is no scan's.
_FIRST_YEAR = 1993
_MARK = "\x1f"


def china_moment(raw: str) -> Moment:
    """A carrier's local time as UTC milliseconds; None where it is no time of a scan."""
    try:
        # Kdniao's own example writes its dates with slashes.
        read = datetime.fromisoformat(raw.replace("/", "-"))
    except ValueError:
        return Moment(None, raw, ZONE)
    if read.year < _FIRST_YEAR:
        return Moment(None, raw, ZONE)
    local = read if read.tzinfo else read.replace(tzinfo=_CHINA)
    return Moment(round(local.timestamp() * 1000), raw, ZONE)


def repeat_key(*parts: str) -> str:
    """The same 32 characters for the same parts: what tells a repeated scan from a new one."""
    return hashlib.sha256(_MARK.join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def in_order(scans: Iterable[TrackingRecord]) -> tuple[TrackingRecord, ...]:
    """Oldest first by the carrier's own time; unreadable times last; repeats dropped."""
    once: dict[str, TrackingRecord] = {}
    for record in scans:
        once.setdefault(record.dedupe_key, record)
    return tuple(sorted(once.values(), key=_age))


def _age(record: TrackingRecord) -> tuple[bool, int]:
    return record.at.utc_ms is None, record.at.utc_ms or 0
