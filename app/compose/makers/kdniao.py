"""Kdniao."""

from app.compose.makers.tools import Account, CarrierMaker, Tools, turn_of
from sync.carriers.kdniao import KdniaoCarrier, KdniaoHands
from sync.carriers.kdniao_account import ORDERS, PAID_TRACK, TRACKS, KdniaoAccount
from sync.connector import Turn
from sync.ports import Carrier


def _kdniao(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    account = KdniaoAccount(
        business_id=fields["business_id"],
        api_key=fields["api_key"],
        shipper=fields["shipper"].strip().upper(),
        customer=fields.get("customer", ""),
        password=fields.get("password", ""),
        month_code=fields.get("month_code", ""),
        site=fields.get("site", ""),
        orders_url=fields.get("orders_url", ORDERS),
        tracks_url=fields.get("tracks_url", TRACKS),
        track=fields.get("track", PAID_TRACK),
    )

    def turn_for(_kind: str) -> Turn:
        return turn_of(account.orders_url, tools, KdniaoCarrier.caps)

    return KdniaoCarrier(account, KdniaoHands(tools.http, tools.clock, turn_for))


KDNIAO = CarrierMaker(_kdniao, KdniaoCarrier.caps)
