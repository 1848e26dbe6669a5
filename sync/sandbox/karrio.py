"""A local Karrio server over real HTTP: it refuses what Karrio refuses, and misbehaves on request.

For training and for tests. It shares no parsing and no signing with the connector; names of fields,
codes and answers are those of Karrio's OpenAPI 2026.1.32, and where that is silent (a reference is
found by a part of it, a purchase that breaks is forgotten, a second cancel is 202) of the server's
own source (github karrioapi/karrio, modules/manager). It keeps its own truth. Faults: see
sync.sandbox.rough; `part` is buy, shipments, cancel, label, trackers or connections.
"""

import base64
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from sync.sandbox.faults import Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.rough import Rough

_SERVICES = ("canadapost_priority", "canadapost_regular_parcel")
_UNITS = ("KG", "LB", "OZ", "G")
_ADDRESS = ("person_name", "address_line1", "city", "postal_code", "country_code")


class KarrioNo(Exception):  # noqa: N818 - Karrio says no; nothing is broken
    """A refusal: its status, its code and its words; the carrier's own stands under messages."""

    def __init__(self, status: int, code: str, message: str, details: Any = None):
        """Keep what is told."""
        super().__init__(code)
        row = {"code": code, "message": message, "level": "error", "details": details or {}}
        self.reply = _json({"messages" if status == 424 else "errors": [row]}, status)


@dataclass(slots=True)
class KarrioShipment:
    """One shipment: what was asked, and what became of it."""

    number: int
    asked: dict[str, Any]
    at_ms: int
    status: str = "draft"
    tracking_number: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)


