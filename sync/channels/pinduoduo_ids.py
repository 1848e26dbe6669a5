"""Which orders a Pinduoduo shop has of a span of time: their numbers alone.

No list goes by when an order was placed. pdd.order.list.get goes by when it became a deal, 24 hours
at most at once (open.pinduoduo.com), and a group purchase has a day to become one. So the deals of
the span and of the day after it are asked for, and those placed in the span are kept. What is no
deal yet is in no list of the platform's, and not with us either.
"""

from sync.channels.pinduoduo_check import platform_ms
from sync.channels.pinduoduo_read import ZONE, order_sn
from sync.channels.pinduoduo_walk import ALL, HISTORY, INTERFACE, PAGE, PATH, WINDOW_S
from sync.errors import Malformed
from sync.gateways.pinduoduo_calls import PinduoduoCalls
from sync.json_text import Element
from sync.reading import mapping, moment_ms, text

GROUP_S = 86_400
MOST_PAGES = 500


async def placed_between(calls: PinduoduoCalls, since_ms: int, until_ms: int) -> tuple[str, ...]:
    """The numbers of the deals placed from `since_ms` to before `until_ms`; only sync.errors."""
    until_s = min(-(-until_ms // 1000) + GROUP_S, await platform_ms(calls) // 1000)
    found: dict[str, None] = {}
    since_s = since_ms // 1000
    while since_s < until_s:
        end_s = min(since_s + WINDOW_S[HISTORY], until_s)
        for element in await _deals(calls, since_s, end_s):
            told = mapping(element.value)
            placed = moment_ms(text(told.get("created_time")), ZONE)
            if placed is not None and since_ms <= placed < until_ms and order_sn(element):
                found[order_sn(element)] = None
        since_s = end_s
    return tuple(found)


async def _deals(calls: PinduoduoCalls, since_s: int, until_s: int) -> list[Element]:
    """The deals of a window, page by page: when one became a deal never changes."""
    asked = {"start_confirm_at": since_s, "end_confirm_at": until_s, "page_size": PAGE}
    asked |= {"order_status": ALL, "refund_status": ALL}
    found: list[Element] = []
    for page in range(1, MOST_PAGES + 1):
        params = {**asked, "page": page, "use_has_next": True}
        elements, rest = await calls.listed(INTERFACE[HISTORY], params, PATH[HISTORY])
        found += elements
        if rest.get("has_next") is not True:
            return found
    raise Malformed("sync_stuck", source=INTERFACE[HISTORY])
