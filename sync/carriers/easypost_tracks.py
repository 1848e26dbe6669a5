"""EasyPost's trackers as tracking records, from a question and from a push.

Times bear their zone. A push is signed over its raw body by HMAC-SHA256 with the secret in the
compatibility form NFKD, in `X-Hmac-Signature` (docs.easypost.com, Webhook, "HMAC validation").
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sync.carriers.scans import in_order, repeat_key
from sync.errors import Malformed, Rejected
from sync.json_text import read_json
from sync.reading import mapping, rows, text
from sync.records import Moment
from sync.waybill_records import TrackingRecord

HEADER = "x-hmac-signature"
_MARK = "hmac-sha256-hex="


def scans_of(tracker: Mapping[str, Any]) -> tuple[TrackingRecord, ...]:
    """The scans of one tracker, oldest first, repeats dropped."""
    number = text(tracker.get("tracking_code"))
    return in_order(_scan(row, number) for row in rows(tracker.get("tracking_details")))


def read_push(headers: Mapping[str, str], body: bytes, secret: str) -> tuple[TrackingRecord, ...]:
    """Verify and read a pushed event.

    Raises:
        Rejected: it is not signed with our secret.
        Malformed: it is no event of a tracker.
    """
    given = next((value for name, value in headers.items() if name.lower() == HEADER), "")
    if not secret or not hmac.compare_digest(signature(body, secret).encode(), given.encode()):
        raise Rejected("easypost_push_unsigned", foreign_code="sign")
    result = mapping(mapping(read_json(body)).get("result"))
    if text(result.get("object")) != "Tracker" or not text(result.get("tracking_code")):
        raise Malformed("sync_unread_answer", why="result")
    return scans_of(result)


def signature(body: bytes, secret: str) -> str:
    """What `X-Hmac-Signature` must be for a body."""
    key = unicodedata.normalize("NFKD", secret).encode("utf-8")
    return _MARK + hmac.new(key, body, hashlib.sha256).hexdigest()


def _scan(row: Mapping[str, Any], number: str) -> TrackingRecord:
    raw, said = text(row.get("datetime")), text(row.get("message"))
    code, finer = text(row.get("status")), text(row.get("status_detail"))
    where = mapping(row.get("tracking_location"))
    names = (text(where.get(name)) for name in ("city", "state", "country"))
    return TrackingRecord(
        waybill_no=number,
        # Apart from our own words: some of theirs are everybody's, like "error".
        code=f"status.{code}",
        secondary=finer,
        at=_moment(raw),
        place=" ".join(name for name in names if name),
        text=said,
        dedupe_key=repeat_key(number, raw, code, finer, said),
    )


def _moment(raw: str) -> Moment:
    try:
        read = datetime.fromisoformat(raw)
    except ValueError:
        return Moment(None, raw, "UTC")
    if read.tzinfo is None:
        return Moment(None, raw, "UTC")
    return Moment(round(read.timestamp() * 1000), raw, "UTC")
