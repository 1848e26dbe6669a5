"""What may be sold, written to Magento: by inventory sources, or by the stock item of old.

With Inventory (MSI) an order that is placed takes nothing from a source: it only reserves, and what
may be sold is what the sources hold less those reservations (Adobe's page "Reservations").
The figure the shop hands us has its open orders off already, so it is not the source's quantity:
the source is set so that what Magento itself says may be sold becomes that figure. Without the
module an order takes from the stock item at once, and the figure is written as it is.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from sync.channels.magento_read import minor_of
from sync.channels.magento_refuse import is_no_route
from sync.channels.magento_search import Filter, Search
from sync.connector import Connector
from sync.errors import Rejected
from sync.ports import Request
from sync.reading import mapping, rows, text
from sync.records import Done, StockAsk

DEFAULT_SOURCE = "default"


class Stock:
    """Writes a shop's stock; `source` is the inventory source, "" for the one called default."""

    def __init__(self, connector: Connector, url: Callable[[str], str], source: str) -> None:
        """Take the shop's connector and its addresses."""
        self._connector = connector
        self._url = url
        self._source = source or DEFAULT_SOURCE
        self._stock_id = ""

    async def set(self, ask: StockAsk) -> Done:
        """Set what may be sold of one SKU to a whole number; repeating it changes nothing.

        Raises:
            Rejected: a negative number, or a SKU the shop or its source does not have.
        """
        if ask.quantity < 0:
            raise Rejected("sync_bad_quantity", quantity=ask.quantity)
        sku = ask.listing_ref or ask.sku
        held = await self._held(sku)
        if held is None:
            return await self._set_item(sku, ask.quantity)
        return await self._set_source(sku, ask.quantity, held)

    async def _held(self, sku: str) -> int | None:
        """What our source holds of a SKU; None where the shop has no sources."""
        groups: tuple[tuple[Filter, ...], ...] = (
            (("sku", "eq", sku),),
            (("source_code", "eq", self._source),),
        )
        query = Search(groups, sort=()).query()
        try:
            found = await self._read(f"inventory/source-items?{query}")
        except Rejected as refused:
            if is_no_route(refused):
                return None
            raise
        for row in rows(mapping(found).get("items")):
            if text(row.get("sku")).lower() == sku.lower():
                return minor_of(row.get("quantity"), 0) or 0
        raise Rejected("magento_no_such_listing", sku=sku[:80], source=self._source)

    async def _set_source(self, sku: str, quantity: int, held: int) -> Done:
        stock = await self._stock_of_source()
        path = f"inventory/get-product-salable-quantity/{quote(sku, safe='')}/{stock}"
        salable = minor_of(await self._read(path), 0)
        if salable is None:
            raise Rejected("magento_no_such_listing", sku=sku[:80], source=self._source)
        # A parcel told to Magento between our two readings and this is put right by the next one.
        new = max(0, held + quantity - salable)
        row = {
            "sku": sku,
            "source_code": self._source,
            "quantity": new,
            "status": 1 if new > 0 else 0,
        }
        await self._write("POST", "inventory/source-items", {"sourceItems": [row]})
        return Done(sku)

    async def _stock_of_source(self) -> str:
        """The stock our source is assigned to; asked for once."""
        if not self._stock_id:
            query = Search(((("source_code", "eq", self._source),),), sort=()).query()
            found = await self._read(f"inventory/stock-source-links?{query}")
            links = [text(row.get("stock_id")) for row in rows(mapping(found).get("items"))]
            if not links or not (links[0].isascii() and links[0].isdigit()):
                raise Rejected("magento_source_idle", source=self._source)
            self._stock_id = links[0]
        return self._stock_id

    async def _set_item(self, sku: str, quantity: int) -> Done:
        """The stock item is written back as it was read but for the figure: most is needed."""
        escaped = quote(sku, safe="")
        item = mapping(await self._read(f"stockItems/{escaped}"))
        number = text(item.get("item_id"))
        if not (number.isascii() and number.isdigit()):
            raise Rejected("magento_no_such_listing", sku=sku[:80], source="")
        changed = _plain({**item, "qty": quantity, "is_in_stock": quantity > 0})
        await self._write("PUT", f"products/{escaped}/stockItems/{number}", {"stockItem": changed})
        return Done(sku)

    async def _read(self, path: str) -> Any:
        told, _ = await self._connector.json(Request("GET", self._url(path)))
        return told

    async def _write(self, method: str, path: str, body: Mapping[str, Any]) -> None:
        packed = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        await self._connector.json(Request(method, self._url(path), headers, packed, writes=True))


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item as JSON can be written: fractions are numbers again."""
    plain = (dict, list, str, int, bool, type(None))
    return {name: each if isinstance(each, plain) else float(each) for name, each in item.items()}
