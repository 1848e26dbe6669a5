"""A seller on a JD of our own, by its newer gateway, and a channel that speaks to it."""

import random
from typing import Any

from sync.channels.jd_sp import JdSp, JdSpShop
from sync.gateways.jd_calls import JdHands
from sync.gateways.jd_sign import JdKeys
from sync.limits import Unlimited
from sync.ports import Http
from sync.records import ShipAsk
from sync.sandbox.jd_gate import JdApp
from sync.sandbox.jd_sp import FIGURES, RENEWAL, ROOT, JdSpSandbox
from sync.sandbox.jd_sp_answers import LIST
from sync.sandbox.jd_sp_shop import SpOrder
from tests.sync.platform_world import Straight
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

ORIGIN = "https://gateway.test"
TYPES = " ".join(map(str, FIGURES))


def sandbox(clock: HandClock, **more: Any) -> JdSpSandbox:
    """A shop with cups and pots."""
    made = JdSpSandbox(JdApp("appkey", "appsecret", **more), clock.now, random.Random(7))
    made.shop.offer("CUP-1", "青花茶杯", 9.9, 100)
    made.shop.offer("POT-1", "紫砂壶", 30, 100)
    return made


def channel_for(
    box: JdSpSandbox, http: Http, clock: HandClock, origin: str = ORIGIN, **more: Any
) -> JdSp:
    """A channel whose token is good for a month."""
    token, refresh = more.pop("pair", None) or box.tokens.pair()
    keys = JdKeys(
        more.pop("app_key", "appkey"),
        more.pop("app_secret", "appsecret"),
        token,
        refresh,
        more.pop("ends_ms", None),
    )
    shelf = more.pop("shelf", None) or Shelf()
    hands = JdHands(http, clock, Unlimited(), shelf, origin + ROOT, origin + RENEWAL)
    more.setdefault("types", TYPES)
    return JdSp(JdSpShop(keys, **more), hands)


def straight(box: JdSpSandbox, clock: HandClock, **more: Any) -> JdSp:
    """A channel without a socket."""
    return channel_for(box, more.pop("http", None) or Straight(box), clock, **more)


def seed(**more: Any) -> dict[str, Any]:
    """A paid order of two cups and a pot."""
    return {"items": [("CUP-1", 2), ("POT-1", 1)], **more}


def sold(box: JdSpSandbox, **more: Any) -> SpOrder:
    """The same, placed."""
    return box.shop.place(seed(**more))


def parcel(order: SpOrder, number: str = "SF1001", **more: Any) -> ShipAsk:
    """A parcel of an order: cup=2, pot=1; nothing named means all of it."""
    names = {"cup": order.items[0].uuid, "pot": order.items[-1].uuid}
    units = {name: more.pop(name) for name in names if name in more}
    lines = tuple((names[name], count) for name, count in units.items())
    carrier = (more.pop("code", "sf"), more.pop("name", "顺丰速运"))
    return ShipAsk(str(order.number), *carrier, number, lines, f"key-{number}", **more)


def asked(box: JdSpSandbox, name: str = LIST) -> list[dict[str, Any]]:
    """What every call of an interface asked."""
    return [params for each, params in box.heard if each == name]
