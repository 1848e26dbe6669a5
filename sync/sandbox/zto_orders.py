"""The sandbox's own book of ZTO orders: its truth, against which a run is counted.

What it refuses is what open.zto.com names as needed for createOrder. What the real ZTO does with a
repeated partnerOrderCode is not published; this one can refuse it, or make a second number of it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Said = dict[str, Any]
"""One answer: status, statusCode, message, result."""

_PARTY = ("Name", "Province", "City", "District", "Address")


@dataclass(slots=True)
class ZtoOrder:
    """One order ZTO took: by whom, when, its number, and of which kind."""

    app_key: str
    reference: str
    kind: str
    made_ms: int
    number: str
    phones: tuple[str, ...]
    cancelled: bool = False


@dataclass(slots=True)
class ZtoRules:
    """What this ZTO is like: a repeated order code is refused, or gets a second number.

    `accounts` are the e-waybill accounts with their passwords, `left` the numbers each has.
    """

    repeats_refused: bool = True
    accounts: dict[str, str] = field(default_factory=lambda: {"test": "ZTO123"})
    left: int = 5000


@dataclass(slots=True)
class ZtoOrders:
    """All orders of all apps."""

    rules: ZtoRules
    orders: list[ZtoOrder] = field(default_factory=list)
    by_number: dict[str, ZtoOrder] = field(default_factory=dict)

    def create(self, app_key: str, asked: Mapping[str, Any], now_ms: int) -> Said:
        """Take an order and give it its number, or refuse it."""
        for said in self._refusals(asked):
            return said
        reference = asked["partnerOrderCode"]
        there = any(one.reference == reference and one.app_key == app_key for one in self.orders)
        if there and self.rules.repeats_refused:
            return no("E400", "合作商订单号重复")
        number = f"7311{len(self.orders):010}"
        phones = tuple(_phone(asked, side) for side in ("sender", "receiver"))
        order = ZtoOrder(app_key, reference, asked["orderType"], now_ms, number, phones)
        self.orders.append(order)
        self.by_number[number] = order
        return {
            "status": True,
            "statusCode": "0000",
            "message": "成功",
            "result": _made(order, asked["receiveInfo"]),
        }

    def cancel(self, app_key: str, asked: Mapping[str, Any]) -> Said:
        """Cancel a booking of the same app; the usual kind of number never."""
        if str(asked.get("cancelType")) not in "1234567":
            return no("S208", "cancelType不能为空")
        order = self.by_number.get(str(asked.get("billCode")))
        if order is None or order.app_key != app_key:
            return no("E404", "订单不存在")
        if order.kind != "2":
            return no("E400", "全网件单号不支持取消")
        if order.cancelled:
            return no("E400", "订单已取消")
        order.cancelled = True
        return {"status": True, "statusCode": "SYS000", "message": "请求成功", "result": {}}

    def balance(self, asked: Mapping[str, Any]) -> Said:
        """What is left of an e-waybill account's numbers."""
        if not self._known(asked.get("partner"), asked.get("verify")):
            return no("E404", "鉴权失败,未绑定电子面单账号")
        result = {"recharge": 9000, "available": self.rules.left, "back": 0, "recovery": 0}
        return {"status": True, "statusCode": "SYS000", "message": "成功", "result": result}

    def truth(self) -> dict[str, Any]:
        """Every order with its number."""
        return {
            "orders": len(self.orders),
            "cancelled": sum(order.cancelled for order in self.orders),
            "numbers": [(order.reference, order.number) for order in self.orders],
        }

    def _refusals(self, asked: Mapping[str, Any]) -> Iterator[Said]:
        for name in ("partnerType", "orderType", "partnerOrderCode"):
            if not asked.get(name):
                yield no("S208", f"{name}不能为空")
        yield from self._account(asked)
        for name, side in (("senderInfo", "sender"), ("receiveInfo", "receiver")):
            told = asked.get(name)
            party = told if isinstance(told, dict) else {}
            missing = [field for field in _PARTY if not party.get(f"{side}{field}")]
            if missing or not _phone(asked, side):
                yield no("S208", f"{name}.{(missing or ['Mobile'])[0]}不能为空")

    def _account(self, asked: Mapping[str, Any]) -> Iterator[Said]:
        account = asked.get("accountInfo") or {}
        if asked.get("partnerType") == "1":
            if not account.get("customerId"):
                yield no("S208", "customerId不能为空")
            return
        if not self._known(account.get("accountId"), account.get("accountPassword")):
            yield no("E401", "电子面单账号或密码错误")
        elif self.rules.left <= 0:
            yield no("E402", "电子面单可用单号不足")

    def _known(self, account: Any, password: Any) -> bool:
        return password is not None and self.rules.accounts.get(str(account)) == password


def no(code: str, message: str) -> Said:
    """A refusal as ZTO writes it."""
    return {"status": False, "statusCode": code, "message": message, "result": None}


def _phone(asked: Mapping[str, Any], side: str) -> str:
    party = asked.get("senderInfo" if side == "sender" else "receiveInfo")
    told = party if isinstance(party, dict) else {}
    return str(told.get(f"{side}Mobile") or told.get(f"{side}Phone") or "")


def _made(order: ZtoOrder, receiver: Mapping[str, Any]) -> dict[str, Any]:
    mark = hashlib.sha256(receiver["receiverAddress"].encode()).hexdigest()
    return {
        "billCode": order.number,
        "orderCode": f"250522{order.number[-12:]}",
        "partnerOrderCode": order.reference,
        "siteCode": "02100",
        "siteName": "上海",
        "verifyCode": None,
        "signBillInfo": None,
        "bigMarkInfo": {
            "mark": f"{int(mark[:4], 16) % 900 + 100}- {mark[4:7].upper()} 09",
            "bagAddr": receiver["receiverCity"].removesuffix("市"),
        },
    }
