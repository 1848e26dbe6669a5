"""A Karrio server's trackers as tracking records (Karrio's OpenAPI: TrackingStatus, TrackingEvent).

An event bears a timestamp with its zone on newer servers; `date` and `time` alone are the carrier's
local ones in a zone nobody names, so such an event has no moment. An event may have no status of
its own: the newest then bears the tracker's.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sync.carriers.scans import in_order, repeat_key
from sync.reading import mapping, rows, text
from sync.records import Moment
from sync.waybill_records import TrackingRecord

_OWN = "status."
_UNKNOWN = f"{_OWN}unknown"


def scans_of(told: Any) -> tuple[TrackingRecord, ...]:
    """The scans of one tracker, oldest first, repeats dropped."""
    tracker = mapping(told)
    number = text(tracker.get("tracking_number"))
    scans = in_order(_scan(row, number) for row in rows(tracker.get("events")))
    dated = [at for at, scan in enumerate(scans) if scan.at.utc_ms is not None]
    status = text(tracker.get("status"))
    if not dated or not status or scans[dated[-1]].code != _OWN:
        return tuple(_named(scan) for scan in scans)
    last = dated[-1]
    newest = replace(scans[last], code=_OWN + status)
    return tuple(_named(scan) for scan in (*scans[:last], newest, *scans[last + 1 :]))


def _named(scan: TrackingRecord) -> TrackingRecord:
    return replace(scan, code=_UNKNOWN) if scan.code == _OWN else scan


def _scan(row: Mapping[str, Any], number: str) -> TrackingRecord:
    status, code = text(row.get("status")), text(row.get("code"))
    said, finer = text(row.get("description")), text(row.get("reason")) or code
    at = _moment(row)
    return TrackingRecord(
        waybill_no=number,
        # Apart from our own words: some of theirs are everybody's, like "cancelled".
        code=_OWN + status,
        secondary=finer,
        at=at,
        place=text(row.get("location")),
        text=said,
        dedupe_key=repeat_key(number, at.raw, status, finer, said),
    )


def _moment(row: Mapping[str, Any]) -> Moment:
    raw = text(row.get("timestamp"))
    try:
        read = datetime.fromisoformat(raw)
    except ValueError:
        local = " ".join(filter(None, (text(row.get("date")), text(row.get("time")))))
        return Moment(None, raw or local, "UTC")
    if read.tzinfo is None:
        return Moment(None, raw, "UTC")
    return Moment(round(read.timestamp() * 1000), raw, "UTC")
