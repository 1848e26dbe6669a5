"""Pinduoduo's e-waybill on loopback: who may take which number, from where, and for whom.

Fields are those of open.pinduoduo.com (pdd.waybill.get, .cancel, .search,
.query.by.waybillcode, pdd.cloudprint.stdtemplates.get): ten orders a call, the sender one of the
subscribed addresses, an order of this shop, its receiver in the ciphertexts the platform gave out.
The same package of the same order keeps its number; an order takes none at a second courier before
the first was given back; of more than 500 numbers a fifth may be given back. The business says no
with 50001 and a sub code; which sub code is written nowhere, so those are ours, and the words are
written in the terms of the platform's help pages.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.pdd_gate import Refusal
from sync.sandbox.pdd_lists import needed
from sync.sandbox.pdd_shop import TO_SHIP, PddTruth

Params = Mapping[str, str]
Told = dict[str, Any]
MOST_ORDERS, BACK_FREE, BACK_SHARE = 10, 500, 5
_PACKAGE = re.compile(r"[0-9A-Za-z_]{1,50}")
_ADDRESS = ("province", "city", "district", "detail")
_ORDER = {"object_id", "order_info", "package_info", "recipient", "template_url", "user_id"}


@dataclass(slots=True)
class Branch:
    """One subscribed courier: `kind` 1 runs its branches itself, any other sells numbers ahead."""

    wp_code: str
    kind: int = 2
    code: str = "57101"
    name: str = "杭州萧山一部"
    left: int = 1000
    taken: int = 0
    back: int = 0
    senders: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Taken:
    """A number: for which order and package, what its label says, and whether it came back."""

    number: str
    wp_code: str
    sn: str
    package: str
    receiver: str
    label: str
    cancelled: bool = False
    used: bool = False


class PddWaybills:
    """The e-waybill of the sandbox shop."""

    def __init__(self, shop: PddTruth, mall_id: str = "100001") -> None:
        """Take the shop; nothing is subscribed."""
        self.shop, self.mall_id = shop, mall_id
        self.branches: dict[str, Branch] = {}
        self.taken: dict[str, Taken] = {}
        self.asked = 0

    def subscribe(self, branch: Branch) -> None:
        """The shop's owner subscribes to a courier in the back office."""
        self.branches[branch.wp_code] = branch

    def live_of(self, sn: str) -> list[str]:
        """The numbers an order has that were not given back."""
        return [one.number for one in self.taken.values() if one.sn == sn and not one.cancelled]

    # --- the interfaces ------------------------------------------------------------------------

    def get(self, params: Params) -> dict[str, Any]:
        """pdd.waybill.get: all of the call or nothing."""
        asked = _object(params, "param_waybill_cloud_print_apply_new_request")
        branch = self._branch(asked.get("wp_code"))
        self._check_sender(branch, asked.get("sender"))
        orders = asked.get("trade_order_info_dtos")
        if not isinstance(orders, list) or not 1 <= len(orders) <= MOST_ORDERS:
            raise Refusal(21001, "请求参数错误", sub_words="trade_order_info_dtos 数量限制为10")
        ids = [order.get("object_id") if isinstance(order, dict) else None for order in orders]
        if not all(isinstance(one, str) and one for one in ids) or len(set(ids)) != len(ids):
            raise Refusal(21001, "请求参数错误", sub_words="object_id")
        self.asked += 1
        found = [self._checked(branch, order) for order in orders]
        fresh = sum(one is None for _order, one in found)
        if branch.kind != 1 and branch.left < fresh:
            raise no("WAYBILL_BALANCE", "网点电子面单余额不足，请充值")
        made = [one or self._take(branch, order) for order, one in found]
        return {"modules": [_module(ids[at], one) for at, one in enumerate(made)]}

    def cancel(self, params: Params) -> dict[str, Any]:
        """pdd.waybill.cancel."""
        needed(params, "waybill_code", "wp_code")
        branch = self._branch(params["wp_code"])
        one = self._number(params["waybill_code"], branch.wp_code)
        if one.cancelled:
            raise no("WAYBILL_CANCELLED", "面单已取消，请勿重复取消")
        if one.used:
            raise no("WAYBILL_USED", "面单已揽收，不可取消")
        if branch.taken > BACK_FREE and (branch.back + 1) * BACK_SHARE > branch.taken:
            raise no("WAYBILL_CANCEL_LIMIT", "取消比例超过上限")
        one.cancelled = True
        branch.back += 1
        return {"cancel_result": True}

    def search(self, params: Params) -> dict[str, Any]:
        """pdd.waybill.search: every courier, or the one named."""
        wanted = params.get("wp_code", "")
        rows = [
            {
                "wp_code": one.wp_code,
                "wp_type": one.kind,
                "branch_account_cols": [
                    {
                        "branch_code": "" if one.kind == 1 else one.code,
                        "branch_name": "" if one.kind == 1 else one.name,
                        # Numbers come as text, as for every long of this gateway.
                        "quantity": "0" if one.kind == 1 else str(one.left),
                        "allocated_quantity": str(one.taken),
                        "cancel_quantity": str(one.back),
                        "recycled_quantity": "0",
                        "shipp_address_cols": [{**s, "country": "中国"} for s in one.senders],
                        "service_info_cols": [],
                        "vas_account_cols": [],
                    }
                ],
            }
            for one in self.branches.values()
            if wanted in ("", one.wp_code)
        ]
        return {"waybill_apply_subscription_cols": rows}

    def query(self, params: Params) -> dict[str, Any]:
        """pdd.waybill.query.by.waybillcode."""
        try:
            asked = json.loads(params.get("param_list", ""))
        except ValueError:
            asked = None
        if not isinstance(asked, list) or not 1 <= len(asked) <= MOST_ORDERS:
            raise Refusal(21001, "请求参数错误", sub_words="param_list")
        found = [(row, self._number(row.get("waybill_code"), row.get("wp_code"))) for row in asked]
        told = [_module(row.get("object_id", ""), one) for row, one in found]
        return {"modules": [{"waybill_cloud_print_response": one} for one in told]}

    def forms(self, params: Params) -> dict[str, Any]:
        """pdd.cloudprint.stdtemplates.get."""
        wanted = params.get("wp_code", "")
        codes = [one for one in self.branches if wanted in ("", one)]
        return {
            "result": {"datas": [{"wp_code": c, "standard_templates": _forms(c)} for c in codes]}
        }

    # --- inside --------------------------------------------------------------------------------

    def _branch(self, wp_code: Any) -> Branch:
        if not isinstance(wp_code, str) or not wp_code:
            raise Refusal(21002, "请求参数不能为空", sub_words="wp_code")
        branch = self.branches.get(wp_code)
        if branch is None:
            raise no("WAYBILL_NOT_SUBSCRIBED", "商家未开通该快递公司的电子面单服务")
        return branch

    def _check_sender(self, branch: Branch, sender: Any) -> None:
        told, address = _party(sender)
        if not told.get("name") or not (told.get("mobile") or told.get("phone")):
            raise Refusal(21002, "请求参数不能为空", sub_words="sender")
        _whole_address(address, "sender.address")
        mine = {name: address.get(name) for name in _ADDRESS}
        if mine not in [{name: one.get(name) for name in _ADDRESS} for one in branch.senders]:
            raise no("WAYBILL_SENDER", "发货地址未订购，请使用订购的发货地址")

    def _checked(self, branch: Branch, order: Told) -> tuple[Told, Taken | None]:
        """One order of a call, and the number its package has already."""
        self._check_shape(branch, order)
        sn = self._order_sn(order["order_info"])
        package = _package(order["package_info"])
        self._check_receiver(sn, order["recipient"])
        standing = [one for one in self.taken.values() if one.sn == sn and not one.cancelled]
        if any(one.wp_code != branch.wp_code for one in standing):
            raise no("WAYBILL_OTHER_OUTLET", "同一订单不能在多个网点取号")
        return order, next((one for one in standing if one.package == package), None)

    def _check_shape(self, branch: Branch, order: Told) -> None:
        for name in sorted(_ORDER - set(order)):
            raise Refusal(21002, "请求参数不能为空", sub_words=name)
        for name in sorted(set(order) - _ORDER - {"logistics_services"}):
            raise Refusal(21001, "请求参数错误", sub_words=name)
        if str(order["user_id"]) != self.mall_id:
            raise no("WAYBILL_USER", "使用者与授权店铺不匹配")
        forms = [form["standard_template_url"] for form in _forms(branch.wp_code)]
        if order["template_url"] not in forms:
            raise no("WAYBILL_TEMPLATE", "模板不存在")

    def _order_sn(self, info: Any) -> str:
        told = info if isinstance(info, dict) else {}
        numbers = told.get("trade_order_list")
        if not isinstance(numbers, list) or len(numbers) != 1 or not isinstance(numbers[0], str):
            raise Refusal(21001, "请求参数错误", sub_words="trade_order_list")
        order = self.shop.orders.get(numbers[0])
        if told.get("order_channels_type") != "PDD" or order is None:
            raise no("WAYBILL_ORDER", "订单不属于当前店铺")
        if order.order_status != TO_SHIP or order.risk:
            raise no("WAYBILL_ORDER_STATE", "订单状态不可取号")
        return numbers[0]

    def _check_receiver(self, sn: str, recipient: Any) -> None:
        """Every hidden field is a ciphertext that was given out for this very order."""
        told, address = _party(recipient)
        _whole_address(address, "recipient.address")
        hidden = (told.get("name"), told.get("mobile") or told.get("phone"), address["detail"])
        for one in hidden:
            if self.shop.sealed.get(str(one), ("", ""))[0] != sn:
                raise no("WAYBILL_RECEIVER", "收件人密文与订单不匹配")

    def _take(self, branch: Branch, order: dict[str, Any]) -> Taken:
        number = f"{branch.wp_code[:2]}78{len(self.taken) + 1:011d}"
        to = order["recipient"]
        hidden = (to["name"], to.get("mobile") or to.get("phone"), to["address"]["detail"])
        receiver = " ".join(self.shop.sealed[one][1] for one in hidden)
        label = {
            "encryptedData": base64.b64encode(f"pdd:{number}".encode()).decode(),
            "signature": f"MD5:{number[-6:]}",
            "templateURL": order["template_url"],
            "ver": "5",
        }
        sn = order["order_info"]["trade_order_list"][0]
        made = Taken(
            *(number, branch.wp_code, sn, order["package_info"]["id"], receiver),
            json.dumps(label, separators=(",", ":")),
        )
        self.taken[number] = made
        branch.taken += 1
        branch.left -= branch.kind != 1
        return made

    def _number(self, number: Any, wp_code: Any) -> Taken:
        one = self.taken.get(str(number))
        if one is None or one.wp_code != wp_code:
            raise no("WAYBILL_UNKNOWN", "面单号不存在")
        return one


