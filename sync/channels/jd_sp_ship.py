"""Telling JD by its newer gateway that an order left: whole, in part, or with a changed number.

POST orders/{orderId}/shipments tells a parcel with its carrier and, of a part, its items; PUT
changes the number of one told before (open.jd.com, postOrderShipment and putOrderShipment). Neither
has a key of its own, so the order is read first: a number that stands there is never told again.
What JD calls "whole" and "in parts" are two figures (`shipmentType`) that it shows to app owners
alone: the shop types them once, and until then an order is told whole, for which JD wants none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.channels.jd_read import GONE, TO_SHIP
from sync.channels.jd_ship import OWN_CARRIER
from sync.channels.jd_sp_orders import order_of
from sync.channels.jd_sp_states import Parcel, parcels, sent_by_jd, state_of
from sync.couriers import Couriers
from sync.errors import Malformed, Rejected
from sync.gateways.jd_sign import Json
from sync.gateways.jd_sp_calls import JdSpCalls
from sync.gateways.jd_sp_sign import SpCall
from sync.reading import mapping, minor, rows, text
from sync.records import Done, ShipAsk

SHIPMENTS, CARRIERS = "/sp-order/v0/orders/{orderId}/shipments", "/sp-order/v0/carriers"
CARRIER_FIELDS = ("id", "providerName", "providerCode")
_TYPES = re.compile(r"\s*(\d{1,4})[\s,，/]+(\d{1,4})\s*")


@dataclass(frozen=True, slots=True)
class ShipTypes:
    """JD's figures for an order that leaves whole and for one that leaves in parts."""

    whole: int
    part: int


def ship_types(told: str) -> ShipTypes | None:
    """What a person typed: two figures, whole first; None for anything else."""
    found = _TYPES.fullmatch(told)
    return ShipTypes(int(found.group(1)), int(found.group(2))) if found else None


