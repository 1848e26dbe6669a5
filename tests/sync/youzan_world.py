"""A Youzan shop on loopback and a channel that speaks to it."""

import random
from typing import Any

from app.rulebook import load
from sync.channels.youzan import Youzan, YouzanShop
from sync.channels.youzan_calls import YouzanHands
from sync.channels.youzan_keys import YouzanKeys
from sync.channels.youzan_read import ReadAs
from sync.limits import Unlimited
from sync.ports import Http
from sync.records import ShipAsk
from sync.sandbox.youzan import YzSandbox, YzSetup
from sync.sandbox.yz_gate import App
from sync.sandbox.yz_shop import YzOrder
from tests.sync.platform_world import RECEIVER, Straight
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

WORDS = load().status.rows
STATUSES = frozenset(raw for platform, _, raw in WORDS if platform == "youzan")
HOST = "https://gateway.test"
KEY, SECRET = "cid_123", "sec_456"
LIST = "youzan.trades.sold.get"


def sandbox(clock: HandClock, app: App | None = None, **more: Any) -> YzSandbox:
    """A shop with cups and pots."""
    setup = YzSetup(app or App(KEY, SECRET), **more)
    made = YzSandbox(setup, lambda: clock.ms / 1000, random.Random(7))
    made.shop.stock_sku("CUP-1", "青花茶杯", 990, 100)
    made.shop.stock_sku("POT-1", "紫砂壶", 3000, 100, plain=True)
    return made


def channel_for(
    box: YzSandbox, http: Http, clock: HandClock, host: str = HOST, **more: Any
) -> Youzan:
    """A channel of an app of the shop's own; with `tool` one that was given its tokens."""
    names = {"client_id": KEY, "client_secret": SECRET, "kdt_id": box.setup.app.kdt_id}
    if more.pop("tool", False):
        box.setup.app.is_own = False
        made = box.gate.token()
        names |= {"kdt_id": "", "access_token": made.token, "refresh_token": made.refresh}
    given = {name: more.pop(name) for name in YouzanKeys.__slots__ if name in more}
    keys = YouzanKeys(**{**names, **given})
    hands = YouzanHands(http, clock, more.pop("shelf", None) or Shelf(), Unlimited(), host)
    return Youzan(YouzanShop(keys, more.pop("read_as", ReadAs(STATUSES)), **more), hands)


def straight(box: YzSandbox, clock: HandClock, **more: Any) -> Youzan:
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


def parcel(order: YzOrder, number: str = "SF1000000000001", **more: Any) -> ShipAsk:
    """A parcel of an order: cup=2, pot=1; nothing named means all of it."""
    names = {"cup": order.items[0].oid, "pot": order.items[-1].oid}
    units = {name: more.pop(name) for name in names if name in more}
    lines = tuple((names[name], count) for name, count in units.items())
    carrier = (more.pop("code", "sf"), more.pop("name", "SF Express"))
    return ShipAsk(order.tid, *carrier, number, lines, more.pop("key", "key-1"), **more)
