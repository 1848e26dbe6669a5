"""A shop on Douyin, connected by its own app."""

import random
from contextlib import AbstractAsyncContextManager
from typing import Any

from app.store.work import Book
from sync.sandbox.douyin import DySandbox, DySetup
from tests.operations.platform_day import PlatformDay, platform_day
from tests.sync.douyin_world import seed
from tests.worlds import FixedClock


def order_seed(**more: Any) -> dict[str, Any]:
    """A deal of two curtains and a pack of hooks for 张小满 in Hangzhou."""
    return {"items": [("LN-27", 2), ("HK-01", 1)], "receiver": seed()["receiver"], **more}


def douyin_day(book: Book, clock: FixedClock) -> AbstractAsyncContextManager[PlatformDay]:
    """A day of that shop, with nothing ordered yet."""
    box = DySandbox(DySetup(), lambda: clock.now() / 1000, random.Random(7))
    for sku in ("LN-27", "HK-01"):
        box.shop.stock_sku(sku, sku, 10_000, 100)
    keys = {name: getattr(box.setup.app, name) for name in ("app_key", "app_secret", "shop_id")}
    return platform_day(book, clock, "douyin", box, lambda url: {**keys, "gateway": url})
