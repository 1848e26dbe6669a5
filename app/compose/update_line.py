"""Fetches the files of an update notice: small ones, over the house's one way to the network."""

from app.domain.signed_notice import TARGETS_BYTES, UpdateRefused
from app.keeper.updates import Fetch
from sync.errors import SyncError
from sync.ports import Request
from sync.transport import Transport, TransportLimits

LIMITS = TransportLimits(connect_s=5.0, read_s=10.0, total_s=30.0, body_bytes=TARGETS_BYTES)
GOOD, ABSENT = 200, 404


def fetch_over(transport: Transport) -> Fetch:
    """Give what reads one file; a server that never ends is cut off by size and by time."""

    async def fetch(url: str, limit: int) -> bytes | None:
        try:
            answer = await transport.send(Request("GET", url))
        except SyncError as error:
            raise UpdateRefused(why=error.code) from error
        if answer.status == ABSENT:
            return None
        if answer.status != GOOD:
            raise UpdateRefused(why=f"http_{answer.status}")
        if len(answer.body) > limit:
            raise UpdateRefused(why="too_long")
        return answer.body

    return fetch
