"""A parcel told to Taobao, once in effect, by the trade as it stands when it is told.

The logistics methods take no key of ours, so the trade is read first: rows that left are not told
again, those under the number this one takes the place of get it (consign.resend), and the rest is
sent. The platform counts whole rows: when a row goes in two parcels, the first ships it, and the
second leaves the number as it is; so does one that somebody shipped by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.channels.taobao_read import CLOSED, GONE, PAID_AT_THE_DOOR, line_id, lines_of
from sync.channels.taobao_trades import trade_of
from sync.errors import Rejected
from sync.gateways.taobao_calls import Method, TopCalls
from sync.reading import mapping, rows, text
from sync.records import Done, ShipAsk

OFFLINE = Method("taobao.logistics.offline.send", writes=True)
ONLINE = Method("taobao.logistics.online.send", writes=True)
DUMMY = Method("taobao.logistics.dummy.send", writes=True)
AGAIN = Method("taobao.logistics.consign.resend", writes=True)
COMPANIES = Method("taobao.logistics.companies.get")
FIELDS = (
    "tid,tid_str,type,status,orders.oid,orders.oid_str,orders.num,orders.status,"
    "orders.invoice_no,orders.logistics_company"
)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Company:
    """A carrier as the platform calls it."""

    code: str
    name: str


class Shipper:
    """Tells one seller's parcels. `online`: carriers are booked through the platform."""

    def __init__(self, calls: TopCalls, *, online: bool) -> None:
        """Take the way to the platform; the list of carriers is asked for once."""
        self._calls, self._online = calls, online
        self._companies: tuple[Company, ...] = ()

    async def ship(self, ask: ShipAsk) -> Done:
        """Send what the parcel holds, as far as nobody has; a number that changed is put right.

        Raises:
            Rejected: the trade was closed, may not be sent yet, or the platform says no.
        """
        trade, _ = await trade_of(self._calls, ask.external_id, FIELDS)
        wanted = _wanted(trade, ask)
        waiting = [row for row in wanted if _status(row, trade) not in GONE]
        if waiting:
            _refuse_unsendable(trade, ask.external_id)
            await self._send(trade, waiting, ask)
            return Done(ask.external_id)
        old = [row for row in wanted if text(row.get("invoice_no")) in ("", ask.replaces)]
        if not ask.waybill_no or not old:
            return Done(ask.external_id, already=True)
        await self._call(AGAIN, trade, old, await self._parcel(ask))
        return Done(ask.external_id)

    async def _send(self, trade: Row, waiting: Sequence[Row], ask: ShipAsk) -> None:
        if not ask.waybill_no:
            # What needs no parcel; the platform ships it whole.
            await self._call(DUMMY, trade, lines_of(trade), {})
            return
        # Cash on delivery must go by a carrier the platform books (logistics.offline.send).
        by_platform = self._online or text(trade.get("type")) in PAID_AT_THE_DOOR
        method = ONLINE if by_platform else OFFLINE
        await self._call(method, trade, waiting, await self._parcel(ask))

    async def _parcel(self, ask: ShipAsk) -> dict[str, str]:
        return {"out_sid": ask.waybill_no, "company_code": await self._code_of(ask)}

    async def _call(
        self, method: Method, trade: Row, chosen: Sequence[Row], parcel: Mapping[str, str]
    ) -> None:
        """Call with the rows of a part of the trade named; a whole trade names none."""
        asked = {"tid": text(trade.get("tid_str")) or text(trade.get("tid")), **parcel}
        if len(chosen) < len(lines_of(trade)):
            asked |= {"is_split": "1", "sub_tid": ",".join(map(line_id, chosen))}
        told = await self._calls.ask(method, asked)
        if mapping(told.data.get("shipping")).get("is_success") is not True:
            raise Rejected(foreign_code=method.name, text="is_success=false")

    async def _code_of(self, ask: ShipAsk) -> str:
        """The platform's code for a carrier: by code, by name, by a name within the other."""
        if not self._companies:
            told = await self._calls.ask(COMPANIES, {"fields": "id,code,name,reg_mail_no"})
            found = rows(mapping(told.data.get("logistics_companies")).get("logistics_company"))
            self._companies = tuple(
                Company(text(r.get("code")), text(r.get("name"))) for r in found
            )
        code, name = ask.carrier_code.casefold(), ask.carrier_name.strip()
        for fits in (
            lambda each: each.code.casefold() == code,
            lambda each: each.name == name,
            lambda each: len(each.name) > 1 and each.name in name,
            lambda each: len(name) > 1 and name in each.name,
        ):
            found_codes = [each.code for each in self._companies if each.code and fits(each)]
            if found_codes:
                return found_codes[0]
        raise Rejected("taobao_no_such_carrier", carrier=name[:40] or ask.carrier_code[:40])


def _status(row: Row, trade: Row) -> str:
    return text(row.get("status")) or text(trade.get("status"))


def _wanted(trade: Row, ask: ShipAsk) -> list[Row]:
    """The rows of the trade the parcel holds, closed ones left out; no lines mean all of them."""
    told: list[Row] = [row for row in lines_of(trade) if _status(row, trade) not in CLOSED]
    asked = {line for line, _ in ask.lines}
    wanted = [row for row in told if not asked or line_id(row) in asked]
    if not wanted:
        status = text(trade.get("status"))
        raise Rejected("taobao_not_shippable", foreign_code=status, external_id=ask.external_id)
    return wanted


def _refuse_unsendable(trade: Row, external_id: str) -> None:
    status = text(trade.get("status"))
    if status not in ("WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART"):
        raise Rejected("taobao_not_shippable", foreign_code=status, external_id=external_id)
