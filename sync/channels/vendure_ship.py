"""A parcel told to Vendure: a fulfilment of what it holds, moved on to Shipped.

A fulfilment is made Pending, which takes the goods from the stock on hand, and has to be moved to
Shipped by a second call. Vendure takes no key of ours, so everything is read first: what stands
under this number is not sent again, only moved on where it still is Pending. Measured on 3.7.3, it
refuses more than is left of a line, but fulfils carts that nobody paid and orders that are being
edited, and adds up nothing where one line is named twice: those are refused here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.channels.vendure_calls import Document, VendureCalls, within
from sync.channels.vendure_documents import FULFIL, MOVE, TO_SHIP
from sync.channels.vendure_read import lines_of
from sync.channels.vendure_refuse import error_result
from sync.errors import NoSuchOrder, Rejected
from sync.reading import minor, rows, text
from sync.records import Done, ShipAsk

HANDLER = "manual-fulfillment"
HELD = frozenset({"Modifying", "ArrangingAdditionalPayment"})
UNPAID = frozenset({"Created", "Draft", "AddingItems", "ArrangingPayment"})
WAITING = frozenset({"Created", "Pending"})
LEFT = frozenset({"Shipped", "Delivered"})
_TO_SHIP = Document(TO_SHIP)
_FULFIL, _MOVE = Document(FULFIL, writes=True), Document(MOVE, writes=True)


@dataclass(slots=True)
class Standing:
    """How far an order is shipped: what is left by line, and what stands under our number.

    `waiting` are fulfilments of ours that still have to be moved to Shipped; `bare` is what was
    fulfilled by hand without a number; `old` are fulfilments under the number ours replaces, and
    `old_lines` what they hold or held.
    """

    state: str
    left: Counter[str]
    under_number: Counter[str] = field(default_factory=Counter)
    numbered: str = ""
    waiting: list[str] = field(default_factory=list)
    bare: Counter[str] = field(default_factory=Counter)
    last: str = ""
    old: list[str] = field(default_factory=list)
    old_lines: Counter[str] = field(default_factory=Counter)


async def ship(calls: VendureCalls, ask: ShipAsk) -> Done:
    """Tell one parcel, or the number that takes another's place.

    Raises:
        Rejected: cancelled, held, not paid, or more than is left of a line.
    """
    standing = await _standing(calls, ask)
    _refuse_state(standing, ask)
    for number in standing.old:
        await _move(calls, number, "Cancelled")
        standing = await _standing(calls, ask)
    for number in standing.waiting:
        await _move(calls, number, "Shipped")
    wanted = _wanted(standing, ask)
    if not wanted:
        return _adopted(standing, ask)
    made = await calls.write(_FULFIL, {"input": _input(wanted, ask)})
    await _move(calls, text(made.get("id")), "Shipped")
    return Done(text(made.get("id")))


def _input(wanted: Counter[str], ask: ShipAsk) -> dict[str, Any]:
    told = {"method": ask.carrier_name or ask.carrier_code, "trackingCode": ask.waybill_no}
    return {
        "lines": [{"orderLineId": line, "quantity": many} for line, many in sorted(wanted.items())],
        "handler": {
            "code": HANDLER,
            "arguments": [{"name": name, "value": value} for name, value in told.items()],
        },
    }


async def _move(calls: VendureCalls, number: str, state: str) -> None:
    """Move a fulfilment on; where it stands there by now, somebody was first or an answer lost."""
    result = await calls.result(_MOVE, {"id": number, "state": state})
    refused = error_result(result)
    stands = text(result.get("fromState"))
    if refused is not None and stands != state and not (state in LEFT and stands in LEFT):
        raise refused


async def _standing(calls: VendureCalls, ask: ShipAsk) -> Standing:
    order = within((await calls.ask(_TO_SHIP, {"id": ask.external_id})).data, ("order",))
    if not order:
        raise NoSuchOrder("vendure_no_such_order", external_id=ask.external_id)
    left = Counter({text(r.get("id")): _count(r.get("quantity")) for r in rows(order.get("lines"))})
    standing = Standing(text(order.get("state")), left)
    for each in rows(order.get("fulfillments")):
        _note(standing, each, ask)
    return standing


def _note(standing: Standing, each: Mapping[str, Any], ask: ShipAsk) -> None:
    number, state = text(each.get("id")), text(each.get("state"))
    code, lines = text(each.get("trackingCode")), lines_of(each)
    if ask.replaces and code == ask.replaces:
        standing.old_lines.update(lines)
        standing.old += [number] if state != "Cancelled" else []
    if state == "Cancelled":
        return
    standing.left.subtract(lines)
    standing.last = number
    if code == ask.waybill_no:
        standing.numbered = number
        standing.under_number.update(lines)
        standing.waiting += [number] if state in WAITING else []
    elif not code:
        standing.bare.update(lines)


def _count(value: object) -> int:
    return minor(value, 0) or 0


def _refuse_state(standing: Standing, ask: ShipAsk) -> None:
    about = {"foreign_code": standing.state, "external_id": ask.external_id}
    if standing.numbered and not standing.waiting:
        return
    if standing.state == "Cancelled":
        raise Rejected("vendure_not_shippable", **about)
    if standing.state in HELD:
        raise Rejected("vendure_on_hold", **about)
    if standing.state in UNPAID:
        raise Rejected("vendure_not_paid", **about)


def _wanted(standing: Standing, ask: ShipAsk) -> Counter[str]:
    """What is to be told now: of the parcel's lines, or of all, as far as they are still left.

    Raises Rejected where a line has less left than the parcel holds, and the rest went under
    another number: somebody is mistaken.
    """
    asked: Counter[str] = Counter()
    for line, many in ask.lines:
        asked[line] += many
    if not ask.lines and ask.replaces:
        asked = Counter(standing.old_lines)
    if not asked:
        # Told once already, the whole order was in it: what was added since is another parcel.
        rest = Counter() if standing.numbered else standing.left
        return Counter({line: many for line, many in rest.items() if many > 0})
    asked.subtract(standing.under_number)
    wanted: Counter[str] = Counter()
    for line, many in asked.items():
        fits = min(many, max(0, standing.left[line]))
        if many - fits > standing.bare[line]:
            raise Rejected("vendure_over_fulfilled", external_id=ask.external_id)
        if fits > 0:
            wanted[line] = fits
    return wanted


def _adopted(standing: Standing, ask: ShipAsk) -> Done:
    """Nothing is left to tell: ours from an earlier try, or somebody fulfilled it by hand."""
    if not standing.last:
        raise Rejected("vendure_nothing_to_ship", external_id=ask.external_id)
    return Done(standing.numbered or standing.last, already=True)
