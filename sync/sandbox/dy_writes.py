"""What the sandbox lets a seller change, and what it refuses (op.jinritemai.com).

The codes are those of the interfaces' pages: 60109 under review, 60110 shipped before, 60113 over,
60021 cancelled, 60137 not paid, 60040 a refund asked for, 60068 refunded before it left, 60018 a
carrier it does not take, 60102 no such sub-order, 70011 a whole number changed for one pack of
several, 50056 a memo too long. A `request_id` is done once.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sync.sandbox.dy_gate import Refusal
from sync.sandbox.dy_lists import Lists, invalid
from sync.sandbox.dy_shop import (
    CANCELLED,
    DONE,
    PAID,
    PART,
    SHIPPED,
    UNPAID,
    DyOrder,
    DyPack,
    DySub,
    DyTruth,
)
from sync.sandbox.dy_views import order_view

Params = Mapping[str, Any]
NEVER = {UNPAID: 60137, PAID: 60109, CANCELLED: 60021, DONE: 60113, SHIPPED: 60110}
WAITING = (6, 7, 11)
MEMO_MOST = 60


def no(code: int, words: str = "") -> Refusal:
    """The business says no."""
    return Refusal(50002, f"isv.business-failed:{code}", words or f"{code}")


class Writes:
    """Reads of one order, and every write. `memo_most` is how long a memo may be."""

    def __init__(self, shop: DyTruth) -> None:
        """Take the shop."""
        self._shop, self.memo_most = shop, MEMO_MOST

    def detail(self, params: Params) -> dict[str, Any]:
        """order.orderDetail."""
        order = self._order(params, "shop_order_id")
        return {"shop_order_detail": order_view(self._shop, order)}

    def companies(self, _params: Params) -> list[dict[str, Any]]:
        """order.logisticsCompanyList."""
        return [
            {"id": number, "name": name, "code": code}
            for number, name, code in self._shop.companies
        ]

    def whole(self, params: Params) -> dict[str, Any]:
        """order.logisticsAdd: every sub-order at once."""
        order = self._order(params)
        if order.packs:
            raise no(60110, "订单已发货,不允许再次执行发货")
        units = {sub.number: sub.count for sub in order.subs if sub.status != CANCELLED}
        self._ship(order, params, units, whole=True)
        self._shop.writes["whole"] += 1
        return {}

    def part(self, params: Params) -> dict[str, Any]:
        """order.logisticsAddMultiPack: sub-orders or units of them, once for a request_id."""
        key = params.get("request_id")
        if not key:
            raise Refusal(40002, "isv.missing-parameter:50050", "发货请求id不能为空")
        if key in self._shop.requests:
            return self._shop.requests[key]
        order = self._order(params)
        for pack in params.get("pack_list", []):
            told = pack.get("shipped_order_info", [])
            units = {each["shipped_order_id"]: each["shipped_num"] for each in told}
            self._ship(order, {**params, **pack}, units, whole=False)
        self._shop.writes["part"] += 1
        self._shop.requests[key] = {"pack_list": [{"pack_id": each.number} for each in order.packs]}
        return self._shop.requests[key]

    def _ship(self, order: DyOrder, params: Params, units: dict[str, int], *, whole: bool) -> None:
        company = self._company(params)
        subs = [self._sub(order, number) for number in units]
        if order.status in NEVER:
            raise no(NEVER[order.status])
        if not units:
            raise no(60036, "发货信息为空")
        for sub in subs:
            self._refuse(sub, units[sub.number], rejects=params.get("is_reject_refund") is True)
        for sub in subs:
            sub.sent += units[sub.number]
            sub.status = SHIPPED if sub.sent == sub.count else PART
        now, number = self._shop.now_s(), str(self._shop.number())
        pack = DyPack(number, params["logistics_code"], company, units, whole, now)
        order.packs.append(pack)
        done = all(sub.status in (SHIPPED, DONE, CANCELLED) for sub in order.subs)
        order.status = SHIPPED if done else PART
        self._shop.touch(order, "102" if done else "108")

    def _sub(self, order: DyOrder, number: str) -> DySub:
        found = order.sub(number)
        if found is None:
            raise no(60102, "商品单不存在")
        return found

    def _refuse(self, sub: DySub, units: int, *, rejects: bool) -> None:
        if sub.refund_status == 3:
            raise no(60068, "该订单已售前退款成功,不能发货")
        if sub.after_status in WAITING and not rejects:
            raise no(60040, "发货订单中有退款申请需要处理,请先处理")
        if type(units) is not int or not 0 < units <= sub.count - sub.sent:
            raise no(60080, "商品的发货数量不合法")

    def edit(self, params: Params) -> dict[str, Any]:
        """order.logisticsEdit: of orders shipped whole alone."""
        order = self._order(params)
        if order.status != SHIPPED:
            raise no(60021, "该订单的订单状态不允许重新发货")
        if len(order.packs) != 1 or not order.packs[0].whole:
            raise no(70011, "70011:包裹单号缺失,请修改后重试")
        return self._edit(order, order.packs[0], params)

    def edit_pack(self, params: Params) -> dict[str, Any]:
        """order.logisticsEditByPack."""
        order = self._order(params)
        found = [pack for pack in order.packs if pack.number == params.get("pack_id")]
        if not found:
            raise no(70011, "包裹不存在")
        return self._edit(order, found[0], params)

    def _edit(self, order: DyOrder, pack: DyPack, params: Params) -> dict[str, Any]:
        pack.company, pack.tracking = self._company(params), params["logistics_code"]
        self._shop.touch(order, "104")
        self._shop.writes["edit"] += 1
        return {}

    def memo(self, params: Params) -> dict[str, Any]:
        """order.addOrderRemark; without is_add_star the flag goes."""
        order = self._order(params)
        words, star = params.get("remark"), params.get("star", "0")
        if not isinstance(words, str):
            raise invalid(50002, "参数不合法")
        if len(words) > self.memo_most:
            raise no(50056, "订单备注内容超过规定字数")
        adds = params.get("is_add_star", "false")
        if adds not in ("true", "false") or star not in tuple("012345"):
            raise invalid(50002, "参数不合法")
        self._shop.change(order, seller_words=words, stars=int(star) if adds == "true" else 0)
        self._shop.writes["memo"] += 1
        return {}

    def stock(self, params: Params) -> dict[str, Any]:
        """sku.syncStock: sets, or adds where `incremental`, which needs an idempotent_id."""
        found = [sku for sku in self._shop.skus.values() if sku.sku_id == params.get("sku_id")]
        if not found or params.get("product_id", found[0].product_id) != found[0].product_id:
            raise invalid(5, "找不到对应的sku")
        count = params.get("stock_num")
        if type(count) is not int or (params.get("incremental") and "idempotent_id" not in params):
            raise invalid(20011, "参数不合法")
        total = found[0].stock + count if params.get("incremental") else count
        if total < 0:
            raise no(2010401, "库存不足")
        found[0].stock = total
        self._shop.writes["stock"] += 1
        return {}

    def stock_of(self, params: Params) -> dict[str, Any]:
        """sku.stockNum."""
        sku = self._shop.skus.get(str(params.get("code")))
        if sku is None:
            raise invalid(20050, f"code: {params.get('code')}, 找不到对应的sku")
        told = {"sku_id": sku.sku_id, "code": sku.code, "sku_type": sku.sku_type}
        return {**told, "stock_num": sku.stock}

    def _order(self, params: Params, name: str = "order_id") -> DyOrder:
        order = self._shop.orders.get(str(params.get(name)))
        if order is None:
            raise no(60033, "订单不存在,请仔细检查后重试")
        return order

    def _company(self, params: Params) -> str:
        code = params.get("company_code")
        if not code or not params.get("logistics_code"):
            raise invalid(60083, "物流公司编码(company_code)字段不能为空")
        if not any(each[2] == code for each in self._shop.companies):
            raise no(60018, "暂不支持该物流公司或物流商已失效")
        return str(code)


def routes(lists: Lists, writes: Writes) -> dict[str, Callable[[Params], Any]]:
    """Which method is which act."""
    return {
        "order.searchList": lists.orders,
        "afterSale.List": lists.after_sales,
        "order.orderDetail": writes.detail,
        "order.logisticsCompanyList": writes.companies,
        "order.logisticsAdd": writes.whole,
        "order.logisticsAddMultiPack": writes.part,
        "order.logisticsEdit": writes.edit,
        "order.logisticsEditByPack": writes.edit_pack,
        "order.addOrderRemark": writes.memo,
        "sku.syncStock": writes.stock,
        "sku.stockNum": writes.stock_of,
    }
