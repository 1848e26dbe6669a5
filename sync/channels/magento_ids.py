"""Which orders a Magento shop has of a span of time: their numbers alone, upwards."""

from collections.abc import Callable

from sync.channels.magento_search import PAGE, Filter, Search, utc_text
from sync.connector import Connector
from sync.errors import Malformed
from sync.ports import Request
from sync.reading import mapping, rows, text

MOST_PAGES = 500


async def placed_between(
    connector: Connector, url: Callable[[str], str], since_ms: int, until_ms: int
) -> tuple[str, ...]:
    """The ids of the orders placed from `since_ms` to before `until_ms`; raises only sync.errors.

    Times are kept in whole seconds, so both bounds are rounded up to one.
    """
    bounds: tuple[tuple[Filter, ...], ...] = (
        (("created_at", "gteq", utc_text(-(-since_ms // 1000) * 1000)),),
        (("created_at", "lt", utc_text(-(-until_ms // 1000) * 1000)),),
    )
    found: dict[str, None] = {}
    last = 0
    for _ in range(MOST_PAGES):
        groups = (*bounds, (("entity_id", "gt", str(last)),))
        query = Search(groups, fields="items[entity_id],total_count").query()
        told, _answer = await connector.json(Request("GET", f"{url('orders')}?{query}"))
        listed = [text(row.get("entity_id")) for row in rows(mapping(told).get("items"))]
        numbers = [each for each in listed if each.isascii() and each.isdigit()]
        found.update(dict.fromkeys(numbers))
        if len(listed) < PAGE or not numbers:
            return tuple(found)
        last = max(map(int, numbers))
    raise Malformed("sync_stuck", source="GET /V1/orders")
