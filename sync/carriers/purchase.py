"""A purchase at a service that has no key for repeats: every doubt about it is looked up.

What EasyPost and Karrio have in common. "Not available" may be said of the answer, after the
purchase, by what stands before the service; only "too fast" is said before anything was done.
"""

from collections.abc import Mapping
from typing import Any

from sync.connector import Connector
from sync.errors import Ambiguous, Throttled
from sync.ports import Request

_TOO_FAST = 429


async def purchased(calls: Connector, url: str, body: bytes) -> tuple[Mapping[str, Any], bytes]:
    """Post a text that buys or gives back; the object that was answered, and its bytes.

    Raises:
        Ambiguous: it may have been done; look it up before anything is sent again.
        SyncError: as the connector names it; nothing was done.
    """
    headers = {"Content-Type": "application/json"}
    try:
        told, answer = await calls.json(Request("POST", url, headers, body, writes=True))
    except Throttled as busy:
        if busy.details.get("status") == _TOO_FAST:
            raise
        raise Ambiguous("sync_server_error", status=503) from busy
    if not isinstance(told, Mapping):
        raise Ambiguous("sync_unread_answer", why="shipment")
    return told, answer.body
