"""A local SF gateway over real HTTP: it refuses what SF refuses, and misbehaves on request.

For the demo, for training and for tests. It shares no signing and no parsing with the connector
(sync/carriers); its rules and codes come from carriers_labels.md A1. It keeps its own truth:
`truth()` in process, `GET /__sandbox/truth` with the token from outside.

Faults (sync.sandbox.faults; `part` names the service):
- nothing done: throttle (A1005), unavailable (503), reset_before, away_before (A1009), inner (8114)
- done, answer lost: reset_after, late (never answers), cut, garbage, away_after (A1099)
- lands_late: hangs, and the order is made half a minute later
"""

import hmac
import json
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.faults import Chance, Fault, Faults
from sync.sandbox.http import Call, Reply
from sync.sandbox.sf_checks import WORDS
from sync.sandbox.sf_gate import Asked, Gate, GateError
from sync.sandbox.sf_orders import Result, SfOrders, SfRules

PATH = "/std/service"
TRUTH = "/__sandbox/truth"
FAULTS = "/__sandbox/faults"
LANDS_AFTER_MS = 30_000
_FATES = {"late": "hang", "reset_after": "reset", "cut": "cut"}


@dataclass(frozen=True, slots=True)
class SfSetup:
    """Who may come in and how strict the gateway is.

    `words` is the checkword of each customer code. `per_second` and `per_day` are the limits of
    SF's test environment for each interface; None lifts them, for a demo at full speed. `skew_ms`
    is how wrong a time stamp may be; None believes any.
    """

    words: Mapping[str, str]
    admin_token: str = ""
    per_second: int | None = 30
    per_day: int | None = 3000
    skew_ms: int | None = 300_000
    rules: SfRules = field(default_factory=SfRules)


