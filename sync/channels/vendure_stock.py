"""What may be sold of a variant, written to Vendure: its stock on hand at one stock location.

An order that is paid only ALLOCATES: what may be sold is what is on hand less what is allocated,
and a fulfilment takes from both (Vendure's documentation, "Stock Control"). The figure the shop
hands us has its open orders off already, so what is allocated is added to it. A sale between our
reading and our writing allocates one more and is off again by itself; only what is on hand is
written. The server's out-of-stock threshold is the shop owner's rule and is left as it is.
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.vendure_calls import Document, VendureCalls, within
from sync.channels.vendure_documents import PLACES, SET_STOCK, SETTINGS, STOCK, STOCK_OF_SKU
from sync.channels.vendure_read import id_of
from sync.errors import Ambiguous, Rejected
from sync.reading import mapping, minor, rows, text
from sync.records import Done, StockAsk

_STOCK, _STOCK_OF_SKU, _PLACES = Document(STOCK), Document(STOCK_OF_SKU), Document(PLACES)
_SETTINGS = Document(SETTINGS)
_SET = Document(SET_STOCK, writes=True)
Level = tuple[int, int]
"""What is on hand, and what is allocated."""


async def set_stock(calls: VendureCalls, location: str, ask: StockAsk) -> Done:
    """Set what may be sold; `location` is a stock location's id, "" for the server's first one.

    Raises:
        Rejected: a negative number, no such variant or location, or one that is not counted.
    """
    if ask.quantity < 0:
        raise Rejected("sync_bad_quantity", quantity=ask.quantity)
    variant = await _variant(calls, ask)
    if not await _tracked(calls, variant):
        raise Rejected("vendure_not_tracked", sku=ask.sku[:80])
    place, ref = await place_of(calls, location), id_of(variant.get("id"))
    on_hand, allocated = level_at(variant, place) or (None, 0)
    wanted = ask.quantity + allocated
    if on_hand == wanted:
        return Done(ref, already=True)
    change = {"id": ref, "stockLevels": [{"stockLocationId": place, "stockOnHand": wanted}]}
    told = (await calls.ask(_SET, {"input": [change]})).data
    written = rows(told.get("updateProductVariants"))
    if not written or level_at(written[0], place) is None:
        raise Ambiguous("sync_unread_answer", why="no stock level")
    return Done(ref)


async def _variant(calls: VendureCalls, ask: StockAsk) -> Mapping[str, Any]:
    if ask.listing_ref:
        data = (await calls.ask(_STOCK, {"id": ask.listing_ref})).data
        found = [within(data, ("productVariant",))]
    else:
        data = (await calls.ask(_STOCK_OF_SKU, {"sku": ask.sku})).data
        listed = rows(within(data, ("productVariants",)).get("items"))
        # Some databases find capital and small letters alike.
        found = [each for each in listed if text(each.get("sku")) == ask.sku]
    if len(found) != 1 or not id_of(found[0].get("id")):
        code = "vendure_two_listings" if len(found) > 1 else "vendure_no_such_listing"
        raise Rejected(code, sku=ask.sku[:80])
    return found[0]


async def _tracked(calls: VendureCalls, variant: Mapping[str, Any]) -> bool:
    """Whether the server counts it; a variant may leave that to the server's own setting."""
    told = text(variant.get("trackInventory"))
    if told == "INHERIT":
        data = (await calls.ask(_SETTINGS, {})).data
        return within(data, ("globalSettings",)).get("trackInventory") is True
    return told == "TRUE"


async def place_of(calls: VendureCalls, location: str) -> str:
    """The stock location that is written to: the named one, or the server's first.

    Raises:
        Rejected: the server has no such location; it would answer with a fault of its database.
    """
    data = (await calls.ask(_PLACES, {})).data
    listed = rows(within(data, ("stockLocations",)).get("items"))
    places = [id_of(each.get("id")) for each in listed]
    if not places or (location and location not in places):
        raise Rejected("vendure_no_location", location=location[:80])
    return location or places[0]


def level_at(variant: Mapping[str, Any], place: str) -> Level | None:
    """A variant's stock at a location; None where it was never kept there."""
    for each in rows(variant.get("stockLevels")):
        on_hand = minor(each.get("stockOnHand"), 0)
        if id_of(each.get("stockLocationId")) == place and on_hand is not None:
            return on_hand, max(0, minor(each.get("stockAllocated"), 0) or 0)
    return None


async def precision_of(calls: VendureCalls) -> int:
    """How many decimals the server keeps of every currency. Raises Rejected for a strange one."""
    settings = within((await calls.ask(_SETTINGS, {})).data, ("globalSettings",))
    told = mapping(settings.get("serverConfig")).get("moneyStrategyPrecision")
    if type(told) is not int or not 0 <= told <= 8:
        raise Rejected("vendure_odd_money", text=str(told)[:80])
    return told
