"""Cainiao's e-waybill."""

from app.compose.makers.tools import Account, CarrierMaker, Passing, Tools, turn_of
from sync.carriers.cainiao import GATEWAY, Cainiao, CainiaoHands
from sync.carriers.cainiao_ask import CainiaoAccount
from sync.gateways.taobao_access import SellerKeys
from sync.gateways.taobao_sign import TaobaoApp
from sync.ports import Carrier


def _cainiao(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    gateway = fields.get("gateway", "") or GATEWAY
    account = CainiaoAccount(
        cp_code=fields.get("cp_code", "").strip().upper(),
        user_id=fields.get("user_id", "").strip(),
        channel=fields.get("market", "").strip().upper() or "TB",
        template_url=fields.get("template_url", ""),
    )
    app = TaobaoApp(fields["app_key"], fields["app_secret"], fields.get("sign_method", "") or "md5")
    keys = SellerKeys(fields["session"], fields.get("refresh_token", ""))
    turn = turn_of(gateway, tools, Cainiao.caps)
    hands = CainiaoHands(tools.http, tools.clock, turn, told.shelf or Passing({}), gateway)
    return Cainiao(account, app, keys, hands)


CAINIAO = CarrierMaker(_cainiao, Cainiao.caps)
