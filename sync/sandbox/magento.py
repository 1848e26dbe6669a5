"""A Magento shop on loopback that behaves like a real 2.4 server, and badly when asked.

Routes, refusals and rules are Adobe's REST documentation and schema. It shares no signing and no
parsing with the connector and keeps its own truth (`shop`).
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import formatdate

from sync.sandbox.faults import BEFORE, LISTS, Fault, Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.magento_gate import Gate, Integration, said
from sync.sandbox.magento_routes import route
from sync.sandbox.magento_shop import MagentoTruth

_AFTER = {"late": "hang", "reset_after": "reset", "cut": "cut"}


class MagentoSandbox:
    """The sandbox shop: `handle` answers calls, `shop` is its truth, `faults` its moods."""

    def __init__(
        self,
        known: tuple[Integration, ...],
        now_s: Callable[[], int],
        chance: random.Random,
        rates: Mapping[str, float] | None = None,
        *,
        msi: bool = True,
    ) -> None:
        """Start with an empty shop. `rates` = fault kind → chance for each call it fits."""
        self._now_s = now_s
        self._chance = chance
        self.shop = MagentoTruth(now_s, msi=msi)
        self.gate = Gate(known, now_s)
        self.faults = Faults(chance, rates)
        self.calls = 0

    def server(self) -> LocalServer:
        """A plain HTTP server for this shop; not started."""
        return LocalServer(self.handle)

    def handle(self, call: Call) -> Reply:
        """Answer one call, with the fault that is due, if one is."""
        self.calls += 1
        lists = call.method == "GET" and call.path == "/rest/V1/orders"
        fault = self.faults.draw(call.method, call.path, lists=lists)
        if fault is not None and fault.kind in BEFORE:
            return _undone(fault)
        reply = self._answer(call)
        if fault is not None and fault.kind in LISTS and reply.status == 200:
            reply = replace(reply, body=self._disturbed(reply.body, fault.kind))
        headers = {"Date": formatdate(self._now_s(), usegmt=True), **reply.headers}
        return _spoilt(replace(reply, headers=headers), fault)

    def _answer(self, call: Call) -> Reply:
        if not call.path.startswith("/rest/"):
            return Reply(404, b"<html>Not found</html>", {"Content-Type": "text/html"})
        found = route(self.shop, call)
        if found is None:
            return said(404, "Request does not match any route.")
        right, act = found
        return self.gate.refuse(call, right) or act()

    def _disturbed(self, body: bytes, kind: str) -> bytes:
        told = json.loads(body)
        if told["items"] and kind == "duplicate":
            told["items"].append(self._chance.choice(told["items"]))
        elif kind == "reorder":
            self._chance.shuffle(told["items"])
        elif self.shop.orders:
            # The list shifts behind this page: some order changes before the next is asked for.
            self.shop.touch(self._chance.choice(list(self.shop.orders.values())))
        return json.dumps(told, ensure_ascii=False).encode()


def _undone(fault: Fault) -> Reply:
    if fault.kind == "reset_before":
        return Reply(200, fate="reset")
    status = 429 if fault.kind == "throttle" else 503
    wait = {"Retry-After": str(fault.seconds)} if fault.seconds else {}
    return Reply(status, b"<html><body>Maintenance</body></html>", wait)


def _spoilt(reply: Reply, fault: Fault | None) -> Reply:
    if fault is None or fault.kind in LISTS:
        return reply
    if fault.kind == "garbage":
        return replace(reply, body=b"<br />\n<b>Notice</b>: Undefined index<br />{")
    return replace(reply, fate=_AFTER[fault.kind])
