"""The sandbox shop's e-waybill at Xiaohongshu: agreements with a balance, numbers, sealed labels.

Fields are those of open.xiaohongshu.com ("批量取号", "取消面单", "查询面单",
"查询电子面单订购关系", "查询电子面单模板列表", "订单详情"), the noes those of its help
page. It refuses an address that is not the agreement's to the town, a form of another courier, an
address key that is not the order's own of now, an empty balance, ids that are too long together. A
trade order's package brings its number again; whose order it is, it does not look at, as the
platform does not.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Asked = Mapping[str, Any]
Said = dict[str, Any]
MOST_AT_ONCE, MOST_OBJECT, MOST_IDS = 10, 40, 64
ACCOUNT = 130000000000000017
_NEEDED = ("cpCode", "sender", "tradeOrderInfoList", "sellerName", "branchCode", "customerCode")
_EACH = ("objectId", "orderInfo", "packageInfo", "recipient", "templateId")
_PLACE = ("province", "city", "district", "town", "detail")


class Refusal(Exception):  # noqa: N818 - it is one
    """A `success` that is false, its code and its words; at the door under their other names."""

    def __init__(self, code: int, words: str, *, at_door: bool = False) -> None:
        """Keep what the answer says."""
        super().__init__(code)
        self.code, self.words, self._at_door = code, words, at_door

    def said(self) -> Said:
        """The answer."""
        names = ("code", "msg") if self._at_door else ("error_code", "error_msg")
        return {names[0]: self.code, names[1]: self.words, "success": False}


def no(words: str) -> Refusal:
    """The business says no."""
    return Refusal(401, words)


@dataclass(slots=True)
class XhsBranch:
    """One agreement with a courier."""

    courier: str
    branch: str = ""
    customer: str = ""
    brand: str = ""
    left: int = 500
    senders: list[dict[str, str]] = field(default_factory=list)

    @property
    def direct(self) -> bool:
        """Whether the courier runs its branches itself."""
        return not self.branch


@dataclass(slots=True)
class XhsNumber:
    """One number: for which order, for whom, and whether it came back."""

    number: str
    order: str
    form: int
    branch: XhsBranch
    receiver: str
    cancelled: bool = False
    moved: bool = False


class XhsShop:
    """The e-waybill of one shop; `orders` are its own, `others` another shop's, with who buys."""

    def __init__(self) -> None:
        """One branch of ZTO, and SF."""
        home = {"province": "浙江省", "city": "杭州市", "district": "萧山区"}
        home |= {"town": "临浦镇", "detail": "仓前路 9 号"}
        self.name = "张记窗帘"
        self.branches = [
            XhsBranch("zto", "57101", senders=[home]),
            XhsBranch("shunfeng", customer="5710001234", brand="SF", senders=[home]),
        ]
        self.forms: dict[int, tuple[str, str, str]] = {
            644703: ("zto", "76*130", ""),
            644704: ("zto", "100*150", ""),
            644801: ("shunfeng", "76*130", "SF"),
            644802: ("shunfeng", "76*130", "FOP"),
        }
        self.orders: dict[str, str] = {}
        self.others: dict[str, str] = {}
        self.moved_in: dict[str, int] = {}
        self.given: dict[tuple[str, str], XhsNumber] = {}
        self.silent = False
        self._serial = 0

    def serve(self, method: str, asked: Asked) -> Said:
        """What an interface answers."""
        acts: dict[str, Callable[[Asked], Said]] = {
            "order.getOrderDetail": self.order,
            "express.queryEbillSubscribes": self.agreements,
            "express.queryEbillTemplates": self.templates,
            "express.createEbillOrders": self.take,
            "express.queryEbillOrder": self.label,
            "express.cancelEbillOrder": self.cancel,
        }
        if method not in acts:
            raise Refusal(301, "找不到服务描述")
        return acts[method](asked)

    def truth(self) -> dict[str, list[str]]:
        """The live numbers of every order."""
        found: dict[str, list[str]] = {}
        for one in self.given.values():
            if not one.cancelled:
                found.setdefault(one.order, []).append(one.number)
        return found

    def address_key(self, order: str) -> str:
        """What the platform gives out in place of name, phone and address; new after a change."""
        said = f"{order}/{self.moved_in.get(order, 0)}"
        return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()

    # --- the interfaces ------------------------------------------------------------------------

    def order(self, asked: Asked) -> Said:
        """order.getOrderDetail."""
        order = asked.get("orderId")
        if not isinstance(order, str) or order not in self.orders:
            raise Refusal(-1, "订单不存在")
        told = {"orderId": order, "orderStatus": 4, "receiverProvinceName": "浙江"}
        return {**told, "openAddressId": self.address_key(order), "shopName": self.name}

    def agreements(self, asked: Asked) -> Said:
        """express.queryEbillSubscribes."""
        _check_version(asked)
        mine = [
            one
            for one in self.branches
            if asked.get("cpCode") in (None, one.courier)
            and asked.get("brandCode") in (None, "", one.brand)
        ]
        return {"subscribeList": [_agreed(one, asked) for one in mine], "accountId": ACCOUNT}

    def templates(self, asked: Asked) -> Said:
        """express.queryEbillTemplates."""
        _check_version(asked)
        listed = [
            {
                "id": number,
                "cpCode": courier,
                "brandCode": brand,
                "templateType": size,
                "templateCustomerType": 0,
                "templateName": f"{courier} {size}",
                "standardTemplateUrl": _form_url(number),
            }
            for number, (courier, size, brand) in self.forms.items()
            if courier == asked.get("cpCode") and asked.get("brandCode") in (None, "", brand)
        ]
        return {"templateList": listed}

    def take(self, asked: Asked) -> Said:
        """express.createEbillOrders."""
        _check_version(asked)
        if not all(name in asked for name in _NEEDED) or not asked["sellerName"]:
            raise Refusal(500, "Internal Server Error")
        listed = asked["tradeOrderInfoList"]
        if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_AT_ONCE:
            raise Refusal(301, "请求面单列表上限10个")
        branch = self._branch(asked)
        found = []
        for one in listed:
            row = {"objectId": one.get("objectId"), "cpCode": asked["cpCode"]}
            try:
                found.append(row | {"success": True} | self._taken(one, branch))
            except Refusal as refused:
                said = {"errorCode": refused.code, "errorMsg": refused.words}
                found.append(row | {"success": False} | said)
        return {"wayBillList": [] if self.silent else found, "subErrorCode": ""}

    def label(self, asked: Asked) -> Said:
        """express.queryEbillOrder."""
        found = self._found(asked)
        return {"cpCode": found.branch.courier, **_sealed(found)}

    def cancel(self, asked: Asked) -> Said:
        """express.cancelEbillOrder."""
        found = self._found(asked)
        if found.cancelled:
            raise no("面单已取消")
        if found.moved:
            raise no("订单已生成路由，不允许取消")
        found.cancelled = True
        return {}

    # --- inside --------------------------------------------------------------------------------

    def _found(self, asked: Asked) -> XhsNumber:
        _check_version(asked)
        found = [one for one in self.given.values() if one.number == asked.get("waybillCode")]
        if not found or found[0].branch.courier != asked.get("cpCode"):
            raise no("面单不存在")
        return found[0]

    def _branch(self, asked: Asked) -> XhsBranch:
        sender = asked["sender"]
        where = {name: sender["address"].get(name, "") for name in _PLACE}
        for one in self.branches:
            named = (one.courier, one.branch, one.customer, one.brand)
            told = (asked["cpCode"], asked["branchCode"], asked["customerCode"])
            places = [{name: place.get(name, "") for name in _PLACE} for place in one.senders]
            if (*told, asked.get("brandCode", "")) == named and where in places:
                if not sender.get("name") or not (sender.get("mobile") or sender.get("phone")):
                    raise no("寄件人不能为空")
                return one
        raise no("找不到发货地址对应的订购信息")

    def _taken(self, one: Asked, branch: XhsBranch) -> Said:
        _check_each(one)
        order, package = one["orderInfo"], one["packageInfo"]
        form = self.forms.get(one["templateId"], ("", "", ""))
        if (form[0], form[2]) != (branch.courier, branch.brand):
            raise no("模板id和当前面单版本不匹配，请通过面单模板查询接口获取对应面单版本的模板id")
        receiver = self._receiver(one["recipient"], order)
        ids = (order["tradeOrderList"][0], package["id"])
        standing = self.given.get(ids)
        if standing is None or standing.cancelled:
            standing = self._new(ids, one, branch, receiver)
        return _sealed(standing)

    def _receiver(self, told: Asked, order: Asked) -> str:
        """Plain goes before a key: what is no key is taken at its word."""
        buyer = {**self.others, **self.orders}.get(order.get("xhsOrderId", ""))
        if told.get("name") or told.get("mobile"):
            raise no("用户信息处理失败")
        if order["orderChannelsType"] != "XIAO_HONG_SHU" or buyer is None:
            raise no("用户信息处理失败")
        if told.get("openAddressId") != self.address_key(order["xhsOrderId"]):
            raise no("用户信息处理失败")
        return buyer

    def _new(self, ids: tuple[str, str], one: Asked, branch: XhsBranch, receiver: str) -> XhsNumber:
        if not branch.direct and branch.left < 1:
            raise no("电子面单余额不足")
        self._serial += 1
        branch.left -= 0 if branch.direct else 1
        number = f"{branch.courier[:2].upper()}78{self._serial:011d}"
        order = one["orderInfo"]["xhsOrderId"]
        made = XhsNumber(number, order, one["templateId"], branch, receiver)
        self.given[ids] = made
        return made


