"""A Magento order, as told, into an OrderRecord: the one-way translation in.

Field names are those of sales-data-order-interface (Adobe's REST schema of 2.4.8 and 2.4.9). An
order has a `state`, which drives it, and a `status`, the shop's own label under it: the state is
what is understood, the label only where the shop's map has a row for it. A configurable product or
a bundle stands as a parent row with its choices as child rows: the parent is what is sold and
shipped. Times are UTC without a zone. Nothing is guessed: what cannot be read becomes a Problem.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sync.json_text import Element
from sync.reading import Reader, full_name, mapping, minor, moment_ms, rounded_minor, rows, text
from sync.records import (
    NO_MOMENT,
    KeptAside,
    LineRecord,
    Moment,
    OrderRecord,
    Problem,
    ReceiverRecord,
    RefundRecord,
)

_STATES = "new pending_payment payment_review processing complete closed canceled holded"
STATES = frozenset(_STATES.split())
ON_DELIVERY = "new_on_delivery"
WORDS = STATES | {ON_DELIVERY}
COD = "cashondelivery"
_ID = re.compile(rb'"entity_id"\s*:\s*"?(\d{1,18})')
_UPDATED = re.compile(rb'"updated_at"\s*:\s*"([0-9 :T-]{19})"')
_CAP = 1_000_000


@dataclass(frozen=True, slots=True)
class ReadAs:
    """The words the shop's status map knows, the states among them."""

    statuses: frozenset[str] = WORDS


def order_id(element: Element) -> int | None:
    """The order's number at Magento, where the element has one that can be read."""
    found = mapping(element.value).get("entity_id")
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None


def seen(element: Element) -> tuple[int, int] | None:
    """(changed, number) of an element of the list, even where the rest of it cannot be read."""
    if element.problem is None:
        number, stamp = order_id(element), text(mapping(element.value).get("updated_at"))
    else:
        found, changed = _ID.search(element.raw), _UPDATED.search(element.raw)
        number = int(found.group(1)) if found else None
        stamp = changed.group(1).decode() if changed else ""
    ms = moment_ms(stamp, "UTC")
    return None if number is None or ms is None else (ms, number)


def aside(element: Element) -> KeptAside:
    """What cannot be an order, whole, with the number it seems to have."""
    found = _ID.search(element.raw)
    told = element.problem.details.get("why", "") if element.problem else "no entity_id"
    problem = Problem("unreadable", "order", str(told))
    return KeptAside(found.group(1).decode() if found else "", problem, element.raw)


def read_order(
    told: Mapping[str, Any], raw: bytes, read_as: ReadAs, memos: list[dict[str, Any]]
) -> OrderRecord:
    """One order with its credit memos; `raw` is the untouched bytes of the order."""
    reader = Reader("UTC")
    reader.set_currency("order_currency_code", told.get("order_currency_code"))
    modified = reader.moment("updated_at", told.get("updated_at"), None)
    placed = reader.moment("created_at", told.get("created_at"), None)
    if placed == NO_MOMENT:
        reader.note("missing_field", "created_at", "")
    number = str(told["entity_id"])
    record = OrderRecord(
        external_id=number,
        external_no=text(told.get("increment_id")) or number,
        version=modified.utc_ms or placed.utc_ms or 0,
        raw_status=_status(reader, told, read_as),
        raw_payment="",
        placed=placed,
        paid=NO_MOMENT,
        modified=modified,
        completed=NO_MOMENT,
        promise=None,
        currency=reader.currency,
        total_minor=money(reader, "grand_total", told.get("grand_total")),
        freight_minor=_freight(reader, told),
        discount_minor=_unsigned(reader, "discount_amount", told),
        tax_minor=_unsigned(reader, "tax_amount", told),
        lines=_lines(reader, told),
        receiver=_receiver(told),
        refunds=tuple(_refund(reader, memo) for memo in memos),
        raw=raw,
    )
    return _told_beside(record, told, reader)


def _status(reader: Reader, told: Mapping[str, Any], read_as: ReadAs) -> str:
    """The state, or the shop's own label where its map knows it; states are never taken for one."""
    state, status = text(told.get("state")), text(told.get("status"))
    if state == "holded":
        # What it was before it was held; that it is held is said beside.
        state = text(told.get("hold_before_state")) or state
    if status in read_as.statuses and status not in WORDS:
        return status
    if state == "new" and text(mapping(told.get("payment")).get("method")) == COD:
        return ON_DELIVERY
    if state not in read_as.statuses:
        reader.note("unknown_status", "state", state)
    return state


