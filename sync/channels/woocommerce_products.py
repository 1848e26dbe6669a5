"""What a WooCommerce shop sells, as told, into ListingRecords.

GET /products lists what stands on its own; a product of type `variable` is sold by its
variations, GET /products/<id>/variations (REST documentation wc/v3, "Products" and "Product
variations"). `manage_stock` of a variation is true, false or `"parent"`, where one figure is
shared by all of them and so is nobody's. Weights are text in the shop's own unit, which is a
setting (`woocommerce_weight_unit`). `grouped` and `external` products are never shipped.
"""

import html
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sync.channels.woocommerce_read import aside, listing_ref, number_seen, order_id
from sync.channels.woocommerce_walk import Window, read_walk, stepped, window, write_walk
from sync.connector import Connector
from sync.errors import Malformed, PermissionMissing, Rejected
from sync.json_text import Element
from sync.ports import Answer, Request
from sync.reading import grams, mapping, rows, text
from sync.records import KeptAside, ListingPage, ListingRecord, Problem

GRAMS: Mapping[str, Decimal] = {
    "kg": Decimal(1000),
    "g": Decimal(1),
    "lbs": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
NEVER_SHIPPED = frozenset({"grouped", "external"})
VARIATIONS = 100
MOST_PAGES = 100
UNKNOWN = "?"

Url = Callable[[str], str]


async def page(connector: Connector, url: Url, cursor: str) -> ListingPage:
    """The next page; it is walked as orders are, so that a product removed meanwhile hides none."""
    unit, _, rest = cursor.partition(" ")
    walk = read_walk(rest, None)
    if not unit:
        unit = await _weight_unit(connector, url)
    asked = window(walk)
    elements, answer = await connector.json_list(_ask(url("products"), asked))
    ids = [number_seen(element) for element in elements]
    beyond = walk.seen
    walk, more = stepped(walk, asked, ids, _told(answer, "x-wp-totalpages"))
    found: list[ListingRecord] = []
    kept: list[KeptAside] = []
    # A page that the walk stepped back from will be read again, and is not read twice.
    for element in elements if walk.seen > beyond else ():
        number = order_id(element)
        if number is None:
            kept.append(aside(element))
        elif number > beyond:
            await _read(connector, url, (element, unit), (found, kept))
    total = _told(answer, "x-wp-total")
    return ListingPage(tuple(found), tuple(kept), f"{unit} {write_walk(walk)}", more, total)


def _ask(url: str, asked: Window) -> Request:
    query = {"orderby": "id", "order": "asc", "per_page": str(asked.size), "page": str(asked.page)}
    return Request("GET", f"{url}?{urlencode(query)}")


async def _weight_unit(connector: Connector, url: Url) -> str:
    """The unit weights are told in; a key that may not read settings leaves them unread."""
    request = Request("GET", url("settings/products/woocommerce_weight_unit"))
    try:
        told, _ = await connector.json(request)
    except (PermissionMissing, Rejected):
        return UNKNOWN
    unit = text(mapping(told).get("value"))
    return unit if unit in GRAMS else UNKNOWN


async def _read(
    connector: Connector,
    url: Url,
    told: tuple[Element, str],
    into: tuple[list[ListingRecord], list[KeptAside]],
) -> None:
    (element, unit), (found, kept) = told, into
    product = mapping(element.value)
    kind = text(product.get("type"))
    if kind in NEVER_SHIPPED:
        problem = Problem("not_shipped", "type", kind)
        kept.append(KeptAside(text(product.get("id")), problem, element.raw))
    elif kind == "variable":
        for one in await _variations(connector, url(f"products/{product['id']}/variations")):
            found.append(_variation(product, one, unit))
    else:
        found.append(_record(product, unit, listing_ref(product.get("id"), 0)))


async def _variations(connector: Connector, url: str) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for number in range(1, MOST_PAGES + 1):
        listed, answer = await connector.json(_ask(url, Window(number, VARIATIONS)))
        found |= {text(row.get("id")): row for row in rows(listed)}
        if number >= _told(answer, "x-wp-totalpages"):
            break
    return list(found.values())


def _variation(product: Mapping[str, Any], told: dict[str, Any], unit: str) -> ListingRecord:
    choices = (
        f"{text(one.get('name'))}: {text(one.get('option'))}"
        for one in rows(told.get("attributes"))
        if text(one.get("option"))
    )
    whole = {**told, "name": product.get("name")}
    # An empty weight of a variation is the parent's.
    whole["weight"] = told.get("weight") or product.get("weight")
    ref = listing_ref(product.get("id"), told.get("id"))
    return _record(whole, unit, ref, html.unescape(", ".join(choices)))


def _record(told: Mapping[str, Any], unit: str, ref: str, variant: str = "") -> ListingRecord:
    return ListingRecord(
        ref=ref,
        sku=text(told.get("sku")),
        title=html.unescape(text(told.get("name"))),
        variant=variant,
        barcode=text(told.get("global_unique_id")),
        weight_g=grams(told.get("weight"), GRAMS[unit]) if unit in GRAMS else None,
        quantity=_quantity(told),
    )


def _quantity(told: Mapping[str, Any]) -> int | None:
    counted = told.get("stock_quantity")
    if told.get("manage_stock") is not True or isinstance(counted, bool):
        return None
    return max(0, counted) if isinstance(counted, int) else None


def _told(answer: Answer, header: str) -> int:
    told = answer.headers.get(header, "")
    if not (told.isascii() and told.isdigit()):
        raise Malformed("woo_no_totals", header=header)
    return int(told[:9])
