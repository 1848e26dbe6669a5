"""The sandbox shop's e-waybill on Douyin: branches with a balance, numbers, sealed labels.

It refuses what the platform refuses (op.jinritemai.com, logistics/*): another shop's order (15000),
one that is not there (15002), a receiver that is neither the order's ciphertext nor told, a parcel
id of another form, a sender's address no branch agreed to, an empty balance. The same order and
parcel id bring the old number again. Codes in `err_infos` that are written nowhere are ours.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.dy_gate import Refusal
from sync.sandbox.dy_shop import DyOrder, DyTruth

Params = Mapping[str, Any]
MOST_AT_ONCE = 50
_PACK = re.compile(r"[0-9A-Za-z_]{0,15}")
_PLACE = ("province_name", "city_name", "district_name", "detail_address")
OFFICE = {
    "province_name": "广东省",
    "city_name": "深圳市",
    "district_name": "南山区",
    "detail_address": "软件产业基地11栋",
}


def failed(code: int, words: str) -> Refusal:
    """The business says no."""
    return Refusal(50002, f"isv.business-failed:{code}", words)


@dataclass(slots=True)
class DyBranch:
    """One branch of a courier: kind 1 paid afterwards, 2 numbers bought ahead."""

    company: str
    code: str
    name: str
    kind: int = 2
    left: int = 500
    senders: list[dict[str, str]] = field(default_factory=lambda: [dict(OFFICE)])
    taken: int = 0
    cancelled: int = 0


@dataclass(slots=True)
class DyLabel:
    """One number that was given."""

    order: str
    pack: str
    company: str
    numbers: tuple[str, ...]
    branch: DyBranch
    cancelled: bool = False
    collected: bool = False


class Labels:
    """The e-waybill of one shop; `others` are orders of other shops."""

    def __init__(self, shop: DyTruth) -> None:
        """Take the shop; one branch of ZTO, and SF."""
        self._shop = shop
        self.branches = [
            DyBranch("zhongtong", "57101", "杭州萧山"),
            DyBranch("shunfeng", "", "", kind=1),
        ]
        self.others: set[str] = set()
        self.formless: set[str] = set()
        self.given: dict[tuple[str, str], DyLabel] = {}
        self.by_number: dict[str, DyLabel] = {}
        self._serial = 0

    def routes(self) -> dict[str, Callable[[Params], Any]]:
        """The interfaces by their names."""
        return {
            "logistics.newCreateOrder": self.create,
            "logistics.cancelOrder": self.cancel,
            "logistics.waybillApply": self.apply,
            "logistics.listShopNetsite": self.netsites,
            "logistics.templateList": self.templates,
        }

    def create(self, params: Params) -> dict[str, Any]:
        """logistics.newCreateOrder: for each order a number or a reason."""
        infos = params.get("order_infos")
        if not isinstance(infos, list) or not 0 < len(infos) <= MOST_AT_ONCE:
            raise Refusal(40004, "isv.parameter-invalid:1000", "拼接参数异常")
        sender = params.get("sender_info") or {}
        if not (sender.get("contact") or {}).get("name"):
            raise Refusal(40004, "isv.parameter-invalid:4006", "寄件人姓名不能为空")
        company = str(params.get("logistics_code") or "")
        good: list[dict[str, Any]] = []
        bad: list[dict[str, Any]] = []
        for info in infos:
            order = self._order(str(info.get("order_id")))
            why = next(self._reasons(order, info, company, sender), None)
            named = {"order_id": order.number, "pack_id": str(info.get("pack_id") or "")}
            if why is None:
                good.append(named | self._told(order, info, company, sender))
            else:
                bad.append(named | {"err_code": why[0], "err_msg": why[1]})
        return {"ebill_infos": good, "err_infos": bad}

    def cancel(self, params: Params) -> dict[str, Any]:
        """logistics.cancelOrder."""
        label = self.by_number.get(str(params.get("track_no")))
        if label is None or label.company != params.get("logistics_code"):
            raise failed(-10004, "记录不存在")
        if label.cancelled:
            raise failed(10901, "面单已取消，请勿重复取消")
        if not label.collected:
            label.cancelled = True
            label.branch.cancelled += 1
        return {"cancel_result": {"success": label.cancelled}}

    def apply(self, params: Params) -> dict[str, Any]:
        """logistics.waybillApply: the sealed label of each number."""
        good: list[dict[str, Any]] = []
        bad: list[dict[str, Any]] = []
        for row in params.get("waybill_applies") or []:
            number = str(row.get("track_no"))
            label = self.by_number.get(number)
            if label is None or label.company != row.get("logistics_code"):
                bad.append({"track_no": number, "err_code": -10004, "err_msg": "记录不存在"})
            elif label.cancelled:
                bad.append({"track_no": number, "err_code": 10901, "err_msg": "面单已取消"})
            else:
                sealed = base64.b64encode(hashlib.sha256(number.encode()).digest()).decode()
                sign = hashlib.sha256(sealed.encode()).hexdigest()[:32]
                told = {"order_id": label.order, "print_data": sealed, "sign": sign}
                good.append({"track_no": number, **told})
        return {"waybill_infos": good, "err_infos": bad}

    def netsites(self, params: Params) -> dict[str, Any]:
        """logistics.listShopNetsite."""
        wanted = params.get("logistics_code", "")
        found = [one for one in self.branches if wanted in ("", one.company)]
        return {
            "netsites": [_site(one) for one in found],
            "logistics_code": wanted,
            "company_type": found[0].kind if found else 0,
        }

    def templates(self, params: Params) -> dict[str, Any]:
        """logistics.templateList: every courier's forms, of two sheets and of one."""
        if params:
            raise Refusal(40004, "isv.parameter-invalid:1000", "拼接参数异常")
        names = dict.fromkeys(one.company for one in self.branches)
        return {
            "template_data": [
                {"logistics_code": name, "template_infos": [_form(name, 2), _form(name, 1)]}
                for name in names
                if name not in self.formless
            ]
        }

    def truth(self) -> dict[str, Any]:
        """Which order got which numbers, and how many were given."""
        labels = list(self.given.values())
        return {
            "by_order": {one.order: list(one.numbers) for one in labels if not one.cancelled},
            "numbers_given": sum(len(one.numbers) for one in labels),
            "cancelled": sum(one.cancelled for one in labels),
        }

    def _order(self, number: str) -> DyOrder:
        if number in self.others:
            raise failed(15000, "订单不是该店铺下的订单")
        if number not in self._shop.orders:
            raise failed(15002, "订单信息不存在")
        return self._shop.orders[number]

    def _reasons(
        self, order: DyOrder, info: Params, company: str, sender: Params
    ) -> Iterator[tuple[str, str]]:
        """What is wrong with one order, the first thing first."""
        if not _PACK.fullmatch(str(info.get("pack_id") or "")):
            yield "4006", "包裹id只能为15位以内的数字、字母和下划线"
        if not self._is_receiver(order, info.get("receiver_info") or {}):
            yield "4006", "收件人信息与订单不符"
        if not info.get("items"):
            yield "4006", "商品明细不能为空"
        if info.get("total_pack_count", 2) < 2:
            yield "4006", "包裹数量必须大于等于2"
        key = (order.number, str(info.get("pack_id") or ""))
        branch = self._branch(company, sender)
        if branch is None:
            yield "20001", "寄件地址不在网点订购地址内"
        elif branch.kind == 2 and branch.left <= 0 and key not in self.given:
            yield "20002", "电子面单余额不足"

    def _is_receiver(self, order: DyOrder, to: Params) -> bool:
        contact, address = to.get("contact") or {}, to.get("address") or {}
        told = {
            "name": contact.get("name"),
            "phone": contact.get("mobile") or contact.get("phone"),
            "detail": address.get("detail_address"),
        }
        sealed = {name: self._shop.cipher(order, name) for name in told}
        plain = {name: order.receiver.get(name, "") for name in told}
        places = zip(("province", "city", "town"), _PLACE[:3], strict=True)
        near = all(order.receiver.get(ours, "") == address.get(name) for ours, name in places)
        return near and told in (sealed, plain)

    def _branch(self, company: str, sender: Params) -> DyBranch | None:
        address = sender.get("address") or {}
        place = {name: address.get(name, "") for name in _PLACE}
        mine = [one for one in self.branches if one.company == company]
        return next((one for one in mine if one.kind == 1 or place in one.senders), None)

    def _told(self, order: DyOrder, info: Params, company: str, sender: Params) -> dict[str, Any]:
        label = self._label(order, info, company, sender)
        return {
            "company": label.company,
            "track_no": label.numbers[0],
            "sub_waybill_codes": ",".join(label.numbers[1:]),
            "sort_code": "571-A12 03",
            "short_address_name": "杭州-萧山",
            "short_address_code": "571",
            "package_center_code": "5712",
            "package_center_name": "杭州转",
        }

    def _label(self, order: DyOrder, info: Params, company: str, sender: Params) -> DyLabel:
        key = (order.number, str(info.get("pack_id") or ""))
        branch = self._branch(company, sender)
        if key not in self.given and branch is not None:
            count = int(info.get("total_pack_count", 1))
            first, self._serial = self._serial, self._serial + count
            numbers = tuple(f"7312{at:010}" for at in range(first, self._serial))
            branch.left -= count if branch.kind == 2 else 0
            branch.taken += count
            self.given[key] = DyLabel(*key, company, numbers, branch)
            self.by_number.update(dict.fromkeys(numbers, self.given[key]))
        return self.given[key]


def _form(company: str, sheets: int) -> dict[str, Any]:
    code = f"{company}_{sheets}"
    return {
        "template_id": sheets,
        "template_code": code,
        "template_name": code,
        "template_url": f"https://lf6-cm.ecombdstatic.com/obj/logistics-davinci/template/{code}.xml",
        "version": 1,
        "template_type": sheets,
        "perview_url": f"https://lf6-cm.ecombdstatic.com/obj/logistics-davinci/preview/{code}.png",
    }


def _site(branch: DyBranch) -> dict[str, Any]:
    return {
        "netsite_code": branch.code,
        "netsite_name": branch.name,
        # A text, as the platform's own SDK has it.
        "amount": str(branch.left if branch.kind == 2 else 0),
        "sender_address": [one | {"street_name": ""} for one in branch.senders],
        "allocated_quantity": branch.taken,
        "cancelled_quantity": branch.cancelled,
        "recycled_quantity": -1,
        "company": branch.company,
        "company_type": branch.kind,
    }