def _told_beside(record: OrderRecord, told: Mapping[str, Any], reader: Reader) -> OrderRecord:
    """The record with what the buyer wrote, the proofs of payment, the hold and the problems."""
    if not record.lines:
        reader.note("missing_field", "items", "")
    payment = mapping(told.get("payment"))
    transaction = text(payment.get("last_trans_id"))
    paid = minor_of(told.get("total_paid"), reader.places) or 0
    free = record.total_minor == 0 and record.raw_status == "processing"
    settled = free or (paid > 0 and paid >= record.total_minor)
    proofs = (("settled",) if settled else ()) + (("callback",) if settled and transaction else ())
    return replace(
        record,
        raw_payment=_payment_word(record, told, settled=settled),
        buyer_nick=text(told.get("customer_id")),
        buyer_message=text(told.get("customer_note")),
        payment_proofs=proofs,
        transaction_ref=transaction,
        hold=_hold(told),
        problems=tuple(reader.problems),
    )


def _hold(told: Mapping[str, Any]) -> str:
    """Why nothing is to be shipped: a person held it, or the payment is looked at for fraud."""
    state, status = text(told.get("state")), text(told.get("status"))
    if state == "payment_review" or status == "fraud":
        return "fraud"
    return "other" if state == "holded" else ""


def _payment_word(record: OrderRecord, told: Mapping[str, Any], *, settled: bool) -> str:
    """Magento has no word for the payment; this one follows from the figures of the order."""
    back = sum(memo.amount_minor for memo in record.refunds)
    if settled and back:
        return "refunded" if back >= record.total_minor else "partly_refunded"
    if settled:
        return "paid"
    payment = mapping(told.get("payment"))
    if text(payment.get("method")) == COD:
        return "cod"
    set_aside = minor_of(payment.get("amount_authorized"), 2) or 0
    return "authorized" if set_aside > 0 and text(told.get("state")) != "canceled" else "unpaid"


