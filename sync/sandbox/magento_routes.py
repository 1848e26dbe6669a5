"""What the sandbox shop answers, call by call: bodies are held against what Magento takes.

Needed fields and rights are Adobe's REST schema and the modules' webapi.xml; a field that Magento
does not have is refused as its input processor does.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote

from sync.sandbox.http import Call, Reply
from sync.sandbox.magento_gate import said
from sync.sandbox.magento_lists import BadSearch, answer
from sync.sandbox.magento_shop import OVER, MagentoTruth, Row

MISSING = "The entity that was requested doesn't exist. Verify the entity and try again."
NOT_SHIPPABLE = OVER | {"holded", "payment_review"}
TRACK = ("track_number", "title", "carrier_code")
ENTITY = (*TRACK, "order_id", "parent_id", "weight", "qty", "description")
HISTORY = ("comment", "is_customer_notified", "is_visible_on_front", "parent_id")


class Refused(Exception):  # noqa: N818 - it is what Magento said
    """A body or a wish the shop refuses."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call and what stands in its path."""

    call: Call
    parts: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        """The body, a JSON object."""
        try:
            told = json.loads(self.call.body or b"{}")
        except ValueError as broken:
            raise Refused("Decoding error.") from broken
        if not isinstance(told, dict):
            raise Refused("Decoding error.")
        return told


Act = Callable[[MagentoTruth, Asked], Any]


def only(told: Any, needed: tuple[str, ...], more: tuple[str, ...] = ()) -> Row:
    """The object with these fields and no others."""
    if not isinstance(told, dict):
        raise Refused("The value's type is invalid. Verify and try again.")
    for name in needed:
        if name not in told:
            raise Refused(f'"{name}" is required. Enter and try again.')
    for name in told:
        if name not in needed and name not in more:
            raise Refused(f'Property "{name}" does not have accessor method "get{name}".')
    return told


def _list_orders(shop: MagentoTruth, asked: Asked) -> Any:
    return answer(shop.orders.values(), asked.call.query)


def _list_shipments(shop: MagentoTruth, asked: Asked) -> Any:
    return answer(shop.shipments.values(), asked.call.query)


def _list_memos(shop: MagentoTruth, asked: Asked) -> Any:
    return answer(shop.memos.values(), asked.call.query)


def _list_products(shop: MagentoTruth, asked: Asked) -> Any:
    return answer(shop.products.values(), asked.call.query)


def _list_links(shop: MagentoTruth, asked: Asked) -> Any:
    return answer(shop.links, asked.call.query)


def _list_sources(shop: MagentoTruth, asked: Asked) -> Any:
    rows = [
        {"sku": sku, "source_code": source, "quantity": qty, "status": int(qty > 0)}
        for (source, sku), qty in shop.sources.items()
    ]
    return answer(rows, asked.call.query)


def _get_order(shop: MagentoTruth, asked: Asked) -> Any:
    return _order(shop, asked.parts[0])


def _order(shop: MagentoTruth, number: str) -> Row:
    found = shop.orders.get(int(number))
    if found is None:
        raise LookupError(MISSING)
    return found


def _get_configs(shop: MagentoTruth, asked: Asked) -> Any:
    del shop, asked
    return [{"id": 1, "code": "default", "timezone": "Asia/Shanghai", "weight_unit": "kgs"}]


def _get_salable(shop: MagentoTruth, asked: Asked) -> Any:
    if asked.parts[0] not in shop.products:
        raise LookupError("The product that was requested doesn't exist.")
    return shop.salable(asked.parts[0], int(asked.parts[1]))


def _get_item(shop: MagentoTruth, asked: Asked) -> Any:
    if asked.parts[0] not in shop.items:
        raise LookupError("The stock item for this product doesn't exist.")
    return shop.items[asked.parts[0]]


def _put_item(shop: MagentoTruth, asked: Asked) -> Any:
    sku, number = asked.parts
    item = _get_item(shop, asked)
    if int(number) != item["item_id"]:
        raise LookupError(MISSING)
    told = only(only(asked.body(), ("stockItem",))["stockItem"], ("qty", "is_in_stock"), (*item,))
    shop.items[sku] = {**item, **told}
    shop.writes["stock"] += 1
    return item["item_id"]


def _post_sources(shop: MagentoTruth, asked: Asked) -> Any:
    rows = only(asked.body(), ("sourceItems",))["sourceItems"]
    for row in rows:
        told = only(row, ("sku", "source_code", "quantity", "status"))
        if told["sku"] not in shop.products:
            raise Refused("Validation Failed: product does not exist.")
        shop.sources[told["source_code"], told["sku"]] = told["quantity"]
    shop.writes["stock"] += 1
    return []


