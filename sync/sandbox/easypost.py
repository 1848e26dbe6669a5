"""A local EasyPost over real HTTP: it refuses what EasyPost refuses, and misbehaves on request.

For training and for tests. It shares no parsing and no signing with the connector; names of fields,
codes and answers are those of the test-mode recordings EasyPost publishes with its own client
(github EasyPost/easypost-python, tests/cassettes) and of docs.easypost.com. It keeps its own truth.
Faults: see sync.sandbox.rough; `part` is buy, shipment, refund, trackers or label.
"""

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote

from sync.sandbox.faults import Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.rough import Rough

_RATES = {"GroundAdvantage": "6.07", "Priority": "7.42", "Express": "34.15"}
_DAY_MS = 86_400_000
_ADDRESS = ("name", "street1", "city", "state", "zip", "country")


class EasypostNo(Exception):  # noqa: N818 - EasyPost says no; nothing is broken
    """A refusal: its status, its code and its words."""

    def __init__(self, status: int, code: str, message: str, errors: list[Any] | None = None):
        """Keep what is told."""
        super().__init__(code)
        self.status = status
        self.told = {"error": {"code": code, "message": message, "errors": errors or []}}


@dataclass(slots=True)
class EasypostShipment:
    """One shipment: what was asked, and what became of it."""

    number: int
    asked: dict[str, Any]
    at_ms: int
    tracking_code: str = ""
    refund_status: str = ""
    zpl: bool = False
    scans: list[dict[str, Any]] = field(default_factory=list)


