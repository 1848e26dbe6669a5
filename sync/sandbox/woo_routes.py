"""The routes of the sandbox shop: what each call reads or changes.

Refusals and side effects are channels.md 2 with traps 3, 4, 7, 8, 9 and 10.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from sync.sandbox.faults import LISTS
from sync.sandbox.http import Call, Reply
from sync.sandbox.shop import Shop, ShopOrder, ShopProduct
from sync.sandbox.woo_hooks import Hooks
from sync.sandbox.woo_json import (
    note_json,
    order_json,
    packed,
    problem,
    product_json,
    refund_json,
)
from sync.sandbox.woo_list import (
    BadParam,
    list_reply,
    listed,
    product_page,
    query_of,
    refused_param,
)


@dataclass(slots=True)
class WooDesk:
    """What every route works on. `fulfillments` switches the native ones on."""

    shop: Shop
    zone: ZoneInfo
    hooks: Hooks
    chance: random.Random
    fulfillments: bool = False
    fulfilled: dict[int, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One call, the numbers in its path, and the fault that spoils lists, if any."""

    call: Call
    numbers: tuple[int, ...]
    mood: str


Act = Callable[[WooDesk, Asked], Reply]


def list_orders(desk: WooDesk, asked: Asked) -> Reply:
    """A page of orders, disturbed where a fault says so."""
    query = query_of(asked.call)
    try:
        page = listed(desk.shop, desk.zone, query)
    except BadParam as bad:
        return refused_param(str(bad))
    orders = list(page.orders)
    if asked.mood in LISTS and orders:
        _disturb(desk, orders, asked.mood)
    return list_reply(desk.shop, desk.zone, asked.call, replace(page, orders=tuple(orders)))


def _disturb(desk: WooDesk, orders: list[ShopOrder], kind: str) -> None:
    if kind == "duplicate":
        orders.append(desk.chance.choice(orders))
    elif kind == "reorder":
        desk.chance.shuffle(orders)
    else:
        # The list shifts behind this page: some order changes before the next is asked for.
        desk.shop.touch(desk.chance.choice(list(desk.shop.orders.values())))


def get_order(desk: WooDesk, asked: Asked) -> Reply:
    """One order; 404 where there is none (trap 7)."""
    order = desk.shop.orders.get(asked.numbers[0])
    return no_order() if order is None else _told(desk, order)


def _told(desk: WooDesk, order: ShopOrder, status: int = 200) -> Reply:
    return Reply(status, order_json(desk.shop, desk.zone, order))


def list_notes(desk: WooDesk, asked: Asked) -> Reply:
    """An order's notes, newest first."""
    order = desk.shop.orders.get(asked.numbers[0])
    if order is None:
        return no_order()
    return Reply(200, packed([note_json(desk.zone, note) for note in order.notes[::-1]]))


def list_refunds(desk: WooDesk, asked: Asked) -> Reply:
    """An order's refunds, newest first."""
    order = desk.shop.orders.get(asked.numbers[0])
    if order is None:
        return no_order()
    told = [refund_json(desk.zone, order, refund) for refund in order.refunds[::-1]]
    return Reply(200, packed(told))


def list_products(desk: WooDesk, asked: Asked) -> Reply:
    """A page of products; with a SKU also the variation that has it."""
    query = query_of(asked.call)
    if "sku" in query:
        found = [p for p in desk.shop.products.values() if p.sku == query["sku"]]
    else:
        found = [p for p in desk.shop.products.values() if not p.parent]
    return _page_of(desk, found, query)


