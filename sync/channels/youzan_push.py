"""A Youzan message: verified, then a hint which order to read again, half a minute later.

doc.youzanyun.com, guide on messages: a POST of a JSON object with `type`, `kdt_id`, `id`, `msg`
(URL-encoded JSON text, or an object), `msg_id` and `version`; the header Event-Sign is the MD5 of
client_id, the raw body and client_secret. Messages repeat (16 times or 4, told both ways), come in
any order and only while the app is paid for, so polling stays the truth. The interfaces are late:
an order is to be read 30 seconds after its message.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

from sync.channels.youzan_keys import YouzanKeys
from sync.channels.youzan_read import is_tid, text, tid_of
from sync.errors import Malformed, Rejected
from sync.json_text import read_json
from sync.reading import mapping
from sync.records import PushHint

_BODY_CAP = 1024 * 1024
WAIT_MS = 30_000


def event_sign(keys: YouzanKeys, body: bytes) -> str:
    """The sign a message of this body must carry."""
    signed = keys.client_id.encode() + body + keys.client_secret.encode()
    return hashlib.md5(signed, usedforsecurity=False).hexdigest()


def read_push(keys: YouzanKeys, headers: Mapping[str, str], body: bytes) -> PushHint:
    """The hint of one message; one of another shop of the same app is none.

    Raises:
        Rejected: unsigned, signed with another secret, for another app, or over 1 MB.
        Malformed: rightly signed, but no message.
    """
    told = {name.lower(): value for name, value in headers.items()}
    sign = told.get("event-sign", "").strip().lower()
    if len(body) > _BODY_CAP:
        raise Rejected("push_too_big", size=len(body))
    right = event_sign(keys, body).encode()
    other = told.get("client-id", keys.client_id) != keys.client_id
    if other or not hmac.compare_digest(right, sign.encode()):
        raise Rejected("push_not_ours" if sign else "push_unsigned")
    message = read_json(body)
    if not isinstance(message, dict):
        raise Malformed("sync_not_an_order", external_id="")
    return _hint(keys, message, told.get("event-type", ""))


def _hint(keys: YouzanKeys, message: Mapping[str, Any], named: str) -> PushHint:
    topic, known = text(message.get("type")) or named, text(message.get("id"))
    event = text(message.get("msg_id"))
    version = text(message.get("version"))
    if not event and known and version:
        event = f"{topic}:{known}:{version}"
    if message.get("test") is True:
        return PushHint("ping", "", event, topic)
    shop = text(message.get("kdt_id"))
    mine = not keys.kdt_id or not shop or shop == keys.kdt_id
    tid = _tid(message) if mine else ""
    return PushHint("order" if tid else "other", tid, event, topic, wait_ms=WAIT_MS if tid else 0)


def _tid(message: Mapping[str, Any]) -> str:
    """The order a message is about, "" where it is about none."""
    said = _said(message.get("msg"))
    for found in (text(said.get("tid")), tid_of(said), text(message.get("id"))):
        if is_tid(found) and not found.isalpha():
            return found
    return ""


def _said(told: object) -> dict[str, Any]:
    """What a message says; whether a space is written %20 or + is told nowhere."""
    if not isinstance(told, str):
        return mapping(told)
    for read in (unquote, unquote_plus):
        try:
            return mapping(read_json(read(told).encode()))
        except (Malformed, UnicodeEncodeError):
            continue
    return {}
