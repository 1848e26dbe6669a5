"""Shopify."""

from app.compose.makers.tools import ChannelMaker, Passing, Shop, Tools
from sync.channels.shopify import Shopify, ShopifyHands, ShopifyShop
from sync.channels.shopify_access import ShopifyKeys
from sync.channels.shopify_read import ReadAs
from sync.ports import Channel


def _shopify(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    names = ("client_id", "client_secret", "token", "refresh_token")
    keys = ShopifyKeys(*(fields.get(name, "") for name in names))
    secrets_told = fields.get("push_secret", "") or keys.client_secret
    settings = ShopifyShop(
        fields["address"],
        keys,
        ReadAs(shop.zone, shop.statuses),
        location=fields.get("location", ""),
        push_secrets=tuple(secrets_told.split()),
    )
    shelf = shop.shelf or Passing({})
    return Shopify(settings, ShopifyHands(tools.http, tools.clock, shelf))


SHOPIFY = ChannelMaker(_shopify, Shopify.caps)
