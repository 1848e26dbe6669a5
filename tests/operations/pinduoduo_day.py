"""A shop on Pinduoduo, connected by its own app."""

import random
from contextlib import AbstractAsyncContextManager
from typing import Any

from app.store.work import Book
from sync.sandbox.pinduoduo import PATH, PddSandbox, PddSetup
from tests.operations.platform_day import PlatformDay, platform_day
from tests.sync.pinduoduo_world import seed
from tests.worlds import FixedClock


def order_seed(**more: Any) -> dict[str, Any]:
    """A deal of two curtains and a pack of hooks for 张小满 in Hangzhou."""
    return {"items": [("LN-27", 2), ("HK-01", 1)], "receiver": seed()["receiver"], **more}


def pinduoduo_day(book: Book, clock: FixedClock) -> AbstractAsyncContextManager[PlatformDay]:
    """A day of that shop, with nothing ordered yet."""
    box = PddSandbox(PddSetup(), lambda: clock.now() / 1000, random.Random(7))
    for sku in ("LN-27", "HK-01"):
        box.shop.stock_goods(sku, sku, 10_000, 100)
    keys = {
        "client_id": "client",
        "client_secret": "secret",
        "access_token": box.gate.token(),
        "refresh_token": box.gate.refresh_token(),
    }
    return platform_day(book, clock, "pinduoduo", box, lambda url: {**keys, "gateway": url + PATH})
