"""ZTO's scans as tracking records, from a query's answer and from a push.

The two speak differently: a query names scans in Chinese, and its ARRIVAL and SIGNED mean that a
parcel went into and out of a locker or shop; a push's ARRIVAL is a hub's. So codes keep where they
come from: `scan.派件`, `push.DISPATCH` (open.zto.com, waybill tracks: query and push).
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from sync.carriers.scans import ZONE, china_moment, in_order, repeat_key
from sync.carriers.zto_sign import is_signed
from sync.errors import Malformed, Rejected
from sync.json_text import read_json
from sync.reading import mapping, rows, text
from sync.records import KeptAside, Moment, Problem
from sync.waybill_records import TrackingRecord


@dataclass(frozen=True, slots=True)
class TracePush:
    """What one push told: its scan, or what no waybill can be found for."""

    records: tuple[TrackingRecord, ...]
    kept_aside: tuple[KeptAside, ...]


def query_scans(result: Any, waybill_no: str) -> tuple[TrackingRecord, ...]:
    """The scans in the answer to a query, oldest first, repeats dropped."""
    if result is not None and not isinstance(result, list):
        raise Malformed("sync_unread_answer", why="result")
    return in_order(_scan(row, waybill_no) for row in rows(result))


def read_trace_push(body: bytes, app_key: str, app_secret: str) -> TracePush:
    """Verify and read a pushed form.

    Raises:
        Rejected: it is not for this app, or not signed with its secret.
        Malformed: it is no push of traces.
    """
    form = _form(body)
    data = form.get("data", "")
    ours = form.get("company_id") == app_key
    if not ours or not is_signed(data, form.get("data_digest", ""), app_secret):
        raise Rejected("zto_push_unsigned", foreign_code="data_digest")
    if form.get("msg_type") != "Traces":
        raise Malformed("sync_unread_answer", why="msg_type")
    told = read_json(data.encode("utf-8", "replace"))
    number = text(mapping(told).get("billCode"))
    if not number:
        stray = KeptAside("", Problem("missing_field", "billCode", ""), data.encode())
        return TracePush((), (stray,))
    return TracePush((_pushed(mapping(told), number),), ())


def trace_push_ack(taken: bool, why: str = "") -> bytes:
    """The answer ZTO waits for: it goes by `status` alone and pushes again unless it is true."""
    told = {"status": taken, "message": why or "成功", "result": "", "statusCode": ""}
    return json.dumps(told, ensure_ascii=False).encode()


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=50))
    except ValueError as broken:
        raise Malformed("sync_unread_answer", why="form") from broken


def _scan(row: dict[str, Any], waybill_no: str) -> TrackingRecord:
    site = mapping(row.get("scanSite"))
    place = text(site.get("city")) or text(site.get("name"))
    said = _Said(f"scan.{text(row.get('scanType'))}", text(row.get("desc")), place)
    return _record(waybill_no, _moment(row.get("scanDate")), said)


def _pushed(told: dict[str, Any], waybill_no: str) -> TrackingRecord:
    said = _Said(f"push.{text(told.get('action'))}", text(told.get("desc")), text(told.get("city")))
    return _record(waybill_no, _moment(told.get("actionTime")), said)


@dataclass(frozen=True, slots=True)
class _Said:
    """A row of rules/status_zto.toml, the courier's words, and where."""

    code: str
    text: str
    place: str


def _record(waybill_no: str, at: Moment, said: _Said) -> TrackingRecord:
    return TrackingRecord(
        waybill_no=waybill_no,
        code=said.code,
        secondary="",
        at=at,
        place=said.place,
        text=said.text,
        # By moment and words: query and push name the same scan differently.
        dedupe_key=repeat_key(waybill_no, str(at.utc_ms or at.raw), said.text),
    )


def _moment(value: Any) -> Moment:
    """A query tells milliseconds (older answers seconds), a push local time."""
    raw = text(value)
    if raw.isascii() and raw.isdigit() and len(raw) in {10, 13}:
        return Moment(int(raw) * (1000 if len(raw) == 10 else 1), raw, ZONE)
    return china_moment(raw)