def no(sub_code: str, words: str) -> Refusal:
    """The business says no."""
    return Refusal(50001, "业务服务错误", sub_code, words)


def routes(waybills: PddWaybills) -> dict[str, tuple[str, Callable[[Params], dict[str, Any]]]]:
    """Each interface, under the name its answer has."""
    return {
        "pdd.waybill.get": ("pdd_waybill_get_response", waybills.get),
        "pdd.waybill.cancel": ("pdd_waybill_cancel_response", waybills.cancel),
        "pdd.waybill.search": ("pdd_waybill_search_response", waybills.search),
        "pdd.waybill.query.by.waybillcode": (
            "pdd_waybill_query_by_waybillcode_response",
            waybills.query,
        ),
        "pdd.cloudprint.stdtemplates.get": (
            "pdd_cloudprint_stdtemplates_get_response",
            waybills.forms,
        ),
    }


def _object(params: Params, name: str) -> dict[str, Any]:
    needed(params, name)
    try:
        told = json.loads(params[name])
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Refusal(21001, "请求参数错误", sub_words=name)
    return told


def _party(told: Any) -> tuple[Told, Told]:
    """A person, and where they are."""
    who = told if isinstance(told, dict) else {}
    where = who.get("address")
    return who, where if isinstance(where, dict) else {}


