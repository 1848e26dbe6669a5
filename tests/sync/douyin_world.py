"""A Douyin shop on loopback and a channel that speaks to it."""

import random
from typing import Any

from app.rulebook import load
from sync.channels.douyin import Douyin, DouyinShop
from sync.channels.douyin_read import ReadAs
from sync.gateways.douyin_calls import DouyinHands
from sync.gateways.douyin_sign import DouyinKeys
from sync.limits import Unlimited
from sync.ports import Http
from sync.records import ShipAsk
from sync.sandbox.douyin import DySandbox, DySetup
from sync.sandbox.dy_gate import App
from sync.sandbox.dy_shop import DyOrder
from tests.sync.platform_world import RECEIVER, Straight
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

WORDS = load().status.rows
STATUSES = frozenset(raw for platform, _, raw in WORDS if platform == "douyin")
HOST = "https://gateway.test"
KEY, SECRET = "7000000000000000001", "test-app-secret"


def sandbox(clock: HandClock, app: App | None = None, **more: Any) -> DySandbox:
    """A shop with cups and pots."""
    setup = DySetup(app or App(KEY, SECRET), **more)
    made = DySandbox(setup, lambda: clock.ms / 1000, random.Random(7))
    made.shop.stock_sku("CUP-1", "青花茶杯", 990, 100)
    made.shop.stock_sku("POT-1", "紫砂壶", 3000, 100)
    return made


def channel_for(
    box: DySandbox, http: Http, clock: HandClock, host: str = HOST, **more: Any
) -> Douyin:
    """A channel of an app of the shop's own; with `tool` one that was given its tokens."""
    names = {"app_key": KEY, "app_secret": SECRET, "shop_id": box.setup.app.shop_id}
    if more.pop("tool", False):
        pair = box.gate.pair()
        names |= {"shop_id": "", "access_token": pair.token, "refresh_token": pair.refresh}
    given = {name: more.pop(name) for name in DouyinKeys.__slots__ if name in more}
    keys = DouyinKeys(**{**names, **given})
    hands = DouyinHands(http, clock, more.pop("shelf", None) or Shelf(), Unlimited(), host)
    return Douyin(DouyinShop(keys, more.pop("read_as", ReadAs(STATUSES)), **more), hands)


def straight(box: DySandbox, clock: HandClock, **more: Any) -> Douyin:
    """A channel without a socket."""
    return channel_for(box, more.pop("http", None) or Straight(box), clock, **more)


PLACE = {"town": "萧山区", "street": "北干街道", "detail": "市心中路 1 号"}


def seed(**more: Any) -> dict[str, Any]:
    """A deal of two cups and a pot for 张小满 in Hangzhou."""
    return {
        "items": [("CUP-1", 2), ("POT-1", 1)],
        "receiver": {**RECEIVER, **PLACE},
        "post_fen": 800,
        "promotion_fen": 180,
        **more,
    }


def parcel(order: DyOrder, number: str = "SF1000000000001", **more: Any) -> ShipAsk:
    """A parcel of an order: cup=2, pot=1; nothing named means all of it."""
    names = {"cup": order.subs[0].number, "pot": order.subs[-1].number}
    units = {name: more.pop(name) for name in names if name in more}
    lines = tuple((names[name], count) for name, count in units.items())
    carrier = (more.pop("code", "sf"), more.pop("name", "SF Express"))
    return ShipAsk(order.number, *carrier, number, lines, more.pop("key", "key-1"), **more)
