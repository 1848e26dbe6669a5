"""Pinduoduo's own e-waybill."""

from urllib.parse import urlsplit

from app.compose.makers.tools import LOOPBACK, Account, CarrierMaker, Passing, Tools
from sync.carriers.pdd_ewaybill import PddEwaybill
from sync.carriers.pdd_ewaybill_ask import PddAccount
from sync.connector import Turn
from sync.gateways.pinduoduo_calls import PinduoduoHands, pace
from sync.gateways.pinduoduo_sign import GATEWAY, PinduoduoKeys
from sync.limits import Bucket, Unlimited
from sync.ports import Carrier


def _pdd_ewaybill(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    names = ("client_id", "client_secret", "access_token", "refresh_token")
    keys = PinduoduoKeys(*(fields.get(name, "") for name in names))
    gateway = fields.get("gateway", "") or GATEWAY
    is_here = urlsplit(gateway).hostname in LOOPBACK

    def turn_for(interface: str) -> Turn:
        return Unlimited() if is_here else Bucket(tools.clock, *pace(interface))

    hands = PinduoduoHands(tools.http, tools.clock, told.shelf or Passing({}), turn_for, gateway)
    courier = fields.get("wp_code", "").strip().upper()
    account = PddAccount(courier, fields.get("user_id", "").strip(), fields.get("template_url", ""))
    return PddEwaybill(account, keys, hands)


PDD_EWAYBILL = CarrierMaker(_pdd_ewaybill, PddEwaybill.caps)
