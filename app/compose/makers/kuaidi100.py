"""Kuaidi100."""

from app.compose.makers.tools import Account, CarrierMaker, Tools, turn_of
from sync.carriers.kuaidi100 import Kuaidi100Carrier, Kuaidi100Hands
from sync.carriers.kuaidi100_account import FOLLOW, ORDERS, TRACKS, Kuaidi100Account
from sync.connector import Turn
from sync.ports import Carrier

_GIVEN = ("partner_id", "partner_key", "partner_secret", "partner_name", "net", "code", "check_man")


def _kuaidi100(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    account = Kuaidi100Account(
        key=fields["key"],
        secret=fields["secret"],
        customer=fields["customer"],
        company=fields["company"].strip().lower(),
        push_url=fields.get("push_url", "").strip(),
        orders_url=fields.get("orders_url", ORDERS),
        tracks_url=fields.get("tracks_url", TRACKS),
        follow_url=fields.get("follow_url", FOLLOW),
        **{name: fields.get(name, "") for name in _GIVEN},
    )

    def turn_for(_kind: str) -> Turn:
        return turn_of(account.orders_url, tools, Kuaidi100Carrier.caps)

    return Kuaidi100Carrier(account, Kuaidi100Hands(tools.http, tools.clock, turn_for))


KUAIDI100 = CarrierMaker(_kuaidi100, Kuaidi100Carrier.caps)
