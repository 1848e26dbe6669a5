"""Five shops on five platforms, each a sandbox with its own truth; two of them call when something
changes. Served over loopback, or without a socket where time is virtual."""

import asyncio
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import unquote, urlsplit

from app.commands.channels import ConnectChannel
from sync.errors import Ambiguous, Unreachable
from sync.ports import Answer, Request
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.jd import PATH as JD_PATH
from sync.sandbox.jd import RENEWAL, JdSandbox
from sync.sandbox.jd_gate import JdApp
from sync.sandbox.magento import MagentoSandbox
from sync.sandbox.magento_gate import Integration
from sync.sandbox.shopify import ShopifySandbox, ShopifySetup
from sync.sandbox.shopify_gate import App
from sync.sandbox.taobao import PATH as TAOBAO_PATH
from sync.sandbox.taobao import TaobaoSandbox
from sync.sandbox.taobao_gate import TopApp
from sync.sandbox.woo_auth import ApiKey
from sync.sandbox.woocommerce import WooSandbox, WooSetup
from sync.transport import TransportLimits
from tests.operations.shopify_day import order_seed as shopify_seed
from tests.sync.taobao_world import RECEIVER

CODES = (("LN-27", "亚麻遮光窗帘", 1_000_000, 900), ("HK-01", "窗帘挂钩", 1_000_000, 50))
UNITS = {"LN-27": 2, "HK-01": 1}
LIMITS = TransportLimits()
SECRET = "the-storms-own-push-secret"
WOO = ApiKey("ck_storm", "cs_storm_secret")
Handle = Callable[[Call], Reply]


class Delivery(Protocol):
    """What a platform calls with."""

    headers: dict[str, str]
    body: bytes


@dataclass
class OneShop:
    """One shop: how it is connected, who answers for it, and what was ordered there, and when."""

    platform: str
    currency: str
    handle: Handle
    faults: Faults
    order: Callable[[], str]
    fields: Callable[[str], dict[str, str]]
    memo: Callable[[str], str]
    calls: Callable[[], tuple[Delivery, ...]] = tuple
    placed: dict[str, int] = field(default_factory=dict)
    asked: list[float] = field(default_factory=list)

    def connection(self, origin: str) -> ConnectChannel:
        """The command that connects it where it is served."""
        told = self.fields(origin)
        return ConnectChannel(self.platform, self.platform, "Asia/Shanghai", self.currency, told)


