"""Cainiao's e-waybill on loopback, behind the sandbox platform's door.

Fields are those of open.taobao.com (cainiao.waybill.ii.get, .cancel, .search,
.query.by.waybillcode, cainiao.cloudprint.stdtemplates.get): ten orders a call, the sender one of
the subscribed addresses, a trade of this seller by its market's code, its receiver by the oaid that
was given out for it. The same package of the same trade keeps its number. Sub codes of the business
are written nowhere, so these are ours; the words are in the terms of the platform's help pages.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.taobao_gate import TopError
from sync.sandbox.taobao_shop import SoldTrade, TaobaoShop, oaid_of

Told = dict[str, Any]
MOST_ORDERS = 10
TO_SHIP = ("WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART")
MARKETS = ("TB", "TM")
_PACKAGE = re.compile(r"[0-9A-Za-z_]{1,64}")
_ADDRESS = ("province", "city", "district", "detail")
_ORDER = {"object_id", "order_info", "package_info", "recipient", "template_url", "user_id"}
_WHOLE = {"cp_code", "need_encrypt", "sender", "trade_order_info_dtos"}


@dataclass(slots=True)
class CpBranch:
    """One subscribed courier; `kind` 1 runs its branches itself, 2 sells numbers ahead."""

    cp_code: str
    kind: int = 2
    code: str = "57101"
    name: str = "杭州萧山一部"
    left: int = 1000
    taken: int = 0
    back: int = 0
    senders: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class CpNumber:
    """A number: for which trade and package, what its label says, and whether it came back."""

    number: str
    cp_code: str
    tid: str
    package: str
    receiver: str
    label: str
    cancelled: bool = False
    used: bool = False


class TaobaoWaybills:
    """The e-waybill of the sandbox seller."""

    def __init__(self, shop: TaobaoShop, app_key: str, seller_id: str = "2088001") -> None:
        """Take the seller's truth, and the app its oaids were given to."""
        self.shop, self._app_key, self.seller_id = shop, app_key, seller_id
        self.branches: dict[str, CpBranch] = {}
        self.taken: dict[str, CpNumber] = {}

    def subscribe(self, branch: CpBranch) -> None:
        """The seller subscribes to a courier in the back office."""
        self.branches[branch.cp_code] = branch

    def live_of(self, tid: int | str) -> list[str]:
        """The numbers a trade has that were not given back."""
        return [n.number for n in self.taken.values() if n.tid == str(tid) and not n.cancelled]

    def known(self) -> Mapping[str, Callable[[Mapping[str, str]], Told]]:
        """Each method, by its name."""
        return {
            "cainiao.waybill.ii.get": self.get,
            "cainiao.waybill.ii.cancel": self.cancel,
            "cainiao.waybill.ii.search": self.search,
            "cainiao.waybill.ii.query.by.waybillcode": self.query,
            "cainiao.cloudprint.stdtemplates.get": self.forms,
        }

    # --- the methods ---------------------------------------------------------------------------

    def get(self, params: Mapping[str, str]) -> Told:
        """cainiao.waybill.ii.get: all of the call or nothing."""
        asked = _object(params["param_waybill_cloud_print_apply_new_request"])
        for name in sorted(set(asked) - _WHOLE - {"logistics_services"}):
            raise _odd(name)
        branch = self._branch(asked.get("cp_code"))
        self._check_sender(branch, asked.get("sender"))
        orders = asked.get("trade_order_info_dtos")
        if not isinstance(orders, list) or not 1 <= len(orders) <= MOST_ORDERS:
            raise _odd("trade_order_info_dtos")
        ids = [one.get("object_id") if isinstance(one, dict) else None for one in orders]
        if not all(isinstance(one, str) and one for one in ids) or len(set(ids)) != len(ids):
            raise _odd("object_id")
        found = [(order, *self._checked(branch, order)) for order in orders]
        fresh = sum(standing is None for _order, _trade, standing in found)
        if branch.kind == 2 and branch.left < fresh:
            raise no("BALANCE_NOT_ENOUGH", "电子面单余额不足，请联系网点充值")
        made = [one or self._take(branch, order, trade) for order, trade, one in found]
        listed = [_module(ids[at], one) for at, one in enumerate(made)]
        return {"modules": {"waybill_cloud_print_response": listed}}

    def cancel(self, params: Mapping[str, str]) -> Told:
        """cainiao.waybill.ii.cancel."""
        branch = self._branch(params["cp_code"])
        one = self._number(params["waybill_code"], branch.cp_code)
        if one.cancelled:
            raise no("WAYBILL_CANCELLED", "面单已取消")
        if one.used:
            raise no("WAYBILL_USED", "面单已揽收，不能取消")
        one.cancelled = True
        branch.back += 1
        return {"cancel_result": True}

    def search(self, params: Mapping[str, str]) -> Told:
        """cainiao.waybill.ii.search: every courier, or the one named."""
        wanted = params.get("cp_code", "")
        listed = [_subscription(b) for b in self.branches.values() if wanted in ("", b.cp_code)]
        # A list without elements is left out.
        told = {"waybill_apply_subscription_info": listed} if listed else {}
        return {"waybill_apply_subscription_cols": told}

    def query(self, params: Mapping[str, str]) -> Told:
        """cainiao.waybill.ii.query.by.waybillcode: each answered by itself."""
        asked = _list(params["param_list"])
        listed = []
        for row in asked:
            one = self.taken.get(str(row.get("waybill_code")))
            told: Told = {"object_id": row.get("object_id", ""), "success": one is not None}
            if one is None or one.cp_code != row.get("cp_code"):
                told |= {"success": False, "error_code": "404", "error_message": "面单号不存在"}
            else:
                told["waybill_cloud_print_response"] = _module(row.get("object_id", ""), one)
            listed.append(told)
        return {"modules": {"waybill_cloud_print_with_result_desc_response": listed}}

    def forms(self, _params: Mapping[str, str]) -> Told:
        """cainiao.cloudprint.stdtemplates.get: of every courier."""
        listed = [
            {"cp_code": code, "standard_templates": {"standard_template_do": _forms(code)}}
            for code in self.branches
        ]
        return {"result": {"success": True, "datas": {"standard_template_result": listed}}}

    # --- inside --------------------------------------------------------------------------------

    def _branch(self, cp_code: Any) -> CpBranch:
        branch = self.branches.get(cp_code) if isinstance(cp_code, str) else None
        if branch is None:
            raise no("NOT_SUBSCRIBED", "商家未订购该物流公司的电子面单")
        return branch

    def _check_sender(self, branch: CpBranch, sender: Any) -> None:
        who, where = _party(sender)
        if not who.get("name") or not (who.get("mobile") or who.get("phone")):
            raise _odd("sender")
        mine = {name: where.get(name) for name in _ADDRESS}
        if mine not in [{name: one.get(name) for name in _ADDRESS} for one in branch.senders]:
            raise no("SENDER_ADDRESS", "发货地址与订购的地址不一致")

    def _checked(self, branch: CpBranch, order: Told) -> tuple[SoldTrade, CpNumber | None]:
        """The trade of an order of a call, and the number its package has already."""
        for name in sorted(_ORDER ^ (set(order) - {"logistics_services"})):
            raise _odd(name)
        if str(order["user_id"]) != self.seller_id:
            raise no("USER_ID", "使用者与授权店铺不匹配")
        forms = [form["standard_template_url"] for form in _forms(branch.cp_code)]
        if order["template_url"] not in forms:
            raise no("TEMPLATE", "模板不存在")
        trade = self._trade(order["order_info"])
        package = _package(order["package_info"])
        self._check_receiver(trade, order["recipient"])
        standing = (n for n in self.taken.values() if n.tid == str(trade.tid) and not n.cancelled)
        same = (n for n in standing if (n.package, n.cp_code) == (package, branch.cp_code))
        return trade, next(same, None)

    def _trade(self, info: Any) -> SoldTrade:
        told = info if isinstance(info, dict) else {}
        numbers = told.get("trade_order_list")
        if not isinstance(numbers, list) or len(numbers) != 1:
            raise _odd("trade_order_list")
        number = str(numbers[0])
        trade = self.shop.trades.get(int(number)) if number.isdigit() else None
        if told.get("order_channels_type") not in MARKETS or trade is None:
            raise no("ORDER_NOT_OWN", "订单不属于当前店铺")
        if trade.told["status"] not in TO_SHIP:
            raise no("ORDER_STATUS", "订单状态不可取号")
        return trade

    def _check_receiver(self, trade: SoldTrade, recipient: Any) -> None:
        """Masked words for people to read; whom it means is the oaid, of this very trade."""
        who, where = _party(recipient)
        if not all(isinstance(where.get(name), str) and where[name] for name in _ADDRESS):
            raise _odd("recipient.address")
        proper = oaid_of(self.shop.seller, self._app_key, trade)
        if who.get("oaid") != proper or who.get("tid") != str(trade.tid):
            raise no("OAID_INVALID", "收件人OAID与订单不匹配")

    def _take(self, branch: CpBranch, order: Told, trade: SoldTrade) -> CpNumber:
        number = f"{branch.cp_code[:2]}75{len(self.taken) + 1:011d}"
        label = {
            "encryptedData": base64.b64encode(f"cainiao:{number}".encode()).decode(),
            "signature": f"MD:{number[-6:]}",
            "templateURL": order["template_url"],
            "ver": "waybill_print_secret_version_1",
        }
        names = ("receiver_name", "receiver_mobile", "receiver_address")
        receiver = " ".join(str(trade.told.get(name, "")) for name in names)
        text = json.dumps(label, separators=(",", ":"))
        package = order["package_info"]["id"]
        made = CpNumber(number, branch.cp_code, str(trade.tid), package, receiver, text)
        self.taken[number] = made
        branch.taken += 1
        branch.left -= branch.kind == 2
        return made

    def _number(self, number: str, cp_code: str) -> CpNumber:
        one = self.taken.get(number)
        if one is None or one.cp_code != cp_code:
            raise no("WAYBILL_UNKNOWN", "面单号不存在")
        return one


