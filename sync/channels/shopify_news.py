"""What changed in a shop since the last round, most of which was read in that round already.

Rounds overlap, and an order costs its points each time it is read whole. So a round that goes back
over known ground lists numbers and times of change alone, a point each, and reads whole only what
is not known as it is listed.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from sync.batches import Remembered
from sync.channels.shopify_calls import Document, ShopifyCalls, Told, TooDear
from sync.channels.shopify_cost import FIRST_PAGE
from sync.channels.shopify_documents import CHANGED, ORDER
from sync.channels.shopify_read import gid, number_of
from sync.channels.shopify_walk import Walk, query_of
from sync.connector import server_ms
from sync.errors import Rejected
from sync.json_text import Element
from sync.known import Known, nothing_known
from sync.reading import mapping, moment_ms, text

_CHANGED, _ORDER = Document(CHANGED), Document(ORDER)
LIST, ONE = ("orders", "nodes"), ("nodes",)
# A change in the same second as an earlier one bears its time: what was read so soon is no proof.
_SETTLED_MS = 2_000


class NewsReader:
    """Lists what changed, and reads what of it is new; `known` is the book's word (sync.known)."""

    def __init__(self, calls: ShopifyCalls) -> None:
        """Know nothing but what the book will say."""
        self._calls = calls
        self._size = FIRST_PAGE
        self._read = Remembered[str, int](20_000)
        self.known: Known = nothing_known

    async def listed(self, walk: Walk) -> Told:
        """The next numbers of a round; raises as `ShopifyCalls.ask`."""
        asked = {"after": walk.after or None, "query": query_of(walk)}
        return await self._calls.ask(_CHANGED, asked, LIST)

    async def unread(self, listed: tuple[Element, ...]) -> tuple[str, ...]:
        """The numbers of those that are not known as they are listed, each once."""
        told = [mapping(each.value) for each in listed]
        changed = {number_of(row.get("id")): changed_ms(row) for row in told}
        changed.pop("", None)
        asked = {n: at for n, at in changed.items() if at is None or self._read.get(n) != at}
        dated = {number: at for number, at in asked.items() if at is not None}
        known = await self.known(dated) if dated else frozenset()
        return tuple(number for number in asked if number not in known)

    async def whole(self, numbers: tuple[str, ...]) -> AsyncIterator[Told]:
        """These orders whole, as many at a time as their points allow."""
        at = 0
        while at < len(numbers):
            some = numbers[at : at + self._size]
            try:
                told = await self._calls.ask(_ORDER, {"ids": [gid("Order", n) for n in some]}, ONE)
            except TooDear:
                if self._size == 1:
                    raise Rejected("shopify_too_dear") from None
                self._size = max(1, self._size // 2)
                continue
            self._note(told)
            at += len(some)
            self._size = self._calls.meter.page(_ORDER.name, self._size)
            yield told

    def _note(self, told: Told) -> None:
        """Remember what was read so long after its change that nothing else can bear its time."""
        now = server_ms(told.answer)
        for row in (mapping(each.value) for each in told.elements):
            at = changed_ms(row)
            if now is not None and at is not None and now - at >= _SETTLED_MS:
                self._read.put(number_of(row.get("id")), at)


def changed_ms(order: Mapping[str, Any]) -> int | None:
    """When an order last changed, in UTC milliseconds."""
    return moment_ms(text(order.get("updatedAt")), "UTC")
