"""Which connector serves which platform and carrier: the concrete classes, named once.

A shop's own fields (address, keys) come from the book, opened for this process only.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.domain.errors import BadValue
from app.domain.ports import Clock, Ids, Rng
from app.keeper.effect_pump import Outlet
from app.keeper.offices import Makers
from app.operations.laws import Laws
from app.store.seal import Row
from app.store.shops import ShopAccess
from sync.carriers.sf import SfCarrier, SfHands
from sync.carriers.sf_account import PRODUCTION, SfAccount
from sync.channels.shopify import Shopify, ShopifyHands, ShopifyShop
from sync.channels.shopify_access import ShopifyKeys
from sync.channels.shopify_read import ReadAs as ShopifyReadAs
from sync.channels.woocommerce import WooCommerce, WooShop
from sync.channels.woocommerce_read import CORE_STATUSES, ReadAs
from sync.channels.woocommerce_sign import WooKey
from sync.connector import Turn
from sync.engine import Gear
from sync.limits import Breaker, Bucket, Unlimited
from sync.ports import Carrier, CarrierCaps, Channel, ChannelCaps, Http, TokenShelf
from sync.retry import Budget

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop on a platform: where it is, which zone its times are in, what its words mean.

    ``shelf`` is where expiring tokens are kept; without one they live as long as the connector.
    """

    platform: str
    zone: str
    fields: Fields
    statuses: frozenset[str] = frozenset()
    shelf: TokenShelf | None = None


@dataclass(slots=True)
class Passing:
    """A shelf for a trial: tokens that are forgotten with it, the old ones being good still."""

    tokens: Fields

    async def read(self) -> Fields:
        """The tokens so far."""
        return self.tokens

    async def keep(self, before: Fields, after: Fields) -> Fields:
        """Hold the new ones for the rest of the trial."""
        del before
        self.tokens = after
        return after


@dataclass(frozen=True, slots=True)
class Tools:
    """What every connector is handed."""

    http: Http
    clock: Clock
    ids: Ids
    rng: Rng

    def gear(self) -> Gear:
        """The brakes of one host: its breaker and its budget of retries."""
        return Gear(self.clock, self.rng, Breaker(self.clock, self.rng), Budget())


def channel_of(shop: Shop, tools: Tools) -> Channel:
    """The connector of one shop. Raises :class:`BadValue` for a platform nobody serves."""
    make = CHANNELS.get(shop.platform)
    if make is None:
        raise BadValue(field="platform", value=shop.platform)
    return make(shop, tools)


def carrier_of(carrier: str, fields: Fields, tools: Tools) -> Carrier:
    """The connector of one carrier account. Raises :class:`BadValue` for one nobody serves."""
    make = CARRIERS.get(carrier)
    if make is None:
        raise BadValue(field="carrier", value=carrier)
    return make(fields, tools)


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
    return WooCommerce(woo, tools.http, tools.clock, _turn(address, tools, WooCommerce.caps))


def _shopify(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    names = ("client_id", "client_secret", "token", "refresh_token")
    keys = ShopifyKeys(*(fields.get(name, "") for name in names))
    secrets_told = fields.get("push_secret", "") or keys.client_secret
    settings = ShopifyShop(
        fields["address"],
        keys,
        ShopifyReadAs(shop.zone, shop.statuses),
        location=fields.get("location", ""),
        push_secrets=tuple(secrets_told.split()),
    )
    shelf = shop.shelf or Passing({})
    return Shopify(settings, ShopifyHands(tools.http, tools.clock, shelf))


def _sf(fields: Fields, tools: Tools) -> Carrier:
    account = SfAccount(
        fields["partner_id"],
        fields["checkword"],
        fields.get("monthly_account", ""),
        fields.get("url", PRODUCTION),
    )

    def turn_for(_service: str) -> Turn:
        return _turn(account.url, tools, SfCarrier.caps)

    return SfCarrier(account, SfHands(tools.http, tools.clock, tools.ids.next, turn_for))


def _turn(address: str, tools: Tools, caps: ChannelCaps | CarrierCaps) -> Turn:
    """The limiter of one account; a server on this computer sets none."""
    if urlsplit(address).hostname in LOOPBACK:
        return Unlimited()
    return Bucket(tools.clock, caps.limit.a_second, caps.limit.a_second)


def makers_of(tools: Tools, laws: Laws) -> Makers:
    """How rows of the book become connectors."""

    def channel(shop: ShopAccess, shelf: TokenShelf) -> Outlet | None:
        if not shop.fields:
            return None
        words = laws.now.status.rows
        known = frozenset(raw for platform, _, raw in words if platform == shop.platform)
        made = channel_of(Shop(shop.platform, shop.zone, shop.fields, known, shelf), tools)
        return Outlet(made, tools.gear())

    def carrier(row: Row, fields: Fields) -> Carrier:
        return carrier_of(row["carrier"], fields, tools)

    return Makers(channel, carrier)


CHANNELS: Mapping[str, Callable[[Shop, Tools], Channel]] = {
    "woocommerce": _woocommerce,
    "shopify": _shopify,
}
CARRIERS: Mapping[str, Callable[[Fields, Tools], Carrier]] = {"sf": _sf}
CAPS: Mapping[str, ChannelCaps | CarrierCaps] = {
    "woocommerce": WooCommerce.caps,
    "shopify": Shopify.caps,
    "sf": SfCarrier.caps,
}
"""What each can do, as its connector declares it; held against connections.toml by a test."""
