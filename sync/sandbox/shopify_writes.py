"""The sandbox's mutations, and what each refuses (shopify.dev: the reference page of each).

A refusal of what is asked comes as `userErrors` in a good answer; a missing idempotency key is an
error of the whole request ("Making idempotency mandatory", 2026-04).
"""

import json
from collections.abc import Mapping
from typing import Any

from sync.sandbox.shopify_execute import Thing
from sync.sandbox.shopify_rules import Refused, error
from sync.sandbox.shopify_shop import SHIPPABLE, Piece, ShopifyOrder, ShopifyTruth, Variant
from sync.sandbox.shopify_views import fulfilment_view, gid, order_view

LONGEST_NOTE, LONGEST_TAG = 5000, 40
REASONS = frozenset(
    ("correction", "cycle_count_available", "damaged", "movement_created", "other", "restock")
)
Args = Mapping[str, Any]


class Writes:
    """What can be changed; remembers idempotency keys with what they were used for."""

    def __init__(self, shop: ShopifyTruth) -> None:
        """Take the shop's truth."""
        self._shop = shop
        self._keys: dict[str, tuple[str, Thing]] = {}

    def root(self) -> Thing:
        """The mutations by name."""
        return {
            "fulfillmentCreate": self.fulfil,
            "fulfillmentTrackingInfoUpdate": self.number,
            "orderUpdate": self.update_order,
            "tagsAdd": self.add_tags,
            "tagsRemove": self.drop_tags,
            "inventorySetQuantities": self.set_stock,
        }

    def _order(self, told: object) -> ShopifyOrder | None:
        return self._shop.orders.get(_tail(told))

    def fulfil(self, args: Args) -> Thing:
        """Fulfil lines of fulfilment orders: of one order, one location, open, and enough left."""
        told = args["fulfillment"]
        self._shop.writes["fulfil"] += 1
        asked = told["lineItemsByFulfillmentOrder"]
        found = [self._piece(each["fulfillmentOrderId"]) for each in asked]
        wrong = _wrong_pieces(found)
        if wrong:
            return _no(wrong)
        taken: dict[int, dict[int, int]] = {}
        for (_, piece), each in zip((f for f in found if f), asked, strict=True):
            rows = _rows(piece, each.get("fulfillmentOrderLineItems"))
            if rows is None:
                return _no("Invalid fulfillment order line item quantity requested.")
            taken[piece.number] = rows
        order = found[0][0]  # type: ignore[index]  # _wrong_pieces refuses what was not found
        tracking = told.get("trackingInfo") or {}
        numbers = [tracking["number"]] if tracking.get("number") else []
        made = self._shop.fulfil(order, taken, numbers)
        made.company = str(tracking.get("company", ""))
        made.notified = bool(told.get("notifyCustomer"))
        return {"fulfillment": fulfilment_view(order, made), "userErrors": []}

    def _piece(self, told: object) -> tuple[ShopifyOrder, Piece] | None:
        number = _tail(told)
        for order in self._shop.orders.values():
            for piece in order.pieces:
                if piece.number == number:
                    return order, piece
        return None

    def number(self, args: Args) -> Thing:
        """Give a fulfilment another tracking number."""
        self._shop.writes["number"] += 1
        for order in self._shop.orders.values():
            for made in order.fulfilments:
                if made.number == _tail(args["fulfillmentId"]):
                    made.numbers = [args["trackingInfoInput"]["number"]]
                    self._shop.touch(order)
                    return {"fulfillment": fulfilment_view(order, made), "userErrors": []}
        return _no("Fulfillment does not exist.")

    def update_order(self, args: Args) -> Thing:
        """Overwrite an order's note."""
        order = self._order(args["input"]["id"])
        if order is None:
            return {"order": None, "userErrors": [_said("Order does not exist")]}
        if len(args["input"].get("note") or "") > LONGEST_NOTE:
            return {"order": None, "userErrors": [_said("Note is too long")]}
        self._shop.writes["note"] += 1
        order.note = args["input"].get("note")
        self._shop.touch(order)
        return {"order": order_view(self._shop, order), "userErrors": []}

    def add_tags(self, args: Args) -> Thing:
        """Add tags; one that stands already changes nothing."""
        order = self._order(args["id"])
        if order is None or any(len(tag) > LONGEST_TAG for tag in args["tags"]):
            return {"userErrors": [_said("Order does not exist, or a tag is too long")]}
        self._shop.writes["tag"] += 1
        order.tags = sorted({*order.tags, *args["tags"]})
        self._shop.touch(order)
        return {"userErrors": []}

    def drop_tags(self, args: Args) -> Thing:
        """Remove tags."""
        order = self._order(args["id"])
        if order is None:
            return {"userErrors": [_said("Order does not exist")]}
        self._shop.writes["tag"] += 1
        order.tags = sorted(set(order.tags) - set(args["tags"]))
        self._shop.touch(order)
        return {"userErrors": []}

    def set_stock(self, args: Args) -> Thing:
        """Set quantities, over the ones expected, once for each idempotency key."""
        key, told = args.get("idempotency_key"), args["input"]
        if not key:
            words = "The @idempotent directive is required for this mutation but was not provided."
            raise Refused(error(words, "BAD_REQUEST"))
        print_ = json.dumps(told, sort_keys=True)
        if key in self._keys:
            before, answer = self._keys[key]
            return answer if before == print_ else _stock_no("IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
        answer = self._set(told)
        self._keys[key] = (print_, answer)
        return answer

    def _set(self, told: Mapping[str, Any]) -> Thing:
        if told["name"] not in ("available", "on_hand"):
            return _stock_no("INVALID_NAME")
        if told["reason"] not in REASONS:
            return _stock_no("INVALID_REASON")
        changes = []
        for row in told["quantities"]:
            found = self._variant(row["inventoryItemId"])
            wrong = self._wrong_change(found, row)
            if wrong or found is None:
                return _stock_no(wrong)
            changes.append((found, _tail(row["locationId"]), row["quantity"]))
        for variant, place, quantity in changes:
            variant.levels[place] = quantity
        self._shop.writes["stock"] += 1
        group = {"id": gid("InventoryAdjustmentGroup", self._shop.number())}
        return {"inventoryAdjustmentGroup": group, "userErrors": []}

    def _wrong_change(self, found: Variant | None, row: Mapping[str, Any]) -> str:
        place, expected = _tail(row["locationId"]), row.get("changeFromQuantity")
        if found is None:
            return "INVALID_INVENTORY_ITEM"
        if place not in self._shop.locations:
            return "INVALID_LOCATION"
        if place not in found.levels:
            return "ITEM_NOT_STOCKED_AT_LOCATION"
        if row["quantity"] < 0:
            return "INVALID_QUANTITY_NEGATIVE"
        stale = expected is not None and expected != found.levels[place]
        return "CHANGE_FROM_QUANTITY_STALE" if stale else ""

    def _variant(self, told: object) -> Variant | None:
        items = (each for each in self._shop.variants.values() if each.item == _tail(told))
        return next(items, None)


def _wrong_pieces(found: list[tuple[ShopifyOrder, Piece] | None]) -> str:
    """Why these fulfilment orders cannot be fulfilled together; "" where they can."""
    if not found or None in found:
        return "Fulfillment order does not exist."
    known = [each for each in found if each is not None]
    for _, piece in known:
        if piece.status not in SHIPPABLE:
            status = piece.status.lower()
            return f"Fulfillment order {piece.number} has an unfulfillable status= {status}."
    if len({order.number for order, _ in known}) > 1:
        return "All fulfillment orders must belong to the same order."
    if len({piece.location for _, piece in known}) > 1:
        return "All fulfillment orders must be assigned to the same location."
    return ""


def _rows(piece: Piece, asked: list[Mapping[str, Any]] | None) -> dict[int, int] | None:
    """Line → units; all that is left where none are named, None where too many are."""
    if not asked:
        return {line: row[2] for line, row in piece.rows.items() if row[2]}
    by_id = {row[0]: (line, row[2]) for line, row in piece.rows.items()}
    taken: dict[int, int] = {}
    for each in asked:
        line, left = by_id.get(_tail(each["id"]), (0, 0))
        taken[line] = taken.get(line, 0) + each["quantity"]
        if each["quantity"] < 1 or taken[line] > left:
            return None
    return taken


def _said(words: str) -> Thing:
    return {"field": None, "message": words}


def _no(words: str) -> Thing:
    return {"fulfillment": None, "userErrors": [_said(words)]}


def _stock_no(code: str) -> Thing:
    told = {"code": code, "field": ["input"], "message": code.replace("_", " ").lower()}
    return {"inventoryAdjustmentGroup": None, "userErrors": [told]}


def _tail(told: object) -> int:
    tail = str(told).rpartition("/")[2]
    return int(tail) if tail.isdigit() else 0
