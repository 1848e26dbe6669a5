"""The sandbox shop's e-waybill on WeChat: agreements with a balance, numbers, labels.

It refuses what the platform refuses (developers.weixin.qq.com, "电子面单"): an id of an order that
is no unsigned 64-bit number as text (10025020) or that is taken (10025019), a courier, branch or
account nobody agreed on (10025012, 10025013, 10025014), an order of another shop (10025017), a form
that is not there (10025106), a cancel of what is not there (10025010). What a courier refuses comes
under 10025005 and 10025006 with words of its own; those words are ours.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Asked = Mapping[str, Any]
Said = dict[str, Any]
SHOP = "5009819794307"
_PARTY = ("name", "mobile", "province", "city", "county", "address")
_MOST = 2**64


class Refusal(Exception):  # noqa: N818 - it is one
    """An `errcode` and its words; `carrier` are the courier's own."""

    def __init__(self, code: int, words: str, carrier: str | None = None) -> None:
        """Keep what the answer says."""
        super().__init__(code)
        self.code, self.words, self.carrier = code, words, carrier

    def said(self) -> Said:
        """The answer."""
        more = {} if self.carrier is None else {"delivery_error_msg": self.carrier}
        return {"errcode": self.code, "errmsg": f"{self.words} rid: 66cd9300-75c6207b", **more}


@dataclass(slots=True)
class WxBranch:
    """One agreement: `kind` 1 sells numbers ahead, 2 is paid afterwards; `status` 3 stands."""

    delivery_id: str
    acct_id: str
    site_code: str = ""
    kind: int = 1
    left: int = 500
    status: int = 3
    sender: dict[str, str] = field(default_factory=dict)
    taken: int = 0


@dataclass(slots=True)
class WxNumber:
    """One number: for which order, who gets the parcel, and whether it came back."""

    number: str
    house: str
    order: int
    branch: WxBranch
    receiver: str
    subs: tuple[str, ...] = ()
    cancelled: bool = False
    collected: bool = False


class WxLabels:
    """The e-waybill of one shop: `orders` are its own, with who buys; `others` are not."""

    def __init__(self) -> None:
        """One branch of ZTO, and SF."""
        self.branches = [
            WxBranch("ZTO", "6633984469", "551212"),
            WxBranch("SF", "6636848323", kind=2),
        ]
        self.orders: dict[int, str] = {}
        self.given: dict[str, WxNumber] = {}
        # Ids a create used up without a number, as was seen: neither new nor known.
        self.lost: set[str] = set()
        self.forms = {"single", "6634199205"}
        self.carrier_says = ""
        self._serial = 0

    def routes(self) -> dict[str, Callable[[Asked], Said]]:
        """The interfaces by the end of their paths."""
        return {
            "account/get": self.accounts,
            "order/create": self.create,
            "order/get": self.get,
            "order/cancel": self.cancel,
            "print/get": self.label,
        }

    def truth(self) -> dict[str, list[str]]:
        """The live numbers of every order."""
        found: dict[str, list[str]] = {}
        for one in self.given.values():
            if not one.cancelled:
                found.setdefault(str(one.order), []).append(one.number)
        return found

    # --- the interfaces ------------------------------------------------------------------------

    def accounts(self, asked: Asked) -> Said:
        """ewaybill_getacct."""
        if not isinstance(asked.get("need_balance"), bool):
            raise Refusal(47001, "data format error, need_balance")
        limit, offset = asked.get("limit"), asked.get("offset", 0)
        if not isinstance(limit, int) or not isinstance(offset, int) or limit < 1:
            raise Refusal(47001, "data format error, limit")
        wanted, status = asked.get("delivery_id"), asked.get("status")
        fit = [one for one in self.branches if wanted in (None, one.delivery_id)]
        fit = [one for one in fit if status in (None, one.status)]
        listed = [_account(one) for one in fit[offset : offset + limit]]
        return {"total_num": len(fit), "account_list": listed}

    def create(self, asked: Asked) -> Said:
        """ewaybill_createorder."""
        house = _house(asked)
        branch = self._branch(asked)
        order, parcels = self._order(asked), self._parcels(asked)
        for who in ("sender", "receiver"):
            _check_party(asked.get(who))
        if house in self.given or house in self.lost:
            raise Refusal(10025019, "电子面单已存在")
        form = asked.get("template_id")
        if form is not None and form not in self.forms:
            raise Refusal(10025106, "模板ID不存在")
        if self.carrier_says:
            raise self._not_taken(self.carrier_says)
        if branch.kind == 1 and branch.left < parcels:
            raise self._not_taken("网点电子面单余额不足")
        made = self._take(house, order, branch, parcels)
        label = {} if form is None else {"print_info": _printed(made, str(form))}
        return _told(made) | label

    def get(self, asked: Asked) -> Said:
        """ewaybill_getorder."""
        one = self._mine(asked)
        status = 2 if one.cancelled else 1
        kept = {
            **_told(one),
            "delivery_id": one.branch.delivery_id,
            "shop_id": SHOP,
            "ec_order_list": [{"ec_order_id": one.order, "goods_list": []}],
            "status": status,
            "path_info": [],
        }
        return {"order_info": kept}

    def cancel(self, asked: Asked) -> Said:
        """ewaybill_cancelorder."""
        one = self._mine(asked)
        if asked.get("delivery_id") != one.branch.delivery_id:
            raise Refusal(10025012, "快递公司ID错误,请检查delivery_id")
        if asked.get("waybill_id") != one.number:
            raise Refusal(10025010, "电子面单不存在")
        words = "取消下单失败,具体原因参考delivery_error_msg字段"
        if one.collected:
            raise Refusal(10025006, words, "运单已揽收")
        if one.cancelled:
            raise Refusal(10025006, words, "状态不允许")
        one.cancelled = True
        return {"delivery_error_msg": ""}

    def label(self, asked: Asked) -> Said:
        """get_print_content."""
        if asked.get("template_id") not in self.forms:
            raise Refusal(10025106, "模板ID不存在")
        try:
            one = self._mine(asked)
        except Refusal as no:
            raise Refusal(1000003, "订单不存在") from no
        return {"print_info": _printed(one, str(asked["template_id"]))}

    # --- inside --------------------------------------------------------------------------------

    def _branch(self, asked: Asked) -> WxBranch:
        mine = [one for one in self.branches if one.delivery_id == asked.get("delivery_id")]
        if not mine:
            raise Refusal(10025012, "快递公司ID错误,请检查delivery_id")
        found = [one for one in mine if one.acct_id == asked.get("ewaybill_acct_id")]
        if not found or asked.get("shop_id") != SHOP or found[0].status != 3:
            raise Refusal(10025014, "账号编码错误,请检查acct_id")
        if found[0].kind == 1 and asked.get("site_code") != found[0].site_code:
            raise Refusal(10025013, "网点信息错误")
        return found[0]

    def _order(self, asked: Asked) -> int:
        listed = asked.get("ec_order_list")
        first = listed[0] if isinstance(listed, list) and len(listed) == 1 else None
        number = first.get("ec_order_id") if isinstance(first, dict) else None
        if not isinstance(number, int) or isinstance(number, bool) or number not in self.orders:
            raise Refusal(10025017, "小店订单信息错误,请检查小店订单相关字段")
        goods = first.get("goods_list") if isinstance(first, dict) else None
        if not isinstance(goods, list) or not goods:
            raise Refusal(47001, "data format error, goods_list")
        if any(
            not one.get("good_name") or not isinstance(one.get("good_count"), int) for one in goods
        ):
            raise Refusal(47001, "data format error, goods_list")
        return number

    def _parcels(self, asked: Asked) -> int:
        info = asked.get("delivery_info") or {}
        told = info.get("package_quantity", 1)
        if "package_quantity" in info and not (isinstance(told, int) and 2 <= told <= 300):
            raise Refusal(47001, "data format error, package_quantity")
        if told > 1 and asked.get("delivery_id") not in {"SF", "DBKD", "JD", "SXJD", "YDKY"}:
            raise self._not_taken("该快递公司不支持子母单")
        return int(told)

    def _take(self, house: str, order: int, branch: WxBranch, parcels: int) -> WxNumber:
        numbers = []
        for _ in range(parcels):
            self._serial += 1
            numbers.append(f"{branch.delivery_id[:2]}77{self._serial:011d}")
        who = self.orders[order]
        made = WxNumber(numbers[0], house, order, branch, who, tuple(numbers[1:]))
        self.given[house] = made
        branch.taken += parcels
        branch.left -= parcels if branch.kind == 1 else 0
        return made

    def _mine(self, asked: Asked) -> WxNumber:
        one = self.given.get(_house(asked))
        if one is None:
            raise Refusal(10025010, "电子面单订单不存在,请确认面单ID")
        return one

    @staticmethod
    def _not_taken(carrier: str) -> Refusal:
        words = "电子面单取号失败,请参考delivery_error_msg字段后重试"
        return Refusal(10025005, words, "" if carrier == "-" else carrier)


