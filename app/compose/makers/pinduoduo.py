"""Pinduoduo."""

from urllib.parse import urlsplit

from app.compose.makers.tools import LOOPBACK, ChannelMaker, Passing, Shop, Tools
from sync.channels.pinduoduo import Pinduoduo, PinduoduoShop
from sync.channels.pinduoduo_messages import LineTo
from sync.channels.pinduoduo_read import ReadAs
from sync.connector import Turn
from sync.gateways.pinduoduo_calls import PinduoduoHands, pace
from sync.gateways.pinduoduo_sign import GATEWAY, PinduoduoKeys
from sync.limits import Bucket, Unlimited
from sync.ports import Channel


def _pinduoduo(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    names = ("client_id", "client_secret", "access_token", "refresh_token")
    keys = PinduoduoKeys(*(fields.get(name, "") for name in names))
    gateway = fields.get("gateway", "") or GATEWAY
    is_here = urlsplit(gateway).hostname in LOOPBACK

    def turn_for(interface: str) -> Turn:
        return Unlimited() if is_here else Bucket(tools.clock, *pace(interface))

    hands = PinduoduoHands(tools.http, tools.clock, shop.shelf or Passing({}), turn_for, gateway)
    listens = fields.get("messages", "") == "yes"
    line = LineTo(tools.open_line) if listens else None
    return Pinduoduo(PinduoduoShop(keys, ReadAs(shop.statuses), line=line), hands)


PINDUODUO = ChannelMaker(_pinduoduo, Pinduoduo.caps)
