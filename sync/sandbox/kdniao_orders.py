"""The sandbox's own book of Kdniao orders: its truth, against which a run is counted.

What it refuses is what Kdniao's 1007 example names as needed, with its lengths, and the characters
its authors forbid in values. An order number is used up by its first success, also after a cancel.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Said = dict[str, Any]
"""One answer without its EBusinessID."""

FORBIDDEN = frozenset("'\"#&+<>%\\")
HOUR_MS = 3_600_000
PICKUP_MS = 2 * HOUR_MS
_PARTY = (
    ("Name", 30, True),
    ("Mobile", 20, False),
    ("Tel", 20, False),
    ("ProvinceName", 20, True),
    ("CityName", 20, True),
    ("ExpAreaName", 20, True),
    ("Address", 100, True),
    ("Company", 30, False),
    ("PostCode", 10, False),
)
# What the courier's own account consists of, where a public example shows it.
_ACCOUNTS = {"ZTO": ("CustomerName", "CustomerPwd"), "YTO": ("CustomerName", "MonthCode")}
_POSTAL = frozenset({"EMS", "YZPY", "YZBK"})
_STEMS = {"ZTO": "7311", "YTO": "YT77", "SF": "SF14", "STO": "7771", "YD": "4317"}
_DIGITS = {"ZTO": 10, "YTO": 11, "SF": 11, "STO": 11, "YD": 11}


@dataclass(slots=True)
class KdniaoOrder:
    """One order Kdniao took: for whom, when, its numbers, what was answered."""

    user: str
    reference: str
    shipper: str
    made_ms: int
    numbers: tuple[str, ...]
    answer: Said
    phones: tuple[str, ...]
    cancelled: bool = False


@dataclass(slots=True)
class KdniaoRules:
    """What this Kdniao is like.

    `repeats`: how a used number is answered: "106" with the first waybill, as was captured from
    the real one; "106-bare" without it; "105" as older papers have it. `left` is the balance of
    every outlet's account.
    """

    repeats: str = "106"
    left: int = 5000


@dataclass(slots=True)
class KdniaoOrders:
    """All orders of all users, by order number and by waybill number."""

    rules: KdniaoRules = field(default_factory=KdniaoRules)
    by_reference: dict[tuple[str, str], KdniaoOrder] = field(default_factory=dict)
    by_number: dict[str, KdniaoOrder] = field(default_factory=dict)
    given: int = 0

    def create(self, user: str, asked: Mapping[str, Any], now_ms: int) -> Said:
        """Take an order and give it its waybills, or refuse it."""
        for said in _refusals(asked):
            return said
        there = self.by_reference.get((user, asked["OrderCode"]))
        if there is not None:
            return self._again(there)
        if self.rules.left <= 0 and asked["ShipperCode"] in _ACCOUNTS:
            return no("105", "电子面单余额不足")
        made = self._made(user, asked, now_ms)
        self.by_reference[user, made.reference] = made
        self.by_number.update(dict.fromkeys(made.numbers, made))
        return made.answer

    def cancel(self, user: str, asked: Mapping[str, Any], now_ms: int) -> Said:
        """Give an order back before the courier has it."""
        order = self.by_reference.get((user, str(asked.get("OrderCode"))))
        if order is None:
            return no("105", "订单不存在")
        if asked.get("ExpNo") not in order.numbers:
            return no("105", "订单号与快递单号不匹配")
        if order.cancelled:
            return no("105", "订单已取消")
        if now_ms - order.made_ms >= PICKUP_MS:
            return no("105", "快件已揽收，不能取消")
        order.cancelled = True
        return {"Success": True, "ResultCode": "100", "Reason": "成功"}

    def balance(self, asked: Mapping[str, Any]) -> Said:
        """What is left of an outlet's numbers."""
        needed = _ACCOUNTS.get(str(asked.get("ShipperCode")), ("CustomerName",))
        for name in needed:
            if name != "MonthCode" and not asked.get(name):
                return no("101", f"缺少必要参数[{name}]")
        return {"Success": True, "ResultCode": "100", "AvailableNum": str(self.rules.left)}

    def knows_phone(self, order: KdniaoOrder | None, asked: Mapping[str, Any]) -> bool:
        """Whether the four digits given end one of the parties' phones."""
        tail = str(asked.get("CustomerName") or "?")
        return order is not None and any(phone.endswith(tail) for phone in order.phones)

    def truth(self) -> dict[str, Any]:
        """Every order with its numbers."""
        orders = list(self.by_reference.values())
        return {
            "orders": len(orders),
            "live": sum(not order.cancelled for order in orders),
            "cancelled": sum(order.cancelled for order in orders),
            "numbers_given": self.given,
            "by_reference": {order.reference: list(order.numbers) for order in orders},
        }

    def _again(self, there: KdniaoOrder) -> Said:
        if self.rules.repeats == "105":
            return no("105", "该订单号已存在，请勿重复提交")
        told = {"ResultCode": "106", "Reason": "该订单号已下单成功"}
        if self.rules.repeats == "106-bare":
            return {"Success": False} | told
        return there.answer | told

    def _made(self, user: str, asked: Mapping[str, Any], now_ms: int) -> KdniaoOrder:
        shipper, first = asked["ShipperCode"], self.given
        self.given += asked["Quantity"]
        stem, digits = _STEMS.get(shipper, "99"), _DIGITS.get(shipper, 11)
        numbers = tuple(f"{stem}{serial:0{digits}}" for serial in range(first, self.given))
        receiver = asked["Receiver"]
        mark = hashlib.sha256(receiver["Address"].encode()).hexdigest()
        answer = {
            "Success": True,
            "ResultCode": "100",
            "Reason": "成功",
            "UniquerRequestNumber": mark[:32],
            "Order": {
                "OrderCode": asked["OrderCode"],
                "ShipperCode": shipper,
                "LogisticCode": numbers[0],
                "MarkDestination": f"{int(mark[:4], 16) % 900 + 100}-{mark[4:7].upper()} 00",
                "DestinatioCode": mark[7:11],
                "PackageName": f"{receiver['CityName'].removesuffix('市')}转",
                "KDNOrderCode": f"KDN{mark[:12]}",
            },
            "SubCount": len(numbers) - 1,
            "SubOrders": ",".join(numbers[1:]),
        }
        phones = tuple(
            str(party.get("Mobile") or party.get("Tel")) for party in (asked["Sender"], receiver)
        )
        return KdniaoOrder(user, asked["OrderCode"], shipper, now_ms, numbers, answer, phones)


