"""Douyin shop."""

from app.compose.makers.tools import ChannelMaker, Passing, Shop, Tools, turn_of
from sync.channels.douyin import Douyin, DouyinShop
from sync.channels.douyin_read import ReadAs
from sync.gateways.douyin_calls import DouyinHands
from sync.gateways.douyin_sign import HOST, DouyinKeys
from sync.ports import Channel


def _douyin(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    names = ("app_key", "app_secret", "shop_id", "access_token", "refresh_token")
    keys = DouyinKeys(*(fields.get(name, "") for name in names))
    host = fields.get("gateway", "") or HOST
    turn = turn_of(host, tools, Douyin.caps)
    hands = DouyinHands(tools.http, tools.clock, shop.shelf or Passing({}), turn, host)
    return Douyin(DouyinShop(keys, ReadAs(shop.statuses)), hands)


DOUYIN = ChannelMaker(_douyin, Douyin.caps)
