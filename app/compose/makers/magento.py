"""Magento and Adobe Commerce."""

import secrets

from app.compose.makers.tools import ChannelMaker, Shop, Tools, turn_of
from sync.channels.magento import Magento, MagentoShop
from sync.channels.magento_read import WORDS, ReadAs
from sync.channels.magento_sign import MagentoKeys
from sync.ports import Channel


def _magento(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    address = fields["address"]
    keys = MagentoKeys(
        fields["token"],
        lambda: secrets.token_hex(16),
        fields.get("token_secret", ""),
        fields.get("consumer_key", ""),
        fields.get("consumer_secret", ""),
    )
    read_as = ReadAs(WORDS | shop.statuses)
    settings = MagentoShop(address, keys, read_as, fields.get("source", ""))
    return Magento(settings, tools.http, tools.clock, turn_of(address, tools, Magento.caps))


MAGENTO = ChannelMaker(_magento, Magento.caps)
