"""WooCommerce."""

import secrets

from app.compose.makers.tools import ChannelMaker, Shop, Tools, turn_of
from sync.channels.woocommerce import WooCommerce, WooShop
from sync.channels.woocommerce_read import CORE_STATUSES, ReadAs
from sync.channels.woocommerce_sign import WooKey
from sync.ports import Channel


def _woocommerce(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    key = WooKey(fields["key"], fields["secret"], lambda: secrets.token_hex(20))
    address = fields["address"]
    statuses = CORE_STATUSES | shop.statuses
    woo = WooShop(
        address,
        key,
        ReadAs(shop.zone, statuses),
        push_secrets=tuple(fields.get("push_secret", "").split()),
    )
    return WooCommerce(woo, tools.http, tools.clock, turn_of(address, tools, WooCommerce.caps))


WOOCOMMERCE = ChannelMaker(_woocommerce, WooCommerce.caps)