def _house(asked: Asked) -> str:
    told = asked.get("ewaybill_order_id")
    if not isinstance(told, str):
        raise Refusal(47001, 'data format error, field "ewaybill_order_id"')
    if not (told.isascii() and told.isdigit() and 0 < int(told) < _MOST):
        raise Refusal(
            10025020, "EWaybill Order ID 的数据内容是Uint64,用字符串传递参数,请确认是否正确"
        )
    return told


def _check_party(told: Any) -> None:
    who = told if isinstance(told, dict) else {}
    if any(not isinstance(who.get(name), str) or not who[name].strip() for name in _PARTY):
        words = "电子面单取号失败,请参考delivery_error_msg字段后重试"
        raise Refusal(10025005, words, "收件人姓名、电话、地址不能为空")


def _told(one: WxNumber) -> Said:
    listed = [(one.number, 1), *((sub, 2) for sub in one.subs)]
    return {
        "ewaybill_order_id": one.house,
        "waybill_id": one.number,
        "delivery_error_msg": "",
        "waybill_id_list": [
            {"waybill_id": number, "waybill_type": kind, "create_time": 1_763_985_600}
            for number, kind in listed
        ],
        "order_risk_info": [],
    }


def _printed(one: WxNumber, form: str) -> str:
    """What the print component alone can read: who gets it is in there, closed."""
    label = json.dumps({"number": one.number, "to": one.receiver, "form": form})
    return base64.b64encode(label.encode()).decode()


def _account(one: WxBranch) -> Said:
    return {
        "delivery_id": one.delivery_id,
        "acct_type": 0,
        "company_type": one.kind,
        "shop_id": SHOP,
        "acct_id": one.acct_id,
        "status": one.status,
        "available": one.left if one.kind == 1 else 0,
        "allocated": one.taken,
        "recycled": 0,
        "cancel": 0,
        "monthly_card": "" if one.kind == 1 else "0201234567",
        "site_info": {
            "site_code": one.site_code,
            "site_name": "肥西集贤路" if one.site_code else "",
        },
        "sender_address": one.sender,
        "balance_retcode": 0,
    }
