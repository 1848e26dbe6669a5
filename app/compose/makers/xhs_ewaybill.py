"""Xiaohongshu's own e-waybill."""

from app.compose.makers.tools import Account, CarrierMaker, Passing, Tools, turn_of
from sync.carriers.xhs_ewaybill import XhsLabels
from sync.carriers.xhs_ewaybill_account import USUAL_FORM, XhsLabelAccount
from sync.gateways.xhs_calls import XhsHands
from sync.gateways.xhs_sign import HOST, XhsKeys
from sync.ports import Carrier

_KEYS = ("app_id", "app_secret", "access_token", "refresh_token")


def _xhs_labels(told: Account, tools: Tools) -> Carrier:
    fields = {name: value.strip() for name, value in told.fields.items()}
    host = fields.get("gateway", "") or HOST
    turn = turn_of(host, tools, XhsLabels.caps)
    hands = XhsHands(tools.http, tools.clock, told.shelf or Passing({}), turn, host)
    account = XhsLabelAccount(
        keys=XhsKeys(*(fields.get(name, "") for name in _KEYS)),
        courier=fields["courier"].lower(),
        branch=fields.get("branch", ""),
        brand=fields.get("brand", "").upper(),
        form=fields.get("form", "") or USUAL_FORM,
        product=fields.get("product", ""),
    )
    return XhsLabels(account, hands)


XHS_EWAYBILL = CarrierMaker(_xhs_labels, XhsLabels.caps)
