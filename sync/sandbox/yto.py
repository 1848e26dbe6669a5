"""A local YTO over real HTTP: it refuses what YTO refuses, and misbehaves on request.

For training and for tests. It shares no signing and no parsing with the connector; names come from
open.yto.net.cn (privacy_create_adapter, korder_cancel_adapter, track_query_adapter), codes from its
S family.
It keeps its own truth: `truth()` in process. Faults: see sync.sandbox.rough; its own noes are
throttle (S112), away_before and away_after (S07), inner (no numbers left).
"""

import binascii
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.faults import Chance, Faults
from sync.sandbox.http import Call, Reply
from sync.sandbox.rough import Rough
from sync.sandbox.yto_orders import YtoOrders, YtoRules, no

_ADAPTERS = ("privacy_create_adapter", "korder_cancel_adapter", "track_query_adapter")


@dataclass(frozen=True, slots=True)
class YtoSetup:
    """Who may come in: the secret of each (adapter, client code); one user id for all.

    `skew_ms` is how wrong a time stamp may be.
    """

    secrets: Mapping[tuple[str, str], str]
    user_id: str = "05L9aS"
    skew_ms: int = 600_000
    rules: YtoRules = field(default_factory=YtoRules)


class YtoSandbox:
    """The handler of a `LocalServer`; `now_ms` is the clock parcels travel by."""

    def __init__(
        self, setup: YtoSetup, now_ms: Callable[[], int], chance: Chance, faults: Faults
    ) -> None:
        """Start with an empty book."""
        self.orders = YtoOrders(chance, setup.rules)
        self.faults = faults
        self.asked: Counter[str] = Counter()
        self._setup = setup
        self._now_ms = now_ms
        self._rough = Rough(faults, now_ms)

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        head, _, rest = call.path.lstrip("/").partition("/")
        adapter, *where = rest.split("/")
        if head != "open" or adapter not in _ADAPTERS or len(where) != 3:
            return Reply(404)
        if call.method != "POST":
            return Reply(405)
        asked = self._admitted(call, adapter, tuple(where))
        if not isinstance(asked, str):
            return _reply(asked)
        self.asked[adapter] += 1
        noes = {
            "throttle": _reply(no("S112", "流量控制")),
            "away_before": _reply(no("S07", "系统异常，请重试")),
            "away_after": _reply(no("S07", "系统异常，请重试")),
            "inner": _reply(no("B1", "电子面单余额不足")),
        }
        code = where[2]
        return self._rough.serve(adapter, lambda: _reply(self._done(adapter, code, asked)), noes)

    def truth(self) -> dict[str, Any]:
        """What this YTO has: every order with its number."""
        return self.orders.truth() | {"faults": dict(self.faults.done)}

    def _admitted(self, call: Call, adapter: str, where: tuple[str, ...]) -> str | dict[str, Any]:
        """The param, once every rule of the gateway holds; else the gateway's no."""
        try:
            envelope = json.loads(call.body)
            param, given, stamp = (envelope[name] for name in ("param", "sign", "timestamp"))
        except (ValueError, KeyError, TypeError):
            return no("S01", "非法的JSON")
        version, user, code = where
        secret = self._setup.secrets.get((adapter, code))
        if secret is None or user != self._setup.user_id or version != "v1":
            return no("403", "未授权的接口或客户编码")
        if abs(int(stamp) - self._now_ms()) > self._setup.skew_ms:
            return no("S05", "时间戳已过期")
        if given != digest_of(param, adapter, secret):
            return no("S02", "非法的数字签名")
        return str(param)

    def _done(self, adapter: str, code: str, param: str) -> Any:
        try:
            asked = json.loads(param)
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            return no("S01", "非法的JSON")
        if adapter == "privacy_create_adapter":
            return self.orders.create(code, asked, self._now_ms())
        if adapter == "korder_cancel_adapter":
            return self.orders.cancel(code, asked, self._now_ms())
        return self.orders.tracks(asked, self._now_ms())


def digest_of(param: str, adapter: str, secret: str) -> str:
    """The sign YTO would compute for these."""
    whole = hashlib.new("md5", usedforsecurity=False)
    for part in (param, adapter, "v1", secret):
        whole.update(part.encode())
    return binascii.b2a_base64(whole.digest(), newline=False).decode()


def _reply(said: Any) -> Reply:
    return Reply(200, json.dumps(said, ensure_ascii=False).encode())
