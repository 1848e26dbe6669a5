"""What a Vendure server sells, as told, into ListingRecords: each variant a listing.

The list has no filter "after this id", so its pages are counted; where variants were deleted since
the last page, as many are read again as went away, so that none is passed over.
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.vendure_calls import Document, VendureCalls, within
from sync.channels.vendure_documents import VARIANTS
from sync.channels.vendure_read import aside, id_of
from sync.channels.vendure_stock import level_at, place_of
from sync.errors import Malformed
from sync.reading import mapping, rows, text
from sync.records import KeptAside, ListingPage, ListingRecord

PAGE = 100
_VARIANTS = Document(VARIANTS)


async def page(calls: VendureCalls, location: str, cursor: str) -> ListingPage:
    """The next page; the cursor is the location, how many were read, and how many there were."""
    place, skip, before = await _begun(calls, location, cursor)
    asked = {"skip": skip, "take": PAGE}
    told = await calls.ask(_VARIANTS, asked, ("productVariants", "items"))
    total = within(told.data, ("productVariants",)).get("totalItems")
    if type(total) is not int:
        raise Malformed("sync_not_json", why="no total")
    gone = max(0, before - total)
    if gone:
        return await page(calls, location, f"{place} {max(0, skip - gone)} {total}")
    found: list[ListingRecord] = []
    kept: list[KeptAside] = []
    for element in told.elements:
        variant = mapping(element.value)
        if id_of(variant.get("id")):
            found.append(_record(variant, place))
        else:
            kept.append(aside(element))
    read = skip + len(told.elements)
    more = bool(told.elements) and read < total
    return ListingPage(tuple(found), tuple(kept), f"{place} {read} {total}", more, total)


async def _begun(calls: VendureCalls, location: str, cursor: str) -> tuple[str, int, int]:
    if not cursor:
        return await place_of(calls, location), 0, 0
    place, *counts = cursor.split(" ")
    if len(counts) != 2 or not all(each.isascii() and each.isdigit() for each in counts):
        raise Malformed("sync_bad_cursor")
    return place, int(counts[0]), int(counts[1])


def _record(variant: Mapping[str, Any], place: str) -> ListingRecord:
    level = level_at(variant, place) if text(variant.get("trackInventory")) != "FALSE" else None
    title = text(mapping(variant.get("product")).get("name")) or text(variant.get("name"))
    told = [
        (text(mapping(each.get("group")).get("name")), text(each.get("name")))
        for each in rows(variant.get("options"))
    ]
    return ListingRecord(
        ref=id_of(variant.get("id")),
        sku=text(variant.get("sku")),
        title=title,
        variant=", ".join(f"{name}: {value}" if name else value for name, value in told),
        quantity=None if level is None else max(0, level[0] - level[1]),
    )
