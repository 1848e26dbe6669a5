"""The sandbox shop's e-waybill at JD: agreements with a balance, numbers, sealed labels.

It refuses what the platform refuses (open.jd.com, jingdong.ldop.alpha.*): content without a needed
field, an order that is not this shop's, a receiver without the order's `oaid`, a branch without
agreement, an empty balance. The words and codes of its noes are ours, for JD publishes none. A
reference asked for again gets another number, which is the worst JD could do.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.jd_shop import RECEIVER, JdTruth

Params = Mapping[str, Any]
VENDOR = "100001"
# The interface's page: what an order's content may not be without.
NEEDED = (
    "waybillType waybillCount providerCode salePlatform platformOrderNo vendorCode vendorName "
    "vendorOrderCode fromAddress toAddress weight volume promiseTimeType payType goodsMoney "
    "shouldPayMoney needGuarantee guaranteeMoney receiveTimeType"
)
PARAMETERS = {
    "jingdong.ldop.alpha.waybill.receive": ("content", ""),
    "jingdong.ldop.alpha.waybill.api.unbind": ("providerCode waybillCode", "providerId"),
    "jingdong.ldop.alpha.waybill.query": ("providerCode waybillCode", ""),
    "jingdong.ldop.alpha.vendor.bigshot.query": ("waybillCode", "providerId providerCode"),
    "jingdong.ldop.alpha.provider.sign.success.info.get": ("venderCode", ""),
    "jingdong.printing.printData.pullData": ("param1", ""),
}


@dataclass(slots=True)
class JdBranch:
    """One agreement: operation 1 runs its branches itself, 2 sells numbers ahead."""

    provider: str
    code: str
    name: str
    operation: int = 2
    left: int = 500


@dataclass(slots=True)
class JdBill:
    """One number that was given."""

    number: str
    order: str
    reference: str
    branch: JdBranch
    unbound: bool = False
    collected: bool = False


@dataclass(slots=True)
class JdLabelBook:
    """The e-waybill of one shop; `others` are orders of other shops."""

    shop: JdTruth
    branches: list[JdBranch] = field(
        default_factory=lambda: [
            JdBranch("YUNDA", "A0001", "萧山网点"),
            JdBranch("SF", "7551234567", "顺丰", operation=1),
        ]
    )
    others: set[str] = field(default_factory=set)
    bills: dict[str, JdBill] = field(default_factory=dict)

    def methods(self) -> dict[str, Callable[[Params], dict[str, Any]]]:
        """The interfaces by their names."""
        return {
            "jingdong.ldop.alpha.waybill.receive": self._receive,
            "jingdong.ldop.alpha.waybill.api.unbind": self._unbind,
            "jingdong.ldop.alpha.waybill.query": self._query,
            "jingdong.ldop.alpha.vendor.bigshot.query": self._marks,
            "jingdong.ldop.alpha.provider.sign.success.info.get": self._signed,
            "jingdong.printing.printData.pullData": self._pull,
        }

    def truth(self) -> dict[str, Any]:
        """Which order has which numbers, and how many were given."""
        by_order: dict[str, list[str]] = {}
        for bill in self.bills.values():
            by_order.setdefault(bill.order, []).append(bill.number)
        unbound = sum(bill.unbound for bill in self.bills.values())
        return {"by_order": by_order, "numbers_given": len(self.bills), "unbound": unbound}

    def sealed(self, number: str) -> str:
        """The label of a number, as JD's print component alone reads it."""
        return base64.b64encode(hashlib.sha256(number.encode()).digest()).decode()

    def _receive(self, asked: Params) -> dict[str, Any]:
        try:
            content = json.loads(asked["content"])
        except (ValueError, TypeError):
            return _no("content必须为JSON字符串")
        why = next(self._reasons(content), "")
        branch = self._found(content)
        if why or branch is None:
            return _no(why or "商家与承运商网点没有签约")
        number = f"43{len(self.bills):013}"
        order, reference = content["platformOrderNo"], content["vendorOrderCode"]
        self.bills[number] = JdBill(number, order, reference, branch)
        branch.left -= branch.operation == 2
        return _yes({"waybillCodeList": [number], "platformOrderNo": order})

    def _reasons(self, content: Params) -> Iterator[str]:
        """What is wrong with an order's content, the first thing first."""
        missing = [name for name in NEEDED.split() if content.get(name) in (None, "")]
        if missing:
            yield f"参数{missing[0]}不能为空"
        if content["vendorCode"] != VENDOR or content["platformOrderNo"] in self.others:
            yield "订单不属于该商家"
        order = str(content["platformOrderNo"])
        if content["salePlatform"] == "0010001" and (
            not order.isdigit() or int(order) not in self.shop.orders
        ):
            yield "平台订单号不正确"
        to = content["toAddress"]
        if to.get("oaid") != RECEIVER["oaid"] or to.get("contact") != RECEIVER["fullname"]:
            yield "收件人信息与订单不符"
        branch = self._found(content)
        if branch is not None and branch.operation == 2 and branch.left <= 0:
            yield "单号余额不足"

    def _found(self, content: Params) -> JdBranch | None:
        for one in self.branches:
            code = content.get("branchCode" if one.operation == 2 else "settlementCode")
            if (one.provider, one.code) == (content.get("providerCode"), code):
                return one
        return None

    def _unbind(self, asked: Params) -> dict[str, Any]:
        bill = self._bill(asked)
        if bill is None:
            return _no("运单号不存在")
        if bill.unbound:
            return _no("运单已解绑")
        if bill.collected:
            return _no("运单已揽收，不允许解绑")
        bill.unbound = True
        return _yes(None)

    def _query(self, asked: Params) -> dict[str, Any]:
        bill = self._bill(asked)
        if bill is None or bill.unbound:
            return _no("运单号不存在")
        told = {"waybillCodes": [bill.number], "platformOrderNo": bill.order, "state": 1}
        return _yes({**told, "providerCode": bill.branch.provider, "vendorCode": VENDOR})

    def _marks(self, asked: Params) -> dict[str, Any]:
        bill = self._bill(asked)
        if bill is None:
            return _no("运单号不存在")
        mark = {"bigShotName": "杭州", "bigShotCode": "571", "secondSectionCode": "A12"}
        mark |= {"thirdSectionCode": "03", "gatherCenterName": "杭州包", "gatherCenterCode": "5712"}
        return _yes([{"waybillCode": bill.number, **mark}])

    def _signed(self, asked: Params) -> dict[str, Any]:
        if asked["venderCode"] != VENDOR:
            return _yes([])
        return _yes([_agreement(one) for one in self.branches])

    def _pull(self, asked: Params) -> dict[str, Any]:
        param = asked["param1"]
        told = {"objectId": param.get("objectId", ""), "code": "1", "message": "操作成功！"}
        if len(told["objectId"]) > 20 or param.get("parameters") != {"eCustomerCode": VENDOR}:
            return {"returnType": told | {"code": "0", "message": "参数错误"}}
        data = [self._label(param["cpCode"], row) for row in param["wayBillInfos"]]
        return {"returnType": told | {"prePrintDatas": data}}

    def _label(self, provider: str, row: Params) -> dict[str, str]:
        number = str(row.get("wayBillCode"))
        bill = self._bill({"providerCode": provider, "waybillCode": number})
        if bill is None or bill.unbound or bill.order != row.get("orderNo"):
            return {"wayBillNo": number, "code": "10", "msg": "运单与订单不符", "perPrintData": ""}
        told = {"wayBillNo": number, "code": "1", "msg": "成功"}
        return told | {"perPrintData": self.sealed(number)}

    def _bill(self, asked: Params) -> JdBill | None:
        bill = self.bills.get(str(asked.get("waybillCode")))
        return bill if bill and bill.branch.provider == asked.get("providerCode") else None


def _agreement(branch: JdBranch) -> dict[str, Any]:
    franchise = branch.operation == 2
    return {
        "providerCode": branch.provider,
        "providerId": 1327,
        "providerName": branch.provider,
        "providerType": 1,
        "operationType": branch.operation,
        "supportCod": False,
        "branchCode": branch.code if franchise else None,
        "branchName": branch.name if franchise else None,
        "settlementCode": None if franchise else branch.code,
        "amount": branch.left if franchise else 0,
        "address": {
            "provinceName": "浙江",
            "cityName": "杭州市",
            "countryName": "萧山区",
            "countrysideName": "城厢街道",
            "address": "市心中路 9 号",
        },
    }


def _yes(data: Any) -> dict[str, Any]:
    return {"resultInfo": {"statusCode": 0, "statusMessage": "成功", "data": data}}


def _no(words: str) -> dict[str, Any]:
    return {"resultInfo": {"statusCode": 1, "statusMessage": words, "data": None}}
