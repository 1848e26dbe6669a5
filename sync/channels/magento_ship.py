"""A parcel told to Magento: a shipment of what it holds, with its number as a track.

POST /V1/order/{id}/ship makes a shipment (Adobe's REST tutorial "Create a shipment"), takes no key
of ours and makes a second one when it is sent twice. So the order and its shipments are read first:
what already stands under this number is not told again, what somebody else shipped is left alone,
and a shipment made by hand without a number gets ours.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.channels.magento_read import parent_of, quantity_of, shipped_of
from sync.channels.magento_search import Search
from sync.connector import Connector
from sync.errors import Rejected
from sync.ports import Request
from sync.reading import mapping, rows, text
from sync.records import Done, ShipAsk

GONE = frozenset({"canceled", "closed"})
HELD = frozenset({"holded", "payment_review"})
# Carriers that Magento itself knows; any other is a custom one with its name as the title.
OWN_CARRIERS = frozenset({"ups", "usps", "fedex", "dhl"})


@dataclass(slots=True)
class Standing:
    """How far an order is shipped: what is left by row, and what stands under our number.

    `numbered` is the shipment under our number; `bare` one without any; `last` the newest of all.
    """

    left: dict[str, int] = field(default_factory=dict)
    under_number: Counter[str] = field(default_factory=Counter)
    numbered: str = ""
    bare: str = ""
    last: str = ""
    replaced: list[tuple[str, str]] = field(default_factory=list)


class Parcels:
    """Tells a shop's parcels; `source` is the inventory source they leave from, "" for its own."""

    def __init__(self, connector: Connector, url: Callable[[str], str], source: str) -> None:
        """Take the shop's connector and its addresses."""
        self._connector = connector
        self._url = url
        self._source = source

    async def ship(self, ask: ShipAsk) -> Done:
        """Tell one parcel, or the number that takes another's place.

        Raises:
            Rejected: the order was canceled, is held, or has nothing that can be shipped.
        """
        order = await self._read(f"orders/{ask.external_id}")
        state = text(order.get("state"))
        standing = await self._standing(order, ask)
        if standing.replaced:
            return await self._renumber(standing, ask)
        _refuse_state(state, standing, ask)
        wanted = _wanted(standing, ask)
        if not wanted:
            return await self._adopted(standing, ask)
        body = self._body(wanted, ask)
        made = await self._send("POST", f"order/{ask.external_id}/ship", body)
        return Done(text(made))

    async def _read(self, path: str) -> dict[str, Any]:
        told, _ = await self._connector.json(Request("GET", self._url(path)))
        return mapping(told)

    async def _standing(self, order: Mapping[str, Any], ask: ShipAsk) -> Standing:
        standing = Standing(left=_left(order))
        query = Search(((("order_id", "eq", ask.external_id),),)).query()
        for shipment in rows((await self._read(f"shipments?{query}")).get("items")):
            self._note(standing, shipment, ask)
        return standing

    def _note(self, standing: Standing, shipment: Mapping[str, Any], ask: ShipAsk) -> None:
        number = text(shipment.get("entity_id"))
        tracks = rows(shipment.get("tracks"))
        told = {text(each.get("track_number")) for each in tracks}
        standing.last = number
        if not tracks:
            standing.bare = number
        if ask.waybill_no in told:
            standing.numbered = number
            for item in rows(shipment.get("items")):
                row = text(item.get("order_item_id"))
                standing.under_number[row] += quantity_of(item, "qty")
        for each in tracks:
            if ask.replaces and text(each.get("track_number")) == ask.replaces:
                standing.replaced.append((number, text(each.get("entity_id"))))

    async def _renumber(self, standing: Standing, ask: ShipAsk) -> Done:
        """The new number first and the old one away after it: one of them always stands."""
        for shipment, track in standing.replaced:
            if standing.numbered != shipment:
                await self._add_track(shipment, ask)
            await self._send("DELETE", f"shipment/track/{track}", None)
        return Done(standing.replaced[-1][0], already=bool(standing.numbered))

    async def _adopted(self, standing: Standing, ask: ShipAsk) -> Done:
        """Nothing is left to tell: ours from an earlier try, or somebody shipped it by hand."""
        if standing.numbered:
            return Done(standing.numbered, already=True)
        if standing.bare:
            await self._add_track(standing.bare, ask)
            return Done(standing.bare, already=True)
        if standing.last:
            return Done(standing.last, already=True)
        raise Rejected("magento_nothing_to_ship", external_id=ask.external_id)

    async def _add_track(self, shipment: str, ask: ShipAsk) -> None:
        entity = {
            "order_id": int(ask.external_id),
            "parent_id": int(shipment),
            "weight": 0,
            "qty": 0,
            "description": "",
            **_track(ask),
        }
        await self._send("POST", "shipment/track", {"entity": entity})

    def _body(self, wanted: Counter[str], ask: ShipAsk) -> dict[str, Any]:
        items = [{"order_item_id": int(row), "qty": qty} for row, qty in sorted(wanted.items())]
        body: dict[str, Any] = {"items": items, "notify": True, "tracks": [_track(ask)]}
        if ask.note:
            body["appendComment"] = True
            body["comment"] = {"comment": ask.note, "is_visible_on_front": 1}
        if self._source:
            body["arguments"] = {"extension_attributes": {"source_code": self._source}}
        return body

    async def _send(self, method: str, path: str, body: Any) -> Any:
        packed = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        told, _ = await self._connector.json(
            Request(method, self._url(path), headers, packed, writes=True)
        )
        return told


def _track(ask: ShipAsk) -> dict[str, str]:
    code = ask.carrier_code if ask.carrier_code in OWN_CARRIERS else "custom"
    return {
        "track_number": ask.waybill_no,
        "title": ask.carrier_name or ask.carrier_code,
        "carrier_code": code,
    }


def _refuse_state(state: str, standing: Standing, ask: ShipAsk) -> None:
    if standing.numbered:
        return
    if state in GONE:
        raise Rejected("magento_not_shippable", foreign_code=state, external_id=ask.external_id)
    if state in HELD:
        raise Rejected("magento_on_hold", foreign_code=state, external_id=ask.external_id)


def _left(order: Mapping[str, Any]) -> dict[str, int]:
    """What of each sold row is still to leave; what is only downloaded never does."""
    items = rows(order.get("items"))
    left = {}
    for item in items:
        if parent_of(item) or quantity_of(item, "is_virtual"):
            continue
        number = text(item.get("item_id"))
        if not (number.isascii() and number.isdigit()):
            continue
        children = [each for each in items if parent_of(each) == number]
        off = shipped_of(item, children) + quantity_of(item, "qty_refunded")
        off += quantity_of(item, "qty_canceled")
        left[number] = max(0, quantity_of(item, "qty_ordered") - off)
    return left


def _wanted(standing: Standing, ask: ShipAsk) -> Counter[str]:
    """What is to be told now: of the parcel's rows, or of all, as far as they are still left."""
    if not ask.lines:
        # Told once already, the whole order was in it: what was added since is another parcel.
        rest = {} if standing.numbered else standing.left
        return Counter({row: qty for row, qty in rest.items() if qty})
    wanted: Counter[str] = Counter()
    for row, qty in ask.lines:
        wanted[row] += qty
    wanted.subtract(standing.under_number)
    fits = {row: min(qty, standing.left.get(row, 0)) for row, qty in wanted.items()}
    return Counter({row: qty for row, qty in fits.items() if qty > 0})
