"""The sandbox's lists and single reads, with the rules of their pages (doc.youzanyun.com).

Orders: times as text with seconds (5001 without), a pair or not heeded, an end after its start, a
span of three months at most, an end no more than a week ahead, 100 rows and 100 pages. Refunds:
epoch seconds, 100 pages, 3,000 rows deep. What changed lately is not shown yet.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from sync.sandbox.yz_gate import DAY_S, Refusal, gateway
from sync.sandbox.yz_shop import YzOrder, YzRefund, YzTruth
from sync.sandbox.yz_views import refund_row, refund_view, row_view, whole_view

MOST, PAGES, DEEPEST, SPAN_S = 100, 100, 3_000, 92 * DAY_S
_TIMES = {"update": "updated_s", "created": "created_s", "pay": "pay_s", "success": "success_s"}
_STATUSES = {
    *("WAIT_BUYER_PAY", "WAIT_SELLER_SEND_GOODS", "WAIT_BUYER_CONFIRM_GOODS"),
    *("TRADE_SUCCESS", "TRADE_CLOSED", "TRADE_REFUND"),
}

Params = Mapping[str, Any]


class Lists:
    """The reads of one shop. `lag_s`: how late the lists are; `detail_lag_s`: single orders."""

    def __init__(self, shop: YzTruth, lag_s: int, detail_lag_s: int, *, sealed: bool) -> None:
        """Take the shop."""
        self._shop, self.lag_s, self.detail_lag_s = shop, lag_s, detail_lag_s
        self._sealed = sealed

    def orders(self, params: Params) -> dict[str, Any]:
        """youzan.trades.sold.get; by the time asked for, the newest first."""
        page, size = _paging(params)
        spans = {name: span for name in _TIMES if (span := self._span(params, name)) is not None}
        if params.get("status", "TRADE_CLOSED") not in _STATUSES:
            raise Refusal(5000, "订单状态不合法")
        shown = [self._shop.seen(tid, self.lag_s) for tid in self._shop.orders]
        found = [each for each in shown if each is not None and _fits(each, spans, params)]
        by = _TIMES[next(iter(spans), "created")]
        found.sort(key=lambda each: (getattr(each, by), each.tid), reverse=True)
        rows = found[(page - 1) * size : page * size]
        views = [row_view(self._shop, each, sealed=self._sealed) for each in rows]
        return {"total_results": len(found), "full_order_info_list": views}

    def _span(self, params: Params, name: str) -> tuple[int, int] | None:
        told = [params.get(f"{end}_{name}") for end in ("start", "end")]
        if None in told:
            return None  # one alone is not heeded
        start, end = (_seconds(each) for each in told)
        if end <= start:
            raise Refusal(5000, "开始时间不能大于结束时间")
        if end - start > SPAN_S:
            raise Refusal(5000, "开始时间和结束时间的跨度不能大于3个月")
        if end > self._shop.now_s() + 7 * DAY_S:
            raise Refusal(106000003, "结束时间不能超过当前日期后7天")
        return start, end

    def opened(self, params: Params) -> str:
        """youzan.cloud.secret.decrypt.single: one word in clear, as a bare text."""
        source = params.get("source")
        if not isinstance(source, str) or not source.strip():
            raise Refusal(10500, "系统异常")
        plain = self._shop.open(source)
        if plain is None:
            raise Refusal(10500, "系统异常")
        return plain

    def whole(self, params: Params) -> dict[str, Any]:
        """youzan.trade.get."""
        order = self._shop.seen(str(params.get("tid")), self.detail_lag_s)
        if order is None:
            raise Refusal(5000, "trade not found")
        return whole_view(self._shop, order, sealed=self._sealed)

    def refunds(self, params: Params) -> dict[str, Any]:
        """youzan.trade.refund.search, the newest first."""
        page, size = params.get("page_no", 1), params.get("page_size", 20)
        if type(page) is not int or type(size) is not int:
            raise Refusal(53002, "page_size type error")
        if page > PAGES:
            raise Refusal(5000, "查询页数超过100")
        if page * size > DEEPEST:
            raise Refusal(5000, "超过ES搜索最大深度")
        times = [params.get(f"update_time_{end}") for end in ("start", "end")]
        if any(each is not None and type(each) is not int for each in times):
            raise gateway(5001)
        found = [
            (order, each)
            for order in self._shop.orders.values()
            for each in order.refunds
            if (times[0] or 0) <= each.modified_s <= (times[1] or 2**40)
        ]
        found.sort(key=lambda pair: (pair[1].modified_s, pair[1].refund_id), reverse=True)
        shown = found[(page - 1) * size : page * size]
        return {"total": len(found), "refunds": [refund_row(*pair) for pair in shown]}

    def refund(self, params: Params) -> dict[str, Any]:
        """youzan.trade.refund.get."""
        return refund_view(*self.refund_of(params))

    def refund_of(self, params: Params) -> tuple[YzOrder, YzRefund]:
        """The refund a call names."""
        for order in self._shop.orders.values():
            for each in order.refunds:
                if each.refund_id == params.get("refund_id"):
                    return order, each
        raise Refusal(103011024, "退款记录不存在")


def _fits(order: YzOrder, spans: Mapping[str, tuple[int, int]], params: Params) -> bool:
    word = params.get("status", order.status)
    right = bool(order.refunds) if word == "TRADE_REFUND" else word == order.status
    return right and all(
        start <= getattr(order, _TIMES[name]) <= end for name, (start, end) in spans.items()
    )


def _seconds(told: object) -> int:
    try:
        at = datetime.strptime(str(told), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - the zone follows
    except ValueError:
        raise gateway(5001) from None
    return int(at.replace(tzinfo=timezone(timedelta(hours=8))).timestamp())


def _paging(params: Params) -> tuple[int, int]:
    page, size = params.get("page_no", 1), params.get("page_size", 20)
    if type(page) is not int or type(size) is not int:
        raise gateway(5001)
    if not 1 <= page <= PAGES:
        raise Refusal(5000, "页码最大不能超过100")
    if not 1 <= size <= MOST:
        raise Refusal(5000, "每页最多显示100条数据")
    return page, size
