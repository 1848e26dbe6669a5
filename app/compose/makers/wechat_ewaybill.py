"""The WeChat shop's own e-waybill."""

from app.compose.makers.tools import Account, CarrierMaker, Passing, Tools, turn_of
from sync.carriers.wechat_ewaybill import WechatLabels
from sync.carriers.wechat_ewaybill_account import WechatLabelAccount
from sync.gateways.wechat_access import WechatKeys
from sync.gateways.wechat_calls import HOST, WechatHands
from sync.ports import Carrier


def _wechat_labels(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    host = fields.get("gateway", "") or HOST
    turn = turn_of(host, tools, WechatLabels.caps)
    hands = WechatHands(tools.http, tools.clock, told.shelf or Passing({}), turn, host)
    account = WechatLabelAccount(
        WechatKeys(fields["app_id"].strip(), fields["app_secret"].strip()),
        fields["delivery_id"].strip().upper(),
        fields.get("acct_id", "").strip(),
        fields.get("template_id", "").strip(),
        fields.get("order_type", "").strip(),
    )
    return WechatLabels(account, hands)


WECHAT_EWAYBILL = CarrierMaker(_wechat_labels, WechatLabels.caps)
