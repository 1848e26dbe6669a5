"""What a Shopify shop sells, as told, into ListingRecords.

A variant is what is sold; a product without options has one, whose only option says "Default
Title". Weight and what is declared to customs stand on its inventory item (shopify.dev:
ProductVariant, InventoryItem). The figure read is that of the location whose stock is written:
the sum of all locations, written to one, would sell everything twice.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sync.channels.shopify_calls import Document, ShopifyCalls, Told, TooDear, next_cursor, within
from sync.channels.shopify_documents import PRODUCTS
from sync.channels.shopify_read import aside, gid, number_of
from sync.channels.shopify_stock import figure_of, place_of
from sync.errors import Rejected
from sync.reading import grams, mapping, minor, rows, text
from sync.records import KeptAside, ListingPage, ListingRecord, Problem

GRAMS: Mapping[str, Decimal] = {
    "KILOGRAMS": Decimal(1000),
    "GRAMS": Decimal(1),
    "POUNDS": Decimal("453.59237"),
    "OUNCES": Decimal("28.349523125"),
}
NO_OPTIONS = [("Title", "Default Title")]
FIRST_PAGE = 25
_PRODUCTS = Document(PRODUCTS)
_PATH = ("productVariants",)


async def page(calls: ShopifyCalls, location: str, cursor: str) -> ListingPage:
    """The next page; `location` as in `shopify_stock.set_stock`.

    Raises:
        SyncError: one of the tree; Rejected where the shop names no location.
    """
    number, _, after = cursor.partition(" ")
    place = gid("Location", number) if number else await place_of(calls, location)
    told = await _asked(calls, place, after)
    found: list[ListingRecord] = []
    kept: list[KeptAside] = []
    for element in told.elements:
        variant = mapping(element.value)
        unshipped = _never_shipped(variant)
        if not number_of(variant.get("id")):
            kept.append(aside(element))
        elif unshipped:
            problem = Problem("not_shipped", "inventoryItem", unshipped)
            kept.append(KeptAside(number_of(variant.get("id")), problem, element.raw))
        else:
            found.append(_record(variant))
    ends = next_cursor(told.data, _PATH)
    total = minor(within(told.data, ("productVariantsCount",)).get("count"), 0) or 0
    onward = f"{number_of(place)} {ends or after}"
    return ListingPage(tuple(found), tuple(kept), onward, ends is not None, total)


async def _asked(calls: ShopifyCalls, place: str, after: str) -> Told:
    """One page, as large as its cost allows; a page that is too dear is asked for in half."""
    size = calls.meter.page(_PRODUCTS.name, FIRST_PAGE)
    while True:
        asked = {"first": size, "after": after or None, "location": place}
        try:
            return await calls.ask(_PRODUCTS, asked, (*_PATH, "nodes"))
        except TooDear:
            if size == 1:
                raise Rejected("shopify_too_dear") from None
            size //= 2


def _never_shipped(variant: Mapping[str, Any]) -> str:
    """Its title where nobody packs it: a service, a gift card, or a bundle sold as its parts."""
    item = mapping(variant.get("inventoryItem"))
    stands = item.get("requiresShipping") is not False and not variant.get("requiresComponents")
    return "" if stands else text(mapping(variant.get("product")).get("title")) or "?"


def _record(variant: Mapping[str, Any]) -> ListingRecord:
    item = mapping(variant.get("inventoryItem"))
    weight = mapping(mapping(item.get("measurement")).get("weight"))
    each = GRAMS.get(text(weight.get("unit")))
    return ListingRecord(
        ref=number_of(variant.get("id")),
        sku=text(variant.get("sku")),
        title=text(mapping(variant.get("product")).get("title")),
        variant=_options(variant),
        barcode=text(variant.get("barcode")),
        # Shopify tells 0 where nobody weighed it.
        weight_g=(grams(weight.get("value"), each) or None) if each else None,
        quantity=_quantity(item),
        hs_code=text(item.get("harmonizedSystemCode")),
        origin=text(item.get("countryCodeOfOrigin")),
    )


def _options(variant: Mapping[str, Any]) -> str:
    options = rows(variant.get("selectedOptions"))
    told = [(text(each.get("name")), text(each.get("value"))) for each in options]
    return "" if told == NO_OPTIONS else ", ".join(f"{name}: {value}" for name, value in told)


def _quantity(item: Mapping[str, Any]) -> int | None:
    """What is there at the location; oversold is none, and what is not counted has no figure."""
    found = figure_of(mapping(item.get("inventoryLevel"))) if item.get("tracked") is True else None
    return None if found is None else max(0, found)
