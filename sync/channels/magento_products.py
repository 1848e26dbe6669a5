"""What a Magento shop sells, as told, into ListingRecords.

GET /V1/products lists every product by itself, the choices of a configurable one too: the product
that only groups them is passed over. What is downloaded or grouped is never shipped. Weights are in
the shop's own unit, `weight_unit` of its store configuration: lbs or kgs. How many there are is not
in this list.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sync.channels.magento_search import PAGE, Search
from sync.connector import Connector
from sync.errors import Malformed, PermissionMissing
from sync.json_text import Element, list_within
from sync.ports import Request
from sync.reading import grams, mapping, rows, text
from sync.records import KeptAside, ListingPage, ListingRecord, Problem

GRAMS: Mapping[str, Decimal] = {"kgs": Decimal(1000), "lbs": Decimal("453.59237")}
NEVER_SHIPPED = frozenset({"grouped", "virtual", "downloadable", "giftcard"})
UNKNOWN = "?"
_FIELDS = "items[id,sku,name,type_id,weight],total_count"


async def page(connector: Connector, url: Callable[[str], str], cursor: str) -> ListingPage:
    """The next page, upwards by number; the cursor is the weight's unit and the last number."""
    unit, _, seen = cursor.partition(" ")
    if seen and not (seen.isascii() and seen.isdigit()):
        raise Malformed("sync_bad_cursor")
    if not unit:
        unit = await _weight_unit(connector, url)
    groups = ((("entity_id", "gt", seen or "0"),),)
    query = Search(groups, fields=_FIELDS).query()
    answer = await connector.request(Request("GET", f"{url('products')}?{query}"))
    elements, rest = list_within(answer.body, ("items",))
    found: list[ListingRecord] = []
    kept: list[KeptAside] = []
    last = int(seen or 0)
    for element in elements:
        number = mapping(element.value).get("id")
        last = max(last, number) if type(number) is int else last
        _read(element, unit, (found, kept))
    total = mapping(rest).get("total_count")
    if type(total) is not int:
        raise Malformed("magento_no_total")
    more = total > PAGE and last > int(seen or 0)
    return ListingPage(tuple(found), tuple(kept), f"{unit} {last}", more, total)


async def _weight_unit(connector: Connector, url: Callable[[str], str]) -> str:
    """The unit weights are told in; "?" where the integration may not read it."""
    try:
        told, _ = await connector.json(Request("GET", url("store/storeConfigs")))
    except PermissionMissing:
        return UNKNOWN
    units = {text(row.get("weight_unit")) for row in rows(told)}
    return units.pop() if len(units) == 1 else UNKNOWN


def _read(element: Element, unit: str, into: tuple[list[ListingRecord], list[KeptAside]]) -> None:
    found, kept = into
    product: dict[str, Any] = mapping(element.value)
    kind, sku = text(product.get("type_id")), text(product.get("sku"))
    if kind == "configurable":
        return
    if not sku or kind in NEVER_SHIPPED:
        problem = Problem("not_shipped" if sku else "unreadable", "type_id", kind)
        kept.append(KeptAside(text(product.get("id")), problem, element.raw))
        return
    weight = grams(product.get("weight"), GRAMS[unit]) if unit in GRAMS else None
    found.append(ListingRecord(ref=sku, sku=sku, title=text(product.get("name")), weight_g=weight))
