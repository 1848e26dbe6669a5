"""A Weidian shop on loopback and a channel that speaks to it."""

import random
from typing import Any

from app.rulebook import load
from sync.channels.weidian import Weidian, WeidianShop
from sync.channels.weidian_access import WeidianKeys
from sync.channels.weidian_calls import WeidianHands
from sync.channels.weidian_read import ReadAs
from sync.limits import Unlimited
from sync.ports import Http
from sync.records import ShipAsk
from sync.sandbox.wd_shop import WdOrder
from sync.sandbox.weidian import App, WdSandbox, WdSetup
from tests.sync.platform_world import RECEIVER, Straight
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

WORDS = load().status.rows
STATUSES = frozenset(raw for platform, _, raw in WORDS if platform == "weidian")
HOST = "https://gateway.test"
KEY, SECRET = "683523", "wd_secret"
LIST = "vdian.order.list.get"


def sandbox(clock: HandClock, app: App | None = None, **more: Any) -> WdSandbox:
    """A shop with cups and pots."""
    setup = WdSetup(app or App(KEY, SECRET), **more)
    made = WdSandbox(setup, lambda: clock.ms / 1000, random.Random(7))
    made.shop.stock_sku("CUP-1", "青花茶杯", 990, 100)
    made.shop.stock_sku("POT-1", "紫砂壶", 3000, 100, plain=True)
    return made


def channel_for(
    box: WdSandbox, http: Http, clock: HandClock, host: str = HOST, **more: Any
) -> Weidian:
    """A channel of an app of the shop's own; with `tool` one that was given a token."""
    app = box.setup.app
    names = {"app_key": app.app_key, "secret": app.secret}
    if more.pop("tool", False):
        names = {"access_token": box.token()}
    given = {name: more.pop(name) for name in WeidianKeys.__slots__ if name in more}
    keys = WeidianKeys(**{**names, **given})
    shelf = more.pop("shelf", None) or Shelf()
    hands = WeidianHands(http, clock, shelf, Unlimited(), host, host)
    return Weidian(WeidianShop(keys, more.pop("read_as", ReadAs(STATUSES)), **more), hands)


def straight(box: WdSandbox, clock: HandClock, **more: Any) -> Weidian:
    """A channel without a socket."""
    return channel_for(box, more.pop("http", None) or Straight(box), clock, **more)


def seed(**more: Any) -> dict[str, Any]:
    """A deal of two cups and a pot for 张小满 in Hangzhou."""
    return {
        "items": [("CUP-1", 2), ("POT-1", 1)],
        "receiver": {**RECEIVER, "district": "萧山区", "detail": "市心中路 1 号"},
        "post_fen": 800,
        "off_fen": 180,
        **more,
    }


def parcel(order: WdOrder, number: str = "SF1000000000001", **more: Any) -> ShipAsk:
    """A parcel of an order: cup=2, pot=1; nothing named means all of it."""
    names = {"cup": order.items[0].sub, "pot": order.items[-1].sub}
    units = {name: more.pop(name) for name in names if name in more}
    lines = tuple((names[name], count) for name, count in units.items())
    carrier = (more.pop("code", "sf"), more.pop("name", "SF Express"))
    return ShipAsk(order.number, *carrier, number, lines, "key-1", **more)
