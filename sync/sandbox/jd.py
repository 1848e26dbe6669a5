"""JD's gateway on loopback: real HTTP, its own truth, its own refusals, and moods.

One address for every method (/routerjson) and one that renews tokens (/oauth2/refresh_token); a no
of the gateway comes with status 200 as `error_response`, a no of the business in its result
(open.jd.com). It shares no signing and no parsing with the connector.

Faults (sync.sandbox.faults; `part` names the method):
- nothing done: throttle (code 2), unavailable (503), reset_before
- done, answer lost: reset_after, late (never answers), cut, garbage
- lists: duplicate, reorder, shift (an order of the window changes once the page was answered)
"""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

from sync.sandbox.faults import LISTS, Fault, Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.jd_answers import Answers, No, read_params
from sync.sandbox.jd_gate import JdApp, JdError, JdGate
from sync.sandbox.jd_shop import JdTruth

PATH, RENEWAL = "/routerjson", "/oauth2/refresh_token"
SEARCH = "jingdong.pop.order.enSearch"
_FATES = {"late": "hang", "reset_after": "reset", "cut": "cut"}


class JdSandbox:
    """The gateway with one shop behind it. `now_ms` is its clock."""

    def __init__(self, app: JdApp, now_ms: Callable[[], int], chance: random.Random) -> None:
        """Open an empty shop."""
        self._now_ms, self._chance = now_ms, chance
        self.shop = JdTruth(now_ms)
        self.gate = JdGate(app, now_ms)
        self.faults = Faults(chance)
        self.answers = Answers(self.shop)
        self.labels = self.answers.labels
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
            "shipped": {str(order.number): order.waybill for order in orders if order.waybill},
            "writes": dict(self.shop.writes),
            "faults": dict(self.faults.done),
        }

    def _answered(self, call: Call) -> Reply:
        if call.path == RENEWAL:
            self.calls[RENEWAL] += 1
            return _json(self.gate.renew(dict(parse_qsl(call.query))))
        if call.path != PATH:
            return Reply(404, b"<html></html>", {"Content-Type": "text/html"})
        text = call.body.decode("utf-8", "replace") if call.method == "POST" else call.query
        params = dict(parse_qsl(text, keep_blank_values=True))
        method = params.get("method", "")
        try:
            self.gate.check(params, method in self.answers.methods)
            asked = read_params(params.get("360buy_param_json", ""))
        except JdError as no:
            self.refused.append(no.code)
            return _json(no.told())
        self.calls[method] += 1
        self.heard.append((method, asked))
        fault = self.faults.draw("POST", method, lists=method == SEARCH)
        return self._before(fault) or self._done(method, asked, fault)

    def _before(self, fault: Fault | None) -> Reply | None:
        """A fault in which nothing is done."""
        kind = fault.kind if fault else ""
        if kind == "throttle":
            return _json(JdError("2", "限制时间内调用次数超限").told())
        if kind == "reset_before":
            return Reply(200, fate="reset")
        return Reply(503) if kind == "unavailable" else None

    def _done(self, method: str, asked: dict[str, Any], fault: Fault | None) -> Reply:
        kind = fault.kind if fault else ""
        told = self.answers.answer(method, asked)
        if kind == "garbage":
            return Reply(200, b"<html>sign in to the wifi</html>", {"Content-Type": "text/html"})
        if kind in LISTS:
            self._disturb(asked, told, kind)
        body = json.dumps({f"{method.replace('.', '_')}_responce": told}, ensure_ascii=False)
        return Reply(200, self._with_raw(body).encode(), fate=_FATES.get(kind, ""))

    def _with_raw(self, body: str) -> str:
        """Put the text a test wants in place of an order's own."""
        for order in self.shop.orders.values():
            if order.raw:
                body = body.replace(f'{{"raw": "{order.number}"}}', order.raw)
        return body

    def _disturb(self, asked: dict[str, Any], told: dict[str, Any], kind: str) -> None:
        rows = told["searchorderinfo_result"].get("orderInfoList", [])
        if kind == "duplicate" and rows:
            rows.insert(0, rows[-1])
        elif kind == "reorder":
            self._chance.shuffle(rows)
        elif kind == "shift":
            try:
                found = self.answers.found(asked)
            except No:
                return
            if found:
                self.shop.touch(self._chance.choice(found))


def _json(told: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps(told, ensure_ascii=False).encode())
