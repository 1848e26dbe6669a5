"""Stock written to Amazon: the quantity of a listing the seller sends himself, set by a patch.

`merge` sets the quantity and leaves what stands beside it (handling time, restock date); `replace`
would take that away. A listing whose stock lies with Amazon is not touched: writing a quantity
under DEFAULT would turn it into one the seller sends (developer-docs.amazon.com/sp-api, Listings
Items API 2021-08-01, patchListingsItem).
"""

import json
from typing import Any
from urllib.parse import quote

from sync.channels.amazon_calls import GET_LISTING, PATCH_LISTING, AmazonCalls
from sync.errors import Ambiguous, Rejected
from sync.reading import mapping, rows, text
from sync.records import Done, StockAsk

OURS = "DEFAULT"
THEIRS = "AMAZON"


async def set_stock(calls: AmazonCalls, seller: str, ask: StockAsk) -> Done:
    """Set how many of a SKU may be sold, in all of the shop's marketplaces that list it.

    Raises:
        Rejected: a negative number, no such listing, its stock lies with Amazon, or Amazon's no.
    """
    if ask.quantity < 0:
        raise Rejected("sync_bad_quantity", quantity=ask.quantity)
    sku = ask.listing_ref or ask.sku
    if not sku:
        raise Rejected("amazon_no_such_listing", sku="")
    path = f"/listings/2021-08-01/items/{quote(seller, safe='')}/{quote(sku, safe='')}"
    listed = await _listed(calls, path, sku)
    for marketplace in listed:
        await _patch(calls, path, marketplace, ask.quantity)
    return Done(sku)


async def _listed(calls: AmazonCalls, path: str, sku: str) -> tuple[str, ...]:
    """The marketplaces the SKU is listed in; each is looked at, because each has its own stock."""
    found = []
    for marketplace in calls.places.ids:
        asked = {"marketplaceIds": marketplace, "includedData": "summaries,fulfillmentAvailability"}
        try:
            told, _ = await calls.object(GET_LISTING, path, asked)
        except Rejected as no:
            if no.details.get("status") != 404:
                raise
            continue
        _refuse_theirs(told, sku)
        if any(
            text(row.get("marketplaceId")) == marketplace for row in rows(told.get("summaries"))
        ):
            found.append(marketplace)
    if not found:
        raise Rejected("amazon_no_such_listing", sku=sku[:80])
    return tuple(found)


def _refuse_theirs(listing: dict[str, Any], sku: str) -> None:
    for place in rows(listing.get("fulfillmentAvailability")):
        if text(place.get("fulfillmentChannelCode")).startswith(THEIRS):
            raise Rejected("amazon_stock_is_theirs", sku=sku[:80])


async def _patch(calls: AmazonCalls, path: str, marketplace: str, quantity: int) -> None:
    value = [{"fulfillment_channel_code": OURS, "quantity": quantity}]
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}
    body = json.dumps({"productType": "PRODUCT", "patches": [patch]}).encode()
    told, _ = await calls.object(PATCH_LISTING, path, {"marketplaceIds": marketplace}, body)
    issues = [each for each in rows(told.get("issues")) if text(each.get("severity")) == "ERROR"]
    status = text(told.get("status"))
    if status == "INVALID" or issues:
        first = mapping(next(iter(issues), {}))
        words = text(first.get("message"))
        raise Rejected("amazon_listing_refused", foreign_code=text(first.get("code")), text=words)
    if status != "ACCEPTED":
        raise Ambiguous("sync_unread_answer", why="no status")
