"""Weidian."""

from app.compose.makers.tools import ChannelMaker, Passing, Shop, Tools, turn_of
from sync.channels.weidian import Weidian, WeidianShop
from sync.channels.weidian_access import WeidianKeys
from sync.channels.weidian_calls import HOST, TOKEN_HOST, WeidianHands
from sync.channels.weidian_read import ReadAs
from sync.ports import Channel

YES = "yes"


def _weidian(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    keys = WeidianKeys(*(fields.get(name, "") for name in ("app_key", "secret", "access_token")))
    host = fields.get("gateway", "") or HOST
    hands = WeidianHands(
        tools.http,
        tools.clock,
        shop.shelf or Passing({}),
        turn_of(host, tools, Weidian.caps),
        host,
        fields.get("token_gateway", "") or TOKEN_HOST,
    )
    hears = fields.get("messages", "").strip().lower() == YES
    return Weidian(WeidianShop(keys, ReadAs(shop.statuses), hears=hears), hands)


WEIDIAN = ChannelMaker(_weidian, Weidian.caps)