def _whole_address(address: dict[str, Any], place: str) -> None:
    for name in _ADDRESS:
        if not isinstance(address.get(name), str) or not address[name].strip():
            raise Refusal(21002, "请求参数不能为空", sub_words=f"{place}.{name}")


def _package(info: Any) -> str:
    told = info if isinstance(info, dict) else {}
    items = told.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= 100:
        raise Refusal(21001, "请求参数错误", sub_words="package_info.items")
    if any(not one.get("name") or not isinstance(one.get("count"), int) for one in items):
        raise Refusal(21001, "请求参数错误", sub_words="package_info.items")
    package = told.get("id")
    if not isinstance(package, str) or not _PACKAGE.fullmatch(package):
        raise Refusal(21001, "请求参数错误", sub_words="package_info.id")
    return package


def _forms(wp_code: str) -> list[dict[str, Any]]:
    stem = f"https://file-link.pinduoduo.com/{wp_code.lower()}"
    return [
        {
            "standard_template_id": at,
            "standard_template_name": name,
            "standard_template_url": f"{stem}_{word}",
            "standard_waybill_type": at,
        }
        for at, (name, word) in enumerate((("快递标准面单", "std"), ("快递一联单", "one")), start=1)
    ]


def _module(object_id: Any, one: Taken) -> dict[str, Any]:
    return {
        "object_id": object_id,
        "parent_waybill_code": "",
        "waybill_code": one.number,
        "print_data": one.label,
    }
