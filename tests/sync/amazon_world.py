"""A seller on an Amazon of our own, and a channel that speaks to it."""

import asyncio
import random
from typing import Any
from urllib.parse import unquote

from sync.channels.amazon import Amazon, AmazonShop, QueueKeys
from sync.channels.amazon_access import AmazonKeys
from sync.channels.amazon_calls import AmazonHands
from sync.errors import Ambiguous
from sync.limits import Bucket, Unlimited
from sync.ports import Answer, Http, Request
from sync.records import ShipAsk
from sync.sandbox.amazon import AmazonSandbox
from sync.sandbox.amazon_gate import AmazonApp
from sync.sandbox.amazon_notices import SqsQueue, SqsSandbox
from sync.sandbox.amazon_shop import AmazonOrder
from sync.sandbox.http import Call
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/waydesk-orders"
AWS = ("AKIAEXAMPLE", "an/aws+secret")
KEYS = AmazonKeys("amzn1.client", "amzn1.secret", "Atzr|grant")
HOUR_MS = 3_600_000


class Straight:
    """The sandbox without a socket; `only` is the one region whose endpoint knows the grant."""

    def __init__(self, box: AmazonSandbox, only: str = "") -> None:
        self.box, self.only = box, only
        self.hosts: list[str] = []

    async def send(self, request: Request) -> Answer:
        host, _, rest = request.url.split("://", 1)[1].partition("/")
        self.hosts.append(host)
        path, _, query = f"/{rest}".partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        if self.only and host.startswith("selling") and f"-{self.only}." not in host:
            headers["x-amz-access-token"] = "of another region"
        reply = self.box(Call(request.method, unquote(path), query, headers, request.body, True))
        await asyncio.sleep(0)
        if reply.fate:
            raise Ambiguous("sync_timeout", host=host)
        return Answer(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.body)


class World(Straight):
    """Amazon's sandbox, and beside it the seller's queue."""

    def __init__(self, box: AmazonSandbox, clock: HandClock, **more: str) -> None:
        super().__init__(box)
        self.queue = SqsQueue("123456789012", "waydesk-orders", *AWS, **more)
        self.sqs = SqsSandbox(self.queue, lambda: clock.now() / 1000)
        box.notices.queues[self.queue.arn] = self.queue

    async def send(self, request: Request) -> Answer:
        if ".sqs." not in request.url and "//sqs." not in request.url:
            return await super().send(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self.sqs(Call(request.method, "/", "", headers, request.body, True))
        await asyncio.sleep(0)
        return Answer(reply.status, {}, reply.body)


class Canned:
    """A platform that lets anybody in and answers one body, whatever it is asked."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer = Answer(status, {}, body)

    async def send(self, request: Request) -> Answer:
        if request.url.endswith("/auth/o2/token"):
            return Answer(200, {}, b'{"access_token":"t","expires_in":3600}')
        return self.answer


def sandbox(clock: HandClock, **more: Any) -> AmazonSandbox:
    app = AmazonApp("amzn1.client", "amzn1.secret", "Atzr|grant", "A1SELLER")
    return AmazonSandbox(app, clock.now, random.Random(7), **more)


def channel_for(http: Http, clock: HandClock, **more: Any) -> Amazon:
    """A channel for the seller; `paced` gives it the real limiter on the turned clock."""
    shelf, paced = more.pop("shelf", None) or Shelf(), more.pop("paced", False)

    def turn_for(rate: float, burst: float) -> Bucket | Unlimited:
        return Bucket(clock, rate, burst, clock.sleep) if paced else Unlimited()

    more.setdefault("marketplaces", "US")
    shop = AmazonShop(more.pop("keys", KEYS), "A1SELLER", **more)
    return Amazon(shop, AmazonHands(http, clock, shelf, turn_for))


def straight(box: AmazonSandbox, clock: HandClock, **more: Any) -> Amazon:
    """A channel without a socket; it begins two hours ago."""
    more.setdefault("start_ms", clock.ms - 2 * HOUR_MS)
    only = more.pop("only", "")
    return channel_for(more.pop("http", None) or Straight(box, only), clock, **more)


def listening(
    world: World, clock: HandClock, key: tuple[str, str] = AWS, url: str = URL, **more: Any
) -> Amazon:
    """A channel whose seller has a queue for Amazon's notices."""
    return channel_for(world, clock, queue=QueueKeys(url, *key), **more)


def parcel(order: AmazonOrder, number: str = "1Z999", replaces: str = "", **more: Any) -> ShipAsk:
    """A parcel of an order: first=2, last=1; nothing named means all that is left."""
    at = {"first": 0, "last": -1}
    lines = tuple((order.items[at[k]].number, n) for k, n in more.items() if k in at)
    key, carrier = more.get("key", f"key-{number}"), more.get("carrier", "ups")
    return ShipAsk(order.number, carrier, "Some Post", number, lines, key, replaces=replaces)
