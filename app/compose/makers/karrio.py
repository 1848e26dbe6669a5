"""Karrio Server."""

from app.compose.makers.tools import Account, CarrierMaker, Tools, turn_of
from sync.carriers.karrio import KarrioCarrier, KarrioHands
from sync.carriers.karrio_account import KarrioAccount
from sync.ports import Carrier


def _karrio(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    account = KarrioAccount(
        url=fields["url"],
        key=fields["key"],
        carrier_id=fields["carrier_id"],
        service=fields["service"],
    )
    turn = turn_of(account.api, tools, KarrioCarrier.caps)
    return KarrioCarrier(account, KarrioHands(tools.http, tools.clock, turn))


KARRIO = CarrierMaker(_karrio, KarrioCarrier.caps)
