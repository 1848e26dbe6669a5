"""The seam every connector stands on: sign, wait for the limiter, send, and name what went wrong.

A connector brings two callbacks, `sign` (add what proves who we are, at the last moment, over the
exact bytes that leave) and `refuse` (what this platform's no means), and gets answers that were
good. Nothing is retried here.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.json_text import Element, elements_of, read_json
from sync.ports import Answer, Clock, Http, Request

RETRY_AFTER_CAP_MS = 3_600_000
# So many records are read at a stretch: a full page must not keep a command waiting (house.md).
BREATH = 20
_GRANTS: dict[int, type[SyncError]] = {401: TokenExpired, 403: PermissionMissing}


class Turn(Protocol):
    """Where a request waits for its turn (sync.limits)."""

    async def take(self, cost: float = 1.0) -> None:
        """Return when this request may leave."""
        ...


@dataclass(frozen=True, slots=True)
class Signed:
    """What a connector adds to the seam: how to sign, and what a refusal means."""

    sign: Callable[[Request], Request]
    refuse: Callable[[Answer, int | None], SyncError]


class Connector:
    """Sends signed requests for one channel or carrier account."""

    def __init__(self, http: Http, clock: Clock, signed: Signed, turn: Turn) -> None:
        """Take the way out, the clock, the signing and the limiter of this account."""
        self._http = http
        self._clock = clock
        self._signed = signed
        self._turn = turn

    async def request(self, request: Request) -> Answer:
        """Send one request and return its 2xx answer.

        Raises:
            SyncError: one of the tree. A write whose 2xx answer could not be read is Ambiguous.
        """
        await self._turn.take()
        try:
            answer = await self._http.send(self._signed.sign(request))
        except Malformed as broken:
            raise _unread(request, broken) from broken
        if 200 <= answer.status < 300:
            return answer
        raise self._signed.refuse(answer, retry_after_ms(answer, self._clock.now()))

    async def json(self, request: Request) -> tuple[Any, Answer]:
        """Send one request and read its answer as JSON; raises as `request` does."""
        answer = await self.request(request)
        try:
            return read_json(answer.body), answer
        except Malformed as broken:
            raise _unread(request, broken) from broken

    async def json_list(self, request: Request) -> tuple[list[Element], Answer]:
        """Send one read and split its answer, a JSON list, into elements with their raw bytes."""
        answer = await self.request(request)
        elements = []
        for at, element in enumerate(elements_of(answer.body)):
            elements.append(element)
            if at % BREATH == BREATH - 1:
                await asyncio.sleep(0)
        return elements, answer


def _unread(request: Request, broken: Malformed) -> SyncError:
    """After a write an unreadable answer means that it may have been done."""
    if not request.writes:
        return broken
    return Ambiguous("sync_unread_answer", **broken.details)


def refusal(answer: Answer, wait_ms: int | None, text: str = "", code: str = "") -> SyncError:
    """What a status outside 2xx means where the platform has no finer word for it.

    `text` and `code` are the platform's own words for it, if it gave any.
    """
    status = answer.status
    if status in (429, 503):
        return Throttled(retry_after_ms=wait_ms, status=status)
    if status >= 500 or status == 408:
        return Ambiguous("sync_server_error", status=status)
    grant = _GRANTS.get(status)
    if grant is not None:
        return grant(status=status, foreign_code=code)
    if 300 <= status < 400:
        return Rejected("sync_redirected", foreign_code=str(status), to=_where(answer))
    return Rejected(foreign_code=code or str(status), text=text, status=status)


def _where(answer: Answer) -> str:
    return answer.headers.get("location", "")[:200]


def retry_after_ms(answer: Answer, now_ms: int) -> int | None:
    """How long the other side asks us to wait: seconds or an HTTP date, at most one hour."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]) * 1000, RETRY_AFTER_CAP_MS)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    wait = int((until - datetime.fromtimestamp(now_ms / 1000, UTC)).total_seconds() * 1000)
    return max(0, min(wait, RETRY_AFTER_CAP_MS))


def with_headers(request: Request, **headers: str) -> Request:
    """The same request with headers added; underscores stand for hyphens."""
    added = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(request, headers={**request.headers, **added})


def server_ms(answer: Answer) -> int | None:
    """The other side's own time in UTC milliseconds; None where it does not say it.

    A round is bounded by the clock that stamps the orders, not by ours.
    """
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    return int(told.replace(tzinfo=told.tzinfo or UTC).timestamp() * 1000)
