"""The door platforms and carriers call at: what comes in over HTTP, bounded in every direction.

It knows nothing of shops: whoever opens it says which words of a path lead somewhere and what is
done with a delivery. A body is read whole or not at all, at most 20 MB of it and for 30 seconds;
a caller that does not finish its request's head in ten is hung up on. Nobody outside ever reads
why something went wrong. uvicorn speaks the protocol; its own server is left out, since it would
take the process's signals.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from sync.errors import Malformed, Rejected, SyncError
from sync.ports import Acknowledgement

LOG = logging.getLogger(__name__)

PATH = "/push/"
MOST_BYTES = 20 * 1024 * 1024
MOST_CALLERS = 200
MOST_BODIES = 16  # read at one time: what they may hold together is bounded too
HEAD_S = 10.0
BODY_S = 30.0
IDLE_S = 5

# Nothing about us in an answer, no second log, no way out of plain HTTP.
_PLAIN: dict[str, Any] = {
    "log_config": None,
    "access_log": False,
    "lifespan": "off",
    "ws": "none",
    "interface": "asgi3",
    "server_header": False,
    "date_header": False,
    "proxy_headers": False,
    "timeout_keep_alive": IDLE_S,
}

Take = Callable[[Mapping[str, str], bytes], Awaitable[Acknowledgement]]
"""Keeps one delivery: header names in lower case, the raw body. Raises only sync.errors."""

Find = Callable[[str], Take | None]
"""Who takes what is sent to a path's word; None where it leads nowhere."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much and how long a caller may."""

    body: int = MOST_BYTES
    head_s: float = HEAD_S
    body_s: float = BODY_S
    callers: int = MOST_CALLERS
    bodies: int = MOST_BODIES


class TooBig(Exception):  # noqa: N818 - it is no fault of ours
    """More came than anybody may send."""


class Relay:
    """Listens on one address until closed."""

    def __init__(self, find: Find, bounds: Bounds | None = None) -> None:
        """Take who finds the taker of a path; nothing is listened to yet."""
        self._find, self._bounds = find, bounds or Bounds()
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self._reading = asyncio.Semaphore(self._bounds.bodies)

    async def open(self, host: str, port: int) -> int:
        """Listen; gives the port (a free one for 0). Raises OSError where that cannot be."""
        app = Starlette(routes=[Route(PATH + "{word}", self._called, methods=["POST"])])
        config = Config(app, http=H11Protocol, **_PLAIN)
        config.load()
        loop = asyncio.get_running_loop()

        def guarded() -> Guard:
            spoken = H11Protocol(config=config, server_state=self._state, app_state={})
            return Guard(spoken, self._state, self._bounds)

        self._server = await loop.create_server(guarded, host, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def close(self) -> None:
        """Listen no more; what is being answered is answered, the others are hung up on."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            await asyncio.wait(list(self._state.tasks), timeout=IDLE_S)

    async def _called(self, request: Request) -> Response:
        take = self._find(request.path_params["word"])
        if take is None:
            return Response(status_code=404)
        body = await self._read(request)
        if isinstance(body, int):
            return Response(status_code=body)
        return await _answered(take, request, body)

    async def _read(self, request: Request) -> bytes | int:
        """The body, or the number to answer with."""
        try:
            async with self._reading, asyncio.timeout(self._bounds.body_s):
                return await self._whole(request)
        except TooBig:
            return 413
        except TimeoutError:
            return 408
        except ClientDisconnect:
            return 400

    async def _whole(self, request: Request) -> bytes:
        if not 0 <= _length(request) <= self._bounds.body:
            raise TooBig
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > self._bounds.body:
                raise TooBig
        return bytes(body)


async def _answered(take: Take, request: Request, body: bytes) -> Response:
    """What the caller hears: that it is kept, or a bare number."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        kept = await take(headers, body)
    except Rejected:
        return Response(status_code=401)
    except Malformed:
        return Response(status_code=400)
    except SyncError:
        return Response(status_code=503)
    except Exception:
        LOG.exception("a delivery could not be kept")
        return Response(status_code=503)  # not acknowledged, so it comes again
    return Response(kept.body, media_type=kept.media)


def _length(request: Request) -> int:
    """What a caller says it will send; 0 where it does not say, -1 where that is no number."""
    told = request.headers.get("content-length", "0")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 16 else -1


class Guard(asyncio.Protocol):
    """Hangs up on callers that do not come to the point; uvicorn itself waits for ever."""

    def __init__(self, spoken: H11Protocol, state: ServerState, bounds: Bounds) -> None:
        """Stand before one connection's protocol."""
        self._spoken, self._state, self._bounds = spoken, state, bounds
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._let_in = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let a caller in while there is room."""
        if not isinstance(transport, asyncio.Transport):
            return
        self._transport = transport
        if len(self._state.connections) >= self._bounds.callers:
            transport.abort()
            return
        self._let_in = True
        self._spoken.connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        """Pass on what came; the clock runs until a request's head is whole."""
        if not self._let_in:
            return
        if not self._is_asking():
            self._begin()
        self._spoken.data_received(data)
        if self._is_asking():
            self._end()

    def eof_received(self) -> None:
        """Pass on that no more comes."""
        if self._let_in:
            self._spoken.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass on that the caller is gone."""
        self._end()
        if self._let_in:
            self._spoken.connection_lost(exc)

    def pause_writing(self) -> None:
        """Pass on that the caller reads slowly."""
        self._spoken.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that the caller reads again."""
        self._spoken.resume_writing()

    def _is_asking(self) -> bool:
        cycle = self._spoken.cycle
        return cycle is not None and not cycle.response_complete

    def _begin(self) -> None:
        if self._timer is None and self._transport is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._bounds.head_s, self._transport.abort)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
