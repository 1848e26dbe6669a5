"""JD's own e-waybill."""

from app.compose.makers.tools import Account, CarrierMaker, Fields, Passing, Tools, turn_of
from sync.carriers.jd_ewaybill import JdLabels
from sync.carriers.jd_ewaybill_account import JdLabelAccount
from sync.gateways.jd_calls import JdHands
from sync.gateways.jd_sign import GATEWAY, RENEWAL, ZONE, JdKeys
from sync.ports import Carrier
from sync.reading import moment_ms


def _jd_labels(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    gateway = fields.get("gateway", "") or GATEWAY
    keys = JdKeys(
        fields["app_key"],
        fields["app_secret"],
        fields["access_token"],
        fields.get("refresh_token", ""),
        moment_ms(fields.get("token_ends", "").strip(), ZONE),
    )
    turn = turn_of(gateway, tools, JdLabels.caps)
    renewal = fields.get("renewal", "") or RENEWAL
    shelf = told.shelf or Passing({})
    hands = JdHands(tools.http, tools.clock, turn, shelf, gateway, renewal)
    return JdLabels(_account(keys, fields), hands)


def _account(keys: JdKeys, fields: Fields) -> JdLabelAccount:
    return JdLabelAccount(
        keys,
        fields["vendor"].strip(),
        fields["vendor_name"].strip(),
        fields["provider"].strip().upper(),
        fields.get("branch", "").strip(),
        fields.get("settlement", "").strip(),
        fields.get("pay_method", "").strip() or "1",
    )


JD_EWAYBILL = CarrierMaker(_jd_labels, JdLabels.caps)
