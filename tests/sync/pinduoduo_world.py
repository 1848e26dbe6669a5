"""A Pinduoduo shop on loopback and a channel that speaks to it."""

import random
from collections.abc import Callable
from typing import Any

from app.rulebook import load
from sync.channels.pinduoduo import Pinduoduo, PinduoduoShop
from sync.channels.pinduoduo_read import ReadAs
from sync.connector import Turn
from sync.gateways.pinduoduo_calls import PinduoduoHands
from sync.gateways.pinduoduo_sign import PinduoduoKeys
from sync.limits import Unlimited
from sync.ports import Http
from sync.records import ShipAsk
from sync.sandbox.pdd_gate import App
from sync.sandbox.pdd_shop import PddOrder
from sync.sandbox.pinduoduo import PATH, PddSandbox, PddSetup
from tests.sync.platform_world import RECEIVER, Straight
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

WORDS = load().status.rows
STATUSES = frozenset(raw for platform, _, raw in WORDS if platform == "pinduoduo")
GATEWAY = "https://gateway.test" + PATH


def sandbox(clock: HandClock, app: App | None = None, **more: Any) -> PddSandbox:
    """A shop with cups and pots."""
    setup = PddSetup(app or App("client", "secret"), **more)
    made = PddSandbox(setup, lambda: clock.ms / 1000, random.Random(7))
    made.shop.stock_goods("CUP-1", "青花茶杯", 990, 100)
    made.shop.stock_goods("POT-1", "紫砂壶", 3000, 100)
    return made


def channel_for(
    box: PddSandbox, http: Http, clock: HandClock, gateway: str = GATEWAY, **more: Any
) -> Pinduoduo:
    """A channel with good tokens."""
    turn_for: Callable[[str], Turn] = more.pop("turn_for", lambda _: Unlimited())
    token = more.pop("access_token", None) or box.gate.token()
    refresh = more.pop("refresh_token", None)
    keys = PinduoduoKeys(
        more.pop("client_id", "client"),
        more.pop("client_secret", "secret"),
        token,
        box.gate.refresh_token() if refresh is None else refresh,
    )
    hands = PinduoduoHands(http, clock, more.pop("shelf", None) or Shelf(), turn_for, gateway)
    read_as = more.pop("read_as", ReadAs(STATUSES))
    return Pinduoduo(PinduoduoShop(keys, read_as, **more), hands)


def straight(box: PddSandbox, clock: HandClock, **more: Any) -> Pinduoduo:
    """A channel without a socket."""
    return channel_for(box, more.pop("http", None) or Straight(box), clock, **more)


PLACE = {"town": "萧山区", "address": "市心中路 1 号"}


def seed(**more: Any) -> dict[str, Any]:
    """A deal of two cups and a pot for 张小满 in Hangzhou."""
    return {
        "items": [("CUP-1", 2), ("POT-1", 1)],
        "receiver": {**RECEIVER, **PLACE},
        "postage_fen": 800,
        "discount_fen": 180,
        **more,
    }


def parcel(order: PddOrder, number: str = "SF1000000000001", **more: Any) -> ShipAsk:
    """A parcel of an order: cup=2, pot=1; nothing named means all of it."""
    names = {"cup": order.items[0].sku_id, "pot": order.items[-1].sku_id}
    units = {name: more.pop(name) for name in names if name in more}
    lines = tuple((str(names[name]), count) for name, count in units.items())
    carrier = (more.pop("code", "sf"), more.pop("name", "SF Express"))
    return ShipAsk(order.sn, *carrier, number, lines, "key-1", **more)