def no(code: str, reason: str) -> Said:
    """A refusal as Kdniao writes it."""
    return {"Success": False, "ResultCode": code, "Reason": reason}


def _refusals(asked: Mapping[str, Any]) -> Iterator[Said]:
    """What is wrong with an order, the first thing first."""
    shipper = str(asked.get("ShipperCode") or "")
    account = _ACCOUNTS.get(shipper, ())
    for name in ("OrderCode", "ShipperCode", *account, "PayType", "ExpType", "Quantity"):
        if not asked.get(name):
            yield no("101", f"缺少必要参数[{name}]")
    yield from _shapes(asked)
    for side in ("Sender", "Receiver"):
        yield from _party(side, asked.get(side), postal=shipper in _POSTAL)
    if not asked.get("Commodity"):
        # Seen without a code: a plain refusal.
        yield {"Success": False, "Reason": "缺少参数[缺少货物信息]"}


def _shapes(asked: Mapping[str, Any]) -> Iterator[Said]:
    for name, most in (("OrderCode", 30), ("Remark", 60)):
        if len(str(asked.get(name) or "")) > most:
            yield no("103", f"{name}长度不能超过{most}")
    if not isinstance(asked["Quantity"], int) or not 1 <= asked["Quantity"] <= 300:
        yield no("103", "Quantity")
    if any(FORBIDDEN & set(value) for value in _values(asked)):
        yield no("103", "RequestData包含特殊字符")


def _party(side: str, party: Any, *, postal: bool) -> Iterator[Said]:
    told = party if isinstance(party, dict) else {}
    for name, most, needed in _PARTY:
        value = str(told.get(name) or "")
        if not value and (needed or (postal and name == "PostCode")):
            yield no("101", f"缺少必要参数[{side}.{name}]")
        if len(value) > most:
            yield no("103", f"{side}.{name}长度不能超过{most}")
    if not told.get("Mobile") and not told.get("Tel"):
        yield no("101", f"缺少必要参数[{side}.Mobile]")


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for member in value.values() if isinstance(value, dict) else value if _listed(value) else ():
        yield from _values(member)


def _listed(value: Any) -> bool:
    return isinstance(value, list)
