"""What is written to a home-made store, each once in effect, by the file's own rule.

A repeat after a lost answer is harmless because the store knows our key, or because the order is
looked at first, or because the store promised so in the file.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sync.channels.own_shop_fill import filled, filled_body, filled_path
from sync.channels.own_shop_plan import Call, Plan
from sync.channels.own_shop_read import read_order
from sync.channels.own_shop_refuse import ALREADY, said
from sync.errors import Rejected
from sync.ports import Request
from sync.records import Done, MemoAsk, ShipAsk, StockAsk

Send = Callable[[str, Request], Awaitable[Any]]
Read = Callable[[str], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Hand:
    """How a write is sent (its row of the file, the request) and how an order is looked at."""

    plan: Plan
    send: Send
    read: Read


async def ship(hand: Hand, ask: ShipAsk) -> Done:
    """Tell the store of a parcel: of the whole order, or of a part of it.

    A store that has a call for the whole order alone is not told of a part.

    Raises:
        Rejected: the file has no such call, or the store says no.
    """
    plan = hand.plan
    in_part = bool(ask.lines) and plan.ship_part is not None
    row = "ship_part" if in_part else "ship"
    call = _call(plan.ship_part if in_part else plan.ship, row)
    if call.repeat == "look" or (ask.lines and not in_part):
        order = await hand.read(ask.external_id)
        if call.repeat == "look" and _has(plan, "waybills", order, ask.waybill_no):
            return Done(ask.external_id, already=True)
        if ask.lines and not in_part and _is_part(plan, order, ask):
            # The store's only call says "all of it left", which would not be so.
            raise Rejected("own_shop_cannot", row="ship_part")
    values: dict[str, Any] = {
        "id": ask.external_id,
        "carrier": plan.carriers.get(ask.carrier_code, ask.carrier_code),
        "carrier_name": ask.carrier_name,
        "waybill": ask.waybill_no,
        "note": ask.note,
        "key": ask.idempotency_key,
    }
    values["lines"] = [
        filled(call.line, {"line_id": line, "quantity": quantity}) for line, quantity in ask.lines
    ]
    return await _write(hand, row, call, values, ask.external_id)


async def set_stock(hand: Hand, ask: StockAsk) -> Done:
    """Set the whole number that may be sold.

    Raises:
        Rejected: a negative number, the file has no such call, or the store says no.
    """
    if ask.quantity < 0:
        raise Rejected("sync_bad_quantity", quantity=ask.quantity)
    call = _call(hand.plan.stock, "stock")
    values = {
        "sku": ask.sku,
        "listing": ask.listing_ref,
        "quantity": ask.quantity,
        "key": ask.idempotency_key,
    }
    return await _write(hand, "stock", call, values, ask.listing_ref or ask.sku)


async def write_memo(hand: Hand, ask: MemoAsk) -> Done:
    """Write the seller's memo.

    Raises:
        Rejected: the file has no such call, or the store says no.
    """
    call = _call(hand.plan.memo, "memo")
    if call.repeat == "look":
        order = await hand.read(ask.external_id)
        if _has(hand.plan, "memo", order, ask.text):
            return Done(ask.external_id, already=True)
    values = {
        "id": ask.external_id,
        "text": ask.text,
        "flag": ask.flag,
        "key": ask.idempotency_key,
    }
    return await _write(hand, "memo", call, values, ask.external_id)


def _call(call: Call | None, row: str) -> Call:
    if call is None:
        raise Rejected("own_shop_cannot", row=row)
    return call


def _has(plan: Plan, field: str, order: Any, wanted: str) -> bool:
    return any(said(each) == wanted for each in plan.order[field].all(order))


def _is_part(plan: Plan, order: Any, ask: ShipAsk) -> bool:
    """Whether more of the order is still to leave than this parcel holds."""
    lines = read_order(order, b"", plan).lines
    left = sum(max(0, x.quantity - x.quantity_refunded - x.quantity_shipped) for x in lines)
    return sum(quantity for _, quantity in ask.lines) < left


async def _write(hand: Hand, row: str, call: Call, values: Mapping[str, Any], ref: str) -> Done:
    url = f"{hand.plan.address}{filled_path(call.path, values)}"
    headers = {"Content-Type": "application/json"}
    if call.key_header:
        headers[call.key_header] = str(values["key"])
    body = filled_body(call.body, values)
    try:
        await hand.send(row, Request(call.method, url, headers, body, writes=True))
    except Rejected as no:
        if no.code != ALREADY:
            raise
        return Done(ref, already=True)
    return Done(ref)
