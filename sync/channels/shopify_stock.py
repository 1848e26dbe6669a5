"""What may be sold of a variant at one location, written over the figure last seen there.

`inventorySetQuantities` compares before it writes (`changeFromQuantity`) and takes an idempotency
key, which it requires since 2026-04 (channels.md 1.4): a lost answer that is sent again the same
way does nothing twice, and a sale in between makes the write stale instead of being undone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.channels.shopify_calls import Document, ShopifyCalls, within
from sync.channels.shopify_documents import LISTING, PRIMARY, SET_STOCK, STOCK
from sync.channels.shopify_read import gid, number_of
from sync.channels.shopify_refuse import no_to, user_errors
from sync.errors import Rejected, Throttled
from sync.reading import mapping, minor, rows, text
from sync.records import Done, StockAsk

TRIES = 3
STALE = frozenset({"CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE"})
BUSY = "IDEMPOTENCY_CONCURRENT_REQUEST"
# The key was used with another figure to compare with, or for a try that failed: a new one.
SPENT = frozenset({"IDEMPOTENCY_KEY_PARAMETER_MISMATCH", "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"})
_PRIMARY, _LISTING, _STOCK = Document(PRIMARY), Document(LISTING), Document(STOCK)
_SET = Document(SET_STOCK, writes=True)


@dataclass(frozen=True, slots=True)
class Seen:
    """A variant's stock as it stands at the location."""

    item: str
    location: str
    available: int


async def set_stock(calls: ShopifyCalls, location: str, ask: StockAsk) -> Done:
    """Set the available figure; `location` is a location's number, "" for the shop's first one.

    Raises:
        Rejected: a negative number, no such variant, or one whose stock Shopify does not keep.
        Throttled: the figure moved at every try.
    """
    if ask.quantity < 0:
        raise Rejected("sync_bad_quantity", quantity=ask.quantity)
    ref = ask.listing_ref or await _listing_of(calls, ask.sku)
    if not (ref.isascii() and ref.isdigit()):
        raise Rejected("sync_bad_number", external_id=ref[:40])
    place = await place_of(calls, location)
    for attempt in range(TRIES):
        seen = await _seen(calls, ref, place)
        if seen.available == ask.quantity:
            return Done(ref, already=True)
        key = ask.idempotency_key if attempt == 0 else f"{ask.idempotency_key}/{seen.available}"
        if await _written(calls, seen, ask.quantity, key):
            return Done(ref)
    raise Throttled("shopify_stock_moves", retry_after_ms=5000, sku=ask.sku[:80])


async def _written(calls: ShopifyCalls, seen: Seen, quantity: int, key: str) -> bool:
    """Whether the figure was set; False where it must be looked at again first."""
    change = {
        "inventoryItemId": seen.item,
        "locationId": seen.location,
        "quantity": quantity,
        "changeFromQuantity": seen.available,
    }
    asked = {"name": "available", "reason": "correction", "quantities": [change]}
    errors = user_errors(await calls.payload(_SET, {"input": asked, "key": key}))
    codes = {code for code, _ in errors}
    if BUSY in codes:
        raise Throttled("shopify_stock_moves", retry_after_ms=1000, sku=seen.item[-80:])
    if codes & (STALE | SPENT):
        return False
    if errors:
        raise no_to(errors)
    return True


async def _seen(calls: ShopifyCalls, ref: str, place: str) -> Seen:
    asked = {"id": gid("ProductVariant", ref), "location": place}
    data = (await calls.ask(_STOCK, asked)).data
    item = within(data, ("productVariant", "inventoryItem"))
    if not item:
        raise Rejected("shopify_no_such_listing", sku=ref[:80])
    if item.get("tracked") is not True:
        raise Rejected("shopify_not_tracked", sku=ref[:80])
    level = mapping(item.get("inventoryLevel"))
    available = figure_of(level)
    if available is None:
        raise Rejected("shopify_not_stocked", sku=ref[:80])
    return Seen(text(item.get("id")), place, available)


def figure_of(level: Mapping[str, Any]) -> int | None:
    """What is available by an inventory level; None where it tells nothing."""
    figures = [minor(row.get("quantity"), 0) for row in rows(level.get("quantities"))]
    return figures[0] if figures else None


async def _listing_of(calls: ShopifyCalls, sku: str) -> str:
    """The one variant with exactly this code; the search finds more than it is asked for."""
    plain = sku.replace("\\", "").replace('"', "").replace("'", "")
    data = (await calls.ask(_LISTING, {"query": f"sku:'{plain}'"})).data
    found = [
        number_of(node.get("id"))
        for node in rows(within(data, ("productVariants",)).get("nodes"))
        if text(node.get("sku")) == sku
    ]
    if len(found) != 1:
        code = "shopify_two_listings" if found else "shopify_no_such_listing"
        raise Rejected(code, sku=sku[:80])
    return found[0]


async def place_of(calls: ShopifyCalls, location: str) -> str:
    """The location whose stock is written, by its number; "" for the shop's first one."""
    if location:
        return gid("Location", location)
    found = text(within((await calls.ask(_PRIMARY, {})).data, ("location",)).get("id"))
    if not found:
        raise Rejected("shopify_no_location")
    return found