def _post_ship(shop: MagentoTruth, asked: Asked) -> Any:
    order = _order(shop, asked.parts[0])
    optional = ("items", "tracks", "notify", "appendComment", "comment", "arguments", "packages")
    told = only(asked.body(), (), optional)
    if order["state"] in NOT_SHIPPABLE:
        raise Refused("Shipment Document Validation Error(s):\nA shipment cannot be created.")
    items = told.get("items", [])
    taken = {
        each["order_item_id"]: each["qty"] for each in items if only(each, ("order_item_id", "qty"))
    }
    mine = {item["item_id"]: item for item in order["items"]}
    for row, qty in taken.items():
        _refuse_row(mine.get(row), qty)
    if not taken:
        raise Refused("You can't create a shipment without products.")
    tracks = [only(each, TRACK) for each in told.get("tracks", [])]
    if "comment" in told:
        only(told["comment"], ("comment", "is_visible_on_front"))
    extra = told.get("arguments", {}).get("extension_attributes", {})
    shop.writes["ship"] += 1
    made = shop.ship(order, taken, tracks, extra.get("source_code", "default"))
    return made["entity_id"]


def _refuse_row(item: Row | None, qty: float) -> None:
    if item is None:
        raise Refused("The shipment contains a product that is not part of the original order.")
    off = item["qty_shipped"] + item["qty_refunded"] + item["qty_canceled"]
    if item["is_virtual"] or item.get("parent_item_id") or not 0 < qty <= item["qty_ordered"] - off:
        raise Refused("The quantity to ship must not be greater than the unshipped quantity.")


def _post_track(shop: MagentoTruth, asked: Asked) -> Any:
    told = only(only(asked.body(), ("entity",))["entity"], ENTITY)
    shipment = shop.shipments.get(told["parent_id"])
    if shipment is None or shipment["order_id"] != told["order_id"]:
        raise Refused("Could not save the shipment tracking.")
    track = {"entity_id": shop.number(), **told}
    shipment["tracks"].append(track)
    shop.writes["track"] += 1
    return track


def _delete_track(shop: MagentoTruth, asked: Asked) -> Any:
    for shipment in shop.shipments.values():
        for track in shipment["tracks"]:
            if track["entity_id"] == int(asked.parts[0]):
                shipment["tracks"].remove(track)
                shop.writes["untrack"] += 1
                return True
    raise LookupError(MISSING)


def _post_comment(shop: MagentoTruth, asked: Asked) -> Any:
    order = _order(shop, asked.parts[0])
    told = only(only(asked.body(), ("statusHistory",))["statusHistory"], HISTORY, ("status",))
    if told.get("status", order["status"]) != order["status"]:
        raise Refused("Unable to add comment: The status is not part of the order status history.")
    order["status"] = told.get("status")  # older servers: none told, none left
    order["status_histories"].insert(0, {"entity_id": shop.number(), **told})
    shop.touch(order)
    shop.writes["comment"] += 1
    return True


_N = r"(\d+)"
_SALES, _INVENTORY = "Magento_Sales::", "Magento_InventoryApi::"
ROUTES: tuple[tuple[str, str, str, Act], ...] = (
    ("GET", r"orders", f"{_SALES}actions_view", _list_orders),
    ("GET", rf"orders/{_N}", f"{_SALES}actions_view", _get_order),
    ("POST", rf"orders/{_N}/comments", f"{_SALES}comment", _post_comment),
    ("POST", rf"order/{_N}/ship", f"{_SALES}ship", _post_ship),
    ("GET", r"shipments", f"{_SALES}shipment", _list_shipments),
    ("POST", r"shipment/track", f"{_SALES}ship", _post_track),
    ("DELETE", rf"shipment/track/{_N}", f"{_SALES}ship", _delete_track),
    ("GET", r"creditmemos", f"{_SALES}sales_creditmemo", _list_memos),
    ("GET", r"products", "Magento_Catalog::products", _list_products),
    ("GET", r"store/storeConfigs", "Magento_Backend::store", _get_configs),
    ("GET", r"stockItems/(.+)", "Magento_CatalogInventory::cataloginventory", _get_item),
    ("PUT", rf"products/(.+)/stockItems/{_N}", "Magento_Catalog::products", _put_item),
    ("GET", r"inventory/source-items", f"{_INVENTORY}source", _list_sources),
    ("POST", r"inventory/source-items", f"{_INVENTORY}source", _post_sources),
    ("GET", r"inventory/stock-source-links", f"{_INVENTORY}stock", _list_links),
    (
        "GET",
        rf"inventory/get-product-salable-quantity/(.+)/{_N}",
        "Magento_InventorySalesApi::stock",
        _get_salable,
    ),
)


def route(shop: MagentoTruth, call: Call) -> tuple[str, Callable[[], Reply]] | None:
    """The right a call needs and what answers it; None where the shop has no such call."""
    path = call.path.removeprefix("/rest/V1/")
    if path.startswith("inventory/") and not shop.msi:
        return None
    for method, pattern, right, act in ROUTES:
        found = re.fullmatch(pattern, path)
        if found and method == call.method:
            return right, partial(
                _done, shop, Asked(call, tuple(map(unquote, found.groups()))), act
            )
    return None


def _done(shop: MagentoTruth, asked: Asked, act: Act) -> Reply:
    try:
        told = act(shop, asked)
    except LookupError as gone:
        return said(404, str(gone.args[0]))
    except (Refused, BadSearch) as no:
        return said(400, str(no))
    return Reply(200, json.dumps(told, ensure_ascii=False).encode())