class FiveShops:
    """All five; `now_ms` is the clock of every platform."""

    def __init__(self, now_ms: Callable[[], int], seed: int = 7) -> None:
        self.now_ms, self._chance = now_ms, random.Random(seed)
        makers = (self._woo, self._shopify, self._taobao, self._jd, self._magento)
        self.shops = {shop.platform: shop for shop in (make() for make in makers)}

    def sell(self, platform: str) -> tuple[Delivery, ...]:
        """A buyer orders two curtains and a pack of hooks; what the platform calls us with."""
        shop = self.shops[platform]
        shop.placed[shop.order()] = self.now_ms()
        return shop.calls()

    def placed(self) -> dict[tuple[str, str], int]:
        """Every order there is and when it was placed, by platform and its number there."""
        return {
            (name, number): at
            for name, shop in self.shops.items()
            for number, at in shop.placed.items()
        }

    def _woo(self) -> OneShop:
        box = WooSandbox(
            WooSetup((WOO,)), lambda: self.now_ms() // 1000, random.Random(self._chance.random())
        )
        for sku, title, stock, _ in CODES:
            box.shop.stock_product(sku, title, stock)
        for topic in ("order.created", "order.updated"):
            box.hooks.make(topic, SECRET)
        rows = [{"sku": s, "quantity": n, "price": "50"} for s, n in UNITS.items()]
        to = {"first_name": "小满", "last_name": "张", "phone": "13812345678", "country": "CN"}
        to |= {"state": "CN29", "city": "杭州市", "address_1": "市心中路 1 号"}

        def order() -> str:
            return str(box.shop.place({"line_items": rows, "shipping": to, "billing": to}).number)

        def fields(origin: str) -> dict[str, str]:
            keys = {"key": WOO.key, "secret": WOO.secret, "push_secret": SECRET}
            return {"address": origin, **keys}

        def memo(number: str) -> str:
            notes = [n["note"] for n in box.shop.orders[int(number)].notes if "memo" in n["note"]]
            assert len(notes) == len(set(notes)), "a note was written twice"
            return notes[-1] if notes else ""

        told = box.handle, box.faults, order, fields, memo
        return OneShop("woocommerce", "CNY", *told, box.hooks.flush)

    def _shopify(self) -> OneShop:
        # The points of the plan that a shop with two hundred orders a minute is on (Plus).
        setup = ShopifySetup(
            App("client", "secret"), zone="Asia/Shanghai", currency="CNY", bucket=20_000, rate=1000
        )
        box = ShopifySandbox(setup, lambda: self.now_ms() / 1000, random.Random(7))
        for sku, title, stock, _ in CODES:
            box.shop.stock_variant(sku, title, stock)
        box.hooks.topics |= {"orders/create", "orders/updated"}

        def order() -> str:
            return str(box.shop.place(shopify_seed()).number)

        def fields(origin: str) -> dict[str, str]:
            return {"address": origin, "client_id": "client", "client_secret": "secret"}

        def memo(number: str) -> str:
            return str(box.shop.orders[int(number)].note or "")

        told = box.handle, box.faults, order, fields, memo
        return OneShop("shopify", "CNY", *told, box.hooks.flush)

    def _taobao(self) -> OneShop:
        box = TaobaoSandbox(TopApp("12345678", "helloworld"), self.now_ms, random.Random(7))
        session = box.gate.session()

        def order() -> str:
            rows = [
                {"outer_sku_id": sku, "num": n, "price": "50.00", "divide_order_fee": "50.00"}
                for sku, n in UNITS.items()
            ]
            return str(box.shop.sell(payment="100.00", **RECEIVER, orders=rows).tid)

        def fields(origin: str) -> dict[str, str]:
            keys = {"app_key": "12345678", "app_secret": "helloworld", "session": session}
            return {**keys, "gateway": origin + TAOBAO_PATH}

        def memo(number: str) -> str:
            return str(box.shop.trades[int(number)].told.get("seller_memo", ""))

        return OneShop("taobao", "CNY", box, box.faults, order, fields, memo)

    def _jd(self) -> OneShop:
        box = JdSandbox(JdApp("appkey", "appsecret"), self.now_ms, random.Random(7))
        for sku, title, stock, _ in CODES:
            box.shop.offer(sku, title, "50.00", stock)
        token, refresh = box.gate.pair()

        def order() -> str:
            return str(box.shop.sell(list(UNITS.items())).number)

        def fields(origin: str) -> dict[str, str]:
            keys = {"app_key": "appkey", "app_secret": "appsecret", "access_token": token}
            addresses = {"gateway": origin + JD_PATH, "renewal": origin + RENEWAL}
            return {**keys, "refresh_token": refresh, **addresses}

        def memo(number: str) -> str:
            return box.shop.orders[int(number)].memo

        return OneShop("jd", "CNY", box.handle, box.faults, order, fields, memo)

    def _magento(self) -> OneShop:
        box = MagentoSandbox((Integration(),), lambda: self.now_ms() // 1000, random.Random(7))
        for sku, title, stock, _ in CODES:
            box.shop.stock_product(sku, title, stock)

        def order() -> str:
            rows = [
                {"sku": sku, "name": title, "qty_ordered": UNITS[sku], "price": 50.0}
                for sku, title, _, _ in CODES
            ]
            return str(box.shop.place(rows)["entity_id"])

        def fields(origin: str) -> dict[str, str]:
            keys = {"token": "at-shop", "token_secret": "ats-shop"}
            return {
                "address": origin,
                "consumer_key": "ck-shop",
                "consumer_secret": "cs-shop",
                **keys,
            }

        def memo(number: str) -> str:
            told = box.shop.orders[int(number)]["status_histories"]
            notes = [str(each["comment"]) for each in told]
            assert len(notes) == len(set(notes)), "a comment was written twice"
            return notes[0] if notes else ""  # newest first

        return OneShop("magento", "CNY", box.handle, box.faults, order, fields, memo)


class Served:
    """The five over real HTTP on loopback; every request is counted with its moment.

    Attributes:
        slow: every platform asks everybody to slow down, each in its own words.
    """

    def __init__(self, five: FiveShops, mono: Callable[[], float]) -> None:
        self._five, self._mono = five, mono
        self._servers: list[LocalServer] = []
        self.origins: dict[str, str] = {}
        self.slow = False

    async def start(self) -> None:
        for name, shop in self._five.shops.items():
            server = LocalServer(self._counted(shop))
            self.origins[name] = (await server.start()).rstrip("/")
            self._servers.append(server)

    async def stop(self) -> None:
        for server in self._servers:
            await server.stop()

    def _counted(self, shop: OneShop) -> Handle:
        def handle(call: Call) -> Reply:
            shop.asked.append(self._mono())
            if self.slow:
                shop.faults.plan(Fault("throttle"))
            return shop.handle(call)

        return handle


@dataclass
class Line:
    """What lies between us and the platforms, in seconds and bytes.

    Attributes:
        cut: "" | both (nobody is reached) | out (what leaves us is lost) | in (answers are lost).
        loss: the share of packets that are lost: of requests and of answers.
    """

    delay_s: tuple[float, float] = (0.02, 0.25)
    loss: float = 0.0
    bytes_a_second: float = 1_000_000
    cut: str = ""


class Straight:
    """The five without a socket: an Http whose answers take a while of the loop's time."""

    def __init__(self, five: FiveShops, seed: int) -> None:
        self._shops, self._chance = five.shops, random.Random(seed)
        self.line = Line()
        self.lost = 0

    @staticmethod
    def origin(platform: str) -> str:
        return f"https://{platform}.{'myshopify.com' if platform == 'shopify' else 'test'}"

    async def send(self, request: Request) -> Answer:
        parts = urlsplit(request.url)
        platform = (parts.hostname or "").partition(".")[0]
        await self._pass("out", request.body, host=parts.netloc)
        headers = {"host": parts.netloc} | {k.lower(): v for k, v in request.headers.items()}
        call = Call(
            request.method, unquote(parts.path), parts.query, headers, request.body, secure=True
        )
        reply = self._shops[platform].handle(call)
        await self._pass("in", reply.body, host=parts.netloc)
        if reply.fate:
            raise Ambiguous(host=parts.netloc)
        return Answer(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.body)

    async def _pass(self, way: str, body: bytes, host: str) -> None:
        """Let one message pass, or not; our own limits end what never comes (sync.transport)."""
        line = self.line
        if line.cut == "both" and way == "out":
            self.lost += 1
            await asyncio.sleep(LIMITS.connect_s)
            raise Unreachable(host=host)
        took_s = len(zlib.compress(body)) / line.bytes_a_second
        await asyncio.sleep(min(took_s + self._chance.uniform(*line.delay_s), LIMITS.total_s))
        # The line may have been cut while the message was on its way.
        lost = self.line.cut in ("both", way) or self._chance.random() < line.loss
        if lost or took_s >= LIMITS.total_s:
            self.lost += 1
            await asyncio.sleep(LIMITS.read_s)
            raise Ambiguous("sync_timeout", host=host)


def ordered_units(count: int) -> dict[str, int]:
    """How many pieces of each code so many orders take."""
    return {sku: each * count for sku, each in UNITS.items()}
