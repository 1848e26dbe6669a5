"""A local selling partner API of Amazon over real HTTP: it refuses what that refuses.

For training and for tests. It shares no parsing with the connector; questions and bodies are held
against Amazon's own models (`amazon_rules`). It keeps its own truth: `truth()` in process.

Faults (sync.sandbox.faults; `part` names the operation):
- nothing done: throttle (429 QuotaExceeded), unavailable (503), reset_before
- done, answer lost: reset_after, late (never answers), cut, garbage, broken (500)
- lists: duplicate, reorder, shift (an order changes once the page was answered)
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

from sync.sandbox.amazon_gate import AmazonApp, AmazonGate, AmazonNo
from sync.sandbox.amazon_notices import AmazonNotices
from sync.sandbox.amazon_rules import Rule, operations, wrong, wrong_query
from sync.sandbox.amazon_shop import AmazonTruth
from sync.sandbox.amazon_views import PENDING, Pages, printed
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.taobao import Picks

_FATES = {"late": "hang", "reset_after": "reset", "cut": "cut"}
_REFERENCE = re.compile(r"[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Heard:
    """One question that got through: the operation, its path's parts, its query and its body."""

    operation: str
    where: Mapping[str, str]
    query: Mapping[str, str]
    body: Any


class AmazonSandbox:
    """The handler of a `LocalServer`; `now_ms` is Amazon's clock."""

    def __init__(
        self,
        app: AmazonApp,
        now_ms: Callable[[], int],
        chance: Picks,
        marketplace: tuple[str, str] = ("ATVPDKIKX0DER", "USD"),
    ) -> None:
        """Start with one app and a seller who has sold nothing."""
        self._now_ms, self._chance = now_ms, chance
        self.app = app
        self.shop = AmazonTruth(lambda: now_ms() // 1000, *marketplace)
        self.gate = AmazonGate(app, lambda: now_ms() / 1000)
        self.faults = Faults(chance)
        self.heard: list[Heard] = []
        self.calls: Counter[str] = Counter()
        self.notices = AmazonNotices(app.seller)
        self._pages = Pages(self.shop)
        self._answers: Mapping[str, Callable[[Heard], bytes]] = {
            "searchOrders": self._search,
            "getOrder": self._one,
            "confirmShipment": self._confirm,
            "getListingsItem": self._listing,
            "patchListingsItem": self._patch,
            "getSubscription": lambda _: self.notices.subscription(),
            "createSubscription": lambda h: self.notices.subscribe(
                h.where["notificationType"], h.body
            ),
            "getDestinations": lambda _: self.notices.listed(),
            "createDestination": lambda h: self.notices.add(h.body),
        }

    def server(self) -> LocalServer:
        """A plain HTTP server for this endpoint; not started."""
        return LocalServer(self)

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        reply = self._answered(call)
        date = formatdate(self._now_ms() / 1000, usegmt=True)
        return replace(reply, headers={"Date": date, **reply.headers})

    def truth(self) -> dict[str, Any]:
        """What the seller has, and how often what was written."""
        orders = self.shop.orders.values()
        return {
            "orders": {order.number: order.status for order in orders},
            "packages": {o.number: sorted(o.packages) for o in orders if o.packages},
            "writes": dict(self.shop.writes),
            "faults": dict(self.faults.done),
        }

    def _answered(self, call: Call) -> Reply:
        if (call.method, call.path) == ("POST", "/auth/o2/token"):
            return self._login(call)
        found = ((r, r.path.fullmatch(call.path)) for r in operations() if r.method == call.method)
        rule, match = next(((r, m) for r, m in found if m), (None, None))
        if rule is None or match is None:
            return _no(AmazonNo(404, "NotFound", "The resource does not exist."))
        self.calls[rule.name] += 1
        lists = rule.name == "searchOrders"
        fault = self.faults.draw(call.method, rule.name, lists=lists)
        before = _undone(fault)
        if before is not None:
            return before
        try:
            self.gate.admit(rule.name, call.headers)
            heard = _read(rule, match.groupdict(), call)
            self.heard.append(heard)
            body = self._answers[rule.name](heard)
        except AmazonNo as no:
            return _no(no)
        return self._spoilt(rule, body, fault)

    def _login(self, call: Call) -> Reply:
        self.calls["login"] += 1
        before = _undone(self.faults.draw("POST", "login", lists=False))
        if before is not None:
            return before
        try:
            return Reply(200, json.dumps(self.gate.login(call.headers, call.body)).encode())
        except AmazonNo as no:
            told = {"error": no.code, "error_description": no.message}
            return Reply(no.status, json.dumps(told).encode())

    def _spoilt(self, rule: Rule, body: bytes, fault: Fault | None) -> Reply:
        kind = fault.kind if fault else ""
        if kind == "garbage":
            return Reply(200, b"<html>sign in to the wifi</html>", {"Content-Type": "text/html"})
        if kind == "broken":
            return _no(AmazonNo(500, "InternalFailure", "An unexpected condition occurred."))
        if kind in ("duplicate", "reorder", "shift"):
            body = self._disturbed(body, kind)
        headers = {"x-amzn-RateLimit-Limit": str(self.gate.rates[rule.name][0])}
        status = 204 if rule.name == "confirmShipment" else 200
        return Reply(status, body, headers, fate=_FATES.get(kind, ""))

    def _disturbed(self, body: bytes, kind: str) -> bytes:
        told = json.loads(body)
        if kind == "duplicate" and told["orders"]:
            told["orders"].append(told["orders"][0])
        if kind == "reorder":
            self._chance.shuffle(told["orders"])
        if kind == "shift" and self.shop.orders:
            orders = list(self.shop.orders.values())
            self.shop.touch(orders[self._chance.randrange(len(orders))])
        return json.dumps(told).encode()

    def _search(self, heard: Heard) -> bytes:
        orders, beside = self._pages.page(heard.query)
        wanted = set(heard.query.get("includedData", "").split(","))
        raw = [
            order.as_raw
            if order.as_raw is not None
            else json.dumps(
                printed(self.shop, order, wanted, addresses=self.app.sees_addresses),
                ensure_ascii=False,
            ).encode()
            for order in orders
        ]
        return b'{"orders":[' + b",".join(raw) + b"]," + json.dumps(beside)[1:].encode()

    def _one(self, heard: Heard) -> bytes:
        order = self.shop.orders.get(heard.where["orderId"])
        if order is None:
            raise AmazonNo(404, "NotFound", "The order does not exist.")
        wanted = set(heard.query.get("includedData", "").split(","))
        told = printed(self.shop, order, wanted, addresses=self.app.sees_addresses)
        return json.dumps({"order": told}, ensure_ascii=False).encode()

    def _confirm(self, heard: Heard) -> bytes:
        order = self.shop.orders.get(heard.where["orderId"])
        if order is None:
            raise AmazonNo(404, "NotFound", "The order does not exist.")
        package = heard.body["packageDetail"]
        if heard.body["marketplaceId"] != self.shop.marketplace:
            raise AmazonNo(400, "InvalidInput", "Invalid marketplaceId.")
        if _REFERENCE.fullmatch(package["packageReferenceId"]) is None:
            message = "PackageReferenceId: is invalid, must be a positive numeric value."
            raise AmazonNo(400, "InvalidInput", message)
        if package["carrierCode"] == "Other" and not package.get("carrierName"):
            raise AmazonNo(400, "InvalidInput", "carrierName is required.")
        if order.by == "AMAZON" or order.status in (*PENDING, "CANCELLED", "UNFULFILLABLE"):
            raise AmazonNo(400, "InvalidInput", "The order is not in a shippable state.")
        self.shop.confirm(order, package)
        return b""

    def _listing(self, heard: Heard) -> bytes:
        place = self._place(heard)
        summary = {"marketplaceId": self.shop.marketplace, "productType": "LUGGAGE"}
        channel, quantity = place["fulfillment_channel_code"], place["quantity"]
        there = [{"fulfillmentChannelCode": channel, "quantity": quantity}]
        here = heard.query["marketplaceIds"] == self.shop.marketplace
        told = {"sku": heard.where["sku"], "fulfillmentAvailability": there}
        return json.dumps({**told, "summaries": [summary] if here else []}).encode()

    def _patch(self, heard: Heard) -> bytes:
        place, sku = self._place(heard), heard.where["sku"]
        told = {"sku": sku, "status": "ACCEPTED", "submissionId": "f1dc2914", "issues": []}
        for patch in heard.body["patches"]:
            value = patch["value"][0]
            if patch["path"] != "/attributes/fulfillment_availability" or (
                value["fulfillment_channel_code"] != place["fulfillment_channel_code"]
            ):
                issue: dict[str, Any] = {
                    "code": "90000900",
                    "message": "The attributes are invalid.",
                }
                issue |= {"severity": "ERROR", "categories": ["INVALID_ATTRIBUTE"]}
                return json.dumps({**told, "status": "INVALID", "issues": [issue]}).encode()
            kept = place if patch["op"] == "merge" else {}
            self.shop.listings[sku] = {**kept, **value}
            self.shop.writes["patchListingsItem"] += 1
        return json.dumps(told).encode()

    def _place(self, heard: Heard) -> dict[str, Any]:
        found = self.shop.listings.get(heard.where["sku"])
        if heard.where["sellerId"] != self.app.seller:
            raise AmazonNo(403, "Unauthorized", "Access to requested resource is denied.")
        if found is None:
            raise AmazonNo(404, "NOT_FOUND", "SKU not found.")
        return found


def _read(rule: Rule, where: Mapping[str, str], call: Call) -> Heard:
    """The question, if it is what the model allows."""
    query = dict(parse_qsl(call.query, keep_blank_values=True))
    found = wrong_query(rule, query)
    body: Any = None
    for name, param in rule.params.items():
        if param.place == "body":
            try:
                body = json.loads(call.body)
            except ValueError:
                raise AmazonNo(400, "InvalidInput", "Request cannot be parsed.") from None
            found += wrong(param.type, body, name)
    if found:
        raise AmazonNo(400, "InvalidInput", "Invalid Input", "; ".join(found)[:300])
    return Heard(rule.name, where, query, body)


def _undone(fault: Fault | None) -> Reply | None:
    """A fault in which nothing is done."""
    kind = fault.kind if fault else ""
    if kind == "throttle":
        return _no(AmazonNo(429, "QuotaExceeded", "You exceeded your quota."))
    if kind == "unavailable":
        return _no(AmazonNo(503, "ServiceUnavailable", "Temporary overloading."))
    return Reply(200, fate="reset") if kind == "reset_before" else None


def _no(no: AmazonNo) -> Reply:
    return Reply(no.status, json.dumps(no.told()).encode())