def _check_version(asked: Asked) -> None:
    if asked.get("billVersion") != 2:
        raise no("找不到发货地址对应的订购信息")


def _check_each(one: Asked) -> None:
    order, package = one.get("orderInfo") or {}, one.get("packageInfo") or {}
    whole = all(one.get(name) for name in _EACH) and package.get("id") and package.get("items")
    numbers = (one.get("templateId"), package.get("weight", 0))
    counted = [item.get("count") for item in package.get("items") or ()]
    if not whole or not all(isinstance(number, int) for number in (*numbers, *counted)):
        raise Refusal(500, "Internal Server Error")
    if len(one["objectId"]) > MOST_OBJECT:
        raise Refusal(301, "objectId超过最大长度40")
    if len(order["tradeOrderList"][0] + package["id"] + str(ACCOUNT)) > MOST_IDS:
        raise Refusal(301, "参数orderId超过最大长度64")


def _agreed(one: XhsBranch, asked: Asked) -> Said:
    told: Said = {
        "cpCode": one.courier,
        "cpType": 1 if one.direct else 2,
        "branchCode": one.branch,
        "branchName": one.branch and "萧山一部",
        "brandCode": one.brand,
        "customerCode": one.customer,
        "senderAddressList": [{"address": dict(place), "name": ""} for place in one.senders],
    }
    if asked.get("needUsage"):
        told["usage"] = {"quantity": 0 if one.direct else one.left, "cancelQuantity": 0}
    return told


def _form_url(number: int) -> str:
    return f"https://cloudprint.xiaohongshu.com/template/standard/{number}/"


def _sealed(one: XhsNumber) -> Said:
    inside = json.dumps({"number": one.number, "to": one.receiver}).encode().hex()
    told = {"encryptedData": inside, "signature": f"MD:{one.number[-6:]}"}
    told |= {"templateURL": _form_url(one.form), "ver": "waybill_print_xiaohongshu_secret"}
    return {"waybillCode": one.number, "printData": json.dumps(told), "customerPrintData": ""}
