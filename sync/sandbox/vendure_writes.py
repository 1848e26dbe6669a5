"""What the sandbox server writes, and what it says no to, as @vendure/core 3.7.3 does.

Seen at that server and kept: each line of a fulfilment is held against what is left by itself, so
one line named twice gets past; carts and orders under edit are fulfilled; a handler's argument that
is missing, or a stock location that does not exist, is a fault of the database without a code.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sync.sandbox.vendure_run import Refused
from sync.sandbox.vendure_shop import MOVES, Row, VendureTruth

HANDLER = "manual-fulfillment"
Args = Mapping[str, Any]


def error(name: str, code: str, message: str, **more: Any) -> Row:
    """An error result."""
    return {"__typename": name, "errorCode": code, "message": message, **more}


class Writes:
    """The mutations of one shop."""

    def __init__(self, shop: VendureTruth) -> None:
        """Take the shop they change."""
        self._shop = shop

    def root(self) -> dict[str, Callable[[Args], Any]]:
        """Every mutation by its name."""
        return {
            "addFulfillmentToOrder": lambda args: self._fulfil(args["input"]),
            "transitionFulfillmentToState": self._move,
            "addNoteToOrder": lambda args: self._add_note(args["input"]),
            "updateOrderNote": lambda args: self._change_note(args["input"]),
            "updateProductVariants": lambda args: [self._variant(each) for each in args["input"]],
        }

    def _fulfil(self, asked: Args) -> Row:
        wanted = [(self._line(each["orderLineId"]), each["quantity"]) for each in asked["lines"]]
        if not sum(many for _, many in wanted):
            words = "At least one OrderLine must be specified"
            return error("EmptyOrderLineSelectionError", "EMPTY_ORDER_LINE_SELECTION_ERROR", words)
        taken = self._shop.taken
        if any(many > line["quantity"] - taken(order, line) for (order, line), many in wanted):
            words = "One or more OrderItems are already part of a Fulfillment"
            return error("ItemsAlreadyFulfilledError", "ITEMS_ALREADY_FULFILLED_ERROR", words)
        for (_, line), many in wanted:
            variant = line["productVariant"]
            on_hand = sum(each["stockOnHand"] for each in variant["stockLevels"])
            if self._tracked(variant) and on_hand < many:
                words = f'Cannot create a Fulfillment as "{variant["name"]}" has insufficient stock'
                code = "INSUFFICIENT_STOCK_ON_HAND_ERROR"
                return error("InsufficientStockOnHandError", code, words)
        if asked["handler"]["code"] != HANDLER:
            code = "INVALID_FULFILLMENT_HANDLER_ERROR"
            return error("InvalidFulfillmentHandlerError", code, f"errorResult.{code}")
        told = {each["name"]: each["value"] for each in asked["handler"]["arguments"]}
        if "method" not in told:
            raise Refused("NOT NULL constraint failed: fulfillment.method", "")
        self._shop.count("fulfil")
        order = wanted[0][0][0]
        lines = [(line, many) for (_, line), many in wanted]
        return self._shop.fulfil(order, lines, told.get("trackingCode"))

    def _tracked(self, variant: Row) -> bool:
        told = variant["trackInventory"]
        return told == "TRUE" or (told == "INHERIT" and self._shop.tracks)

    def _line(self, number: str) -> tuple[Row, Row]:
        for order in self._shop.orders.values():
            for line in order["lines"]:
                if line["id"] == number:
                    return order, line
        raise _none("OrderLine", number)

    def _move(self, args: Args) -> Row:
        number, state = args["id"], args["state"]
        for order in self._shop.orders.values():
            for made in order["fulfillments"]:
                if made["id"] == number:
                    return self._moved(order, made, state)
        raise _none("Fulfillment", number)

    def _moved(self, order: Row, made: Row, state: str) -> Row:
        stands = made["state"]
        if state not in MOVES[stands]:
            code = "FULFILLMENT_STATE_TRANSITION_ERROR"
            words = f'Cannot transition Fulfillment from "{stands}" to "{state}"'
            return error(
                "FulfillmentStateTransitionError",
                code,
                f"errorResult.{code}",
                transitionError=words,
                fromState=stands,
                toState=state,
            )
        self._shop.count("move")
        self._shop.move(order, made, state)
        return made

    def _add_note(self, asked: Args) -> Row:
        order = self._shop.orders.get(asked["id"])
        if order is None:
            raise _none("Order", asked["id"])
        self._shop.count("note")
        self._shop.note_down(
            order, "ORDER_NOTE", {"note": asked["note"]}, public=bool(asked["isPublic"])
        )
        return order

    def _change_note(self, asked: Args) -> Row:
        for order in self._shop.orders.values():
            entries: list[Row] = order["entries"]
            for entry in entries:
                if entry["id"] == asked["noteId"] and entry["type"] == "ORDER_NOTE":
                    self._shop.count("note")
                    entry["data"] = {"note": asked["note"]}
                    entry["updatedAt"] = self._shop.now()
                    return entry
        raise _none("OrderHistoryEntry", asked["noteId"])

    def _variant(self, asked: Args) -> Row:
        variant = self._shop.variants.get(asked["id"])
        if variant is None:
            raise _none("ProductVariant", asked["id"])
        for told in asked.get("stockLevels") or ():
            if told["stockLocationId"] not in self._shop.places:
                raise Refused("FOREIGN KEY constraint failed", "")
            self._shop.count("stock")
            level = self._shop.level(variant, told["stockLocationId"])
            level["stockOnHand"] = told["stockOnHand"]
        return variant


def _none(kind: str, number: str) -> Refused:
    return Refused(f'No {kind} with the id "{number}" could be found', "ENTITY_NOT_FOUND")
