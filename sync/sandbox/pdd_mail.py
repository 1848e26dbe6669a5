"""Pinduoduo's message service on loopback: a real WebSocket that forgets nothing unanswered.

/message/{client_id}/{ms}/{sign}: a sign that is not ours, or a time more than ten minutes off, is
turned away with 401 before the line is open. A message is told again, on the next line too, until
an `Ack` with its own id, time, type and mall answers it; a heartbeat is answered by one, and a line
without any for `silence_s` is closed (open.pinduoduo.com, message service; how long it waits is
not written anywhere). It shares no signing and no parsing with the connector.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from sync.sandbox.pdd_gate import App

_OFF_MS = 600_000


class PddMail:
    """The messages of one app; `now_ms` is the platform's clock."""

    def __init__(self, app: App, now_ms: Callable[[], int], mall: int = 445_566) -> None:
        """Start with nothing to tell and nobody listening."""
        self.app, self.mall, self._now_ms = app, mall, now_ms
        self.waiting: dict[int, dict[str, Any]] = {}
        self.lines: set[ServerConnection] = set()
        self.opened = self.beats = self.odd = 0
        self.silence_s = 30.0
        self.mood = ""
        self._last = 8_446_744_073_709_000_000
        self._server: Server | None = None

    async def start(self) -> str:
        """Listen; returns the service's address."""
        self._server = await serve(self._met, "127.0.0.1", 0, process_request=self._admit)
        port = next(iter(self._server.sockets)).getsockname()[1]
        return f"ws://127.0.0.1:{port}"

    async def stop(self) -> None:
        """Hang up on everybody."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def tell(self, topic: str, content: Any) -> int:
        """Something happened; whoever listens is told now, and again until it is answered."""
        self._last += 1
        message = {"type": topic, "mallID": self.mall, "content": content}
        frame = {"id": self._last, "commandType": "Common", "time": self._now_ms()}
        self.waiting[self._last] = {**frame, "sendTime": self._now_ms(), "message": message}
        for line in tuple(self.lines):
            await self._tell(line, (self.waiting[self._last],))
        return self._last

    async def repeat(self) -> None:
        """Tell everything unanswered once more."""
        for line in tuple(self.lines):
            await self._tell(line, tuple(self.waiting.values()))

    async def cut(self) -> None:
        """Every line falls dead, as when a cable is pulled."""
        for line in tuple(self.lines):
            line.transport.abort()
            await line.wait_closed()

    def _admit(self, _line: ServerConnection, request: Request) -> Response | None:
        client_id, at, sign = unquote(request.path.removeprefix("/message/")).split("/", 2)
        words = f"{self.app.client_id}{at}{self.app.client_secret}".encode()
        digest = hashlib.md5(words, usedforsecurity=False).hexdigest()
        good = base64.b64encode(digest.encode()).decode() == sign
        if client_id != self.app.client_id or not good:
            return _no(401, "sign is wrong")
        if abs(int(at) - self._now_ms()) > _OFF_MS:
            return _no(401, "time is wrong")
        return _no(503, "busy") if self.mood == "busy" else None

    async def _met(self, line: ServerConnection) -> None:
        self.opened += 1
        self.lines.add(line)
        with suppress(ConnectionClosed, TimeoutError):
            await self._tell(line, tuple(self.waiting.values()))
            while True:
                async with asyncio.timeout(self.silence_s):
                    await self._hear(line, json.loads(await line.recv()))
        self.lines.discard(line)

    async def _hear(self, line: ServerConnection, told: dict[str, Any]) -> None:
        if told["commandType"] == "HeartBeat":
            self.beats += 1
            answer = {"commandType": "HeartBeat", "time": self._now_ms()}
            await line.send(json.dumps(answer))
            return
        frame = self.waiting.get(told["id"])
        if frame is None:
            return  # answered twice
        message = frame["message"]
        same = told["sendTime"] == frame["sendTime"] and told["type"] == message["type"]
        if told["commandType"] == "Ack" and same and told["mallID"] == message["mallID"]:
            del self.waiting[told["id"]]
        else:
            self.odd += 1

    async def _tell(self, line: ServerConnection, frames: tuple[dict[str, Any], ...]) -> None:
        with suppress(ConnectionClosed):
            if self.mood == "garbage":
                await line.send("<html>sign in to the wifi</html>")
                await line.send(b"\x00\x01")
            for frame in frames:
                for _ in range(2 if self.mood == "duplicate" else 1):
                    await line.send(json.dumps(frame, ensure_ascii=False))


def _no(status: int, words: str) -> Response:
    return Response(status, words, Headers(), words.encode())
