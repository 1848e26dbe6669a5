"""The ways to ask a Douyin shop for orders: what changed, what was placed, and one by its number.

All tell an order the same way (op.jinritemai.com, order.searchList and order.orderDetail).
"""

from typing import Any

from sync.channels.douyin_read import order_id
from sync.channels.douyin_walk import PAGE, paged
from sync.errors import Malformed, Rejected
from sync.gateways.douyin_calls import Call, DouyinCalls, Told
from sync.gateways.douyin_sign import Value
from sync.reading import mapping, minor, text
from sync.windows import Walk

LIST, DETAIL = "order.searchList", "order.orderDetail"
PATH = ("data", "shop_order_list")


def window(walk: Walk) -> Call:
    """The call for a walk's page of orders that changed in its window."""
    start, end = walk.window
    asked: dict[str, Value] = {
        "update_time_start": start,
        "update_time_end": end,
        "order_by": "update_time",
    }
    return Call(LIST, {**paged(walk), **asked}, PATH)


def counted(told: Told, walk: Walk, method: str) -> int:
    """How many the whole window holds.

    Raises:
        Malformed: no such number, or a page without the rows it must have.
    """
    total = minor(mapping(told.data).get("total"), 0)
    if total is None or total < 0 or (not told.elements and total > max(walk.page - 1, 0) * PAGE):
        raise Malformed("douyin_odd_answer", interface=method)
    return total


async def order_of(calls: DouyinCalls, external_id: str) -> tuple[dict[str, Any], bytes]:
    """One order as it stands now, and the answer it came in; Rejected where there is none."""
    if not (external_id.isascii() and external_id.isdigit() and len(external_id) <= 25):
        raise Rejected("sync_bad_number", external_id=external_id[:40])
    told = await calls.ask(Call(DETAIL, {"shop_order_id": external_id}))
    order = mapping(mapping(told.data).get("shop_order_detail"))
    if text(order.get("order_id")) != external_id:
        raise Rejected("douyin_no_such_order", external_id=external_id)
    return order, told.answer.body


async def placed(calls: DouyinCalls, since_ms: int, until_ms: int) -> tuple[str, ...]:
    """The numbers of all orders placed from `since_ms` to before `until_ms`, oldest first.

    When an order was placed never changes, so these pages stand still and are read forwards.
    """
    start, end = -(-since_ms // 1000), -(-until_ms // 1000) - 1
    found: dict[str, None] = {}
    page, total = 0, 1 if start <= end else 0
    while page * PAGE < total:
        asked: dict[str, Value] = {
            "create_time_start": start,
            "create_time_end": end,
            "order_by": "create_time",
            "order_asc": True,
        }
        walk = Walk(page=page + 1)
        told = await calls.ask(Call(LIST, {**paged(walk), **asked}, PATH))
        total = counted(told, walk, LIST)
        found |= dict.fromkeys(filter(None, map(order_id, told.elements)))
        page += 1
    return tuple(found)
