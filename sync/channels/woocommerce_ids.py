"""Which orders a WooCommerce shop has of a span of time: their numbers alone, page by page."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

from sync.connector import Connector
from sync.errors import Malformed
from sync.ports import Request
from sync.reading import mapping, rows, text

PAGE = 100
MOST_PAGES = 500


async def placed_between(
    connector: Connector, url: Callable[[str], str], since_ms: int, until_ms: int
) -> tuple[str, ...]:
    """The ids of the orders placed in a span, the trashed ones left out; raises only sync.errors.

    Bounds are strict and in whole seconds, and with a Z they are told WITHOUT dates_are_gmt, as
    for the walk (traps 1 and 2). Orders that come or go meanwhile move pages: twins count once.
    """
    found: dict[str, None] = {}
    for page in range(1, MOST_PAGES + 1):
        query = {
            "after": _stamp(since_ms // 1000 - 1),
            "before": _stamp(-(-until_ms // 1000)),
            "status": "any",
            "orderby": "id",
            "order": "asc",
            "per_page": str(PAGE),
            "page": str(page),
            "_fields": "id",
        }
        told, answer = await connector.json(Request("GET", f"{url('orders')}?{urlencode(query)}"))
        listed = [text(mapping(row).get("id")) for row in rows(told)]
        found.update(dict.fromkeys(number for number in listed if number))
        pages = answer.headers.get("x-wp-totalpages", "")
        if not (pages.isascii() and pages.isdigit()):
            raise Malformed("woo_no_totals", header="X-WP-TotalPages")
        if page >= int(pages[:9]):
            break
    return tuple(found)


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
