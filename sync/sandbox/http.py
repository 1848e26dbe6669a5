"""A small HTTP/1.1 server for the sandboxes: asyncio alone, on loopback only.

It speaks enough of the protocol for a polite client (keep-alive, content-length), and can be rude
on request: hang, reset the connection, cut an answer short. It shares nothing with the connectors.
"""

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import unquote

_BODY_CAP = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came: `query` undecoded, header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    secure: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer, and how badly. `fate`: "" | hang | reset | cut (half the body, then gone)."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    fate: str = ""
    delay_ms: int = 0


Handler = Callable[[Call], Reply]


class LocalServer:
    """Serves one handler on 127.0.0.1; `url` is known once started."""

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None) -> None:
        """Take what answers the calls; with `tls` the server speaks HTTPS."""
        self._handler = handler
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.url = ""

    async def start(self, port: int = 0) -> str:
        """Listen, on a free port unless one is named; returns the address to call."""
        self._server = await asyncio.start_server(self._met, "127.0.0.1", port, ssl=self._tls)
        bound = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{bound}"
        return self.url

    async def stop(self) -> None:
        """Stop listening and hang up on everyone."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._open.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (
            ConnectionError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            ValueError,
        ):
            pass  # the client went away or spoke no HTTP; it hears nothing
        except asyncio.CancelledError:
            pass  # stop() hangs up on everyone
        finally:
            self._open.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        call = await self._read(reader)
        if call is None:
            return False
        reply = self._handler(call)
        if reply.delay_ms:
            await asyncio.sleep(reply.delay_ms / 1000)
        if reply.fate == "hang":
            await reader.read()  # says nothing until the client gives up
            return False
        if reply.fate == "reset":
            _reset(writer)
            return False
        writer.write(_packed(reply))
        await writer.drain()
        return reply.fate != "cut" and call.headers.get("connection", "").lower() != "close"

    async def _read(self, reader: asyncio.StreamReader) -> Call | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        first, *rest = head[:-4].decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {}
        for line in rest:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        size = int(headers.get("content-length", "0"))
        if not 0 <= size <= _BODY_CAP:
            return None
        body = await reader.readexactly(size) if size else b""
        path, _, query = target.partition("?")
        return Call(method, unquote(path), query, headers, body, self._tls is not None)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Hang up so that the other side sees a reset, not a polite end."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _packed(reply: Reply) -> bytes:
    reason = HTTPStatus(reply.status).phrase
    headers = {"Content-Type": "application/json; charset=UTF-8", **reply.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    start = f"HTTP/1.1 {reply.status} {reason}\r\nContent-Length: {len(reply.body)}\r\n"
    body = reply.body[: len(reply.body) // 2] if reply.fate == "cut" else reply.body
    return f"{start}{head}\r\n".encode("latin-1") + body
