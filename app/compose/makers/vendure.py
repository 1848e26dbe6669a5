"""Vendure."""

from app.compose.makers.tools import ChannelMaker, Passing, Shop, Tools, turn_of
from sync.channels.vendure import Vendure, VendureHands, VendureShop
from sync.channels.vendure_access import VendureKeys
from sync.channels.vendure_read import STATES, ReadAs
from sync.ports import Channel


def _vendure(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    address = fields["address"]
    keys = VendureKeys(*(fields.get(name, "") for name in ("api_key", "username", "password")))
    settings = VendureShop(
        address,
        keys,
        ReadAs(STATES | shop.statuses),
        channel=fields.get("channel", ""),
        location=fields.get("location", ""),
    )
    turn = turn_of(address, tools, Vendure.caps)
    hands = VendureHands(tools.http, tools.clock, shop.shelf or Passing({}), turn)
    return Vendure(settings, hands)


VENDURE = ChannelMaker(_vendure, Vendure.caps)
