"""How the sandbox shop lists orders: the page, date and status rules of a real 10.5.0 server.

channels.md 2.2 and traps 1, 2, 6, 7 and 8.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from sync.sandbox.http import Call, Reply
from sync.sandbox.shop import Shop, ShopOrder, ShopProduct
from sync.sandbox.woo_json import order_json, problem

_ORDERBY = ("date", "id", "include", "title", "slug")
_WAYS = ("asc", "desc")
_DATES = ("after", "before", "modified_after", "modified_before")
_TRUE = ("1", "true", "yes")


@dataclass(frozen=True, slots=True)
class Listed:
    """A page: its orders, and the totals its headers tell."""

    orders: tuple[ShopOrder, ...]
    total: int
    pages: int
    page: int


class BadParam(Exception):  # noqa: N818 - what the server calls it
    """A parameter the server refuses with 400."""


def query_of(call: Call) -> dict[str, str]:
    """The query's parameters; the last of a repeated one counts."""
    return dict(parse_qsl(call.query, keep_blank_values=True))


def listed(shop: Shop, zone: ZoneInfo, query: dict[str, str]) -> Listed:
    """The page asked for. Raises BadParam naming the parameter."""
    size = _whole(query, "per_page", 10, 100)
    page = _whole(query, "page", 1, 10**9)
    bounds = {name: _bound(name, query[name], zone) for name in _DATES if name in query}
    column = None if query.get("dates_are_gmt", "").lower() in _TRUE else zone
    fitting = [order for order in _with_status(shop, query) if _within(order, bounds, column)]
    fitting = _sorted(fitting, query)
    cut = tuple(fitting[(page - 1) * size : page * size])
    return Listed(cut, len(fitting), math.ceil(len(fitting) / size), page)


def _whole(query: dict[str, str], name: str, default: int, most: int) -> int:
    told = query.get(name, str(default))
    if not told.isdigit() or not 1 <= int(told) <= most:
        raise BadParam(name)
    return int(told)


def product_page(
    products: list[ShopProduct], query: dict[str, str]
) -> tuple[list[ShopProduct], dict[str, str]]:
    """A page of products and the headers with its totals. Raises BadParam naming the parameter.

    Sorted by date, newest first, unless asked otherwise; a page holds at most 100.
    """
    size, page = _whole(query, "per_page", 10, 100), _whole(query, "page", 1, 10**9)
    if query.get("orderby", "date") not in _ORDERBY or query.get("order", "desc") not in _WAYS:
        raise BadParam("orderby" if query.get("order", "desc") in _WAYS else "order")
    newest_first = query.get("order", "desc") == "desc"
    fitting = sorted(products, key=lambda one: one.number, reverse=newest_first)
    if "status" in query and query["status"] != "any":
        fitting = [one for one in fitting if one.status == query["status"]]
    pages = math.ceil(len(fitting) / size)
    headers = {"X-WP-Total": str(len(fitting)), "X-WP-TotalPages": str(pages)}
    return fitting[(page - 1) * size : page * size], headers


def _with_status(shop: Shop, query: dict[str, str]) -> Iterable[ShopOrder]:
    """`any` is every status but trash (trap 8)."""
    wanted = query.get("status", "any").split(",")
    for status in wanted:
        if status not in ("any", "trash") and status not in shop.statuses:
            raise BadParam("status")
    orders = shop.orders.values()
    if "any" in wanted:
        return [order for order in orders if order.status != "trash" or "trash" in wanted]
    return [order for order in orders if order.status in wanted]


def _sorted(orders: list[ShopOrder], query: dict[str, str]) -> list[ShopOrder]:
    by = query.get("orderby", "date")
    way = query.get("order", "desc")
    if by not in _ORDERBY:
        raise BadParam("orderby")
    if way not in ("asc", "desc"):
        raise BadParam("order")
    if by == "date":
        orders.sort(key=lambda order: (order.created_s, order.number))
    return orders if way == "asc" else orders[::-1]


def _within(order: ShopOrder, bounds: dict[str, datetime], zone: ZoneInfo | None) -> bool:
    """Whether an order lies between the bounds; `zone` None compares the UTC column."""
    for name, bound in bounds.items():
        at_s = order.modified_s if name.startswith("modified") else order.created_s
        stamp = datetime.fromtimestamp(at_s, zone or UTC).replace(tzinfo=None)
        if not (stamp > bound if name.endswith("after") else stamp < bound):
            return False
    return True


def _bound(name: str, told: str, zone: ZoneInfo) -> datetime:
    """The bound as the server compares it, without zone and in whole seconds.

    A bound with a zone of its own is turned into SITE time, whatever dates_are_gmt says: together
    with the flag it is then compared with the UTC column, which is trap 1.
    """
    try:
        bound = datetime.fromisoformat(told)
    except ValueError:
        raise BadParam(name) from None
    if bound.tzinfo is not None:
        bound = bound.astimezone(zone).replace(tzinfo=None)
    return bound.replace(microsecond=0)


def list_reply(shop: Shop, zone: ZoneInfo, call: Call, page: Listed) -> Reply:
    """The page as JSON, with its totals and the useless Link (trap 6)."""
    body = b"[" + b",".join(order_json(shop, zone, order) for order in page.orders) + b"]"
    headers = {"X-WP-Total": str(page.total), "X-WP-TotalPages": str(page.pages)}
    if page.page < page.pages:
        headers["Link"] = f'<{_next(call, page)}>; rel="next"'
    return Reply(200, body, headers)


def _next(call: Call, page: Listed) -> str:
    """The next page's address with the OLD nonce and signature, on the default port."""
    host = call.headers.get("host", "").partition(":")[0]
    kept = [each for each in call.query.split("&") if not each.startswith("page=")]
    return f"http://{host}{call.path}?{'&'.join([*kept, f'page={page.page + 1}'])}"


def refused_param(name: str) -> Reply:
    """The 400 for a parameter the server does not take."""
    words = f"Invalid parameter(s): {name}"
    return problem(400, "rest_invalid_param", words, params={name: f"Invalid {name}."})
