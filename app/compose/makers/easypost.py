"""EasyPost."""

from app.compose.makers.tools import Account, CarrierMaker, Tools, turn_of
from sync.carriers.easypost import EasypostCarrier, EasypostHands
from sync.carriers.easypost_account import PRODUCTION, EasypostAccount
from sync.ports import Carrier


def _easypost(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    account = EasypostAccount(
        key=fields["key"],
        carrier_account=fields["carrier_account"],
        service=fields["service"],
        webhook_secret=fields.get("webhook_secret", ""),
        url=fields.get("url", PRODUCTION).rstrip("/"),
    )
    turn = turn_of(account.url, tools, EasypostCarrier.caps)
    return EasypostCarrier(account, EasypostHands(tools.http, tools.clock, turn))


EASYPOST = CarrierMaker(_easypost, EasypostCarrier.caps)
