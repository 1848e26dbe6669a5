"""What the sync tests stand on: a clock turned by hand, and the sandbox shop's usual orders."""

from collections.abc import Callable

from sync.channels.woocommerce import WooCommerce, WooShop
from sync.channels.woocommerce_read import ReadAs
from sync.channels.woocommerce_sign import WooKey
from sync.limits import Unlimited
from sync.ports import Answer, Http, Request
from sync.sandbox.http import Call
from sync.sandbox.woocommerce import WooSandbox

NOON = 1_763_985_600_000  # 2025-11-24T12:00:00Z


class HandClock:
    """A clock that stands still until it is turned; sleeping turns it."""

    def __init__(self, now_ms: int = NOON) -> None:
        self.ms = now_ms
        self.slept: list[float] = []

    def now(self) -> int:
        return self.ms

    def now_s(self) -> int:
        return self.ms // 1000

    def mono(self) -> float:
        return self.ms / 1000

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.ms += round(seconds * 1000)

    def turn(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


class Middle:
    """Chance that always draws the middle."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def stocked(made: WooSandbox) -> WooSandbox:
    made.shop.stock_product("CUP-1", "青花茶杯", 100)
    return made


class Straight:
    """The sandbox without a socket, for tests that make thousands of calls."""

    def __init__(self, box: WooSandbox, secure: bool = False) -> None:
        self.box = box
        self.secure = secure

    async def send(self, request: Request) -> Answer:
        rest = request.url.split("://", 1)[1]
        host, _, target = rest.partition("/")
        path, _, query = f"/{target}".partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(
            request.method, path, query, {"host": host, **headers}, request.body, self.secure
        )
        reply = self.box.handle(call)
        return Answer(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.body)


def woo(
    address: str, http: Http, clock: HandClock, nonce: Callable[[], str], **more
) -> WooCommerce:
    """A channel for the shop at `address`."""
    key = WooKey(more.pop("key", "ck_shop"), more.pop("secret", "cs_shop"), nonce)
    read_as = more.pop("read_as", ReadAs("Asia/Shanghai"))
    return WooCommerce(WooShop(address, key, read_as, **more), http, clock, Unlimited())


def seed(**more) -> dict:
    """A paid order of two cups for 张伟 in Guangzhou."""
    return {
        "line_items": [{"sku": "CUP-1", "name": "青花茶杯", "quantity": 2, "price": "9.90"}],
        "shipping_total": "8.00",
        "shipping": {
            "first_name": "伟",
            "last_name": "张",
            "address_1": "中山路 1 号",
            "city": "广州",
            "state": "CN20",
            "postcode": "510000",
            "country": "CN",
        },
        "billing": {"phone": "13800138000", "email": "zhang@example.com"},
        **more,
    }


async def pull_all(channel, cursor: str = ""):
    """Every record and kept-aside of one round, and the cursor after it."""
    records, kept = [], []
    for _ in range(500):
        batch = await channel.pull(cursor)
        records += batch.records
        kept += batch.kept_aside
        cursor = batch.next_cursor
        if not batch.more:
            return records, kept, cursor
    raise AssertionError("the round does not end")
