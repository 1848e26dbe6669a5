"""Douyin's own e-waybill."""

from app.compose.makers.tools import Account, CarrierMaker, Passing, Tools, turn_of
from sync.carriers.douyin_ewaybill import DouyinLabels
from sync.carriers.douyin_ewaybill_account import DouyinLabelAccount
from sync.gateways.douyin_calls import DouyinHands
from sync.gateways.douyin_sign import HOST, DouyinKeys
from sync.ports import Carrier


def _douyin_labels(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    names = ("app_key", "app_secret", "shop_id", "access_token", "refresh_token")
    keys = DouyinKeys(*(fields.get(name, "") for name in names))
    company = fields["company"].strip().lower()
    host = fields.get("gateway", "") or HOST
    turn = turn_of(host, tools, DouyinLabels.caps)
    hands = DouyinHands(tools.http, tools.clock, told.shelf or Passing({}), turn, host)
    account = DouyinLabelAccount(keys, company, fields.get("product", "").strip())
    return DouyinLabels(account, hands)


DOUYIN_EWAYBILL = CarrierMaker(_douyin_labels, DouyinLabels.caps)
