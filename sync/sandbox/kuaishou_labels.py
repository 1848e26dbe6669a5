"""The sandbox shop's e-waybill on Kuaishou: agreements with a balance, numbers, sealed labels.

Fields of requests are those of open.kwaixiaodian.com (open.express.ebill.get, .ebill.cancel,
.subscribe.query, open.order.detail), fields of answers those that public programs read. It refuses
another shop's order, a receiver that is not the ciphertext given out for that very order, a branch
nobody agreed on, a sender's address that is not the branch's, an empty balance, a used number. The
same package of an order brings its number again. Which codes Kuaishou says no with is written
nowhere: 300900 and the words are ours.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Asked = Mapping[str, Any]
Said = dict[str, Any]
MOST_AT_ONCE, MOST_ORDER, MOST_REQUEST = 10, 32, 128
SHOP, SHOP_NAME = "f18d0c5a1b", "张记窗帘"
_PLACE = ("provinceName", "cityName", "districtName", "detailAddress")
_NEEDED = (
    *("merchantCode", "merchantName", "packageCode", "requestId", "tradeOrderCode"),
    *("orderChannel", "expressCompanyCode", "itemList", "payMethod"),
)
_FRANCHISE = frozenset({"ZTO", "YTO", "STO", "YUNDA", "JTSD"})


class Refusal(Exception):  # noqa: N818 - it is one
    """A `result` that is not 1, and its words."""

    def __init__(self, code: int, words: str) -> None:
        """Keep what the answer says."""
        super().__init__(code)
        self.code, self.words = code, words

    def said(self) -> Said:
        """The answer."""
        return {"result": self.code, "error_msg": self.words}


def no(words: str) -> Refusal:
    """The business says no."""
    return Refusal(300900, words)


@dataclass(slots=True)
class KsBranch:
    """One agreement with a courier."""

    courier: str
    site: str = ""
    settle: str = ""
    left: int = 500
    senders: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class KsNumber:
    """One number: for which order and package, who gets it, and whether it came back."""

    number: str
    order: int
    package: str
    branch: KsBranch
    receiver: str
    cancelled: bool = False
    collected: bool = False


class KsLabels:
    """The e-waybill of one shop; `orders` are its own, each with who buys: name, phone, street."""

    def __init__(self) -> None:
        """One branch of ZTO, and SF."""
        self.branches = [KsBranch("ZTO", "57101"), KsBranch("SF", settle="5710001234")]
        self.orders: dict[int, tuple[str, str, str]] = {}
        self.plain: set[int] = set()
        self.given: dict[tuple[int, str], KsNumber] = {}
        self.silent = False
        self._serial = 0

    def routes(self) -> dict[str, Callable[[Asked], Any]]:
        """The interfaces by their names."""
        return {
            "open.order.detail": self.order,
            "open.express.subscribe.query": self.agreements,
            "open.express.ebill.get": self.take,
            "open.express.ebill.cancel": self.cancel,
        }

    def truth(self) -> dict[str, list[str]]:
        """The live numbers of every order."""
        found: dict[str, list[str]] = {}
        for one in self.given.values():
            if not one.cancelled:
                found.setdefault(str(one.order), []).append(one.number)
        return found

    def cipher(self, order: int, what: str) -> str:
        """What the platform gives out in place of a name, a phone or a street."""
        return base64.b64encode(f"{order}/{what}".encode()).decode()

    # --- the interfaces ------------------------------------------------------------------------

    def order(self, asked: Asked) -> Said:
        """open.order.detail."""
        oid = asked.get("oid")
        if not isinstance(oid, int) or oid not in self.orders:
            raise no("订单不存在")
        hidden = {} if oid in self.plain else self._hidden(oid)
        place = {"province": "浙江省", "city": "杭州市", "district": "萧山区"}
        return {
            "orderBaseInfo": {
                "oid": oid,
                "sellerOpenId": SHOP,
                "sellerNick": SHOP_NAME,
                "status": 30,
            },
            "orderAddress": {**place, "desensitiseConsignee": "张**", **hidden},
        }

    def agreements(self, asked: Asked) -> list[Said]:
        """open.express.subscribe.query."""
        courier = asked.get("expressCompanyCode")
        if not isinstance(courier, str) or not courier:
            raise no("expressCompanyCode不能为空")
        return [
            {
                "expressCompanyCode": one.courier,
                "netSiteCode": one.site,
                "netSiteName": one.site and "萧山一部",
                "settleAccount": one.settle,
                "availableQuantity": one.left if one.site else 0,
                "senderAddress": one.senders,
            }
            for one in self.branches
            if one.courier == courier
        ]

    def take(self, asked: Asked) -> list[Said]:
        """open.express.ebill.get."""
        listed = asked.get("getEbillOrderRequest")
        if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_AT_ONCE:
            raise no("一次最多取10个")
        ids = [one.get("requestId") if isinstance(one, dict) else None for one in listed]
        if not all(isinstance(one, str) and one for one in ids) or len(set(ids)) < len(ids):
            raise no("requestId不能重复")
        return [self._taken(one) for one in listed]

    def cancel(self, asked: Asked) -> Said:
        """open.express.ebill.cancel."""
        number, courier = asked.get("waybillCode"), asked.get("expressCompanyCode")
        found = [one for one in self.given.values() if one.number == number]
        if not found or found[0].branch.courier != courier:
            raise no("运单号不存在")
        if found[0].cancelled:
            raise no("运单号已取消")
        if found[0].collected:
            raise no("运单已揽收，不可取消")
        found[0].cancelled = True
        return {}

    # --- inside --------------------------------------------------------------------------------

    def _taken(self, asked: Said) -> Said:
        _check_shape(asked)
        oid = int(asked["tradeOrderCode"])
        if asked["orderChannel"] != "KUAI_SHOU" or oid not in self.orders:
            raise no("订单不属于当前店铺")
        if asked["merchantCode"] != SHOP:
            raise no("商家编码与订单与商家不匹配")
        branch = self._branch(asked)
        self._check_receiver(asked, oid)
        if self.silent:
            return {"requestId": asked["requestId"], "data": []}
        standing = self.given.get((oid, asked["packageCode"]))
        if standing is None or standing.cancelled:
            standing = self._new(asked, oid, branch)
        return {"requestId": asked["requestId"], "data": [_row(standing)]}

    def _branch(self, asked: Asked) -> KsBranch:
        courier = asked["expressCompanyCode"]
        by_site = courier in _FRANCHISE
        name = "netSiteCode" if by_site else "settleAccount"
        for one in self.branches:
            if one.courier == courier and asked.get(name) == (one.site if by_site else one.settle):
                self._check_sender(asked, one)
                return one
        raise no("商家未开通该网点的电子面单")

    @staticmethod
    def _check_sender(asked: Asked, branch: KsBranch) -> None:
        who, where = asked.get("senderContract") or {}, asked.get("senderAddress") or {}
        if not who.get("name") or not (who.get("mobile") or who.get("telephone")):
            raise no("发件人不能为空")
        mine = {name: where.get(name) for name in _PLACE}
        known = [{name: one.get(name) for name in _PLACE} for one in branch.senders]
        if known and mine not in known:
            raise no("发货地址与订购地址不一致")

    def _check_receiver(self, asked: Asked, oid: int) -> None:
        to, where = asked.get("receiverContract") or {}, asked.get("receiverAddress") or {}
        hidden = self._hidden(oid)
        told = (to.get("name"), to.get("mobile"), where.get("detailAddress"))
        if told != tuple(hidden.values()):
            raise no("收件人密文与订单不匹配")
        if not all(where.get(name) for name in _PLACE):
            raise no("收货地址不能为空")

    def _new(self, asked: Asked, oid: int, branch: KsBranch) -> KsNumber:
        if branch.site and branch.left < 1:
            raise no("网点电子面单余额不足")
        self._serial += 1
        branch.left -= 1 if branch.site else 0
        made = KsNumber(
            *(f"{branch.courier[:2]}75{self._serial:011d}", oid, asked["packageCode"], branch),
            " ".join(self.orders[oid]),
        )
        self.given[oid, asked["packageCode"]] = made
        return made

    def _hidden(self, oid: int) -> dict[str, str]:
        names = ("encryptedConsignee", "encryptedMobile", "encryptedAddress")
        return {name: self.cipher(oid, name) for name in names}


def _check_shape(asked: Asked) -> None:
    for name in _NEEDED:
        if not asked.get(name):
            raise no(f"{name}不能为空")
    if len(asked["tradeOrderCode"]) > MOST_ORDER or not asked["tradeOrderCode"].isdigit():
        raise no("tradeOrderCode不合法")
    if len(asked["requestId"]) > MOST_REQUEST:
        raise no("requestId长度不能超过128")
    items = asked["itemList"]
    if not all(one.get("itemTitle") and isinstance(one.get("itemQuantity"), int) for one in items):
        raise no("itemList不合法")


def _row(one: KsNumber) -> Said:
    sealed = json.dumps({"number": one.number, "to": one.receiver})
    return {
        "waybillCode": one.number,
        "printData": base64.b64encode(sealed.encode()).decode(),
        "signature": f"s{one.number[-6:]}",
        "key": "k1",
        "version": "1.0",
    }
