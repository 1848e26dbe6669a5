"""The ways to ask a Weidian shop for orders: what changed, what was placed, and one by its number.

vdian.order.list.get 1.5 takes pages from 1 of at most 50, 30 advised, and the last 31 days where it
is given no time; vdian.order.get 2.0 takes a number (community SDKs of open.weidian.com). How late
either is, and how long a window may be, is told nowhere.
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.weidian_calls import Interface, Told, Value, WeidianCalls
from sync.channels.weidian_read import is_id, order_id, weidian_time
from sync.errors import Malformed, Rejected
from sync.reading import minor, text
from sync.windows import Rules, Walk

PAGE = 30
LIST = Interface("vdian.order.list.get", "1.5", ("result", "orders"))
ONE = Interface("vdian.order.get", "2.0")
RULES = Rules(PAGE, deep=3_000)


def window(walk: Walk) -> dict[str, Value]:
    """What to ask for a walk's page of orders that changed in its window."""
    return _spanned("update", walk.window, walk.page)


def _spanned(by: str, span: tuple[int, int], page: int) -> dict[str, Value]:
    start, end = span
    return {
        "page_num": max(page, 1),
        "page_size": PAGE,
        "order_type": "all",
        f"{by}_start": weidian_time(start),
        f"{by}_end": weidian_time(end),
    }


def counted(told: Told, page: int) -> int:
    """How many orders the whole window holds.

    Raises:
        Malformed: no such number, or a page without the rows it must have.
    """
    total = minor(told.result.get("total_num"), 0)
    if total is None or total < 0 or (not told.elements and total > max(page - 1, 0) * PAGE):
        raise Malformed("weidian_odd_answer", interface=LIST.name)
    return total


async def order_of(calls: WeidianCalls, external_id: str) -> tuple[Mapping[str, Any], Told]:
    """One order as it stands now, and the answer it came in; Rejected where there is none."""
    if not is_id(external_id):
        raise Rejected("sync_bad_number", external_id=external_id[:40])
    told = await calls.ask(ONE, {"order_id": external_id})
    if text(told.result.get("order_id")) != external_id:
        raise Rejected("weidian_no_such_order", external_id=external_id)
    return told.result, told


async def placed(calls: WeidianCalls, since_ms: int, until_ms: int) -> tuple[str, ...]:
    """The numbers of all orders placed from `since_ms` to before `until_ms`.

    When an order was placed never changes, so these pages stand still and are read forwards.
    """
    start, end = -(-since_ms // 1000), -(-until_ms // 1000) - 1
    found: dict[str, None] = {}
    page, total = 1, 1 if start <= end else 0
    while (page - 1) * PAGE < total:
        told = await calls.ask(LIST, _spanned("add", (start, end), page))
        total = counted(told, page)
        found |= dict.fromkeys(filter(None, map(order_id, told.elements)))
        page += 1
    return tuple(found)
