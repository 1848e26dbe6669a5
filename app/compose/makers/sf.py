"""SF Express."""

from app.compose.makers.tools import Account, CarrierMaker, Tools, turn_of
from sync.carriers.sf import SfCarrier, SfHands
from sync.carriers.sf_account import PRODUCTION, SfAccount
from sync.connector import Turn
from sync.ports import Carrier


def _sf(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    account = SfAccount(
        fields["partner_id"],
        fields["checkword"],
        fields.get("monthly_account", ""),
        fields.get("url", PRODUCTION),
    )

    def turn_for(_service: str) -> Turn:
        return turn_of(account.url, tools, SfCarrier.caps)

    return SfCarrier(account, SfHands(tools.http, tools.clock, tools.ids.next, turn_for))


SF = CarrierMaker(_sf, SfCarrier.caps)
