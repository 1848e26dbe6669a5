"""ZTO Express."""

from app.compose.makers.tools import Account, CarrierMaker, Tools, turn_of
from sync.carriers.zto import ZtoCarrier, ZtoHands
from sync.carriers.zto_account import PRODUCTION, WHOLE_NETWORK, ZtoAccount
from sync.ports import Carrier


def _zto(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    account = ZtoAccount(
        app_key=fields["app_key"],
        app_secret=fields["app_secret"],
        account_id=fields.get("account_id", ""),
        account_password=fields.get("account_password", ""),
        customer_id=fields.get("customer_id", ""),
        order_type=fields.get("order_type", WHOLE_NETWORK),
        url=fields.get("url", PRODUCTION),
    )
    turn = turn_of(account.url, tools, ZtoCarrier.caps)
    return ZtoCarrier(account, ZtoHands(tools.http, tools.clock, turn))


ZTO = CarrierMaker(_zto, ZtoCarrier.caps)
