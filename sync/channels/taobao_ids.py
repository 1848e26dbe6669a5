"""Which trades a seller has of a span of time: their numbers alone, for counting.

taobao.trades.sold.get lists by the time of the order, newest first, three months back. New orders
push the others towards later pages, so a page may be met twice and none is passed over.
"""

from sync.channels.taobao_read import trade_id
from sync.channels.taobao_trades import TYPES, counted
from sync.gateways.taobao_calls import Method, TopCalls
from sync.gateways.taobao_sign import top_time
from sync.reading import mapping

PLACED = Method("taobao.trades.sold.get", "trades", "trade")
PAGE, MOST_PAGES = 100, 500


async def placed_between(calls: TopCalls, since_ms: int, until_ms: int) -> tuple[str, ...]:
    """The numbers of all trades placed in a span; both bounds of the platform are included.

    Raises only sync.errors.
    """
    asked = {
        "fields": "tid",
        "type": TYPES,
        "start_created": top_time(-(-since_ms // 1000) * 1000),
        "end_created": top_time(until_ms - 1),
        "page_size": str(PAGE),
    }
    found: dict[str, None] = {}
    for page in range(1, MOST_PAGES + 1):
        told = await calls.ask(PLACED, {**asked, "page_no": str(page)})
        numbers = (trade_id(mapping(element.value)) for element in told.rows)
        found.update(dict.fromkeys(number for number in numbers if number))
        if page * PAGE >= counted(told.data.get("total_results")):
            break
    return tuple(found)
