"""Taobao and Tmall."""

from app.compose.makers.tools import ChannelMaker, Passing, Shop, Tools, turn_of
from sync.channels.taobao import GATEWAY, Taobao, TaobaoHands, TaobaoShop
from sync.channels.taobao_read import STATUSES, ReadAs
from sync.gateways.taobao_access import SellerKeys
from sync.gateways.taobao_sign import TaobaoApp
from sync.ports import Channel


def _taobao(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    gateway = fields.get("gateway", GATEWAY)
    app = TaobaoApp(fields["app_key"], fields["app_secret"], fields.get("sign_method", "md5"))
    settings = TaobaoShop(
        app,
        SellerKeys(fields["session"], fields.get("refresh_token", "")),
        ReadAs(STATUSES | shop.statuses),
        gateway,
        online=fields.get("sends", "") == "online",
        messages=fields.get("messages", "") == "yes",
    )
    turn = turn_of(gateway, tools, Taobao.caps)
    return Taobao(settings, TaobaoHands(tools.http, tools.clock, turn, shop.shelf or Passing({})))


TAOBAO = ChannelMaker(_taobao, Taobao.caps)
