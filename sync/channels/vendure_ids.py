"""Which orders a Vendure channel has of a span of time: their ids alone."""

from dataclasses import replace

from sync.channels.vendure_calls import Document, VendureCalls
from sync.channels.vendure_documents import ORDER_IDS
from sync.channels.vendure_read import seen
from sync.channels.vendure_walk import Place, Walk, iso, options_of, stepped
from sync.errors import Malformed

TAKE = 1000
MOST_PAGES = 500
_IDS = Document(ORDER_IDS)


async def placed_between(calls: VendureCalls, since_ms: int, until_ms: int) -> tuple[str, ...]:
    """The ids of the orders placed from `since_ms` to before `until_ms`; raises only sync.errors.

    Databases differ in how they compare the edges, so a little more is asked for than is kept.
    """
    found: dict[str, None] = {}
    walk = Walk(place=Place(since_ms))
    for _ in range(MOST_PAGES):
        options = options_of(walk, TAKE)
        options["filter"]["_and"] = [{"orderPlacedAt": {"before": iso(until_ms + 1000)}}]
        told = await calls.ask(_IDS, {"options": options}, ("orders", "items"))
        listed = [seen(each) for each in told.elements]
        inside = (each for each in listed if each and since_ms <= each[0] < until_ms)
        found.update(dict.fromkeys(number for _, number in inside))
        if len(listed) < TAKE:
            return tuple(found)
        walk, _ = stepped(replace(walk, began_ms=None), listed, True)
    raise Malformed("sync_stuck", source="orders")
