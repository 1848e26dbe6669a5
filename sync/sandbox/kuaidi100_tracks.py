"""What happens to a parcel after its waybill, as Kuaidi100 tells it, and who is called about it.

The journey depends on the waybill number and on the handed-in clock alone. Traces come newest
first, each twice; only who asks for `resultv2` 4 is told the finer states.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.sandbox.kuaidi100_orders import HOUR_MS, PICKUP_MS, LabelOrder

DAY_MS = 24 * HOUR_MS
MOST_A_DAY = 48
MOST_FOLLOWS = 4
NEEDS_PHONE = frozenset({"shunfeng", "shunfengkuaiyun", "zhongtong"})


@dataclass(frozen=True, slots=True)
class Step:
    """One scan of a journey: when after the waybill, its finer state, its name, its words."""

    after_ms: int
    code: str
    name: str
    said: str


_START = (
    Step(PICKUP_MS, "103", "已揽收", "【深圳南山】已揽收"),
    Step(5 * HOUR_MS, "1002", "干线", "快件离开【深圳南山】"),
    Step(20 * HOUR_MS, "1001", "到达派件城市", "快件到达【杭州中转部】"),
    Step(22 * HOUR_MS, "5", "派件", "【杭州西湖】正在派件"),
)
_SIGNED = (Step(25 * HOUR_MS, "301", "本人签收", "已签收，签收人：本人"),)
_LOCKER = (Step(25 * HOUR_MS, "501", "投柜或驿站", "快件已存放至驿站，请及时取件"),)
_REFUSED = (
    Step(25 * HOUR_MS, "203", "拒收", "收件人拒收"),
    Step(60 * HOUR_MS, "4", "退签", "退件已签收"),
)
_SHORT = {"103": "1", "1002": "0", "1001": "0", "501": "5", "301": "3", "203": "2"}


def journey(number: str) -> tuple[Step, ...]:
    """The scans of one waybill: of twenty, 17 are signed, two wait in a station, one goes back."""
    kind = int(number[-4:]) % 20
    return _START + (_REFUSED if kind == 7 else _LOCKER if kind in {3, 11} else _SIGNED)


def parcel_of(order: LabelOrder, now_ms: int, *, finer: bool) -> dict[str, Any]:
    """The parcel as a query's answer and a push's `lastResult` carry it."""
    steps = [
        step
        for step in journey(order.numbers[0])
        if not order.cancelled and order.made_ms + step.after_ms <= now_ms
    ]
    data = [_trace(step, order.made_ms, finer=finer) for step in steps[::-1] for _ in range(2)]
    last = steps[-1].code if steps else "0"
    return {
        "message": "ok",
        "nu": order.numbers[0],
        "ischeck": "1" if last == "301" else "0",
        "com": order.company,
        "status": "200",
        "data": data,
        "state": _SHORT.get(last, last),
        "condition": "F00",
    }


def _trace(step: Step, made_ms: int, *, finer: bool) -> dict[str, Any]:
    local = datetime.fromtimestamp((made_ms + step.after_ms) / 1000, UTC) + timedelta(hours=8)
    at = local.strftime("%Y-%m-%d %H:%M:%S")
    told: dict[str, Any] = {"time": at, "ftime": at, "context": step.said, "location": ""}
    return told | ({"status": step.name, "statusCode": step.code} if finer else {})


@dataclass(slots=True)
class Counters:
    """How often each number was asked about and subscribed; the 49th question in a day locks it."""

    asked: dict[str, list[int]] = field(default_factory=dict)
    locked: dict[str, int] = field(default_factory=dict)
    follows: Counter[str] = field(default_factory=Counter)
    watched: dict[str, dict[str, Any]] = field(default_factory=dict)

    def may_ask(self, number: str, now_ms: int) -> bool:
        """Count one question; False where the number is locked, or is locked by this one."""
        if self.locked.get(number, 0) > now_ms:
            return False
        recent = [at for at in self.asked.get(number, ()) if at > now_ms - DAY_MS]
        self.asked[number] = [*recent, now_ms]
        if len(recent) >= MOST_A_DAY:
            self.locked[number] = now_ms + DAY_MS
            return False
        return True

    def follow(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Subscribe one number, or refuse it."""
        number = str(asked.get("number") or "")
        code, why = self._unfit(asked, number)
        if code:
            return _said(code, why)
        self.follows[number] += 1
        self.watched[number] = asked["parameters"]
        return {"result": True, "returnCode": "200", "message": "提交成功"}

    def _unfit(self, asked: dict[str, Any], number: str) -> tuple[str, str]:
        told = asked.get("parameters")
        where = told if isinstance(told, dict) else {}
        if not (asked.get("company") and number and where.get("callbackurl")):
            return "700", "订阅方的订阅数据存在错误"
        if asked["company"] in NEEDS_PHONE and not where.get("phone"):
            return "701", "拒绝订阅的快递公司：缺少phone"
        if number in self.watched:
            return "501", "POLL:重复订阅"
        if self.follows[number] >= MOST_FOLLOWS:
            return "700", "同一单号一个月内最多订阅4次"
        return "", ""


def _said(code: str, message: str) -> dict[str, Any]:
    return {"result": False, "returnCode": code, "message": message}