class Shipper:
    """Ships for one shop; without `types` whole orders alone."""

    def __init__(self, calls: JdSpCalls, types: ShipTypes | None) -> None:
        """Take the calls; nothing is sent yet."""
        self._calls, self._types = calls, types
        self._couriers = Couriers(self._carriers)

    async def ready(self) -> None:
        """Ask for the shop's carriers."""
        await self._carriers()

    async def ship(self, ask: ShipAsk) -> Done:
        """Ship the order or a part of it, or change a number: whatever is not told yet.

        Raises:
            Rejected: it must not be shipped, or it was shipped with a number that this one does not
                replace.
        """
        order, _ = await order_of(self._calls, ask.external_id)
        told, state = parcels(order), state_of(order)
        gone = state in GONE
        if ask.waybill_no in told or (gone and not ask.waybill_no):
            return Done(ask.external_id, already=True)
        if ask.replaces and ask.replaces in told:
            await self._change(ask, order, told[ask.replaces])
        elif state == TO_SHIP and not sent_by_jd(order):
            await self._send(ask, order, told)
        elif gone:
            standing = ", ".join(told)[:60] or "?"
            raise Rejected("jd_other_number", external_id=ask.external_id, number=standing)
        else:
            raise Rejected("jd_not_shippable", external_id=ask.external_id, foreign_code=state)
        return Done(ask.external_id)

    async def _send(
        self, ask: ShipAsk, order: Mapping[str, Any], told: Mapping[str, Parcel]
    ) -> None:
        owed = _owed(order, told)
        asked = _asked(ask) or owed
        if not asked:
            word = state_of(order)
            raise Rejected("jd_not_shippable", external_id=ask.external_id, foreign_code=word)
        package = await self._package(ask)
        if asked == _ordered(order):
            types = {} if self._types is None else {"shipmentType": self._types.whole}
            await self._write("POST", ask, {**types, "packageInfoList": [package]})
            return
        package["outboundGoodsFacetDTOList"] = _goods(order, asked)
        part = self._typed(ask).part
        await self._write("POST", ask, {"shipmentType": part, "packageInfoList": [package]})

    async def _change(self, ask: ShipAsk, order: Mapping[str, Any], standing: Parcel) -> None:
        types = self._typed(ask)
        package = await self._package(ask)
        package["outboundGoodsFacetDTOList"] = _goods(order, standing.units or _ordered(order))
        if standing.shipment_id.isdigit():
            package["shipmentId"] = int(standing.shipment_id)
        kind = types.part if standing.units else types.whole
        await self._write("PUT", ask, {"shipmentType": kind, "packageInfoList": [package]})

    async def _write(self, method: str, ask: ShipAsk, shipment: dict[str, Json]) -> None:
        body: dict[str, Json] = {"orderShipmentDTO": shipment}
        await self._calls.ask(SpCall(method, SHIPMENTS, {"orderId": ask.external_id}, body=body))

    def _typed(self, ask: ShipAsk) -> ShipTypes:
        if self._types is None:
            raise Rejected("jd_sp_no_types", external_id=ask.external_id)
        return self._types

    async def _package(self, ask: ShipAsk) -> dict[str, Json]:
        """A parcel with JD's number of its carrier; Rejected where the shop has none such."""
        if not ask.waybill_no:
            found = (await self._carriers()).get(OWN_CARRIER, "")
        else:
            found = await self._couriers.code(ask)
        if not found:
            name = ask.carrier_name or ask.carrier_code or OWN_CARRIER
            raise Rejected("jd_no_such_carrier", carrier=name[:40])
        package: dict[str, Json] = {"companyId": found}
        return package | ({"waybillCode": ask.waybill_no} if ask.waybill_no else {})

    async def _carriers(self) -> dict[str, str]:
        """The carriers the shop has a contract with, by JD's name and by its code."""
        told = await self._calls.ask(
            SpCall("GET", CARRIERS, query={"scopeSet": ",".join(CARRIER_FIELDS)})
        )
        found: dict[str, str] = {}
        for element in told.rows:
            row = mapping(element.value)
            for name in (text(row.get("providerName")), text(row.get("providerCode"))):
                if name and text(row.get("id")).isdigit():
                    found.setdefault(name, text(row.get("id")))
        if told.rows and not found:
            raise Malformed("jd_odd_answer", method=CARRIERS)
        return found


def _asked(ask: ShipAsk) -> dict[str, int]:
    """What a parcel holds, by item; twins without a number of their own are one item at JD."""
    found: dict[str, int] = {}
    for line, units in ask.lines:
        item = line.partition("#")[0]
        if units > 0:
            found[item] = found.get(item, 0) + units
    return found


def _ordered(order: Mapping[str, Any]) -> dict[str, int]:
    """Every unit of every item, whatever became of it."""
    found: dict[str, int] = {}
    for row in rows(order.get("skuItemInfoList")):
        line = text(row.get("skuUuid")) or text(row.get("skuId"))
        found[line] = found.get(line, 0) + (minor(row.get("num"), 0) or 0)
    return found


def _owed(order: Mapping[str, Any], told: Mapping[str, Parcel]) -> dict[str, int]:
    """The units that are still to be sent."""
    owed = _ordered(order)
    for parcel in told.values():
        for line, units in parcel.units.items():
            owed[line] = owed.get(line, 0) - units
    return {line: units for line, units in owed.items() if units > 0}


def _goods(order: Mapping[str, Any], units: Mapping[str, int]) -> list[Json]:
    """Items as a shipment names them: by their own number and by their SKU's.

    Raises Rejected for an item the order does not have.
    """
    skus = {}
    for row in rows(order.get("skuItemInfoList")):
        line = text(row.get("skuUuid")) or text(row.get("skuId"))
        skus[line] = text(row.get("skuId"))
    goods: list[Json] = []
    for line, count in units.items():
        if not skus.get(line, "").isdigit():
            raise Rejected("sync_bad_number", external_id=line[:40])
        named: dict[str, Json] = {"skuId": int(skus[line]), "skuNum": count}
        goods.append(named if line == skus[line] else {**named, "skuUuid": line})
    return goods
