"""The ways to ask a Youzan shop for orders: what changed, what was placed, and one by its number.

youzan.trades.sold.get 4.0.4 takes times in pairs only (one alone is not heeded), a span of three
months at most and an end after its start, 100 rows a page and 100 pages; youzan.trade.get 4.0.2
takes a number. Both are some 30 seconds late (doc.youzanyun.com).
"""

from typing import Any

from sync.channels.youzan_calls import Interface, Told, YouzanCalls
from sync.channels.youzan_keys import Value, youzan_time
from sync.channels.youzan_read import is_tid, order_tid, text, tid_of
from sync.channels.youzan_refuse import NO_TRADE, NO_TRADE_WORDS
from sync.channels.youzan_states import order_info
from sync.errors import Malformed, Rejected
from sync.json_text import Element
from sync.reading import mapping, minor
from sync.windows import Rules, Walk

PAGE = 100
ROWS = ("data", "full_order_info_list")
LIST = Interface("youzan.trades.sold.get", "4.0.4", ROWS)
WHOLE = Interface("youzan.trade.get", "4.0.2")
RULES = Rules(PAGE, deep=5_000)


def window(walk: Walk) -> dict[str, Value]:
    """What to ask for a walk's page of orders that changed in its window."""
    return _spanned("update", walk.window, walk.page)


def _spanned(by: str, span: tuple[int, int], page: int) -> dict[str, Value]:
    start, end = span
    return {
        f"start_{by}": youzan_time(start),
        f"end_{by}": youzan_time(end),
        "page_no": max(page, 1),
        "page_size": PAGE,
    }


def counted(told: Told, name: str, page: int, size: int) -> int:
    """How many rows the whole window holds.

    Raises:
        Malformed: no such number, or a page without the rows it must have.
    """
    total = minor(told.data.get(name), 0)
    if total is None or total < 0 or (not told.elements and total > max(page - 1, 0) * size):
        raise Malformed("youzan_odd_answer", interface=name)
    return total


async def whole_order(calls: YouzanCalls, external_id: str) -> tuple[dict[str, Any], bytes]:
    """One order as it stands now, and the bytes it came in; Rejected where there is none."""
    if not is_tid(external_id):
        raise Rejected("sync_bad_number", external_id=external_id[:40])
    try:
        told = await calls.ask(WHOLE, {"tid": external_id})
    except Rejected as no:
        if no.foreign_code == NO_TRADE and NO_TRADE_WORDS in no.text:
            # Asked soon after it was told of, it may only be late: never "deleted".
            code, words = no.foreign_code, no.text
            raise Rejected(
                "youzan_no_such_order", foreign_code=code, text=words, external_id=external_id
            ) from no
        raise
    if tid_of(told.data) != external_id:
        raise Rejected("youzan_no_such_order", external_id=external_id)
    return told.data, told.raw


async def placed(calls: YouzanCalls, since_ms: int, until_ms: int) -> tuple[str, ...]:
    """The numbers of all orders placed from `since_ms` to before `until_ms`.

    When an order was placed never changes, so these pages stand still and are read forwards.
    """
    start, end = -(-since_ms // 1000), -(-until_ms // 1000) - 1
    found: dict[str, None] = {}
    page, total = 1, 1 if start <= end else 0
    while (page - 1) * PAGE < total:
        # The end must lie after the start; what it takes in too much is left out below.
        told = await calls.ask(LIST, _spanned("created", (start, max(end, start + 1)), page))
        total = counted(told, "total_results", page, PAGE)
        found |= dict.fromkeys(filter(None, (_within(row, start, end) for row in told.elements)))
        page += 1
    return tuple(found)


def _within(row: Element, start: int, end: int) -> str:
    """The number of a row that was placed in a span; one whose time is not told counts."""
    created = text(order_info(mapping(row.value)).get("created"))
    told_within = not created or youzan_time(start) <= created <= youzan_time(end)
    return order_tid(row) if told_within else ""
