"""The sandbox's own book of YTO orders: its truth, against which a run is counted.

What it refuses is what open.yto.net.cn names for privacy_create_adapter. Number and customer name
one order; whether a refused repeat names the waybill is not published, so both can be played.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.sandbox.faults import Chance

HOUR_MS = 3_600_000
PICKUP_MS = 2 * HOUR_MS
_PARTY = ("Name", "Mobile", "ProvinceName", "CityName", "CountyName", "Address")
# (hours after the waybill, infoContent, city, words)
_JOURNEY = (
    (2, "GOT", "金华市", "您的快件被【金华市义乌市】揽收"),
    (5, "DEPARTURE", "金华市", "您的快件离开【义乌转运中心】"),
    (20, "ARRIVAL", "绍兴市", "您的快件已经到达【上虞转运中心】"),
    (22, "SENT_SCAN", "绍兴市", "【绍兴市上虞区】正在派件"),
)
_ENDS = {
    7: (
        (25, "FAILED", "绍兴市", "派送不成功：收件人拒收"),
        (30, "TMS_RETURN", "绍兴市", "快件退回"),
    ),
    3: ((25, "INBOUND", "绍兴市", "您的快件已存放至快递柜"),),
}
_SIGNED = ((25, "SIGNED", "绍兴市", "您的快件已签收"),)


@dataclass(slots=True)
class YtoOrder:
    """One order YTO took."""

    code: str
    reference: str
    number: str
    made_ms: int
    answer: dict[str, Any]
    cancelled: bool = False


@dataclass(slots=True)
class YtoRules:
    """What this YTO is like: whether a refused repeat names the first waybill."""

    repeats_tell: bool = False


@dataclass(slots=True)
class YtoOrders:
    """All orders of all customers."""

    chance: Chance
    rules: YtoRules
    by_reference: dict[tuple[str, str], YtoOrder] = field(default_factory=dict)
    by_number: dict[str, YtoOrder] = field(default_factory=dict)

    def create(self, code: str, asked: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
        """Take an order and give it its number, or refuse it."""
        for said in _refusals(asked):
            return said
        reference = asked["logisticsNo"]
        there = self.by_reference.get((code, reference))
        if there is not None:
            told = {"mailNo": there.number, "logisticsNo": reference}
            return no("S10", "订单号重复") | (told if self.rules.repeats_tell else {})
        number = f"YT77{len(self.by_number):011}"
        mark = hashlib.sha256(asked["recipientAddress"].encode()).hexdigest()
        answer = {
            "customerCode": code,
            "logisticsNo": reference,
            "mailNo": number,
            "shortAddress": f"{int(mark[:4], 16) % 900 + 100}-{int(mark[4:8], 16) % 9000 + 1000}",
        }
        order = YtoOrder(code, reference, number, now_ms, answer)
        self.by_reference[code, reference] = self.by_number[number] = order
        return answer

    def cancel(self, code: str, asked: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
        """Cancel an order before the courier has it."""
        order = self.by_reference.get((code, str(asked.get("logisticsNo"))))
        if order is None:
            return no("B2", "订单不存在")
        if order.cancelled:
            return no("B3", "订单已取消")
        if now_ms - order.made_ms >= PICKUP_MS:
            return no("S12", "订单已揽收，不能取消")
        order.cancelled = True
        return {"customerCode": code, "logisticsNo": order.reference}

    def tracks(self, asked: Mapping[str, Any], now_ms: int) -> Any:
        """The scans of one number, each twice and shuffled; an object where there are none."""
        number = str(asked.get("NUMBER") or "")
        if not number:
            return no("B4", "运单号不能为空")
        order = self.by_number.get(number)
        steps = _steps(order) if order is not None and not order.cancelled else ()
        told = [
            {
                "waybill_No": number,
                "upload_Time": _local(order.made_ms + hours * HOUR_MS),
                "infoContent": content,
                "processInfo": words,
                "city": city,
            }
            for hours, content, city, words in steps
            for _ in range(2)
            if order is not None and order.made_ms + hours * HOUR_MS <= now_ms
        ]
        told.sort(key=lambda _: self.chance.random())
        empty = {"code": "1001", "map": {number: []}, "message": "查询结果为空。", "success": True}
        return told or empty

    def truth(self) -> dict[str, Any]:
        """Every order with its number."""
        orders = list(self.by_reference.values())
        return {
            "orders": len(orders),
            "cancelled": sum(order.cancelled for order in orders),
            "by_reference": {order.reference: order.number for order in orders},
        }


def no(code: str, message: str) -> dict[str, Any]:
    """A refusal as YTO writes it."""
    return {"success": False, "code": code, "message": message}


def journey(number: str) -> tuple[tuple[int, str, str, str], ...]:
    """The scans of one waybill: of twenty, one goes back and one waits in a locker."""
    return _JOURNEY + _ENDS.get(int(number[-4:]) % 20, _SIGNED)


def _steps(order: YtoOrder) -> tuple[tuple[int, str, str, str], ...]:
    return journey(order.number)


def _refusals(asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if len(str(asked.get("logisticsNo") or "")) < 7:
        yield no("B5", "物流单号最低长度为7")
    for side in ("sender", "recipient"):
        missing = next((name for name in _PARTY if not asked.get(f"{side}{name}")), "")
        if missing:
            yield no("B6", f"{side}{missing}不能为空")
    if len(asked.get("goods") or []) > 20:
        yield no("B7", "物品列表支持20个以内")


def _local(at_ms: int) -> str:
    shown = datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(hours=8)
    return shown.strftime("%Y-%m-%d %H:%M:%S")
