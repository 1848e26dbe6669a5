"""Kdniao's traces as tracking records, from a query's answer and from a push.

A paid account's traces carry an `Action` each; a free one's carry none, and all that is known is
the parcel's state as a whole (`State`, finer in `StateEx`). A trace without an action proves only
that the courier has the parcel ("trace"); the state becomes a record of its own where no trace
says it, at the time of the newest trace (kdniao.com/documents, 1002/8001 and 101/102).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from sync.carriers.kdniao_sign import is_signed
from sync.carriers.scans import china_moment, in_order, repeat_key
from sync.errors import Malformed, Rejected
from sync.json_text import read_json
from sync.reading import mapping, rows, text
from sync.records import KeptAside, Problem
from sync.waybill_records import TrackingRecord

BARE_TRACE = "trace"
PUSHES = frozenset({"101", "102"})


@dataclass(frozen=True, slots=True)
class TrackPush:
    """What one push told: its scans, oldest first, and entries no waybill can be found for."""

    records: tuple[TrackingRecord, ...]
    kept_aside: tuple[KeptAside, ...]


def scans_of(entry: dict[str, Any], waybill_no: str) -> tuple[TrackingRecord, ...]:
    """The scans of one parcel, oldest first, repeats dropped."""
    told = in_order(_scan(row, waybill_no) for row in rows(entry.get("Traces")))
    state = _code(entry.get("StateEx")) or _code(entry.get("State"))
    newest = next((one for one in reversed(told) if one.at.utc_ms is not None), None)
    if newest is None or not state or newest.code == state:
        return told
    whole = TrackingRecord(
        waybill_no=waybill_no,
        code=state,
        secondary="state",
        at=newest.at,
        place=text(entry.get("Location")),
        text="",
        dedupe_key=repeat_key(waybill_no, "state", state, newest.at.raw),
    )
    return in_order((*told, whole))


def read_track_push(body: bytes, api_key: str) -> TrackPush:
    """Verify and read a pushed form.

    Raises:
        Rejected: its signature is not made with our key.
        Malformed: it is no push of tracks.
    """
    form = _form(body)
    data = form.get("RequestData", "")
    if not is_signed(data, form.get("DataSign", ""), api_key):
        raise Rejected("kdniao_push_unsigned", foreign_code="DataSign")
    if form.get("RequestType") not in PUSHES:
        raise Malformed("sync_unread_answer", why="RequestType")
    entries = mapping(read_json(data.encode("utf-8", "replace"))).get("Data")
    if not isinstance(entries, list):
        raise Malformed("sync_unread_answer", why="Data")
    found = [scan for entry in entries for scan in _pushed(entry)]
    return TrackPush(in_order(found), tuple(_strangers(entries)))


def track_push_ack(business_id: str, now_ms: int, taken: bool, why: str = "") -> bytes:
    """The answer Kdniao waits for, at this moment; anything but Success makes it push again."""
    local = datetime.fromtimestamp(now_ms / 1000, UTC) + timedelta(hours=8)
    told = {
        "EBusinessID": business_id,
        "UpdateTime": local.strftime("%Y-%m-%d %H:%M:%S"),
        "Success": taken,
        "Reason": why,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=50))
    except ValueError as broken:
        raise Malformed("sync_unread_answer", why="form") from broken


def _pushed(entry: Any) -> tuple[TrackingRecord, ...]:
    number = text(mapping(entry).get("LogisticCode"))
    return scans_of(entry, number) if number else ()


def _strangers(entries: list[Any]) -> Iterator[KeptAside]:
    for entry in entries:
        if not text(mapping(entry).get("LogisticCode")):
            raw = json.dumps(entry, ensure_ascii=False, default=str).encode()
            yield KeptAside("", Problem("missing_field", "LogisticCode", ""), raw)


def _scan(row: dict[str, Any], waybill_no: str) -> TrackingRecord:
    at, said = china_moment(text(row.get("AcceptTime"))), text(row.get("AcceptStation"))
    return TrackingRecord(
        waybill_no=waybill_no,
        code=_code(row.get("Action")) or BARE_TRACE,
        secondary="",
        at=at,
        place=text(row.get("Location")),
        text=said,
        # Not the action: the same scan is told with it to one kind of account, without to another.
        dedupe_key=repeat_key(waybill_no, at.raw, said),
    )


def _code(state: Any) -> str:
    """A row of rules/status_kdniao.toml; "" where Kdniao says that nothing is known yet."""
    told = text(state)
    return "" if told in {"", "0"} else f"state.{told}"
