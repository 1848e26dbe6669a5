"""A store of one's own, by its file."""

import secrets

from app.compose.makers.tools import ChannelMaker, Shop, Tools, turn_of
from app.domain.errors_first_day import StoreFileRefused
from sync.channels.own_shop import OwnHands, OwnShop
from sync.channels.own_shop_file import FileWrong, plan_of
from sync.channels.own_shop_plan import Plan
from sync.channels.own_shop_sign import OwnKeys
from sync.ports import Channel, ChannelCaps, Limit

MOST_SAID = 10


def _own_shop(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    plan = _plan(fields.get("store_file", ""))
    keys = OwnKeys(
        fields.get("key", ""),
        fields.get("secret", ""),
        tuple(fields.get("push_secret", "").split()),
        lambda: secrets.token_hex(16),
    )
    asked = ChannelCaps(plan.listing.pages.size, Limit(plan.a_second), plan.flags)
    turn = turn_of(plan.address, tools, asked)
    return OwnShop(plan, keys, OwnHands(tools.http, tools.clock, turn))


def _plan(text: str) -> Plan:
    """The store's file as it was kept. Raises StoreFileRefused, naming every row that is wrong."""
    try:
        return plan_of(text)
    except FileWrong as wrong:
        said = "; ".join(str(each) for each in wrong.mistakes[:MOST_SAID])
        raise StoreFileRefused(count=len(wrong.mistakes), rows=said) from wrong


OWN_SHOP = ChannelMaker(_own_shop, OwnShop.caps)
