"""The sandbox's lists: a start is needed, pages from 0 of at most 100, 50,000 deep, 90 days back.

order.searchList and afterSale.List (op.jinritemai.com); a list stands newest change first, so that
what changes leaves its place to those behind it. What changed within the last seconds is not in it
yet; how late a list is is written nowhere.
"""

from collections.abc import Mapping
from typing import Any

from sync.sandbox.dy_gate import DAY_S, Refusal
from sync.sandbox.dy_shop import DyOrder, DyTruth
from sync.sandbox.dy_views import after_sale_view, order_view

MOST, DEEPEST, REACH_S = 100, 50_000, 90 * DAY_S

Params = Mapping[str, Any]


def invalid(code: int, words: str) -> Refusal:
    """A parameter the business does not take."""
    return Refusal(40004, f"isv.parameter-invalid:{code}", words)


class Lists:
    """The lists of one shop. `lag_s` is how late they are."""

    def __init__(self, shop: DyTruth, lag_s: int) -> None:
        """Take the shop."""
        self._shop, self.lag_s = shop, lag_s

    def orders(self, params: Params) -> dict[str, Any]:
        """order.searchList."""
        page, size = _paging(params)
        by = params.get("order_by", "create_time")
        if by not in ("create_time", "update_time"):
            raise invalid(20007, "排序条件错误")
        if "update_time_start" not in params and "create_time_start" not in params:
            raise invalid(20011, "订单查询开始时间不能为空")
        found = [order for order in self._shop.orders.values() if self._fits(order, params)]
        by_name = "updated_s" if by == "update_time" else "created_s"
        reverse = not params.get("order_asc", False)
        found.sort(key=lambda order: (getattr(order, by_name), order.number), reverse=reverse)
        shown = found[page * size : (page + 1) * size]
        views = [order_view(self._shop, each) for each in shown]
        return {"page": page, "size": size, "total": len(found), "shop_order_list": views}

    def _fits(self, order: DyOrder, params: Params) -> bool:
        now = self._shop.now_s()
        heard = order.updated_s <= now - self.lag_s
        reached = order.created_s >= now - REACH_S
        return heard and reached and all(_between(order, params, name) for name in _TIMES)

    def after_sales(self, params: Params) -> dict[str, Any]:
        """afterSale.List."""
        page, size = _paging(params)
        found = [
            (order, asked)
            for order in self._shop.orders.values()
            for asked in order.after_sales
            if params.get("order_id", order.number) == order.number
            and params.get("aftersale_id", asked.number) == asked.number
            and params.get("update_start_time", 0) <= asked.updated_s
            and asked.updated_s <= params.get("update_end_time", 2**62)
        ]
        found.sort(key=lambda each: (each[1].updated_s, each[1].number), reverse=True)
        shown = found[page * size : (page + 1) * size]
        views = [after_sale_view(order, asked) for order, asked in shown]
        more = len(found) > (page + 1) * size
        return {"items": views, "has_more": more, "total": len(found), "page": page, "size": size}


_TIMES = {"update_time": "updated_s", "create_time": "created_s"}


def _between(order: DyOrder, params: Params, name: str) -> bool:
    at = getattr(order, _TIMES[name])
    start, end = params.get(f"{name}_start", 0), params.get(f"{name}_end", 2**62)
    return bool(start <= at <= end)


def _paging(params: Params) -> tuple[int, int]:
    page, size = params.get("page"), params.get("size")
    if type(page) is not int or type(size) is not int or size < 1:
        raise Refusal(40002, "isv.missing-parameter:10035", "page,size")
    if page < 0:
        raise invalid(10035, "查询订单列表页数不能小于0")
    if size > MOST:
        raise invalid(20008, "单次查询订单数超过限制")
    if (page + 1) * size > DEEPEST:
        raise invalid(20013, "订单查询最多支持查询5万")
    return page, size
