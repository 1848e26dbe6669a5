"""A shop on Youzan, connected by its own app, whose interfaces are half a minute late."""

import random
from contextlib import AbstractAsyncContextManager
from typing import Any

from app.keeper.hint_round import HintRound
from app.keeper.push_desk import PushDesk
from app.store.work import Book
from sync.sandbox.youzan import YzSandbox, YzSetup
from tests.operations.platform_day import PlatformDay, platform_day
from tests.sync.youzan_world import seed
from tests.worlds import FixedClock

LATE_S = 25


def order_seed(**more: Any) -> dict[str, Any]:
    """A deal of two curtains and a pack of hooks for 张小满 in Hangzhou."""
    return {"items": [("LN-27", 2), ("HK-01", 1)], "receiver": seed()["receiver"], **more}


def youzan_day(book: Book, clock: FixedClock) -> AbstractAsyncContextManager[PlatformDay]:
    """A day of that shop, with nothing ordered yet."""
    setup = YzSetup(lag_s=LATE_S, detail_lag_s=LATE_S)
    box = YzSandbox(setup, lambda: clock.now() / 1000, random.Random(7))
    for sku in ("LN-27", "HK-01"):
        box.shop.stock_sku(sku, sku, 10_000, 100)
    keys = {name: getattr(setup.app, name) for name in ("client_id", "client_secret", "kdt_id")}
    return platform_day(book, clock, "youzan", box, lambda url: {**keys, "gateway": url})


async def call(day: PlatformDay) -> None:
    """Let the platform call with all that changed, and what it told of be read when it is time."""
    desk = PushDesk(day.room, day.loop.outlets, {}, lambda: None)
    for headers, body in day.box.deliver():
        kept = await desk.take(day.shop.channel_id, headers, body)
        assert b"success" in kept.body
    rounds = HintRound(day.room, day.loop)
    assert await rounds.round() == 0  # too soon: the interfaces do not show it yet
    day.clock.advance(31_000)
    await rounds.round()
    day.shop.flow()
