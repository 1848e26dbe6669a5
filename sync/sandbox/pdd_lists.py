"""The sandbox's lists: windows, pages, and an index that hears of changes later.

open.pinduoduo.com: pdd.order.number.list.increment.get takes at most 30 minutes, tells orders that
became a deal in the last three months, 100 a page from page 1, and is to be read from its last page
back; pdd.order.list.get takes at most 24 hours; with use_has_next the answer tells no total. A list
stands by time of change, so that an order that changes leaves its place to those behind it. What
changed within the last minutes is not in it yet.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sync.sandbox.pdd_gate import Refusal
from sync.sandbox.pdd_shop import PddOrder, PddTruth
from sync.sandbox.pdd_views import goods_view, order_view, refund_view

HALF_HOUR_S, DAY_S, MONTHS_S = 1800, 86_400, 90 * 86_400
MOST = 100
ANY = 5

Params = Mapping[str, str]


def needed(params: Params, *names: str) -> None:
    """Raises Refusal for a parameter that must be there and is not."""
    for name in names:
        if not params.get(name):
            raise Refusal(21002, "请求参数不能为空", sub_words=name)


def whole(params: Params, name: str, least: int = 0, most: int = 2**62) -> int:
    """A whole number within bounds. Raises Refusal."""
    told = params.get(name, "")
    if not told.isdigit() or not least <= int(told) <= most:
        raise Refusal(21001, "请求参数错误", sub_words=name)
    return int(told)


class Lists:
    """The lists of one shop. `lag_s` is how late the index is."""

    def __init__(self, shop: PddTruth, lag_s: int) -> None:
        """Take the shop."""
        self._shop, self.lag_s = shop, lag_s

    def changed(self, params: Params) -> dict[str, Any]:
        """pdd.order.number.list.increment.get."""
        names = ("start_updated_at", "end_updated_at", "is_lucky_flag")
        needed(params, *names, "order_status", "refund_status", "page")
        start, end = self._window(params, "updated_at", HALF_HOUR_S)
        heard = self._shop.now_s() - self.lag_s
        found = [
            order
            for order in self._deals(params)
            if start <= order.updated_s <= end and order.updated_s <= heard
        ]
        found.sort(key=lambda order: (order.updated_s, order.sn))
        return self._page(params, found, "order_sn_list")

    def confirmed(self, params: Params) -> dict[str, Any]:
        """pdd.order.list.get."""
        names = ("start_confirm_at", "end_confirm_at", "order_status", "refund_status", "page")
        needed(params, *names)
        start, end = self._window(params, "confirm_at", DAY_S)
        found = [
            order
            for order in self._deals(params)
            if start <= order.confirm_s <= end and order.confirm_status == 1
        ]
        found.sort(key=lambda order: (order.confirm_s, order.sn))
        return self._page(params, found, "order_list")

    def after_sales(self, params: Params) -> dict[str, Any]:
        """pdd.refund.list.increment.get; an order's number sets the other conditions aside."""
        names = ("after_sales_status", "after_sales_type", "start_updated_at", "end_updated_at")
        needed(params, *names)
        start, end = self._window(params, "updated_at", HALF_HOUR_S)
        sn, status = params.get("order_sn", ""), whole(params, "after_sales_status")
        found = [
            (order, refund)
            for order in self._shop.orders.values()
            for refund in order.refunds
            if (order.sn == sn if sn else start <= refund.updated_s <= end)
            and (sn or refund.status == status)
        ]
        page, size = whole(params, "page", 1), whole(params, "page_size", 1, MOST)
        shown = found[(page - 1) * size : page * size]
        views = [refund_view(order, refund) for order, refund in shown]
        return {"refund_list": views, "total_count": len(found)}

    def goods(self, params: Params) -> dict[str, Any]:
        """pdd.goods.list.get: by sale state, else by the code of a SKU."""
        names = ("is_onsale", "outer_id", "goods_name")
        if not any(params.get(name) for name in names):
            raise Refusal(21002, "请求参数不能为空", sub_words=f"{','.join(names)}三选一")
        shop = self._shop
        found = [
            item
            for item in shop.goods.values()
            if (
                whole(params, "is_onsale", 0, 1) == int(item.outer_id not in shop.off_sale)
                if params.get("is_onsale")
                else item.outer_id == params.get("outer_id")
            )
        ]
        page, size = whole(params, "page", 1), whole(params, "page_size", 1, MOST)
        shown = found[(page - 1) * size : page * size]
        return {"goods_list": [goods_view(shop, i) for i in shown], "total_count": len(found)}

    def _window(self, params: Params, name: str, most_s: int) -> tuple[int, int]:
        start, end = whole(params, f"start_{name}"), whole(params, f"end_{name}")
        if not 0 <= end - start <= most_s:
            raise Refusal(21001, "请求参数错误", sub_words=f"开始时间结束时间间距不超过{most_s}秒")
        return start, end

    def _deals(self, params: Params) -> list[PddOrder]:
        wanted, refund = whole(params, "order_status"), whole(params, "refund_status")
        oldest = self._shop.now_s() - MONTHS_S
        return [
            order
            for order in self._shop.orders.values()
            if (order.confirm_s or order.created_s) >= oldest
            and wanted in (ANY, order.order_status)
            and refund in (ANY, order.refund_status)
        ]

    def _page(self, params: Params, found: list[PddOrder], name: str) -> dict[str, Any]:
        page, size = whole(params, "page", 1), whole(params, "page_size", 1, MOST)
        shown = [order_view(self._shop, each) for each in found[(page - 1) * size : page * size]]
        if params.get("use_has_next") == "true":
            return {name: shown, "has_next": len(found) > page * size}
        return {name: shown, "total_count": len(found)}


def routes(lists: Lists) -> dict[str, tuple[str, Callable[[Params], dict[str, Any]]]]:
    """Which interface is which list, and under which name it answers."""
    return {
        "pdd.order.number.list.increment.get": (
            "order_sn_increment_get_response",
            lists.changed,
        ),
        "pdd.order.list.get": ("order_list_get_response", lists.confirmed),
        "pdd.goods.list.get": ("goods_list_get_response", lists.goods),
        "pdd.refund.list.increment.get": ("refund_increment_get_response", lists.after_sales),
    }
