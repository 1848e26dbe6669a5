"""The sandbox's search: the part of Shopify's query syntax that finds orders and variants.

shopify.dev, "Shopify API search syntax": terms `field:value` with a comparator, joined by AND or
whitespace; date values must be quoted; an unknown field is passed over with a warning and finds
as if it were not there, which is why a misspelt filter returns everything.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sync.sandbox.shopify_execute import Thing, connection
from sync.sandbox.shopify_rules import Refused, error
from sync.sandbox.shopify_shop import ShopifyOrder, ShopifyTruth, Variant
from sync.sandbox.shopify_views import variant_view

_TERM = re.compile(
    r"\s*(?:AND\s+)?(?P<field>\w+):(?P<sign>>=|<=|>|<)?(?:'(?P<quoted>[^']*)'|(?P<bare>\S+))"
)
_STATUS = ("open", "closed", "cancelled", "not_closed")
SIXTY_DAYS_S = 60 * 86_400


def _terms(query: str) -> list[tuple[str, str, str, bool]]:
    """(field, comparator, value, quoted) of each term. Refuses what is no query."""
    found, at = [], 0
    query = query.strip()
    while at < len(query):
        term = _TERM.match(query, at)
        if term is None:
            raise Refused(error(f"Invalid search query: {query[at:]}", "BAD_USER_INPUT"))
        quoted = term["quoted"] is not None
        value = term["quoted"] if quoted else term["bare"]
        found.append((term["field"], term["sign"] or "", value, quoted))
        at = term.end()
    return found


def find_orders(
    shop: ShopifyTruth, query: str | None, *, all_orders: bool
) -> list[tuple[str, ShopifyOrder]]:
    """(sort key, order) of what the index finds, by update time then number.

    Without read_all_orders, orders older than 60 days are not there at all.
    """
    now, found = shop.now_s(), []
    terms = _terms(query or "")
    for order in shop.orders.values():
        updated = order.found_at(now)
        if updated is None or (not all_orders and order.created_s < now - SIXTY_DAYS_S):
            continue
        if all(_holds(order, updated, term) for term in terms):
            found.append((f"{updated:012}{order.number:012}", order))
    return sorted(found, key=lambda pair: pair[0])


def _holds(order: ShopifyOrder, updated: int, term: tuple[str, str, str, bool]) -> bool:
    name, sign, value, quoted = term
    if name == "status":
        return _has_status(order, value)
    if name not in ("updated_at", "created_at"):
        return True
    if not quoted:
        raise Refused(error(f"Dates must be quoted: {value}", "BAD_USER_INPUT"))
    try:
        told = datetime.fromisoformat(value)
    except ValueError:
        raise Refused(error(f"Invalid date: {value}", "BAD_USER_INPUT")) from None
    bound = told.replace(tzinfo=told.tzinfo or UTC).timestamp()
    at = updated if name == "updated_at" else order.created_s
    return {"": at == bound, ">": at > bound, ">=": at >= bound, "<": at < bound}.get(
        sign, at <= bound
    )


def _has_status(order: ShopifyOrder, value: str) -> bool:
    if value not in _STATUS:
        return True  # an unknown value is passed over, as an unknown field is
    gone = order.cancelled_s is not None
    words = {"open": not order.closed and not gone, "closed": order.closed, "cancelled": gone}
    return words.get(value, not order.closed)


def variants_page(shop: ShopifyTruth, args: Mapping[str, Any]) -> Thing:
    """A page of variants by number, as every list is by default."""
    found = sorted(_find_variants(shop, args.get("query")), key=lambda each: each.number)
    keys = [f"{each.number:012}" for each in found]
    return connection([variant_view(each) for each in found], keys, args)


def _find_variants(shop: ShopifyTruth, query: str | None) -> list[Variant]:
    """Variants whose code begins with what is asked for: the search is no exact match."""
    wanted = [value for name, _, value, _ in _terms(query or "") if name == "sku"]
    return [
        each
        for each in shop.variants.values()
        if all(each.sku.lower().startswith(value.lower()) for value in wanted)
    ]


def disturbed(found: list[tuple[str, ShopifyOrder]], kind: str, chance: Any) -> None:
    """A page as a bad day makes it: a twin in it, or out of order."""
    if not found:
        return
    if kind == "duplicate":
        found.append(chance.choice(found))
    elif kind == "reorder":
        chance.shuffle(found)
