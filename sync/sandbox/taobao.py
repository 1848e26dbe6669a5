"""A local open platform of Taobao over real HTTP: it refuses what that refuses, and misbehaves.

For training and for tests. It shares no signing and no parsing with the connector. It keeps its own
truth: `truth()` in process. Every no comes with status 200, as the platform's do.

Faults (sync.sandbox.faults; `part` names the method):
- nothing done: throttle (code 7), unavailable (503), away_before (isp.service-unavailable),
  reset_before
- done, answer lost: reset_after, late (never answers), cut, garbage, away_after
  (isp.remote-service-timeout)
- lists: duplicate, reorder, shift (a trade of the window changes once the page was answered)
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from typing import Any, Protocol

from sync.sandbox.faults import Chance, Fault, Faults
from sync.sandbox.http import Call, Reply
from sync.sandbox.taobao_answers import Answers
from sync.sandbox.taobao_gate import Asked, TopApp, TopError, TopGate
from sync.sandbox.taobao_mail import TaobaoMail
from sync.sandbox.taobao_shop import TaobaoShop
from sync.sandbox.taobao_waybills import TaobaoWaybills

PATH = "/router/rest"
LIST = "taobao.trades.sold.increment.get"
_FATES = {"late": "hang", "reset_after": "reset", "cut": "cut"}


class Picks(Chance, Protocol):
    """Chance that also picks and shuffles."""

    def shuffle(self, x: list[Any]) -> None:
        """Put a list into another order."""
        ...

    def randrange(self, stop: int) -> int:
        """A whole number below `stop`."""
        ...


class TaobaoSandbox:
    """The handler of a `LocalServer`; `now_ms` is the platform's clock."""

    def __init__(self, app: TopApp, now_ms: Callable[[], int], chance: Picks) -> None:
        """Start with one app and a seller who has sold nothing."""
        self._now_ms, self._chance = now_ms, chance
        self.shop = TaobaoShop(now_ms)
        self.gate = TopGate(app, now_ms)
        self.faults = Faults(chance)
        self.calls: Counter[str] = Counter()
        self.asked: list[Asked] = []
        self.mail = TaobaoMail(self.shop)
        self.waybills = TaobaoWaybills(self.shop, app.key)
        self._answers = Answers(self.shop, self.gate, self.mail, self.waybills)
        self._number = 0

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        reply = self._answered(call)
        date = formatdate(self._now_ms() / 1000, usegmt=True)
        return replace(reply, headers={"Date": date, **reply.headers})

    def truth(self) -> dict[str, Any]:
        """What the seller has, and how often what was written."""
        return {
            "trades": {str(t.tid): t.told["status"] for t in self.shop.trades.values()},
            "writes": dict(self.shop.writes),
            "faults": dict(self.faults.done),
        }

    def _answered(self, call: Call) -> Reply:
        if call.path != PATH:
            return Reply(404, b"<html></html>", {"Content-Type": "text/html"})
        if call.method != "POST":
            return self._no(TopError(9, "Http Action Not Allowed"))
        if not call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return self._no(TopError(41, "Invalid content type"))
        try:
            asked = self.gate.admit(call.body)
        except TopError as no:
            return self._no(no)
        self.calls[asked.method] += 1
        self.asked.append(asked)
        fault = self.faults.draw("POST", asked.method, lists=asked.method == LIST)
        return self._before(fault) or self._done(asked, fault)

    def _before(self, fault: Fault | None) -> Reply | None:
        """A fault in which nothing is done."""
        kind = fault.kind if fault else ""
        if kind == "throttle" and fault:
            self.gate.ban_s = fault.seconds
            return self._no(self.gate.banned())
        if kind == "away_before":
            return self._no(TopError(15, "Remote service error", "isp.service-unavailable"))
        if kind == "reset_before":
            return Reply(200, fate="reset")
        return Reply(503) if kind == "unavailable" else None

    def _done(self, asked: Asked, fault: Fault | None) -> Reply:
        kind = fault.kind if fault else ""
        try:
            told = self._answers.answer(asked)
        except TopError as no:
            return self._no(no)
        if kind == "away_after":
            return self._no(TopError(15, "Remote service error", "isp.remote-service-timeout"))
        if kind == "garbage":
            return Reply(200, b"<html>sign in to the wifi</html>", {"Content-Type": "text/html"})
        if asked.method == LIST:
            self._disturb(asked, told, kind)
        return Reply(200, self._body(asked, told), fate=_FATES.get(kind, ""))

    def _disturb(self, asked: Asked, told: dict[str, Any], kind: str) -> None:
        rows = told.get("trades", {}).get("trade", [])
        if kind == "duplicate" and rows:
            rows.insert(0, rows[-1])
        if kind == "reorder":
            self._chance.shuffle(rows)
        found = self._answers.rows_of(asked.params) if kind == "shift" else []
        if found:
            self.shop.touch(found[self._chance.randrange(len(found))])

    def _body(self, asked: Asked, told: dict[str, Any]) -> bytes:
        root = asked.method.removeprefix("taobao.").replace(".", "_") + "_response"
        if asked.method == "taobao.trade.fullinfo.get":
            raw = self.shop.trades[int(asked.params["tid"])].as_raw
            if raw is not None:
                return b'{"' + root.encode() + b'":{"trade":' + raw + b"}}"
        if "token_result" in told:
            told = {"token_result": json.dumps(told["token_result"])}
        self._number += 1
        whole = {root: {**told, "request_id": f"req{self._number:09d}"}}
        return json.dumps(whole, ensure_ascii=False).encode()

    def _no(self, error: TopError) -> Reply:
        self._number += 1
        told = {"error_response": {**error.told, "request_id": f"req{self._number:09d}"}}
        return Reply(200, json.dumps(told, ensure_ascii=False).encode())
