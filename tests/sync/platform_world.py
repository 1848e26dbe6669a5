"""What the platforms' tests share: a way without a socket, canned answers, a buyer, one face each.

`PLATFORMS` are those whose lists are walked alike (sync.windows); each says how its shop is opened,
how an order is placed in it, and which calls asked for its list.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sync.ports import Answer, Request
from sync.sandbox.http import Call

DAY = 86_400

RECEIVER = {
    "name": "张小满",
    "phone": "13812345678",
    "province": "浙江省",
    "city": "杭州市",
}


class Straight:
    """A sandbox without a socket, for tests that make thousands of calls."""

    def __init__(self, box: Any) -> None:
        self.box = box
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        to = urlsplit(request.url)
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self.box.handle(
            Call(request.method, to.path, to.query, headers, request.body, True)
        )
        await asyncio.sleep(0)
        return Answer(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.body)


class Canned:
    """Answers with one body after the other, the last one for ever."""

    def __init__(self, *bodies: bytes) -> None:
        self.bodies = list(bodies)

    async def send(self, request: Request) -> Answer:
        del request
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        return Answer(200, {}, body)


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform as its lists are walked: its shop, its channel, and the calls of its list.

    `call` is a part of the list's address or method; `faults` are the moods that a pull survives,
    those that it fails with first; `windows` are the list's calls so far as (page, start, end) in
    epoch seconds of a first page 1.
    """

    name: str
    call: str
    faults: tuple[str, ...]
    failing: int
    sandbox: Callable[..., Any]
    channel: Callable[..., Any]
    seed: Callable[..., dict[str, Any]]
    windows: Callable[[Any], list[tuple[int, int, int]]]
    module: Any = None
    patience_s: int = 240

    def place(self, box: Any, **more: Any) -> str:
        """Place an order; its number."""
        placed = box.shop.place(self.seed(**more))
        return next(number for number, order in box.shop.orders.items() if order is placed)
