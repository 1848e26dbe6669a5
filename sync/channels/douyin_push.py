"""A Douyin shop's message: verified, then hints which orders to read again.

op.jinritemai.com, guide on the message service: a POST of a JSON list of messages with `tag`,
`msg_id` and `data`, itself a JSON text; `event-sign` is the MD5 of app_key, the raw body and
app_secret. Messages repeat and may be missing, so polling stays the truth.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sync.errors import Malformed, Rejected
from sync.gateways.douyin_sign import DouyinKeys
from sync.json_text import read_json, read_list
from sync.reading import mapping, text
from sync.records import PushHint

_BODY_CAP = 1024 * 1024
PROBE = "0"


def event_sign(keys: DouyinKeys, body: bytes) -> str:
    """The sign a message of this body must carry."""
    signed = keys.app_key.encode() + body + keys.app_secret.encode()
    return hashlib.md5(signed, usedforsecurity=False).hexdigest()


def read_push(keys: DouyinKeys, headers: Mapping[str, str], body: bytes) -> PushHint:
    """The hint of the first message; those of the others stand in its `others`.

    Raises:
        Rejected: unsigned, signed with another secret, for another app, or over 1 MB.
        Malformed: rightly signed, but no list of messages.
    """
    told = {name.lower(): value for name, value in headers.items()}
    sign = told.get("event-sign", "").strip().lower()
    if len(body) > _BODY_CAP:
        raise Rejected("push_too_big", size=len(body))
    right = event_sign(keys, body).encode()
    if not hmac.compare_digest(right, sign.encode()) or told.get("app-id", keys.app_key) != (
        keys.app_key
    ):
        raise Rejected("push_not_ours" if sign else "push_unsigned")
    hints = [_hint(mapping(element.value)) for element in read_list(body)]
    if not hints:
        raise Malformed("sync_not_an_order", external_id="")
    return replace(hints[0], others=tuple(hints[1:]))


def _hint(message: Mapping[str, Any]) -> PushHint:
    """One message; what names no order is no hint to one."""
    tag, number = text(message.get("tag")), text(message.get("msg_id"))
    order = text(_data(message.get("data")).get("p_id"))
    if tag == PROBE:
        return PushHint("ping", "", number, tag)
    if order.isascii() and order.isdigit() and len(order) <= 25:
        return PushHint("order", order, number, tag)
    return PushHint("other", "", number, tag)


def _data(told: object) -> dict[str, Any]:
    if not isinstance(told, str):
        return mapping(told)
    try:
        return mapping(read_json(told.encode()))
    except Malformed:
        return {}