def minor_of(value: Any, places: int) -> int | None:
    """Minor units of a figure of four or more decimals, rounded; None for what is no figure."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    exact = minor(value, places)
    if exact is not None:
        return exact
    try:
        figure = Decimal(str(value))
    except ArithmeticError:
        return None
    fits = figure.is_finite() and figure.adjusted() < 13
    return rounded_minor(figure, places) if fits else None


def money(reader: Reader, name: str, value: Any) -> int:
    """An amount of an order. Magento keeps four decimals, and PHP may write 36.390000000000001.

    What is rounded by half a hundredth of the smallest coin or more is noted.
    """
    found = minor_of(value, reader.places)
    if found is None or found < 0:
        return reader.money(name, value)
    if abs(Decimal(str(value)).scaleb(reader.places) - found) >= Decimal("0.005"):
        reader.note("rounded_amount", name, value)
    return found


def _unsigned(reader: Reader, name: str, told: Mapping[str, Any]) -> int:
    """An amount told with a minus sign where it takes away."""
    return abs(minor_of(told.get(name) or 0, reader.places) or 0)


def _freight(reader: Reader, told: Mapping[str, Any]) -> int:
    name = "shipping_amount" if told.get("shipping_incl_tax") is None else "shipping_incl_tax"
    return money(reader, name, told.get(name) or 0)


def _lines(reader: Reader, told: Mapping[str, Any]) -> tuple[LineRecord, ...]:
    listed = rows(told.get("items"))
    children: dict[str, list[dict[str, Any]]] = {}
    for item in listed:
        children.setdefault(parent_of(item), []).append(item)
    return tuple(
        _line(reader, item, children.get(text(item.get("item_id")), []))
        for item in children.get("", [])
    )


def parent_of(item: Mapping[str, Any]) -> str:
    """The row that a row is a choice of; "" for what was sold as itself."""
    told = text(item.get("parent_item_id"))
    return "" if told == "0" else told


def _line(reader: Reader, item: Mapping[str, Any], children: list[dict[str, Any]]) -> LineRecord:
    line_id = text(item.get("item_id"))
    name = f"items[{line_id}]"
    total = _line_total(reader, item, children)
    sku = text(item.get("sku"))
    back = quantity_of(item, "qty_refunded") + quantity_of(item, "qty_canceled")
    unit = item.get("price_incl_tax") or item.get("price")
    return LineRecord(
        external_id=line_id,
        sku=sku,
        listing_ref=sku,
        title=html.unescape(text(item.get("name"))),
        variant=_variant(item, children),
        quantity=reader.count(f"{name}.qty_ordered", item.get("qty_ordered")),
        unit_price_minor=max(0, minor_of(unit, reader.places) or 0),
        total_minor=total,
        gift=total == 0,
        quantity_refunded=back,
        quantity_shipped=shipped_of(item, children),
    )


def _line_total(reader: Reader, item: Mapping[str, Any], children: list[dict[str, Any]]) -> int:
    """What the buyer pays for a row: with tax, less discount; a bundle keeps both on its parts."""
    parts = [("row_total", 1, [item])]
    whole = [item, *children]
    parts += [("tax_amount", 1, whole), ("discount_tax_compensation_amount", 1, whole)]
    parts.append(("discount_amount", -1, whole))
    total = Decimal(0)
    for name, sign, those in parts:
        for each in those:
            value = each.get(name)
            total += sign * (_figure(value) if minor_of(value, 4) is not None else 0)
    return money(reader, f"items[{text(item.get('item_id'))}].row_total", str(max(total, 0)))


def _figure(value: Any) -> Decimal:
    return Decimal(str(value))


def quantity_of(item: Mapping[str, Any], name: str) -> int:
    """A quantity Magento counts, which may be missing; parts of a unit are left out."""
    told = minor_of(item.get(name), 0)
    return min(max(0, told or 0), _CAP)


def shipped_of(item: Mapping[str, Any], children: list[dict[str, Any]]) -> int:
    """How many left: a bundle that ships part by part counts on its parts, not on itself."""
    shipped = quantity_of(item, "qty_shipped")
    whole = quantity_of(item, "qty_ordered")
    if shipped or text(item.get("product_type")) != "bundle" or not children:
        return shipped
    gone = all(
        quantity_of(each, "qty_shipped") >= quantity_of(each, "qty_ordered") > 0
        for each in children
    )
    return whole if gone else 0


def _variant(item: Mapping[str, Any], children: list[dict[str, Any]]) -> str:
    """What a bundle holds; the choice of a configurable product is the name of its only child."""
    names = [html.unescape(text(each.get("name"))) for each in children]
    if text(item.get("product_type")) == "bundle":
        counted = zip(children, names, strict=True)
        return ", ".join(f"{quantity_of(each, 'qty_ordered')} × {name}" for each, name in counted)
    title = html.unescape(text(item.get("name")))
    return ", ".join(name for name in names if name != title)


def _receiver(told: Mapping[str, Any]) -> ReceiverRecord:
    """Where the parcel goes: the first shipping address; billing's where there is none."""
    extension = mapping(told.get("extension_attributes"))
    assigned = rows(extension.get("shipping_assignments"))
    shipping = mapping(mapping(assigned[0].get("shipping")).get("address")) if assigned else {}
    place = shipping or mapping(told.get("billing_address"))
    street = place.get("street")
    parts = street if isinstance(street, list) else [street]
    name = full_name(text(place.get("firstname")), text(place.get("lastname")))
    return ReceiverRecord(
        name=name or text(place.get("company")),
        phone=text(place.get("telephone")),
        email=text(place.get("email")) or text(told.get("customer_email")),
        country=text(place.get("country_id")),
        province=text(place.get("region")),
        city=text(place.get("city")),
        address=" ".join(part for part in map(text, parts) if part),
        postcode=text(place.get("postcode")),
    )


def _refund(reader: Reader, memo: Mapping[str, Any]) -> RefundRecord:
    name = f"creditmemos[{text(memo.get('entity_id'))}]"
    words = [text(each.get("comment")) for each in rows(memo.get("comments"))]
    created: Moment = reader.moment(f"{name}.created_at", memo.get("created_at"), None)
    return RefundRecord(
        external_id=text(memo.get("entity_id")),
        amount_minor=money(reader, name, memo.get("grand_total")),
        reason=next((each for each in words if each), ""),
        created=created,
        lines=tuple(_refund_line(reader, row) for row in rows(memo.get("items"))),
    )


def _refund_line(reader: Reader, row: Mapping[str, Any]) -> tuple[str, int, int]:
    value = row.get("row_total_incl_tax", row.get("row_total"))
    amount = max(0, minor_of(value, reader.places) or 0)
    less = max(0, minor_of(row.get("discount_amount"), reader.places) or 0)
    return text(row.get("order_item_id")), quantity_of(row, "qty"), max(0, amount - less)