class SfSandbox:
    """The handler of a `LocalServer`; `now_ms` is the clock parcels travel by."""

    def __init__(
        self, setup: SfSetup, now_ms: Callable[[], int], chance: Chance, faults: Faults
    ) -> None:
        """Start with an empty book."""
        self.orders = SfOrders(chance, setup.rules)
        self.faults = faults
        self.answers: Counter[str] = Counter()
        self._admin_token = setup.admin_token
        self._now_ms = now_ms
        self._chance = chance
        self._coming: list[tuple[int, Asked]] = []
        self._replies = 0
        self._gate = Gate(
            setup.words,
            per_second=setup.per_second,
            per_day=setup.per_day,
            skew_ms=setup.skew_ms,
        )

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        if call.path in (TRUTH, FAULTS):
            return self._admin(call)
        if call.path != PATH:
            return Reply(404)
        if call.method != "POST":
            return Reply(405)
        self._land()
        try:
            asked = self._gate.admit(
                call.headers.get("content-type", ""), call.body, self._now_ms()
            )
        except GateError as refused:
            return self._outer(refused.code, refused.text)
        return self._answered(asked)

    def truth(self) -> dict[str, Any]:
        """What this SF has: every order with its numbers, and how often it said what."""
        orders = list(self.orders.by_reference.values())
        live = [order for order in orders if order.numbers and not order.cancelled]
        return {
            "orders": len(orders),
            "live": len(live),
            "cancelled": sum(order.cancelled for order in orders),
            "numbers_given": self.orders.given,
            "by_reference": {
                order.reference: {
                    "waybill_nos": list(order.numbers),
                    "cancelled": order.cancelled,
                    "made_ms": order.made_ms,
                }
                for order in orders
            },
            "answers": dict(self.answers),
            "faults": dict(self.faults.done),
        }

    def push_bodies(self, reference: str) -> list[bytes]:
        """The pushes SF would have sent about this order by now, repeated and out of order."""
        found = [
            order for (_, name), order in self.orders.by_reference.items() if name == reference
        ]
        told = [
            row | {"mailno": order.numbers[0], "orderid": reference, "reasonCode": ""}
            for order in found
            for row in self.orders.scans(order, self._now_ms())
        ]
        return [_pushed(at, row) for at, row in enumerate(_shuffled(told, self._chance))]

    def _answered(self, asked: Asked) -> Reply:
        fault = self.faults.draw("POST", asked.service, lists=False)
        kind = fault.kind if fault else ""
        if kind in _BEFORE:
            return self._refused(kind)
        if kind == "lands_late":
            self._coming.append((self._now_ms() + LANDS_AFTER_MS, asked))
            return Reply(200, fate="hang")
        reply = self._done(asked)
        if kind == "away_after":
            return self._outer("A1099", "系统异常")
        if kind == "garbage":
            return Reply(200, b"<html>502 Bad Gateway</html>", {"Content-Type": "text/html"})
        return Reply(reply.status, reply.body, reply.headers, _FATES.get(kind, ""))

    def _refused(self, kind: str) -> Reply:
        """A fault in which nothing is done."""
        if kind == "throttle":
            return self._outer("A1005", "流量受控")
        if kind == "away_before":
            return self._outer("A1009", "目标服务异常或不可达")
        if kind == "inner":
            return self._inner(("8114", None))
        return Reply(503) if kind == "unavailable" else Reply(200, fate="reset")

    def _land(self) -> None:
        """Make the orders whose request was stuck on the way until now."""
        due = [asked for at, asked in self._coming if at <= self._now_ms()]
        self._coming = [entry for entry in self._coming if entry[0] > self._now_ms()]
        for asked in due:
            self._done(asked)

    def _done(self, asked: Asked) -> Reply:
        try:
            message = json.loads(asked.message)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            return self._inner(("S0001", None))
        result = self._result(asked, message)
        return self._outer("A1004", "无对应服务权限") if result is None else self._inner(result)

    def _result(self, asked: Asked, message: Mapping[str, Any]) -> Result | None:
        now_ms = self._now_ms()
        if asked.service == "EXP_RECE_CREATE_ORDER":
            return self.orders.create(asked.partner, message, now_ms)
        if asked.service == "EXP_RECE_SEARCH_ORDER_RESP":
            return self.orders.search(asked.partner, message)
        if asked.service == "EXP_RECE_UPDATE_ORDER":
            return self.orders.update(asked.partner, message, now_ms)
        if asked.service == "EXP_RECE_SEARCH_ROUTES":
            return self.orders.routes(asked.partner, message, now_ms)
        return None

    def _inner(self, result: Result) -> Reply:
        code, data = result
        self.answers[code] += 1
        told = {
            "success": code == "S0000",
            "errorCode": code,
            "errorMsg": WORDS.get(code, ""),
            "msgData": data,
        }
        return self._outer("A1000", "", json.dumps(told, ensure_ascii=False))

    def _outer(self, code: str, text: str, data: str | None = None) -> Reply:
        if code != "A1000":
            self.answers[code] += 1
        self._replies += 1
        told = {
            "apiErrorMsg": text,
            "apiResponseID": uuid.UUID(int=self._replies).hex.upper(),
            "apiResultCode": code,
            "apiResultData": data,
        }
        return Reply(200, json.dumps(told, ensure_ascii=False).encode())

    def _admin(self, call: Call) -> Reply:
        token = call.headers.get("x-sandbox-token", "")
        if not self._admin_token or not hmac.compare_digest(
            token.encode("latin-1"), self._admin_token.encode()
        ):
            return Reply(403)
        if call.path == FAULTS and call.method == "POST":
            try:
                self.faults.plan(*(Fault(**planned) for planned in json.loads(call.body)))
            except (ValueError, TypeError):
                return Reply(400)
        return Reply(200, json.dumps(self.truth(), ensure_ascii=False).encode())


_BEFORE = frozenset({"throttle", "away_before", "inner", "unavailable", "reset_before"})


def _shuffled(told: list[dict[str, Any]], chance: Chance) -> list[dict[str, Any]]:
    many = [row for row in told for _ in range(4)]
    many.sort(key=lambda _: chance.random())
    return many


def _pushed(number: int, row: dict[str, Any]) -> bytes:
    kept = {key: value for key, value in row.items() if not key.endswith("StatusCode")}
    body = {"Body": {"WaybillRoute": [kept | {"id": str(number), "reasonName": ""}]}}
    return json.dumps(body, ensure_ascii=False).encode()
