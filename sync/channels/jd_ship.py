"""Telling JD that an order left: one shipment for the whole order, told once.

jingdong.pop.order.shipment ships an order whole and has no key of its own, so the order is read
first: a number that stands there is never told again. It tells of no part of an order, and the
interface that changes a number wants values the platform does not publish; both stay with JD's back
office, and a person is told so (open.jd.com).
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.jd_orders import order_of
from sync.channels.jd_read import GONE, TO_SHIP, numbers
from sync.errors import Malformed, Rejected
from sync.gateways.jd_calls import JdCalls, Method
from sync.gateways.jd_sign import Json
from sync.reading import mapping, rows, text
from sync.records import Done, ShipAsk

SHIP = Method("jingdong.pop.order.shipment", writes=True)
CARRIERS = Method("jingdong.fce.alpha.getVenderCarrier")
# A carrier of the shop's own, whose parcels bear no number.
OWN_CARRIER = "厂家自送"


class Carriers:
    """The carriers a shop has a contract with at JD, by name; asked for once."""

    def __init__(self, calls: JdCalls) -> None:
        """Ask nothing yet."""
        self._calls = calls
        self._known: dict[str, str] = {}

    async def ready(self) -> None:
        """Ask for them, if they are not known yet."""
        self._known = self._known or await self._read()

    async def number(self, ask: ShipAsk) -> str:
        """JD's number of the parcel's carrier: by its name, or by a name within the other.

        Raises:
            Rejected: the shop has no such carrier at JD.
        """
        for fresh in (False, True):
            if fresh or not self._known:
                self._known = await self._read()
            found = self._find(ask.carrier_name.strip() if ask.waybill_no else OWN_CARRIER)
            if found:
                return found
        raise Rejected("jd_no_such_carrier", carrier=ask.carrier_name[:40] or ask.carrier_code[:40])

    def _find(self, name: str) -> str:
        if not name:
            return ""
        if name in self._known:
            return self._known[name]
        close = [each for each in self._known if _core(each) and _core(each) == _core(name)]
        return self._known[close[0]] if len(close) == 1 else ""

    async def _read(self) -> dict[str, str]:
        told = await self._calls.ask(CARRIERS, {})
        answer = mapping(told.data.get("StandardGenericResponse"))
        result = mapping(answer.get("result"))
        if not isinstance(result.get("carrierList"), list):
            raise Malformed("jd_odd_answer", method=CARRIERS.name)
        found = {text(row.get("name")): text(row.get("id")) for row in rows(result["carrierList"])}
        return {name: number for name, number in found.items() if name and number.isdigit()}


def _core(name: str) -> str:
    """A carrier's name without what its owners add to it: 中通 of 中通快递 and 中通速递."""
    for tail in ("股份", "有限公司", "速运", "速递", "快递", "快运", "物流"):
        name = name.replace(tail, "")
    return name.strip()


async def ship(calls: JdCalls, carriers: Carriers, ask: ShipAsk) -> Done:
    """Ship the order with the parcel's number, unless it stands there.

    Raises:
        Rejected: it must not be shipped, or left with another number.
    """
    order, _ = await order_of(calls, ask.external_id)
    state, standing = text(order.get("orderState")), numbers(order)
    if state in GONE and (ask.waybill_no in standing or not ask.waybill_no):
        return Done(ask.external_id, already=True)
    if state in GONE:
        told = ",".join(standing)[:80] or "?"
        raise Rejected("jd_other_number", external_id=ask.external_id, number=told)
    _refuse_stopped(order, state, ask)
    asked: dict[str, Json] = {
        "orderId": int(ask.external_id),
        "logiCoprId": await carriers.number(ask),
        "logiNo": ask.waybill_no,
    }
    (await calls.ask(SHIP, asked)).done("sopjosshipment_result")
    return Done(ask.external_id)


def _refuse_stopped(order: Mapping[str, Any], state: str, ask: ShipAsk) -> None:
    """JD says no to these too; saying it here names the reason."""
    if state != TO_SHIP or text(order.get("storeOrder")):
        raise Rejected("jd_not_shippable", external_id=ask.external_id, foreign_code=state)
