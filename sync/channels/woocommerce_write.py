"""What is written to a WooCommerce shop, each once in effect.

WooCommerce has no shipment of its own that is safe to repeat (native fulfilments take the same
body twice, trap 3), so a parcel is the status `completed` with meta data under our own key, and a
note. Every write but the absolute stock looks for its key first: after a lost answer nothing is
written twice.
"""

import json
from typing import Any
from urllib.parse import urlencode

from sync.connector import Connector
from sync.errors import Rejected
from sync.ports import Request
from sync.reading import mapping, rows, text
from sync.records import Done, MemoAsk, ShipAsk, StockAsk

_SHIPMENT = "_waydesk_shipment_"
_NOT_SHIPPABLE = ("cancelled", "refunded", "failed", "trash")


async def ship(connector: Connector, order_url: str, ask: ShipAsk) -> Done:
    """Complete the order with this parcel in its meta data, and leave a note.

    Raises:
        Rejected: the order was cancelled, refunded, failed or trashed meanwhile.
    """
    told, _ = await connector.json(Request("GET", order_url))
    order = mapping(told)
    key = _SHIPMENT + ask.idempotency_key
    already = any(meta.get("key") == key for meta in rows(order.get("meta_data")))
    if not already:
        await _complete(connector, order_url, order, ask)
    await _note_parcel(connector, order_url, ask, look_first=already)
    return Done(ask.external_id, already)


async def _complete(
    connector: Connector, order_url: str, order: dict[str, Any], ask: ShipAsk
) -> None:
    status = text(order.get("status"))
    if status in _NOT_SHIPPABLE:
        raise Rejected("woo_not_shippable", foreign_code=status, external_id=ask.external_id)
    parcel = {"carrier": ask.carrier_code, "waybill": ask.waybill_no}
    value = json.dumps(parcel, ensure_ascii=False)
    change: dict[str, Any] = {
        "meta_data": [{"key": _SHIPMENT + ask.idempotency_key, "value": value}]
    }
    if status != "completed":
        change["status"] = "completed"
    await connector.json(_write("PUT", order_url, change))


async def _note_parcel(
    connector: Connector, order_url: str, ask: ShipAsk, *, look_first: bool
) -> None:
    words = ask.note or f"{ask.carrier_name}: {ask.waybill_no}"
    if look_first and await _has_note(connector, order_url, ask.waybill_no):
        return
    if ask.waybill_no not in words:
        words = f"{words} ({ask.carrier_name}: {ask.waybill_no})"
    note = {"note": words, "customer_note": bool(ask.note)}
    await connector.json(_write("POST", f"{order_url}/notes", note))


async def write_memo(connector: Connector, order_url: str, ask: MemoAsk) -> Done:
    """Add a note for the staff, marked with our key so that it is never added twice."""
    mark = f"[{ask.idempotency_key}]"
    if await _has_note(connector, order_url, mark):
        return Done(ask.external_id, already=True)
    note = {"note": f"{ask.text}\n{mark}", "customer_note": False}
    made, _ = await connector.json(_write("POST", f"{order_url}/notes", note))
    return Done(text(mapping(made).get("id")))


async def _has_note(connector: Connector, order_url: str, part: str) -> bool:
    notes, _ = await connector.json(Request("GET", f"{order_url}/notes"))
    return any(part in text(note.get("note")) for note in rows(notes))


async def set_stock(connector: Connector, products_url: str, ask: StockAsk) -> Done:
    """Set the whole number that may be sold; repeating it changes nothing (trap 4).

    Raises:
        Rejected: a negative number, or no listing under this reference or SKU.
    """
    if ask.quantity < 0:
        raise Rejected("sync_bad_quantity", quantity=ask.quantity)
    ref = ask.listing_ref or await _listing_of(connector, products_url, ask.sku)
    change = {"manage_stock": True, "stock_quantity": ask.quantity}
    await connector.json(_write("PUT", _listing_url(products_url, ref), change))
    return Done(ref)


async def _listing_of(connector: Connector, products_url: str, sku: str) -> str:
    found, _ = await connector.json(Request("GET", f"{products_url}?{urlencode({'sku': sku})}"))
    for product in rows(found):
        if product.get("sku") == sku:
            parent = text(product.get("parent_id"))
            number = text(product.get("id"))
            return number if parent in ("", "0") else f"{parent}:{number}"
    raise Rejected("woo_no_such_listing", sku=sku[:80])


def _listing_url(products_url: str, ref: str) -> str:
    product, _, variation = ref.partition(":")
    numbers = (product, variation) if variation else (product,)
    if not all(number.isascii() and number.isdigit() for number in numbers):
        raise Rejected("sync_bad_number", external_id=ref[:40])
    return f"{products_url}/{product}" + (f"/variations/{variation}" if variation else "")


def _write(method: str, url: str, change: dict[str, Any]) -> Request:
    body = json.dumps(change, ensure_ascii=False).encode()
    return Request(method, url, {"Content-Type": "application/json"}, body, writes=True)
