"""Youzan."""

from app.compose.makers.tools import ChannelMaker, Passing, Shop, Tools, turn_of
from sync.channels.youzan import Youzan, YouzanShop
from sync.channels.youzan_calls import YouzanHands
from sync.channels.youzan_keys import HOST, YouzanKeys
from sync.channels.youzan_read import ReadAs
from sync.ports import Channel


def _youzan(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    names = ("client_id", "client_secret", "kdt_id", "access_token", "refresh_token")
    keys = YouzanKeys(*(fields.get(name, "") for name in names))
    host = fields.get("gateway", "") or HOST
    turn = turn_of(host, tools, Youzan.caps)
    hands = YouzanHands(tools.http, tools.clock, shop.shelf or Passing({}), turn, host)
    settings = YouzanShop(
        keys,
        ReadAs(shop.statuses),
        sender_mobile=fields.get("sender_mobile", ""),
        opens=fields.get("opens", "") == "yes",
    )
    return Youzan(settings, hands)


YOUZAN = ChannelMaker(_youzan, Youzan.caps)
