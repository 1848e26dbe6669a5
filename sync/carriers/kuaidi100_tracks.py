"""Kuaidi100's traces as tracking records, from a query's answer and from a push.

With `resultv2` 4 each trace carries a `statusCode`; without, all that is known is the parcel's
state as a whole, and a trace proves only that the courier has the parcel ("trace"). The state
becomes a record of its own where the newest trace says nothing of its family, at that trace's time
(api.kuaidi100.com/document, instant query and push).
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from sync.carriers.kuaidi100_sign import is_push_signed
from sync.carriers.scans import china_moment, in_order, repeat_key
from sync.errors import Malformed, Rejected
from sync.json_text import read_json
from sync.reading import mapping, rows, text
from sync.waybill_records import TrackingRecord

BARE_TRACE = "trace"
ABORTED = "abort"
TAKEN = {"result": True, "returnCode": "200", "message": "成功"}
# States of the list that stand outside the rule "first digit of the finer code".
_FAMILIES = {"14": "4", "10": "8", "11": "8", "12": "8", "13": "8"}


@dataclass(frozen=True, slots=True)
class TrackPush:
    """What one push told: its scans, oldest first, and the number it no longer watches."""

    records: tuple[TrackingRecord, ...]
    given_up: str


def scans_of(parcel: dict[str, Any], waybill_no: str) -> tuple[TrackingRecord, ...]:
    """The scans of one parcel, oldest first, repeats dropped."""
    told = in_order(_scan(row, waybill_no) for row in rows(parcel.get("data")))
    state = text(parcel.get("state"))
    newest = next((one for one in reversed(told) if one.at.utc_ms is not None), None)
    if newest is None or not state or _family(newest.code) == _family(f"state.{state}"):
        return told
    whole = TrackingRecord(
        waybill_no=waybill_no,
        code=f"state.{state}",
        secondary="state",
        at=newest.at,
        place="",
        text="",
        dedupe_key=repeat_key(waybill_no, "state", state, newest.at.raw),
    )
    return in_order((*told, whole))


def read_track_push(body: bytes, salt: str) -> TrackPush:
    """Verify and read a pushed form.

    Raises:
        Rejected: its signature is not made with our salt.
        Malformed: it is no push of tracks.
    """
    form = _form(body)
    param = form.get("param", "")
    if not is_push_signed(param, form.get("sign", ""), salt):
        raise Rejected("kuaidi100_push_unsigned", foreign_code="sign")
    told = mapping(read_json(param.encode("utf-8", "replace")))
    parcel = mapping(told.get("lastResult"))
    number = text(parcel.get("nu"))
    if not number:
        raise Malformed("sync_unread_answer", why="lastResult.nu")
    # Beyond the border the other country's post tells its own part.
    abroad = mapping(told.get("destResult"))
    found = (*scans_of(parcel, number), *scans_of(abroad, number))
    return TrackPush(in_order(found), number if told.get("status") == ABORTED else "")


def track_push_ack() -> bytes:
    """The answer Kuaidi100 waits for; anything else makes it push again, three times."""
    return json.dumps(TAKEN, ensure_ascii=False).encode()


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=50))
    except ValueError as broken:
        raise Malformed("sync_unread_answer", why="form") from broken


def _scan(row: dict[str, Any], waybill_no: str) -> TrackingRecord:
    at = china_moment(text(row.get("ftime")) or text(row.get("time")))
    said, code = text(row.get("context")), text(row.get("statusCode"))
    return TrackingRecord(
        waybill_no=waybill_no,
        code=f"state.{code}" if code else BARE_TRACE,
        secondary="",
        at=at,
        place=text(row.get("location")) or text(row.get("areaName")),
        text=said,
        # Not the state: the same trace is told with it by one interface, without by another.
        dedupe_key=repeat_key(waybill_no, at.raw, said),
    )


def _family(code: str) -> str:
    """The state of the short list that a code of the long list refines: 1002 → 0, 301 → 3."""
    told = code.removeprefix("state.")
    if told in _FAMILIES:
        return _FAMILIES[told]
    return "0" if told.startswith("100") else told[:1] if len(told) == 3 else told