class EasypostSandbox:
    """The handler of a `LocalServer`; `now_ms` is EasyPost's clock."""

    def __init__(
        self, key: str, carrier_account: str, now_ms: Callable[[], int], faults: Faults
    ) -> None:
        """Start with one key, one carrier account, and nothing bought."""
        self.key, self.carrier_account, self._now_ms = key, carrier_account, now_ms
        self.faults, self.shipments = faults, list[EasypostShipment]()
        self.calls: Counter[str] = Counter()
        self.money, self.takes_back, self.odd_label = True, "submitted", b""
        self.base = ""
        self._rough = Rough(faults, now_ms)

    def server(self) -> LocalServer:
        """A plain HTTP server for it; not started."""
        return LocalServer(self)

    def truth(self) -> dict[str, Any]:
        """What is bought and not given back, by our references."""
        live = Counter(
            one.asked["reference"]
            for one in self.shipments
            if one.tracking_code and not one.refund_status
        )
        return {"live": dict(live), "faults": dict(self.faults.done)}

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        part, act = self._route(call)
        self.calls[part] += 1
        busy = EasypostNo(503, "SERVICE_UNAVAILABLE", "The service is not available.")
        slow = EasypostNo(429, "RATE_LIMITED", "Too many requests.")
        noes = {"throttle": _no(slow), "away_after": _no(busy)}
        return self._rough.serve(part, lambda: self._answered(call, act), noes)

    def scan(self, number: str, status: str, message: str, at_ms: int, detail: str = "") -> None:
        """Something happened to a parcel."""
        row = {
            "object": "TrackingDetail",
            "message": message,
            "description": "",
            "status": status,
            "status_detail": detail or "status_update",
            "datetime": _time(at_ms),
            "source": "USPS",
            "carrier_code": "",
            "tracking_location": {"object": "TrackingLocation", "city": "HOUSTON", "state": "TX"},
        }
        one = next(one for one in self.shipments if one.tracking_code == number)
        one.scans.append(row)

    def event(self, number: str, secret: str) -> tuple[dict[str, str], bytes]:
        """The push about a parcel: its headers and its body."""
        one = next(one for one in self.shipments if one.tracking_code == number)
        told = {"object": "Event", "description": "tracker.updated", "result": _tracker(one)}
        body = json.dumps({"id": "evt_1", **told}).encode()
        key = unicodedata.normalize("NFKD", secret).encode()
        digest = hmac.digest(key, body, hashlib.sha256).hex()
        return {"X-Hmac-Signature": f"hmac-sha256-hex={digest}"}, body

    def _route(self, call: Call) -> tuple[str, Callable[[Call], Reply]]:
        found: list[tuple[str, str, str, Callable[[Call], Reply]]] = [
            ("POST", r"/v2/shipments", "buy", self._buy),
            ("GET", r"/v2/shipments/[^/]+", "shipment", self._one),
            ("POST", r"/v2/shipments/[^/]+/refund", "refund", self._refund),
            ("GET", r"/v2/shipments/[^/]+/label", "label", self._label),
            ("GET", r"/v2/trackers", "trackers", self._trackers),
            ("GET", r"/files/\d+\.zpl", "file", self._file),
        ]
        for method, pattern, part, act in found:
            if call.method == method and re.fullmatch(pattern, call.path):
                return part, act
        return "odd", _nowhere

    def _answered(self, call: Call, act: Callable[[Call], Reply]) -> Reply:
        pair = base64.b64encode(f"{self.key}:".encode()).decode()
        if act != self._file and call.headers.get("authorization") != f"Basic {pair}":
            no = EasypostNo(401, "APIKEY.INACTIVE", "This api key is no longer active.")
            return _no(no)
        try:
            return act(call)
        except EasypostNo as no:
            return _no(no)

    def _buy(self, call: Call) -> Reply:
        asked = (json.loads(call.body or b"{}") or {}).get("shipment")
        if not asked:
            missing = [{"field": "shipment", "message": "cannot be blank"}]
            words = "Missing required parameter."
            raise EasypostNo(422, "PARAMETER.REQUIRED", words, missing)
        self._check(asked)
        one = EasypostShipment(len(self.shipments) + 1, asked, self._now_ms())
        self.shipments.append(one)
        if "service" not in asked:
            return self._told(one)
        if asked["service"] not in _RATES or asked["carrier_accounts"] != [self.carrier_account]:
            words = "Unable to find the rate that was asked for."
            raise EasypostNo(422, "SHIPMENT.POSTAGE.FAILURE", words)
        if not self.money:
            raise EasypostNo(402, "PAYMENT_REQUIRED", "Insufficient funds.")
        one.tracking_code = f"94001002083031{one.number:08d}"
        one.zpl = asked.get("options", {}).get("label_format") == "ZPL"
        return self._told(one)

    def _check(self, asked: dict[str, Any]) -> None:
        for side in ("to_address", "from_address"):
            lacking = [name for name in _ADDRESS if not asked.get(side, {}).get(name)]
            if lacking:
                found = [{"field": f"{side}.{name}", "message": "blank"} for name in lacking]
                raise EasypostNo(422, "ADDRESS.VERIFY.FAILURE", "Unable to use address.", found)
        weight = asked.get("parcel", {}).get("weight")
        if not isinstance(weight, int | float) or weight <= 0:
            found = [{"field": "parcel.weight", "message": "must be greater than 0"}]
            raise EasypostNo(422, "PARAMETER.INVALID", "Invalid parameter.", found)

    def _of(self, call: Call) -> EasypostShipment:
        name = unquote(call.path.split("/")[3])
        for one in reversed(self.shipments):
            if name in (f"shp_{one.number:032x}", one.asked.get("reference")):
                return one
        raise EasypostNo(404, "NOT_FOUND", "The requested resource could not be found.")

    def _one(self, call: Call) -> Reply:
        return self._told(self._of(call))

    def _refund(self, call: Call) -> Reply:
        one = self._of(call)
        if not one.tracking_code:
            words = "Shipment is not eligible for a refund."
            raise EasypostNo(422, "SHIPMENT.REFUND.UNAVAILABLE", words)
        if one.refund_status in ("submitted", "refunded"):
            words = "Shipment was refunded already."
            raise EasypostNo(422, "SHIPMENT.REFUND.UNAVAILABLE", words)
        if self._now_ms() - one.at_ms > 30 * _DAY_MS:
            words = "Labels can be refunded within 30 days."
            raise EasypostNo(422, "SHIPMENT.REFUND.UNAVAILABLE", words)
        one.refund_status = self.takes_back
        return self._told(one)

    def _label(self, call: Call) -> Reply:
        one = self._of(call)
        if parse_qs(call.query).get("file_format") != ["ZPL"] or not one.tracking_code:
            raise EasypostNo(422, "SHIPMENT.LABEL.FAILURE", "Unable to convert the label.")
        one.zpl = True
        return self._told(one)

    def _trackers(self, call: Call) -> Reply:
        wanted = parse_qs(call.query).get("tracking_code", [""])[0]
        found = [one for one in self.shipments if one.tracking_code]
        told = [_tracker(one) for one in found if wanted in ("", one.tracking_code)]
        return _json({"trackers": told[:5], "has_more": len(told) > 5})

    def _file(self, call: Call) -> Reply:
        number = int(call.path.split("/")[2].removesuffix(".zpl"))
        one = next(one for one in self.shipments if one.number == number)
        words = self.odd_label or f"^XA^FO50,50^BCN^FD{one.tracking_code}^FS^XZ".encode()
        return Reply(200, words, {"Content-Type": "application/octet-stream"})

    def _told(self, one: EasypostShipment) -> Reply:
        """A shipment as EasyPost prints it: the fields of its recordings."""
        rate = {"object": "Rate", "service": one.asked.get("service"), "carrier": "USPS"}
        rate |= {"rate": _RATES.get(one.asked.get("service", ""), "0"), "currency": "USD"}
        bought = bool(one.tracking_code)
        file = f"{self.base}/files/{one.number}" if bought else None
        label = {"object": "PostageLabel", "label_size": "4x6", "label_resolution": 300}
        label |= {"label_url": f"{file}.png", "label_pdf_url": None}
        label |= {"label_zpl_url": f"{file}.zpl" if one.zpl else None, "label_epl2_url": None}
        return _json(
            {
                "id": f"shp_{one.number:032x}",
                "object": "Shipment",
                "mode": "test",
                "created_at": _time(one.at_ms),
                "reference": one.asked.get("reference"),
                "status": "unknown",
                "messages": [],
                "to_address": one.asked["to_address"],
                "from_address": one.asked["from_address"],
                "parcel": one.asked["parcel"],
                "options": one.asked.get("options", {}),
                "rates": [rate],
                "selected_rate": rate if bought else None,
                "postage_label": label if bought else None,
                "tracking_code": one.tracking_code or None,
                "refund_status": one.refund_status or None,
                "tracker": _tracker(one) if bought else None,
            }
        )


def _tracker(one: EasypostShipment) -> dict[str, Any]:
    last = one.scans[-1] if one.scans else {"status": "unknown", "status_detail": "unknown"}
    return {
        "id": f"trk_{one.number:032x}",
        "object": "Tracker",
        "mode": "test",
        "tracking_code": one.tracking_code,
        "status": last["status"],
        "status_detail": last["status_detail"],
        "carrier": "USPS",
        "shipment_id": f"shp_{one.number:032x}",
        "tracking_details": one.scans,
    }


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _nowhere(_call: Call) -> Reply:
    raise EasypostNo(404, "NOT_FOUND", "The requested resource could not be found.")


def _json(told: Any) -> Reply:
    return Reply(200, json.dumps(told).encode())


def _no(no: EasypostNo) -> Reply:
    return Reply(no.status, json.dumps(no.told).encode())
