"""JD's newer gateway (SP-API) on loopback: real HTTP, its own truth, its own refusals, and moods.

Each interface has an address and a method of its own below /rest; tokens are renewed where the
classic gateway's are (/oauth2/refresh_token). A no comes as `errorList`, mostly with status 200
(open.jd.com). It shares no signing and no parsing with the connector.

Faults (sync.sandbox.faults; `part` names the interface as "GET /sp-order/v0/orders"):
- nothing done: throttle (code 2), unavailable (503), reset_before, inner (the platform fails)
- done, answer lost: reset_after, late (never answers), cut, garbage
- lists: duplicate, reorder, shift (an order of the window changes once the page was answered)
"""

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

from sync.sandbox.faults import LISTS, Fault, Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.jd_gate import JdApp, JdGate
from sync.sandbox.jd_sp_answers import LIST, PARAMETERS, SpAnswers
from sync.sandbox.jd_sp_gate import JdSpGate, SpNo
from sync.sandbox.jd_sp_shop import JdSpTruth

ROOT, RENEWAL = "/rest", "/oauth2/refresh_token"
FIGURES = (7, 8)
_FATES = {"late": "hang", "reset_after": "reset", "cut": "cut"}
_NAMED = re.compile(r"{(\w+)}")


class JdSpSandbox:
    """The gateway with one shop behind it. `now_ms` is its clock, `wrapped` how it answers."""

    def __init__(self, app: JdApp, now_ms: Callable[[], int], chance: random.Random) -> None:
        """Open an empty shop."""
        self._now_ms, self._chance = now_ms, chance
        self.shop = JdSpTruth(now_ms)
        self.tokens = JdGate(app, now_ms)
        self.gate = JdSpGate(self.tokens)
        self.faults = Faults(chance)
        self.answers = SpAnswers(self.shop, FIGURES)
        self.wrapped = False
        self.calls: Counter[str] = Counter()
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.refused: list[str] = []

    def server(self) -> LocalServer:
        """A plain HTTP server for this gateway; not started."""
        return LocalServer(self.handle)

    def handle(self, call: Call) -> Reply:
        """Answer one call, with the fault that is due, if one is."""
        reply = self._answered(call)
        date = formatdate(self._now_ms() / 1000, usegmt=True)
        return replace(reply, headers={"Date": date, **reply.headers})

    def truth(self) -> dict[str, Any]:
        """What really happened: which numbers stand where, and how often it was written."""
        orders = self.shop.orders.values()
        return {
            "states": {str(order.number): order.state for order in orders},
            "shipped": {str(o.number): [s.waybill for s in o.shipments] for o in orders},
            "writes": dict(self.shop.writes),
            "faults": dict(self.faults.done),
        }

    def _answered(self, call: Call) -> Reply:
        if call.path == RENEWAL:
            self.calls[RENEWAL] += 1
            return Reply(200, json.dumps(self.tokens.renew(dict(parse_qsl(call.query)))).encode())
        name, named = _interface(call)
        if not name:
            return Reply(404, b"<html></html>", {"Content-Type": "text/html"})
        query = dict(parse_qsl(call.query, keep_blank_values=True))
        try:
            self.gate.check(call, name, {**query, **named}, self._now_ms())
            asked = {**query, **named, **_body(call)}
            self.calls[name] += 1
            self.heard.append((name, asked))
            fault = self.faults.draw(call.method, name, lists=name == LIST)
            return self._before(fault) or self._done(name, asked, set(named), fault)
        except SpNo as no:
            self.refused.append(no.code)
            return no.reply()

    def _before(self, fault: Fault | None) -> Reply | None:
        """A fault in which nothing is done."""
        kind = fault.kind if fault else ""
        if kind == "throttle":
            return SpNo("2", "限制时间内调用次数超限").reply()
        if kind == "inner":
            return SpNo("10201009999", "系统异常").reply()
        if kind == "reset_before":
            return Reply(200, fate="reset")
        return Reply(503) if kind == "unavailable" else None

    def _done(
        self, name: str, asked: dict[str, Any], named: set[str], fault: Fault | None
    ) -> Reply:
        kind = fault.kind if fault else ""
        told: dict[str, Any] = {
            "success": True,
            "errorList": None,
            "extension": {"requestId": "r1"},
        }
        told |= self.answers.answer(name, asked, named)
        if kind == "garbage":
            return Reply(200, b"<html>sign in to the wifi</html>", {"Content-Type": "text/html"})
        if kind in LISTS:
            self._disturb(asked, told["data"], kind)
        body = json.dumps({"Response": told} if self.wrapped else told, ensure_ascii=False)
        return Reply(200, self._with_raw(body).encode(), fate=_FATES.get(kind, ""))

    def _with_raw(self, body: str) -> str:
        """Put the text a test wants in place of an order's own."""
        for order in self.shop.orders.values():
            if order.raw:
                body = body.replace(f'{{"raw": "{order.number}"}}', order.raw)
        return body

    def _disturb(self, asked: dict[str, Any], rows: list[Any], kind: str) -> None:
        if kind == "duplicate" and rows:
            rows.insert(0, rows[-1])
        elif kind == "reorder":
            self._chance.shuffle(rows)
        elif kind == "shift":
            found = self.answers.found(asked)
            if found:
                self.shop.touch(self._chance.choice(found))


def _interface(call: Call) -> tuple[str, dict[str, str]]:
    """Which interface is called, and the values in its path; "" for none."""
    for name in PARAMETERS:
        method, path = name.split(" ", 1)
        shape = ROOT + _NAMED.sub(r"(?P<\1>[^/]+)", path)
        found = re.fullmatch(shape, call.path) if method == call.method else None
        if found:
            return name, found.groupdict()
    return "", {}


def _body(call: Call) -> dict[str, Any]:
    """The body's fields. Raises SpNo where it is no JSON object."""
    if not call.body:
        return {}
    try:
        found = json.loads(call.body)
    except ValueError as odd:
        raise SpNo("10", "请求体不正确") from odd
    if not isinstance(found, dict):
        raise SpNo("10", "请求体不正确")
    return found
