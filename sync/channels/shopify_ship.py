"""A parcel told to Shopify: a fulfilment of what it holds, by the fulfilment orders as they stand.

Shopify splits an order into fulfilment orders by location, moves and holds them, and takes no
idempotency key for a fulfilment. So everything is read first: what already stands under this
tracking number is not sent again, what somebody else fulfilled is left as it is, and only the rest
is told, one call for each location.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.channels.shopify_calls import Document, ShopifyCalls, within
from sync.channels.shopify_documents import (
    MORE_TO_SHIP,
    NUMBER,
    SHIP,
    SHIPPED,
    SHIPPED_LINES,
    TO_SHIP,
)
from sync.channels.shopify_read import gid, number_of
from sync.errors import Rejected
from sync.reading import mapping, minor, rows, text
from sync.records import Done, ShipAsk

_TO_SHIP, _MORE, _SHIPPED = Document(TO_SHIP), Document(MORE_TO_SHIP), Document(SHIPPED)
_SHIPPED_LINES = Document(SHIPPED_LINES)
_SHIP, _NUMBER = Document(SHIP, writes=True), Document(NUMBER, writes=True)
_GONE = frozenset({"CANCELLED", "ERROR", "FAILURE"})
_HELD = frozenset({"ON_HOLD", "SCHEDULED"})
NodeRow = Mapping[str, Any]


@dataclass(slots=True)
class Piece:
    """One fulfilment order that can be fulfilled: its location, and (our line, id, remaining)."""

    id: str
    location: str
    lines: list[tuple[str, str, int]]


@dataclass(slots=True)
class Standing:
    """How far an order is shipped: what can be, what is held, and what stands under our number."""

    pieces: list[Piece] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    under_number: Counter[str] = field(default_factory=Counter)
    numbered: str = ""
    unnumbered: list[str] = field(default_factory=list)
    fulfilled: str = ""


async def ship(calls: ShopifyCalls, order_gid: str, ask: ShipAsk) -> Done:
    """Fulfil what the parcel holds, as far as nobody has; empty lines mean all that is left.

    Raises:
        Rejected: the order was cancelled, is held, or Shopify says no to it.
    """
    standing = await _standing(calls, order_gid, ask)
    wanted = _wanted(standing, ask)
    plan = _plan(standing, wanted)
    if not plan:
        return await _adopted(calls, standing, ask)
    made = standing.numbered
    for pieces in plan.values():
        made = await _fulfil(calls, pieces, ask)
    return Done(made, already=False)


def _wanted(standing: Standing, ask: ShipAsk) -> Counter[str] | None:
    """What is still to be told by line; None for everything."""
    if not ask.lines:
        return None
    wanted: Counter[str] = Counter()
    for line, quantity in ask.lines:
        wanted[line] += quantity
    wanted.subtract(standing.under_number)
    return Counter({line: quantity for line, quantity in wanted.items() if quantity > 0})


def _plan(standing: Standing, wanted: Counter[str] | None) -> dict[str, dict[str, list[Any]]]:
    """Location → fulfilment order → [{id, quantity}]: one call may span one location only.

    Raises Rejected where a line that should be told is held.
    """
    plan: dict[str, dict[str, list[Any]]] = {}
    left = None if wanted is None else Counter(wanted)
    for piece in standing.pieces:
        for line, row_id, remaining in piece.lines:
            take = remaining if left is None else min(remaining, left[line])
            if take <= 0:
                continue
            if left is not None:
                left[line] -= take
            rows_of = plan.setdefault(piece.location, {}).setdefault(piece.id, [])
            rows_of.append({"id": row_id, "quantity": take})
    short = standing.held if left is None else {k: v for k, v in standing.held.items() if left[k]}
    if short:
        raise Rejected("shopify_on_hold", foreign_code=", ".join(sorted(set(short.values()))))
    return plan


async def _fulfil(calls: ShopifyCalls, pieces: Mapping[str, list[Any]], ask: ShipAsk) -> str:
    fulfillment = {
        "lineItemsByFulfillmentOrder": [
            {"fulfillmentOrderId": piece, "fulfillmentOrderLineItems": lines}
            for piece, lines in pieces.items()
        ],
        "trackingInfo": _tracking(ask),
        "notifyCustomer": True,
    }
    payload = await calls.write(_SHIP, {"fulfillment": fulfillment})
    return number_of(mapping(payload.get("fulfillment")).get("id"))


def _tracking(ask: ShipAsk) -> dict[str, str]:
    return {"company": ask.carrier_name, "number": ask.waybill_no}


async def _adopted(calls: ShopifyCalls, standing: Standing, ask: ShipAsk) -> Done:
    """Nothing is left to tell: ours from an earlier try, or somebody fulfilled it by hand.

    A fulfilment made by hand without a number gets ours.
    """
    if standing.numbered:
        return Done(standing.numbered, already=True)
    if not standing.fulfilled:
        raise Rejected("shopify_nothing_to_ship", external_id=ask.external_id)
    if standing.unnumbered:
        bare = standing.unnumbered[-1]
        await calls.write(_NUMBER, {"id": bare, "tracking": _tracking(ask)})
        return Done(number_of(bare), already=True)
    return Done(number_of(standing.fulfilled), already=True)


async def _standing(calls: ShopifyCalls, order_gid: str, ask: ShipAsk) -> Standing:
    standing = Standing()
    after: str | None = None
    while True:
        data = (await calls.ask(_TO_SHIP, {"id": order_gid, "after": after})).data
        order = within(data, ("order",))
        if not order:
            raise Rejected("shopify_no_such_order", external_id=ask.external_id)
        if order.get("cancelledAt"):
            raise Rejected("shopify_not_shippable", external_id=ask.external_id)
        connection = mapping(order.get("fulfillmentOrders"))
        for node in rows(connection.get("nodes")):
            await _note(calls, standing, node)
        info = mapping(connection.get("pageInfo"))
        if info.get("hasNextPage") is not True:
            break
        after = text(info.get("endCursor"))
    await _note_shipped(calls, standing, order_gid, ask.waybill_no)
    return standing


async def _note(calls: ShopifyCalls, standing: Standing, node: NodeRow) -> None:
    """One fulfilment order: what can be taken from it, or why it cannot."""
    lines = await _lines(calls, node)
    status = text(node.get("status"))
    if status in _HELD:
        reasons = [text(hold.get("reason")) for hold in rows(node.get("fulfillmentHolds"))]
        why = ", ".join(reason for reason in reasons if reason) or status
        standing.held |= {line: why for line, _, remaining in lines if remaining}
        return
    actions = {text(each.get("action")) for each in rows(node.get("supportedActions"))}
    if "CREATE_FULFILLMENT" not in actions:
        return
    location = text(mapping(mapping(node.get("assignedLocation")).get("location")).get("id"))
    standing.pieces.append(Piece(text(node.get("id")), location, lines))


async def _lines(calls: ShopifyCalls, node: NodeRow) -> list[tuple[str, str, int]]:
    connection = mapping(node.get("lineItems"))
    told = rows(connection.get("nodes"))
    if mapping(connection.get("pageInfo")).get("hasNextPage") is True:
        path = ("fulfillmentOrder", "lineItems")
        asked = {"id": text(node.get("id"))}
        told = [mapping(each.value) for each in await calls.all_of(_MORE, asked, path)]
    return [
        (
            number_of(mapping(row.get("lineItem")).get("id")),
            text(row.get("id")),
            minor(row.get("remainingQuantity"), 0) or 0,
        )
        for row in told
    ]


async def _note_shipped(
    calls: ShopifyCalls, standing: Standing, order_gid: str, number: str
) -> None:
    data = (await calls.ask(_SHIPPED, {"id": order_gid})).data
    for each in rows(within(data, ("order",)).get("fulfillments")):
        if text(each.get("status")) in _GONE:
            continue
        told = text(each.get("id"))
        standing.fulfilled = told
        numbers = [text(info.get("number")) for info in rows(each.get("trackingInfo"))]
        if not any(numbers):
            standing.unnumbered.append(told)
        if number in numbers:
            standing.numbered = number_of(told)
            path = ("fulfillment", "fulfillmentLineItems")
            for row in await calls.all_of(_SHIPPED_LINES, {"id": told}, path):
                line = mapping(row.value)
                of = number_of(mapping(line.get("lineItem")).get("id"))
                standing.under_number[of] += minor(line.get("quantity"), 0) or 0


def order_gid(external_id: str) -> str:
    """An order's global id. Raises Rejected for what is no number."""
    if not (external_id.isascii() and external_id.isdigit()):
        raise Rejected("sync_bad_number", external_id=external_id[:40])
    return gid("Order", external_id)
