"""Telling a Weidian shop that a parcel left, what may be sold, or that a number changed.

vdian.order.deliver 1.0 sends an order, vdian.order.deliver.split the items named; neither has a
key, so the order is read first: what left is not sent again. Units of one item can be told by
another interface, but nothing says which left, so a lost answer could not be looked up: they are
not told from here. vdian.order.express.modify changes a number; vdian.item.stock.update sets a
stock (community SDKs and order systems that call them).
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.weidian_calls import Interface, Value, WeidianCalls
from sync.channels.weidian_orders import order_of
from sync.channels.weidian_read import (
    ASKED,
    LEFT,
    OVER,
    TO_SHIP,
    given_back,
    has_left,
    hold_of,
    line_id,
    status_word,
)
from sync.couriers import Couriers
from sync.errors import Rejected
from sync.reading import minor, rows, text
from sync.records import Done, ShipAsk, StockAsk

SHIP = Interface("vdian.order.deliver", "1.0", writes=True)
SPLIT = Interface("vdian.order.deliver.split", "1.0", writes=True)
CHANGE = Interface("vdian.order.express.modify", "1.0", writes=True)
COMPANIES = Interface("vdian.order.expresslist", "1.0")
STOCK = Interface("vdian.item.stock.update", "1.0", writes=True)
# A carrier that is not in the list goes by its name.
_BY_NAME = "0"
Order = Mapping[str, Any]


class Shipper:
    """Ships for one shop."""

    def __init__(self, calls: WeidianCalls) -> None:
        """Take the calls; nothing is sent yet."""
        self._calls = calls
        self._couriers = Couriers(self._companies)

    async def ship(self, ask: ShipAsk) -> Done:
        """Ship the order or some of its items, or change a number: whatever is not told yet.

        Raises:
            Rejected: it must not be shipped, units of an item are to leave alone, or it was shipped
                with a number that this one does not replace.
        """
        order, _ = await order_of(self._calls, ask.external_id)
        wanted, told = _wanted(order, ask), _numbers(order)
        left = all(has_left(order, row) for row in wanted)
        if ask.waybill_no in told or (left and wanted and not told):
            return Done(ask.external_id, already=True)
        if ask.replaces and ask.replaces in told:
            await self._change(ask, order)
        elif left:
            standing = ", ".join(sorted(told))[:60] or "?"
            raise Rejected("weidian_other_number", external_id=ask.external_id, number=standing)
        else:
            await self._send(ask, order, [row for row in wanted if not has_left(order, row)])
        return Done(ask.external_id)

    async def _send(self, ask: ShipAsk, order: Order, rows_: list[dict[str, Any]]) -> None:
        _refuse_unsendable(ask, order)
        _refuse_units(ask, rows_)
        params: dict[str, Value] = {"order_id": ask.external_id, **await self._parcel(ask)}
        if len(rows_) == len(rows(order.get("items"))):
            await self._calls.ask(SHIP, params)
            return
        items: list[Value] = [_named(row) for row in rows_]
        await self._calls.ask(SPLIT, {**params, "item": items})

    async def _change(self, ask: ShipAsk, order: Order) -> None:
        """Change the number of the one parcel, or of the one whose items tell it."""
        mine = {
            text(row.get("deliver_id"))
            for row in rows(order.get("items"))
            if text(row.get("express_no")) in ("", ask.replaces) and has_left(order, row)
        } - {"", "0"}
        if len(mine) > 1:
            raise Rejected("weidian_change_there", external_id=ask.external_id)
        params: dict[str, Value] = {"order_id": ask.external_id, **await self._parcel(ask)}
        if mine:
            params["deliver_id"] = mine.pop()
        await self._calls.ask(CHANGE, params)

    async def _parcel(self, ask: ShipAsk) -> dict[str, Value]:
        found = await self._couriers.code(ask)
        name = ask.carrier_name or ask.carrier_code
        return {
            "express_type": found or _BY_NAME,
            "express_no": ask.waybill_no,
            "express_custom": "" if found else name[:40],
        }

    async def _companies(self) -> Mapping[str, str]:
        told = (await self._calls.ask(COMPANIES, {})).result
        listed = rows(told.get("common_express"))
        return {text(row.get("express_company")): text(row.get("id")) for row in listed}


def _numbers(order: Order) -> set[str]:
    """The numbers told so far: of the order, several with commas between, and of its items."""
    found = set(text(order.get("express_no")).replace(";", ",").split(","))
    return (found | {text(row.get("express_no")) for row in rows(order.get("items"))}) - {""}


def _wanted(order: Order, ask: ShipAsk) -> list[dict[str, Any]]:
    """The items a parcel holds; none named means all that are owed."""
    asked = {line for line, units in ask.lines if units > 0}
    told = [row for row in rows(order.get("items")) if not given_back(row)]
    return [row for row in told if not asked or line_id(row) in asked]


def _named(row: Mapping[str, Any]) -> dict[str, Value]:
    sub = text(row.get("sub_order_id"))
    if sub:
        return {"sub_order_id": sub}
    return {"item_id": text(row.get("item_id")), "item_sku_id": text(row.get("sku_id")) or "0"}


def _refuse_unsendable(ask: ShipAsk, order: Order) -> None:
    word, status = status_word(order), text(order.get("status"))
    if status == ASKED or hold_of(order):
        raise Rejected("weidian_refund_asked", external_id=ask.external_id, foreign_code=word)
    if status not in (*TO_SHIP, *LEFT, *OVER):
        raise Rejected("weidian_not_shippable", external_id=ask.external_id, foreign_code=word)


def _refuse_units(ask: ShipAsk, rows_: list[dict[str, Any]]) -> None:
    asked = dict(ask.lines)
    for row in rows_:
        units = minor(row.get("quantity"), 0) or 0
        if asked.get(line_id(row), units) < units:
            raise Rejected("weidian_units_together", external_id=ask.external_id)


async def set_stock(calls: WeidianCalls, ask: StockAsk) -> Done:
    """Set what may be sold of one SKU, known by the shop's listing; repeating changes nothing.

    Raises:
        Rejected: a negative number, or no listing: nothing finds one by its merchant code.
    """
    if ask.quantity < 0:
        raise Rejected("sync_bad_quantity", quantity=ask.quantity)
    item, _, sku = ask.listing_ref.partition(":")
    if not item:
        raise Rejected("weidian_map_first", sku=ask.sku[:80])
    if not all(each.isascii() and each.isdigit() for each in (item, sku or "0")):
        raise Rejected("sync_bad_number", external_id=ask.listing_ref[:40])
    row: Value = {
        "item_id": item,
        "item_sku_id": "" if int(sku or 0) == 0 else sku,
        "stock": ask.quantity,
    }
    await calls.ask(STOCK, {"type": "set", "items": [row]})
    return Done(ask.listing_ref)
