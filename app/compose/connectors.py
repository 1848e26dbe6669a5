"""Which connector serves which platform and carrier, named once.

A shop's own fields (address, keys) come from the book, opened for this process only.
"""

from collections.abc import Mapping
from dataclasses import replace

from app.compose.makers.amazon import AMAZON
from app.compose.makers.cainiao import CAINIAO
from app.compose.makers.douyin import DOUYIN
from app.compose.makers.douyin_ewaybill import DOUYIN_EWAYBILL
from app.compose.makers.easypost import EASYPOST
from app.compose.makers.jd import JD
from app.compose.makers.jd_ewaybill import JD_EWAYBILL
from app.compose.makers.jd_sp import JD_SP
from app.compose.makers.karrio import KARRIO
from app.compose.makers.kdniao import KDNIAO
from app.compose.makers.kuaidi100 import KUAIDI100
from app.compose.makers.kuaishou_ewaybill import KUAISHOU_EWAYBILL
from app.compose.makers.magento import MAGENTO
from app.compose.makers.own_shop import OWN_SHOP
from app.compose.makers.pdd_ewaybill import PDD_EWAYBILL
from app.compose.makers.pinduoduo import PINDUODUO
from app.compose.makers.sf import SF
from app.compose.makers.shopify import SHOPIFY
from app.compose.makers.taobao import TAOBAO
from app.compose.makers.tools import Account, CarrierMaker, ChannelMaker, Fields, Shop, Tools
from app.compose.makers.vendure import VENDURE
from app.compose.makers.wechat_ewaybill import WECHAT_EWAYBILL
from app.compose.makers.weidian import WEIDIAN
from app.compose.makers.woocommerce import WOOCOMMERCE
from app.compose.makers.xhs_ewaybill import XHS_EWAYBILL
from app.compose.makers.youzan import YOUZAN
from app.compose.makers.yto import YTO
from app.compose.makers.zto import ZTO
from app.domain.connections import Kind
from app.domain.errors import BadValue
from app.keeper.effect_pump import Outlet
from app.keeper.offices import Makers
from app.operations.laws import Laws
from app.store.seal import Row
from app.store.shops import ShopAccess
from sync.meter import Meter
from sync.ports import Carrier, CarrierCaps, Channel, ChannelCaps, TokenShelf

CHANNELS: Mapping[str, ChannelMaker] = {
    "jd": JD,
    "jd_sp": JD_SP,
    "magento": MAGENTO,
    "douyin": DOUYIN,
    "own_shop": OWN_SHOP,
    "amazon": AMAZON,
    "pinduoduo": PINDUODUO,
    "shopify": SHOPIFY,
    "taobao": TAOBAO,
    "vendure": VENDURE,
    "weidian": WEIDIAN,
    "woocommerce": WOOCOMMERCE,
    "youzan": YOUZAN,
}
CARRIERS: Mapping[str, CarrierMaker] = {
    "sf": SF,
    "kdniao": KDNIAO,
    "kuaidi100": KUAIDI100,
    "zto": ZTO,
    "yto": YTO,
    "douyin_ewaybill": DOUYIN_EWAYBILL,
    "jd_ewaybill": JD_EWAYBILL,
    "pdd_ewaybill": PDD_EWAYBILL,
    "cainiao": CAINIAO,
    "wechat_ewaybill": WECHAT_EWAYBILL,
    "kuaishou_ewaybill": KUAISHOU_EWAYBILL,
    "xhs_ewaybill": XHS_EWAYBILL,
    "easypost": EASYPOST,
    "karrio": KARRIO,
}


def caps() -> Mapping[tuple[Kind, str], ChannelCaps | CarrierCaps]:
    """What each can do, as its connector declares it; a test holds it against the rules."""
    return {
        **{(Kind.PLATFORM, name): maker.caps for name, maker in CHANNELS.items()},
        **{(Kind.CARRIER, name): maker.caps for name, maker in CARRIERS.items()},
    }


def channel_of(shop: Shop, tools: Tools) -> Channel:
    """The connector of one shop. Raises :class:`BadValue` for a platform nobody serves."""
    maker = CHANNELS.get(shop.platform)
    if maker is None:
        raise BadValue(field="platform", value=shop.platform)
    return maker.make(shop, tools)


def carrier_of(carrier: str, account: Account, tools: Tools) -> Carrier:
    """The connector of one carrier account. Raises :class:`BadValue` for one nobody serves."""
    maker = CARRIERS.get(carrier)
    if maker is None:
        raise BadValue(field="carrier", value=carrier)
    return maker.make(account, tools)


def makers_of(tools: Tools, laws: Laws) -> Makers:
    """How rows of the book become connectors."""

    def channel(shop: ShopAccess, shelf: TokenShelf) -> Outlet | None:
        if not shop.fields:
            return None
        words = laws.now.status.rows
        known = frozenset(raw for platform, _, raw in words if platform == shop.platform)
        meter = Meter(tools.http, tools.clock)
        measured = replace(tools, http=meter)
        made = channel_of(Shop(shop.platform, shop.zone, shop.fields, known, shelf), measured)
        return Outlet(made, tools.gear(), meter)

    def carrier(row: Row, fields: Fields, shelf: TokenShelf) -> Carrier:
        return carrier_of(row["carrier"], Account(fields, shelf), tools)

    return Makers(channel, carrier)
