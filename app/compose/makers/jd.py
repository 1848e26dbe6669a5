"""JD (京东)."""

from app.compose.makers.tools import ChannelMaker, Passing, Shop, Tools, turn_of
from sync.channels.jd import Jd, JdShop
from sync.channels.jd_read import STATES, ReadAs
from sync.gateways.jd_calls import JdHands
from sync.gateways.jd_sign import GATEWAY, RENEWAL, ZONE, JdKeys
from sync.ports import Channel
from sync.reading import moment_ms


def _jd(shop: Shop, tools: Tools) -> Channel:
    fields = shop.fields
    gateway = fields.get("gateway", "") or GATEWAY
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
        turn_of(gateway, tools, Jd.caps),
        shop.shelf or Passing({}),
        gateway,
        fields.get("renewal", "") or RENEWAL,
    )
    return Jd(JdShop(keys, ReadAs(STATES | shop.statuses)), hands)


JD = ChannelMaker(_jd, Jd.caps)
