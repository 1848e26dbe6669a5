"""YTO Express."""

from app.compose.makers.tools import Account, CarrierMaker, Tools, turn_of
from sync.carriers.yto import YtoCarrier, YtoHands
from sync.carriers.yto_account import PRODUCTION, YtoAccount
from sync.ports import Carrier


def _yto(told: Account, tools: Tools) -> Carrier:
    fields = told.fields
    account = YtoAccount(
        user_id=fields["user_id"],
        client_code=fields["client_code"],
        secret=fields["secret"],
        track_code=fields["track_code"],
        track_secret=fields["track_secret"],
        url=fields.get("url", PRODUCTION),
    )
    turn = turn_of(account.url, tools, YtoCarrier.caps)
    return YtoCarrier(account, YtoHands(tools.http, tools.clock, turn))


YTO = CarrierMaker(_yto, YtoCarrier.caps)