class KarrioSandbox:
    """The handler of a `LocalServer`; `now_ms` is the server's clock."""

    def __init__(
        self, key: str, carrier_id: str, now_ms: Callable[[], int], faults: Faults
    ) -> None:
        """Start with one key, one carrier connection, and nothing bought."""
        self.key, self.carrier_id, self._now_ms = key, carrier_id, now_ms
        self.faults, self.shipments = faults, list[KarrioShipment]()
        self.calls: Counter[str] = Counter()
        self.active, self.test_mode, self.carrier_name = True, False, "canadapost"
        self.takes_back, self.breaks, self.odd_label, self.most = True, False, b"", 100
        self.sold_by_carrier = 0
        self._rough = Rough(faults, now_ms)

    def server(self) -> LocalServer:
        """A plain HTTP server for it; not started."""
        return LocalServer(self)

    def truth(self) -> dict[str, Any]:
        """What is bought and not given back, by our references."""
        live = [one for one in self.shipments if one.status not in ("draft", "cancelled")]
        return {"live": dict(Counter(one.asked["reference"] for one in live))}

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        part, act = self._route(call)
        self.calls[part] += 1
        slow = KarrioNo(429, "throttled", "Request was throttled.")
        broken = KarrioNo(500, "error", "server closed the connection unexpectedly")
        noes = {"throttle": slow.reply, "away_after": broken.reply}
        return self._rough.serve(part, lambda: self._answered(call, act), noes)

    def scan(self, number: str, told: dict[str, Any]) -> None:
        """Something happened to a parcel; newest first, as Karrio lists it."""
        one = next(one for one in self.shipments if one.tracking_number == number)
        one.events.insert(0, {"location": "Moncton, NB", "code": "0100", **told})

    def _route(self, call: Call) -> tuple[str, Callable[[Call], Reply]]:
        found: list[tuple[str, str, str, Callable[[Call], Reply]]] = [
            ("POST", r"/v1/shipments", "buy", self._buy),
            ("GET", r"/v1/shipments", "shipments", self._list),
            ("POST", r"/v1/shipments/\w+/cancel", "cancel", self._cancel),
            ("POST", r"/v1/shipments/\w+/documents/label", "label", self._label),
            ("GET", r"/v1/trackers", "trackers", self._trackers),
            ("GET", r"/v1/connections", "connections", self._connections),
        ]
        for method, pattern, part, act in found:
            if call.method == method and re.fullmatch(pattern, call.path):
                return part, act
        return "odd", _nowhere

    def _answered(self, call: Call, act: Callable[[Call], Reply]) -> Reply:
        if call.headers.get("authorization") != f"Token {self.key}":
            return KarrioNo(401, "authentication_failed", "Invalid token.").reply
        try:
            return act(call)
        except KarrioNo as no:
            return no.reply

    def _buy(self, call: Call) -> Reply:
        asked = json.loads(call.body or b"{}")
        self._check(asked)
        one = KarrioShipment(len(self.shipments) + 1, asked, self._now_ms())
        if "service" in asked:
            if asked["service"] not in _SERVICES:
                words = "The service you selected is not available for this shipment."
                raise KarrioNo(400, "service_unavailable", words)
            missing = [name for name in _ADDRESS if not asked["recipient"].get(name)]
            if missing:
                raise KarrioNo(424, "AA004", f"You must provide {missing[0]}.")
            self.sold_by_carrier += 1
            if self.breaks:
                # All is one transaction there: what the carrier sold is forgotten.
                raise KarrioNo(424, "SHIPPING_SDK_INTERNAL_ERROR", "The read operation timed out")
            one.status, one.tracking_number = "created", f"1234567890{one.number:02d}"
        self.shipments.append(one)
        label = [{**_document(one), "base64": self._zpl(one)}] if one.tracking_number else []
        return _json({**self._told(one), "shipping_documents": label}, 201)

    def _check(self, asked: dict[str, Any]) -> None:
        for name in ("shipper", "recipient", "parcels"):
            if not asked.get(name):
                raise KarrioNo(400, "required", "This field is required.", {name: "required"})
        for parcel in asked["parcels"]:
            heavy = isinstance(parcel.get("weight"), int | float) and parcel["weight"] > 0
            if not heavy or parcel.get("weight_unit") not in _UNITS:
                raise KarrioNo(400, "invalid", "A valid weight is required.", {"parcels": "weight"})
        if any(named != self.carrier_id for named in asked.get("carrier_ids", [])):
            words = "No active carrier connection found to process the request"
            raise KarrioNo(404, "not_found", words)

    def _list(self, call: Call) -> Reply:
        wanted = _asked(call, "reference")
        found = [one for one in reversed(self.shipments) if wanted in one.asked["reference"]]
        return self._page(call, [self._told(one) for one in found])

    def _page(self, call: Call, found: list[Any]) -> Reply:
        """A page as limit and offset ask for it; a limit past the most is the most."""
        limit = min(int(_asked(call, "limit") or 20), self.most)
        start = int(_asked(call, "offset") or 0)
        page, more = found[start : start + limit], len(found) > start + limit
        following = f"{call.path}?limit={limit}&offset={start + limit}" if more else None
        told = {"count": len(found), "next": following, "previous": None, "results": page}
        return _json(told)

    def _of(self, call: Call) -> KarrioShipment:
        name = call.path.split("/")[3]
        for one in self.shipments:
            if name == _id(one):
                return one
        raise KarrioNo(404, "not_found", "Shipment not found")

    def _cancel(self, call: Call) -> Reply:
        one = self._of(call)
        if one.status == "cancelled":
            return _json(self._told(one), 202)
        if one.status not in ("created", "draft"):
            words = f"The shipment is '{one.status}' and can not be cancelled anymore..."
            raise KarrioNo(409, "state_error", words)
        if not self.takes_back:
            raise KarrioNo(424, "9182", "The refund request is denied.")
        one.status = "cancelled"
        return _json(self._told(one))

    def _label(self, call: Call) -> Reply:
        one = self._of(call)
        if not one.tracking_number:
            raise KarrioNo(404, "not_found", "Shipment not found or has no label")
        return _json({**_document(one), "base64": self._zpl(one)})

    def _zpl(self, one: KarrioShipment) -> str:
        words = self.odd_label or f"^XA^FO50,50^BCN^FD{one.tracking_number}^FS^XZ".encode()
        return base64.b64encode(words).decode()

    def _trackers(self, call: Call) -> Reply:
        wanted = _asked(call, "tracking_number")
        found = [one for one in self.shipments if one.tracking_number]
        told = [self._tracker(one) for one in found if wanted in one.tracking_number]
        return self._page(call, told)

    def _tracker(self, one: KarrioShipment) -> dict[str, Any]:
        status = next((row["status"] for row in one.events if row.get("status")), "in_transit")
        return {
            "id": f"trk_{one.number:032x}",
            "object_type": "tracker",
            "carrier_name": self.carrier_name,
            "carrier_id": self.carrier_id,
            "tracking_number": one.tracking_number,
            "events": one.events,
            "delivered": status == "delivered",
            "status": status if one.events else "pending",
            "test_mode": self.test_mode,
        }

    def _connections(self, call: Call) -> Reply:
        row = {"id": "car_1", "object_type": "carrier-connection", "display_name": "Post"}
        row |= {"carrier_name": self.carrier_name, "carrier_id": self.carrier_id}
        return self._page(call, [row | {"active": self.active, "test_mode": self.test_mode}])

    def _told(self, one: KarrioShipment) -> dict[str, Any]:
        """A shipment as Karrio prints it."""
        bought = bool(one.tracking_number)
        asked = one.asked
        return {
            "id": _id(one),
            "object_type": "shipment",
            "shipper": asked["shipper"],
            "recipient": asked["recipient"],
            "parcels": asked["parcels"],
            "reference": asked.get("reference"),
            "label_type": asked.get("label_type", "PDF"),
            "carrier_ids": asked.get("carrier_ids", []),
            "created_at": datetime.fromtimestamp(one.at_ms / 1000, UTC).isoformat(),
            "messages": [],
            "status": one.status,
            "carrier_name": self.carrier_name if bought else None,
            "carrier_id": self.carrier_id if bought else None,
            "tracking_number": one.tracking_number or None,
            "meta": {"carrier": "canadapost", "rate_provider": "canadapost"} if bought else {},
            "service": asked.get("service") if bought else None,
            "test_mode": self.test_mode,
            "label_url": f"/v1/shipments/{_id(one)}/label.zpl" if bought else None,
            "shipping_documents": [{**_document(one), "base64": None}] if bought else [],
        }


def _document(one: KarrioShipment) -> dict[str, Any]:
    kind = one.asked.get("label_type", "PDF")
    url = f"/v1/shipments/{_id(one)}/label.{kind.lower()}"
    return {"category": "label", "format": kind, "print_format": None, "url": url}


def _id(one: KarrioShipment) -> str:
    return f"shp_{one.number:032x}"


def _asked(call: Call, name: str) -> str:
    return parse_qs(call.query).get(name, [""])[0]


def _nowhere(_call: Call) -> Reply:
    raise KarrioNo(404, "not_found", "Not found.")


def _json(told: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(told).encode())