def list_variations(desk: WooDesk, asked: Asked) -> Reply:
    """A page of a product's variations."""
    number = asked.numbers[0]
    if number not in desk.shop.products:
        return problem(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
    found = [p for p in desk.shop.products.values() if p.parent == number]
    return _page_of(desk, found, query_of(asked.call))


def _page_of(desk: WooDesk, found: list[ShopProduct], query: dict[str, str]) -> Reply:
    try:
        cut, headers = product_page(found, query)
    except BadParam as bad:
        return refused_param(str(bad))
    told = [product_json(product, desk.shop.products) for product in cut]
    return Reply(200, packed(told), headers)


def get_setting(desk: WooDesk, asked: Asked) -> Reply:
    """The unit weights are in; one of kg, g, lbs and oz."""
    if not asked.call.path.endswith("/woocommerce_weight_unit"):
        return problem(404, "rest_setting_setting_invalid", "Invalid setting.")
    unit = {"id": "woocommerce_weight_unit", "label": "Weight unit", "value": desk.shop.weight_unit}
    return Reply(200, packed(unit))


def change_order(desk: WooDesk, asked: Asked) -> Reply:
    """Change status and meta data."""
    order = desk.shop.orders.get(asked.numbers[0])
    if order is None or order.status == "trash":
        return no_order()
    told = _body(asked.call)
    status = str(told.get("status", order.status)).removeprefix("wc-")
    if status not in desk.shop.statuses:
        return refused_param("status")
    desk.shop.writes["order"] += 1
    for meta in told.get("meta_data", ()):
        desk.shop.set_meta(order, str(meta["key"]), meta["value"])
    desk.shop.set_status(order, status)
    return _told(desk, order)


def create_order(desk: WooDesk, asked: Asked) -> Reply:
    """Take an order; set_paid takes stock (trap 10)."""
    told = _body(asked.call)
    desk.shop.writes["create"] += 1
    status = "processing" if told.get("set_paid") else str(told.get("status", "pending"))
    return _told(desk, desk.shop.place({**told, "status": status}), 201)


def delete_order(desk: WooDesk, asked: Asked) -> Reply:
    """Trash an order, or forget it with force=true (trap 8)."""
    order = desk.shop.orders.get(asked.numbers[0])
    if order is None:
        return no_order()
    desk.shop.writes["delete"] += 1
    if query_of(asked.call).get("force") == "true":
        desk.shop.forget(order)
    else:
        desk.shop.trash(order)
    return _told(desk, order)


def add_note(desk: WooDesk, asked: Asked) -> Reply:
    """Add a note."""
    order = desk.shop.orders.get(asked.numbers[0])
    if order is None:
        return no_order()
    told = _body(asked.call)
    desk.shop.writes["note"] += 1
    for_buyer = bool(told.get("customer_note"))
    note = desk.shop.add_note(order, str(told.get("note", "")), for_buyer=for_buyer)
    return Reply(201, packed(note_json(desk.zone, note)))


def set_stock(desk: WooDesk, asked: Asked) -> Reply:
    """Set a stock, absolute and whole (trap 4)."""
    product = desk.shop.products.get(asked.numbers[-1])
    if product is None or product.parent not in (0, asked.numbers[0]):
        return problem(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
    told = _body(asked.call).get("stock_quantity")
    if isinstance(told, bool) or not isinstance(told, int):
        return refused_param("stock_quantity")  # a fraction: 400 (trap 4)
    desk.shop.writes["stock"] += 1
    product.stock = told
    return Reply(200, packed(product_json(product, desk.shop.products)))


def fulfil(desk: WooDesk, asked: Asked) -> Reply:
    """Off by default; takes the same body twice without a word (trap 3)."""
    order = desk.shop.orders.get(asked.numbers[0])
    if not desk.fulfillments:
        return no_route()
    if order is None:
        return no_order()
    desk.shop.writes["fulfillment"] += 1
    made = {"id": desk.shop.number(), **_body(asked.call)}
    desk.fulfilled.setdefault(order.number, []).append(made)
    desk.shop.set_meta(order, "_fulfillment_status", "fulfilled")
    desk.shop.touch(order)
    return Reply(201, packed(made))


def make_webhook(desk: WooDesk, asked: Asked) -> Reply:
    """Make a webhook; it pings at once (trap 9)."""
    told = _body(asked.call)
    number = desk.hooks.make(str(told.get("topic")), str(told.get("secret", "")))
    return Reply(201, packed({"id": number, "status": "active", "topic": told.get("topic")}))


def _body(call: Call) -> dict[str, Any]:
    try:
        told = json.loads(call.body or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def no_route() -> Reply:
    """What WordPress says where no plugin listens."""
    words = "No route was found matching the URL and request method."
    return problem(404, "restno_route", words)


def no_order() -> Reply:
    """The 404 for a missing order."""
    return problem(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")


ROUTES: tuple[tuple[str, str, Act], ...] = (
    (r"orders", "GET", list_orders),
    (r"orders", "POST", create_order),
    (r"orders/(\d+)", "GET", get_order),
    (r"orders/(\d+)", "PUT", change_order),
    (r"orders/(\d+)", "DELETE", delete_order),
    (r"orders/(\d+)/notes", "GET", list_notes),
    (r"orders/(\d+)/notes", "POST", add_note),
    (r"orders/(\d+)/refunds", "GET", list_refunds),
    (r"orders/(\d+)/fulfillments", "POST", fulfil),
    (r"products", "GET", list_products),
    (r"products/(\d+)/variations", "GET", list_variations),
    (r"settings/products/[a-z_]+", "GET", get_setting),
    (r"products/(\d+)", "PUT", set_stock),
    (r"products/(\d+)/variations/(\d+)", "PUT", set_stock),
    (r"webhooks", "POST", make_webhook),
)