def no(sub_code: str, words: str) -> TopError:
    """The business says no."""
    return TopError(50, "Remote service error", f"isv.{sub_code}", words)


def _odd(name: str) -> TopError:
    return TopError(41, "Invalid arguments:" + name, "isv.invalid-parameter:" + name, name)


def _object(told: str) -> Told:
    try:
        found = json.loads(told)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _odd("param_waybill_cloud_print_apply_new_request")
    return found


def _list(told: str) -> list[Told]:
    try:
        found = json.loads(told)
    except ValueError:
        found = None
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_ORDERS:
        raise _odd("param_list")
    return [row for row in found if isinstance(row, dict)]


def _party(told: Any) -> tuple[Told, Told]:
    who = told if isinstance(told, dict) else {}
    where = who.get("address")
    return who, where if isinstance(where, dict) else {}


def _package(info: Any) -> str:
    told = info if isinstance(info, dict) else {}
    items, package = told.get("items"), told.get("id")
    if not isinstance(items, list) or not 1 <= len(items) <= 100:
        raise _odd("package_info.items")
    if any(not one.get("name") or not isinstance(one.get("count"), int) for one in items):
        raise _odd("package_info.items")
    if not isinstance(package, str) or not _PACKAGE.fullmatch(package):
        raise _odd("package_info.id")
    return package


def _forms(cp_code: str) -> list[Told]:
    stem = sum(map(ord, cp_code)) * 100
    return [
        {
            "standard_template_id": stem + at,
            "standard_template_name": name,
            "standard_template_url": f"http://cloudprint.cainiao.com/template/standard/{stem + at}",
            "standard_waybill_type": at,
        }
        for at, name in enumerate(("快递标准面单", "快递一联单"), start=1)
    ]


def _subscription(branch: CpBranch) -> Told:
    own = branch.kind == 1
    account: Told = {
        "branch_code": "" if own else branch.code,
        "branch_name": "" if own else branch.name,
        "branch_status": 1,
        "quantity": 0 if own else branch.left,
        "allocated_quantity": branch.taken,
        "cancel_quantity": branch.back,
        "print_quantity": 0,
    }
    if branch.senders:
        account["shipp_address_cols"] = {"address_dto": branch.senders}
    return {
        "cp_code": branch.cp_code,
        "cp_type": branch.kind,
        "branch_account_cols": {"waybill_branch_account": [account]},
    }


def _module(object_id: Any, one: CpNumber) -> Told:
    return {"object_id": object_id, "waybill_code": one.number, "print_data": one.label}
