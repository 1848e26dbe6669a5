"""Kuaishou's own e-waybill."""

from app.compose.makers.tools import Account, CarrierMaker, Passing, Tools, turn_of
from sync.carriers.kuaishou_ewaybill import KuaishouLabels
from sync.carriers.kuaishou_ewaybill_account import KuaishouLabelAccount
from sync.gateways.kuaishou_calls import KuaishouHands
from sync.gateways.kuaishou_sign import HOST, KuaishouKeys
from sync.ports import Carrier

_KEYS = ("app_key", "app_secret", "sign_secret", "access_token", "refresh_token")
_REST = ("site_code", "site_name", "settle_account", "template_url", "product", "isv_client_code")


def _kuaishou_labels(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    host = fields.get("gateway", "") or HOST
    turn = turn_of(host, tools, KuaishouLabels.caps)
    hands = KuaishouHands(tools.http, tools.clock, told.shelf or Passing({}), turn, host)
    keys = KuaishouKeys(*(fields.get(name, "").strip() for name in _KEYS))
    rest = (fields.get(name, "").strip() for name in _REST)
    account = KuaishouLabelAccount(keys, fields["courier"].strip().upper(), *rest)
    return KuaishouLabels(account, hands)


KUAISHOU_EWAYBILL = CarrierMaker(_kuaishou_labels, KuaishouLabels.caps)
