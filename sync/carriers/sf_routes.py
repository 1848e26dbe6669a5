"""SF's scans as tracking records, from a query's answer and from a push.

Facts of carriers_labels.md A1: times are local without a zone and mean +08:00; three quarters of
pushed rows are repeats, so each record carries a key by which a repeat is known; the first and
secondary status are often empty or "-", then the opCode speaks.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sync.carriers.scans import china_moment, in_order, repeat_key
from sync.errors import Malformed
from sync.json_text import read_json
from sync.records import KeptAside, Problem
from sync.waybill_records import TrackingRecord

# (opCode, reasonCode): lost, destroyed, cancelled, switched to self-pickup, sent back. Other
# reasons only explain; their opCode says where the parcel is.
TELLING_REASONS = frozenset(
    {("8000", "6"), ("8000", "2"), ("70", "46"), ("70", "83"), ("70", "85"), ("99", "2")}
)


@dataclass(frozen=True, slots=True)
class RoutePush:
    """What one push told: its scans, oldest first, and rows that no waybill can be found for."""

    records: tuple[TrackingRecord, ...]
    kept_aside: tuple[KeptAside, ...]


def read_route_push(body: bytes) -> RoutePush:
    """Read a pushed `WaybillRoute` body; raises Malformed where it is none.

    A push carries no signature, so it is only told what it says: the caller matches it against
    waybills of its own and reads the route again before it believes a claim that matters.
    """
    told = read_json(body)
    inner = told.get("Body", told) if isinstance(told, dict) else None
    rows = inner.get("WaybillRoute") if isinstance(inner, dict) else None
    if not isinstance(rows, list):
        raise Malformed("sync_unread_answer", why="WaybillRoute")
    return RoutePush(in_order(_scans(rows)), tuple(_strangers(rows)))


def route_push_ack(taken: bool, why: str = "") -> bytes:
    """The answer SF waits for: anything but "0000" makes it send the push again."""
    code = "0000" if taken else "1000"
    return json.dumps({"return_code": code, "return_msg": why or "成功"}).encode()


def query_scans(data: Any) -> tuple[TrackingRecord, ...]:
    """The scans in the msgData of EXP_RECE_SEARCH_ROUTES, oldest first, repeats dropped."""
    listed = data.get("routeResps") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        raise Malformed("sync_unread_answer", why="routeResps")
    found: list[TrackingRecord] = []
    for one in listed:
        if not isinstance(one, dict):
            raise Malformed("sync_unread_answer", why="routeResps")
        number, routes = _text(one.get("mailNo")), one.get("routes") or []
        found.extend(scan(row, number) for row in routes if isinstance(row, dict))
    return in_order(found)


def scan(row: dict[str, Any], waybill_no: str) -> TrackingRecord:
    """One route row as a record; `code` is a row of rules/status_sf.toml."""
    operation, text = _text(row.get("opCode")), _text(row.get("remark"))
    code, secondary = _status(row, operation)
    at = china_moment(_text(row.get("acceptTime")))
    return TrackingRecord(
        waybill_no=waybill_no,
        code=code,
        secondary=secondary,
        at=at,
        place=_text(row.get("acceptAddress")),
        text=text,
        dedupe_key=repeat_key(waybill_no, operation, at.raw, text),
    )


def _status(row: dict[str, Any], operation: str) -> tuple[str, str]:
    """(code, secondary): "first.4" where SF names its own status, else "op.80".

    A few reasons say more than either (8000 with 6 is lost, not signed): "op.8000.6".
    """
    reason = _word(row.get("reasonCode"))
    if (operation, reason) in TELLING_REASONS:
        return f"op.{operation}.{reason}", reason
    first = _word(row.get("firstStatusCode"))
    if first:
        return f"first.{first}", _word(row.get("secondaryStatusCode"))
    return f"op.{operation}", reason


def _scans(rows: list[Any]) -> Iterator[TrackingRecord]:
    for row in rows:
        if isinstance(row, dict) and _number(row):
            yield scan(row, _number(row))


def _strangers(rows: list[Any]) -> Iterator[KeptAside]:
    for row in rows:
        if not isinstance(row, dict) or not _number(row):
            raw = json.dumps(row, ensure_ascii=False, default=str).encode()
            yield KeptAside("", Problem("missing_field", "mailno", ""), raw)


def _number(row: dict[str, Any]) -> str:
    return _text(row.get("mailno") or row.get("mailNo"))


def _word(value: Any) -> str:
    text = _text(value)
    return "" if text == "-" else text


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
