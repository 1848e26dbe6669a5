"""A home-made store as a web agency builds them: a nursery's, small and tidy REST.

A bearer token, HTTP status codes, lists of references with a Link header or a cursor, whole cents,
Unix seconds, one shipment for each Idempotency-Key. It shares nothing with the connector.
"""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs

from sync.sandbox.faults import BEFORE, Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.own_moods import packed, spoilt, undone

PAGE = 20
_PROBLEMS = {401: "token", 403: "rights", 404: "unknown", 409: "state", 422: "field"}


@dataclass(slots=True)
class GardenOrder:
    """One order; `changed_s` is when it last changed (Unix seconds)."""

    ref: str
    changed_s: int
    told: dict[str, Any]
    sent: list[str] = field(default_factory=list)
    remarks: list[dict[str, Any]] = field(default_factory=list)


class GardenSandbox:
    """The store: `orders` and `left` are its truth, `faults` its moods, `calls` what came.

    `paging` is link or cursor. `next_from` replaces where the next page is said to be.
    """

    def __init__(
        self, now_s: Callable[[], int], chance: random.Random, paging: str = "link"
    ) -> None:
        """Start empty; the token is "garden-token", one that only reads "garden-reader"."""
        self._now_s, self._paging = now_s, paging
        self.orders: dict[str, GardenOrder] = {}
        self.left: dict[str, int] = {}
        self.faults = Faults(chance)
        self.calls: list[Call] = []
        self.keys: dict[str, str] = {}
        self.next_from = ""

    def server(self) -> LocalServer:
        """A plain HTTP server for this store; not started."""
        return LocalServer(self.handle)

    def place(self, ref: str, **more: Any) -> GardenOrder:
        """Take an order: three roses in two boxes, paid, to be sent."""
        now = self._now_s()
        rose = {"code": "ROSE-R", "plant": "Rose, red", "each": 450}
        told = {
            "ref": ref,
            "state": "to_send",
            "placed": now,
            "money": {"state": "got", "paid": now, "currency": "EUR", "total": 1_840, "vat": 294}
            | {"postage": 490},
            "customer": {"mail": "ada@garden.example", "phone": "+4930123456"},
            "to": {"first": "Ada", "last": "Byron", "country": "DE", "town": "Berlin"}
            | {"street": "Allee", "number": 7, "zip": "10115"},
            "boxes": [
                {"plants": [{"pos": "a", "count": 2, **rose}]},
                {"plants": [{"pos": "b", "count": 1, **rose}]},
            ],
            **more,
        }
        self.orders[ref] = GardenOrder(ref, now, told)
        return self.orders[ref]

    def push(self, ref: str, secret: str) -> tuple[dict[str, str], bytes]:
        """What the store would call us with after a change: headers and raw body."""
        body = packed({"order": {"ref": ref}})
        digest = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
        headers = {"X-Garden-Signature": f"sha256={digest.decode()}", "X-Garden-Delivery": "d-1"}
        return headers, body

    def handle(self, call: Call) -> Reply:
        """Answer one call, with the fault that is due, if one is."""
        self.calls.append(call)
        lists = call.method == "GET" and call.path == "/v1/orders"
        fault = self.faults.draw(call.method, call.path, lists=lists)
        if fault is not None and fault.kind in BEFORE:
            return undone(fault)
        reply = self._refused(call) or self._answer(call)
        date = {"Date": formatdate(self._now_s(), usegmt=True)}
        return spoilt(replace(reply, headers={**reply.headers, **date}), fault)

    def _refused(self, call: Call) -> Reply | None:
        told = call.headers.get("authorization", "")
        if told == "Bearer garden-reader" and call.method != "GET":
            return _no(403, "this token only reads")
        if told not in ("Bearer garden-token", "Bearer garden-reader"):
            return _no(401, "no such token")
        return None

    def _answer(self, call: Call) -> Reply:
        parts = call.path.strip("/").split("/")
        if parts == ["v1", "orders"] and call.method == "GET":
            return self._list(call)
        if parts[:2] == ["v1", "plants"] and call.method == "PATCH" and len(parts) == 3:
            return self._set_left(parts[2], json.loads(call.body).get("left"))
        order = self.orders.get(parts[2]) if parts[:2] == ["v1", "orders"] and parts[2:] else None
        what = parts[3:]
        if order is not None and call.method == "GET" and not what:
            return Reply(200, packed({**order.told, "changed": order.changed_s}))
        if order is not None and what in (["shipment"], ["remarks"]):
            return self._once(order, what[0], call)
        return _no(404, "nothing here")

    def _list(self, call: Call) -> Reply:
        query = {name: values[0] for name, values in parse_qs(call.query).items()}
        since = int(query.get("since", "0"))
        at, _, ref = query.get("after", "0.").partition(".")
        after = (int(at), ref)
        found = sorted((o.changed_s, o.ref) for o in self.orders.values() if o.changed_s > since)
        page = [each for each in found if each > after][: PAGE + 1]
        rows = [{"ref": ref, "changed": changed} for changed, ref in page[:PAGE]]
        last = f"{page[PAGE - 1][0]}.{page[PAGE - 1][1]}" if len(page) > PAGE else ""
        if self._paging == "cursor":
            return Reply(200, packed({"orders": rows, "next": last or None}))
        where = f"{self.next_from}/v1/orders?since={since}&after={last}"
        link = {"Link": f'<{where}>; rel="next"'} if last else {}
        return Reply(200, packed(rows), link)

    def _once(self, order: GardenOrder, what: str, call: Call) -> Reply:
        key = call.headers.get("idempotency-key", "")
        if not key:
            return _no(422, "Idempotency-Key is missing")
        if self.keys.get(key) == f"{order.ref} {what}":
            return Reply(200, packed({"repeated": True}))
        told = json.loads(call.body)
        if what == "shipment" and order.told["state"] != "to_send":
            return _no(409, f"an order that is {order.told['state']} cannot be sent")
        self.keys[key] = f"{order.ref} {what}"
        order.changed_s = self._now_s()
        if what == "remarks":
            order.remarks.append(told)
            return Reply(201, packed({}))
        order.sent.append(told["tracking"]["code"])
        order.told["state"] = "sent"
        return Reply(204)

    def _set_left(self, code: str, left: Any) -> Reply:
        if isinstance(left, bool) or not isinstance(left, int):
            return _no(422, "left is a whole number")
        if code not in self.left:
            return _no(404, f"no plant {code}")
        self.left[code] = left
        return Reply(204)


def _no(status: int, words: str) -> Reply:
    return Reply(status, packed({"problem": {"kind": _PROBLEMS[status], "says": words}}))
