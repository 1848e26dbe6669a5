"""A Weidian message: a hint which order to read again, believed only where the owner says so.

Community receivers of the platform's calls agree on a form whose `content` is a JSON text {type,
message {order_id}, shopId}, and on the answer {"status":"success"}. None of them verifies anything,
and how the platform would sign is published nowhere. So the address itself is the only secret: an
owner who keeps it may have messages believed, and then too the order is read from the platform.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from sync.channels.weidian_read import is_id
from sync.errors import Malformed, Rejected
from sync.json_text import read_json
from sync.ports import Acknowledgement
from sync.reading import mapping, text
from sync.records import PushHint

HEARD = Acknowledgement(json.dumps({"status": "success"}).encode())
_BODY_CAP = 1024 * 1024


def read_push(headers: Mapping[str, str], body: bytes) -> PushHint:
    """The hint of one message; what names no order is no hint to one.

    Raises:
        Rejected: over 1 MB.
        Malformed: no message.
    """
    told = {name.lower(): value for name, value in headers.items()}
    if len(body) > _BODY_CAP:
        raise Rejected("push_too_big", size=len(body))
    form = "json" not in told.get("content-type", "")
    message = mapping(read_json(_content(body) if form else body))
    topic = text(message.get("type"))
    if not topic:
        raise Malformed("sync_not_an_order", external_id="")
    found = text(_said(message.get("message")).get("order_id"))
    kind = "order" if is_id(found) and topic.startswith("weidian.order.") else "other"
    return PushHint(kind, found if kind == "order" else "", "", topic)


def _content(body: bytes) -> bytes:
    try:
        told = parse_qs(body.decode(), max_num_fields=100)
    except (UnicodeDecodeError, ValueError) as odd:
        raise Malformed("sync_not_an_order", external_id="") from odd
    return told.get("content", [""])[0].encode()


def _said(told: object) -> dict[str, Any]:
    """The message, also where it is a text within the text."""
    if not isinstance(told, str):
        return mapping(told)
    try:
        return mapping(read_json(told.encode()))
    except (Malformed, UnicodeEncodeError):
        return {}
