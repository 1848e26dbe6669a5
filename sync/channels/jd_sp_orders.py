"""What JD's newer gateway is asked for its orders with (open.jd.com, listOrders and getOrder).

Both tell only the fields that are named; the list wants its states, its page and its order named
too. How long a window may be, how far back it looks and how many rows a page has at most, JD tells
app owners alone: the figures here are careful ones, below those of its classic list.
"""

from dataclasses import dataclass
from typing import Any

from sync.channels.jd_read import LISTED, is_id, order_id
from sync.errors import Rejected
from sync.gateways.jd_sp_calls import JdSpCalls, SpTold
from sync.gateways.jd_sp_sign import SpCall
from sync.json_text import Element
from sync.reading import mapping, minor
from sync.windows import DAY_S, Rules, Walk

LIST, ONE = "/sp-order/v0/orders", "/sp-order/v0/orders/{orderId}"
PAGE = 50
# A round ends some seconds ago: the next one goes back further than lists lag.
RULES = Rules(PAGE, deep=2_500, lag_s=10, reach_s=89 * DAY_S)
BRIEF = ("orderId", "createdTime", "modifiedTime")
FIELDS = (
    *("orderId", "parentOrderId", "rootOrderId", "venderId", "orderType", "orderSource"),
    *("orderStatus", "orderStatusDesc", "createdTime", "modifiedTime", "outboundTime"),
    *("finishedTime", "xidBuyer", "buyerRemark", "venderRemarkInfo", "consigneeInfo"),
    *("skuItemInfoList", "paymentInfo", "sellerTradePriceInfo", "transportInfo", "orderFlag"),
    *("promiseCalendarInfo", "specialStatusReasonInfo"),
)


@dataclass(frozen=True, slots=True)
class SortedBy:
    """In which order the list is asked for: a field's name, and which way."""

    field: str = "modifiedTime"
    way: str = "asc"


def sorted_by(told: str) -> SortedBy | None:
    """What a person typed: a field and a way, or nothing for the usual; None for anything else."""
    words = told.split()
    return SortedBy(*words) if len(words) in (0, 2) else None


def list_call(
    span: tuple[int, int], page: int, by: SortedBy, fields: tuple[str, ...] = FIELDS
) -> SpCall:
    """One page of the orders that changed in a span, of every state; both ends in epoch seconds.

    The first millisecond is asked for from the one before it: whether JD's ends are among the
    window, its page does not say, and an order met twice is met once here.
    """
    asked = {
        "startTime": str(max(span[0] * 1000 - 1, 0)),
        "endTime": str(span[1] * 1000),
        "orderStatus": ",".join(LISTED),
        "page": str(page),
        "pageSize": str(PAGE),
        "sortBy": by.field,
        "sortOrder": by.way,
        "scopeSet": ",".join(fields),
    }
    return SpCall("GET", LIST, query=asked)


async def page_of(calls: JdSpCalls, walk: Walk, by: SortedBy) -> tuple[SpTold, int]:
    """The page a walk asks for, and how many rows its window has."""
    page = walk.page or 1
    told = await calls.ask(list_call(walk.window, page, by))
    return told, told.counted(page, PAGE)


async def order_of(calls: JdSpCalls, number: str) -> tuple[dict[str, Any], bytes]:
    """One order as it stands now, and the answer it came in; Rejected where there is none."""
    if not is_id(number):
        raise Rejected("sync_bad_number", external_id=number[:40])
    asked = {"scopeSet": ",".join(FIELDS)}
    told = await calls.ask(SpCall("GET", ONE, {"orderId": number}, asked))
    if order_id(told.data) != number:
        raise Rejected("jd_no_such_order", external_id=number)
    return dict(told.data), told.answer.body


async def placed_between(
    calls: JdSpCalls, until_now_ms: int, span: tuple[int, int], by: SortedBy
) -> tuple[str, ...]:
    """The numbers of the orders placed from `span[0]` to before `span[1]`, in milliseconds.

    The list goes by the time of the last change, so what was placed in a span is among all that
    changed since it began, whatever became of it.
    """
    found: dict[str, None] = {}
    at, now = span[0] // 1000, until_now_ms // 1000
    while span[0] < span[1] and at < now:
        end = min(at + DAY_S, now)
        for element in await _window(calls, (at, end), by):
            row = mapping(element.value)
            placed = minor(row.get("createdTime"), 0)
            if placed is not None and span[0] <= placed < span[1] and order_id(row):
                found[order_id(row)] = None
        at = end
    return tuple(found)


async def _window(calls: JdSpCalls, span: tuple[int, int], by: SortedBy) -> list[Element]:
    """All rows of a window, from its last page: what leaves it moves the others forward."""
    first = await calls.ask(list_call(span, 1, by, BRIEF))
    pages = -(-first.counted(1, PAGE) // PAGE)
    if pages <= 1:
        return first.rows
    rows: list[Element] = []
    for page in range(pages, 0, -1):
        told = await calls.ask(list_call(span, page, by, BRIEF))
        told.counted(page, PAGE)
        rows += told.rows
    return rows
