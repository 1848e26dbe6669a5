"""The sandbox's own book of Kuaidi100's label orders: its truth, against which a run is counted.

What it needs of an order is what the vendor's SDKs mark as needed. With `reorder` false the same
orderId brings the first answer again for 48 hours (code 30011); otherwise, and later, each order
is a new one, as the vendor's SDK says.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Said = dict[str, Any]
"""One answer to a label order."""

HOUR_MS = 3_600_000
PICKUP_MS = 2 * HOUR_MS
REMEMBERED_MS = 48 * HOUR_MS
# Couriers that give an order number of their own and want it again to cancel.
_OWN_ORDERS = frozenset({"jtexpress", "jd"})
_STEMS = {
    "zhongtong": ("7311", 10),
    "yuantong": ("YT77", 11),
    "shunfeng": ("SF14", 11),
    "jtexpress": ("JT00", 11),
}


@dataclass(slots=True)
class LabelOrder:
    """One order: for which of our references, when, its numbers, what was answered."""

    reference: str
    company: str
    made_ms: int
    numbers: tuple[str, ...]
    courier_order: str
    answer: Said
    phones: tuple[str, ...]
    cancelled: bool = False


@dataclass(slots=True)
class LabelRules:
    """What this Kuaidi100 is like: how many labels are paid for, and the outlets' accounts."""

    left: int = 5000
    partners: frozenset[str] = frozenset({"P0001"})


@dataclass(slots=True)
class LabelOrders:
    """All orders, by our reference and by waybill number."""

    rules: LabelRules = field(default_factory=LabelRules)
    by_reference: dict[str, list[LabelOrder]] = field(default_factory=dict)
    by_number: dict[str, LabelOrder] = field(default_factory=dict)
    given: int = 0

    def create(self, asked: Mapping[str, Any], now_ms: int) -> Said:
        """Take an order and give it its waybills, or refuse it."""
        for said in self._refusals(asked):
            return said
        reference = str(asked.get("orderId") or "")
        before = self.by_reference.get(reference, []) if reference else []
        again = asked.get("reorder") is False and before
        if again and now_ms - before[-1].made_ms < REMEMBERED_MS:
            return before[-1].answer | {"code": 30011}
        if self.rules.left <= 0:
            return no(30004, "账户余额不足")
        made = self._made(reference, asked, now_ms)
        self.by_reference.setdefault(reference, []).append(made)
        self.by_number.update(dict.fromkeys(made.numbers, made))
        return made.answer

    def cancel(self, asked: Mapping[str, Any], now_ms: int) -> Said:
        """Give an order back before the courier has it."""
        if asked.get("partnerId") not in self.rules.partners:
            return no(30003, "电子面单账号有误")
        order = self.by_number.get(str(asked.get("kuaidinum")))
        if order is None or order.company != asked.get("kuaidicom"):
            return no(30009, "未找到该运单")
        why = _kept(order, asked, now_ms)
        if why:
            return no(30001, why)
        order.cancelled = True
        return {"success": True, "code": 200, "message": "成功", "data": None}

    def truth(self) -> dict[str, Any]:
        """Every order with its numbers."""
        orders = [one for listed in self.by_reference.values() for one in listed]
        return {
            "orders": len(orders),
            "live": sum(not one.cancelled for one in orders),
            "cancelled": sum(one.cancelled for one in orders),
            "numbers_given": self.given,
            "by_reference": {
                reference: [list(one.numbers) for one in listed]
                for reference, listed in self.by_reference.items()
            },
        }

    def _refusals(self, asked: Mapping[str, Any]) -> Iterator[Said]:
        for name in ("kuaidicom", "recMan", "sendMan", "cargo"):
            if not asked.get(name):
                yield no(30001, f"参数错误：{name}")
        if asked.get("partnerId") not in self.rules.partners:
            yield no(30003, "电子面单账号有误")
        for side in ("recMan", "sendMan"):
            yield from _party(side, asked[side])
        count = asked.get("count")
        if not isinstance(count, int) or count < 1:
            yield no(30001, "参数错误：count")
        if count != 1 and asked.get("needChild") != "1":
            yield no(30001, "参数错误：needChild")

    def _made(self, reference: str, asked: Mapping[str, Any], now_ms: int) -> LabelOrder:
        company, first = str(asked["kuaidicom"]), self.given
        self.given += asked["count"]
        stem, digits = _STEMS.get(company, ("99", 11))
        numbers = tuple(f"{stem}{serial:0{digits}}" for serial in range(first, self.given))
        mark = hashlib.sha256(asked["recMan"]["printAddr"].encode()).hexdigest()
        own = f"0{now_ms}{first}" if company in _OWN_ORDERS else ""
        data = {
            "taskId": mark[:32].upper(),
            "kuaidinum": numbers[0],
            "childNum": ",".join(numbers[1:]),
            "bulkpen": f"{int(mark[:4], 16) % 900 + 100}-{mark[4:7].upper()} 00",
            "pkgName": "杭州集",
            "destCode": mark[7:11],
        } | ({"kdComOrderNum": own} if own else {})
        answer = {"success": True, "code": 200, "message": "成功", "data": data, "time": 12}
        phones = tuple(
            str(one.get("mobile") or one.get("tel")) for one in (asked["sendMan"], asked["recMan"])
        )
        return LabelOrder(reference, company, now_ms, numbers, own, answer, phones)


def no(code: int, reason: str) -> Said:
    """A refusal of a label order as Kuaidi100 writes it."""
    return {"success": False, "code": code, "message": reason, "data": None}


def _kept(order: LabelOrder, asked: Mapping[str, Any], now_ms: int) -> str:
    """Why an order cannot be given back, or ""."""
    if order.courier_order and asked.get("orderId") != order.courier_order:
        return "orderId与下单时返回的kdComOrderNum不一致"
    if order.cancelled:
        return "该运单已取消"
    return "快件已揽收，不能取消" if now_ms - order.made_ms >= PICKUP_MS else ""


def _party(side: str, party: Any) -> Iterator[Said]:
    told = party if isinstance(party, dict) else {}
    for name in ("name", "printAddr"):
        if not told.get(name):
            yield no(30001, f"参数错误：{side}.{name}")
    if not told.get("mobile") and not told.get("tel"):
        yield no(30001, f"参数错误：{side}.mobile")
