"""JD (京东) by its newer gateway (SP-API)."""

from app.compose.makers.tools import ChannelMaker, Passing, Shop, Tools, turn_of
from sync.channels.jd_read import STATES, ReadAs
from sync.channels.jd_sp import JdSp, JdSpShop
from sync.gateways.jd_calls import JdHands
from sync.gateways.jd_sign import RENEWAL, ZONE, JdKeys
from sync.gateways.jd_sp_sign import SP_GATEWAY
from sync.ports import Channel
from sync.reading import moment_ms


def _jd_sp(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    gateway = fields.get("gateway", "") or SP_GATEWAY
    keys = JdKeys(
        fields["app_key"],
        fields["app_secret"],
        fields["access_token"],
        fields.get("refresh_token", ""),
        moment_ms(fields.get("token_ends", "").strip(), ZONE),
    )
    hands = JdHands(
        tools.http,
        tools.clock,
        turn_of(gateway, tools, JdSp.caps),
        shop.shelf or Passing({}),
        gateway,
        fields.get("renewal", "") or RENEWAL,
    )
    read_as = ReadAs(STATES | shop.statuses)
    typed = (fields.get("shipment_types", ""), fields.get("list_order", ""))
    return JdSp(JdSpShop(keys, read_as, *typed), hands)


JD_SP = ChannelMaker(_jd_sp, JdSp.caps)
