"""What the sandbox lets a seller change, and what it refuses (open.pinduoduo.com).

pdd.logistics.online.send: `redelivery_type` 1 for orders to be sent alone, 2 for sent ones alone,
with a carrier that is available. pdd.order.note.update: tag and tag_name both or neither, a name of
at most three characters. pdd.goods.quantity.update: 1 sets, 2 adds. The business says no with 50001
and a sub code; which sub code is written nowhere, so these are ours.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sync.sandbox.pdd_gate import Refusal
from sync.sandbox.pdd_lists import needed, whole
from sync.sandbox.pdd_shop import SHIPPED, TO_SHIP, PddOrder, PddTruth
from sync.sandbox.pdd_views import order_view

Params = Mapping[str, str]


def no(sub_code: str, words: str) -> Refusal:
    """The business says no."""
    return Refusal(50001, "业务服务错误", sub_code, words)


class Writes:
    """Reads of one order, and every write."""

    def __init__(self, shop: PddTruth) -> None:
        """Take the shop."""
        self._shop = shop

    def detail(self, params: Params) -> dict[str, Any]:
        """pdd.order.information.get."""
        return {"order_info": order_view(self._shop, self._order(params))}

    def companies(self, _params: Params) -> dict[str, Any]:
        """pdd.logistics.companies.get."""
        rows = [
            {"id": number, "logistics_company": name, "code": code, "available": available}
            for number, name, code, available in self._shop.companies
        ]
        return {"logistics_companies": rows}

    def send(self, params: Params) -> dict[str, Any]:
        """pdd.logistics.online.send."""
        needed(params, "order_sn", "logistics_id", "tracking_number")
        order = self._order(params)
        kind = whole(params, "redelivery_type", 1, 2) if "redelivery_type" in params else 1
        self._company(whole(params, "logistics_id"))
        if kind == 1 and order.order_status != TO_SHIP:
            raise no("ORDER_SHIPPED", "仅待发货订单可首次发货")
        if kind == 2 and order.order_status != SHIPPED:
            raise no("ORDER_NOT_SHIPPED", "仅已发货订单可修改发货")
        if order.risk or order.group_status != 1 or order.confirm_status != 1:
            raise no("ORDER_UNDER_REVIEW", "订单审核中或未成团,不能发货")
        if order.refund_status in (3, 4) and kind == 1:
            raise no("ORDER_REFUNDED", "订单退款中或已退款,不能发货")
        order.tracking = params["tracking_number"]
        order.company = whole(params, "logistics_id")
        order.shipping_s = self._shop.now_s()
        self._shop.change(order, order_status=SHIPPED)
        self._shop.writes["send" if kind == 1 else "resend"] += 1
        return {"is_success": True}

    def extra(self, params: Params) -> dict[str, Any]:
        """pdd.order.upload.extra.logistics: shown, and no state changes."""
        needed(params, "order_sn", "extra_track_list")
        order = self._order(params)
        if order.order_status == TO_SHIP:
            raise no("ORDER_NOT_SHIPPED", "订单未发货")
        kind = whole(params, "extra_track_type", 1, 3) if "extra_track_type" in params else 1
        for track in json.loads(params["extra_track_list"]):
            self._company(int(track["shipping_id"]))
            order.extra.append((int(track["shipping_id"]), str(track["tracking_number"]), kind))
        self._shop.touch(order)
        self._shop.writes["extra"] += 1
        return {"success": True}

    def note(self, params: Params) -> dict[str, Any]:
        """pdd.order.note.update; a note without a tag takes the tag away."""
        needed(params, "order_sn")
        order = self._order(params)
        if ("tag" in params) != ("tag_name" in params):
            raise Refusal(21001, "请求参数错误", sub_words="tag与tag_name都入参或都不入参")
        if len(params.get("tag_name", "")) > 3:
            raise Refusal(21001, "请求参数错误", sub_words="tag_name长度最大为3个字符")
        tag = whole(params, "tag", 1, 5) if "tag" in params else 0
        name = params.get("tag_name", "")
        self._shop.change(order, remark=params.get("note", ""), tag=tag, tag_name=name)
        self._shop.writes["note"] += 1
        return {"success": True, "error_code": 0, "error_msg": ""}

    def quantity(self, params: Params) -> dict[str, Any]:
        """pdd.goods.quantity.update."""
        needed(params, "goods_id", "quantity")
        place = (params["goods_id"], params.get("sku_id", ""))
        if place not in self._shop.stock:
            raise no("SKU_NOT_FOUND", "商品或规格不存在")
        kind = whole(params, "update_type", 1, 2) if "update_type" in params else 1
        standing = self._shop.stock[place] if kind == 2 else 0
        if standing + int(params["quantity"]) < 0:
            raise no("QUANTITY_INVALID", "库存不能小于0")
        self._shop.stock[place] = standing + int(params["quantity"])
        self._shop.writes["stock"] += 1
        return {"is_success": True}

    def _order(self, params: Params) -> PddOrder:
        needed(params, "order_sn")
        order = self._shop.orders.get(params["order_sn"])
        if order is None:
            raise no("ORDER_NOT_FOUND", "订单不存在")
        return order

    def _company(self, number: int) -> None:
        if not any(each[0] == number and each[3] for each in self._shop.companies):
            raise no("LOGISTICS_NOT_SUPPORTED", "不支持的快递公司")


def routes(writes: Writes) -> dict[str, tuple[str, Callable[[Params], dict[str, Any]]]]:
    """Which interface is which act, and under which name it answers."""
    return {
        "pdd.order.information.get": ("order_info_get_response", writes.detail),
        "pdd.logistics.companies.get": ("logistics_companies_get_response", writes.companies),
        "pdd.logistics.online.send": ("logistics_online_send_response", writes.send),
        "pdd.order.upload.extra.logistics": ("upload_extra_logistics_response", writes.extra),
        "pdd.order.note.update": ("response", writes.note),
        "pdd.goods.quantity.update": ("goods_quantity_update_response", writes.quantity),
    }
