"""How the sandbox shop prints itself: WooCommerce's JSON, from its documented sample order.

Field names and shapes follow channels.md 2.7 and the docs' sample (wc/v3 orders, refunds, notes).
An order's JSON is kept until the order changes, so that long lists are quick.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sync.sandbox.http import Reply
from sync.sandbox.shop import Shop, ShopOrder, ShopProduct

_PLACE = ("first_name", "last_name", "company", "address_1", "address_2", "city", "state")
_PLACE_END = ("postcode", "country", "phone")


def packed(value: Any) -> bytes:
    """JSON bytes, as PHP would send them."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def problem(status: int, code: str, words: str, **data: Any) -> Reply:
    """WooCommerce's form of a no."""
    body = {"code": code, "message": words, "data": {"status": status, **data}}
    return Reply(status, packed(body))


def order_json(shop: Shop, zone: ZoneInfo, order: ShopOrder) -> bytes:
    """One order; what the seed says under `as_told` stands in place of what would be right."""
    if order.cached is None:
        told = _order(shop, zone, order)
        told.update(order.told.get("as_told", {}))
        raw = order.told.get("as_raw")
        order.cached = str(raw).encode() if raw is not None else packed(told)
    return order.cached


def _order(shop: Shop, zone: ZoneInfo, order: ShopOrder) -> dict[str, Any]:
    told = order.told
    tax = sum((Decimal(line["total_tax"]) for line in order.lines), Decimal(0))
    return {
        "id": order.number,
        "parent_id": 0,
        "number": str(told.get("number", order.number)),
        "order_key": f"wc_order_{order.number}",
        "created_via": "checkout",
        "version": "10.5.0",
        "status": order.status,
        "currency": str(told.get("currency", shop.currency)),
        **stamps(zone, "date_created", order.created_s),
        **stamps(zone, "date_modified", order.modified_s),
        "discount_total": shop.money(told.get("discount_total", "0")),
        "discount_tax": shop.money("0"),
        "shipping_total": shop.money(told.get("shipping_total", "0")),
        "shipping_tax": shop.money("0"),
        "cart_tax": shop.money(tax),
        "total": shop.money(shop.total(order)),
        "total_tax": shop.money(tax),
        "prices_include_tax": False,
        "customer_id": told.get("customer_id", 0),
        "customer_note": str(told.get("customer_note", "")),
        "billing": {**_place(told.get("billing", {})), "email": _email(told)},
        "shipping": _place(told.get("shipping", {})),
        "payment_method": str(told.get("payment_method", "alipay")),
        "payment_method_title": str(told.get("payment_method_title", "")),
        "transaction_id": str(told.get("transaction_id", "")),
        **stamps(zone, "date_paid", order.paid_s),
        **stamps(zone, "date_completed", order.completed_s),
        "meta_data": order.meta,
        "line_items": [_line(line) for line in order.lines],
        "tax_lines": [],
        "shipping_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [_refund_row(refund) for refund in order.refunds],
    }


def stamps(zone: ZoneInfo, name: str, at_s: int | None) -> dict[str, str | None]:
    """A time twice: in site time and, as `_gmt`, in UTC; neither says its zone."""
    if at_s is None:
        return {name: None, f"{name}_gmt": None}
    utc = datetime.fromtimestamp(at_s, UTC)
    form = "%Y-%m-%dT%H:%M:%S"
    return {name: utc.astimezone(zone).strftime(form), f"{name}_gmt": utc.strftime(form)}


def _email(told: dict[str, Any]) -> str:
    return str(told.get("billing", {}).get("email", ""))


def _place(told: dict[str, Any]) -> dict[str, str]:
    return {name: str(told.get(name, "")) for name in (*_PLACE, *_PLACE_END)}


def _line(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": line["id"],
        "name": line["name"],
        "product_id": line["product_id"],
        "variation_id": line["variation_id"],
        "quantity": line["quantity"],
        "tax_class": "",
        "subtotal": line["total"],
        "subtotal_tax": line["total_tax"],
        "total": line["total"],
        "total_tax": line["total_tax"],
        "taxes": [],
        "meta_data": line["meta_data"],
        "sku": line["sku"],
        # A JSON number, as the real server writes it.
        "price": float(line["price"]),
        "image": {"id": "", "src": line["image"]},
        "parent_name": None,
    }


def _refund_row(refund: dict[str, Any]) -> dict[str, Any]:
    return {"id": refund["id"], "reason": refund["reason"], "total": f"-{refund['amount']}"}


def refund_json(zone: ZoneInfo, order: ShopOrder, refund: dict[str, Any]) -> dict[str, Any]:
    """One refund in detail; its lines are told in negatives."""
    lines = {line["id"]: line for line in order.lines}
    return {
        "id": refund["id"],
        **stamps(zone, "date_created", refund["at_s"]),
        "amount": refund["amount"],
        "reason": refund["reason"],
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": [],
        "line_items": [
            _refund_line(lines[line_id], quantity)
            for line_id, quantity in refund["lines"].items()
            if line_id in lines
        ],
    }


def _refund_line(line: dict[str, Any], quantity: int) -> dict[str, Any]:
    amount = Decimal(line["total"]) * quantity / line["quantity"]
    return {
        "id": line["id"] + 100_000,
        "name": line["name"],
        "quantity": -quantity,
        "total": f"-{amount:.{len(line['total'].partition('.')[2])}f}",
        "total_tax": "0.00",
        "sku": line["sku"],
        "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": str(line["id"])}],
    }


def note_json(zone: ZoneInfo, note: dict[str, Any]) -> dict[str, Any]:
    """One note."""
    return {
        "id": note["id"],
        "author": note["author"],
        **stamps(zone, "date_created", note["at_s"]),
        "note": note["note"],
        "customer_note": note["customer_note"],
    }


def product_json(product: ShopProduct, beside: Mapping[int, ShopProduct]) -> dict[str, Any]:
    """One product or variation, with the fields of the wc/v3 documentation that are asked for.

    A variation whose stock its parent counts says `"parent"` where others say true or false, and
    tells the parent's figure.
    """
    parent = beside.get(product.parent)
    stock = parent.stock if product.shared and parent is not None else product.stock
    return {
        "id": product.number,
        "name": product.name,
        "type": "variation" if product.parent else _kind(product, beside),
        "status": product.status,
        "parent_id": product.parent,
        "sku": product.sku,
        "global_unique_id": product.barcode,
        "manage_stock": "parent" if product.shared else stock is not None,
        "stock_quantity": stock,
        "stock_status": "instock" if stock is None or stock > 0 else "outofstock",
        "weight": product.weight,
        "attributes": [
            {"id": at, "name": name, "option": choice}
            for at, (name, choice) in enumerate(product.options, 1)
        ],
    }


def _kind(product: ShopProduct, beside: Mapping[int, ShopProduct]) -> str:
    has_variations = any(other.parent == product.number for other in beside.values())
    return "variable" if has_variations else product.kind
