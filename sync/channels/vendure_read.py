"""A Vendure order, as told, into an OrderRecord: the one-way translation in.

Amounts are whole numbers of 1/10^precision of the currency, one precision for the whole server
(`moneyStrategyPrecision`, usually 2, for yen too). A cancelled item stays as a line of which less
is left. What was shipped, paid and given back stands in fulfilments, payments and refunds. Nothing
is guessed: what cannot be read becomes a Problem.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sync.channels.vendure_memo import memo_of
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

_PLACED_STATES = (
    "PaymentAuthorized PaymentSettled PartiallyShipped Shipped PartiallyDelivered Delivered "
    "Modifying ArrangingAdditionalPayment Cancelled"
)
_CARTS = "Created Draft AddingItems ArrangingPayment"
STATES = frozenset(f"{_CARTS} {_PLACED_STATES}".split())
# Fulfilments in these states have not left.
NOT_LEFT = frozenset({"Created", "Pending", "Cancelled"})
_HOLDS = {"Modifying": "other", "ArrangingAdditionalPayment": "payment"}
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ID = re.compile(rb'"id"\s*:\s*"?([A-Za-z0-9_-]{1,64})')
_PLACED = re.compile(rb'"orderPlacedAt"\s*:\s*"([0-9TZ:.+-]{19,29})"')
Money = tuple[Reader, int]
"""The reader of a record, and the server's precision."""


@dataclass(frozen=True, slots=True)
class ReadAs:
    """The status words the shop's map knows."""

    statuses: frozenset[str] = STATES


def id_of(value: object) -> str:
    """An id as the server gives it, a number or a UUID; "" for anything else."""
    told = text(value)
    return told if _NAME.fullmatch(told) else ""


def seen(element: Element) -> tuple[int, str] | None:
    """(placed, id) of an element of the list, even where the rest of it cannot be read."""
    if element.problem is None:
        told = mapping(element.value)
        number, stamp = id_of(told.get("id")), text(told.get("orderPlacedAt"))
    else:
        found, placed = _ID.search(element.raw), _PLACED.search(element.raw)
        number = found.group(1).decode() if found else ""
        stamp = placed.group(1).decode() if placed else ""
    ms = moment_ms(stamp, "UTC")
    return None if not number or ms is None else (ms, number)


def aside(element: Element, why: str = "") -> KeptAside:
    """What cannot be an order, whole, with the id it seems to have."""
    found = _ID.search(element.raw)
    told = element.problem.details.get("why", "") if element.problem else why or "no id"
    number = found.group(1).decode() if found else ""
    return KeptAside(number, Problem("unreadable", "order", str(told)), element.raw)


def read_order(told: Mapping[str, Any], raw: bytes, read_as: ReadAs, precision: int) -> OrderRecord:
    """One order; `raw` is its untouched bytes."""
    reader = Reader("UTC")
    reader.set_currency("currencyCode", told.get("currencyCode"))
    state = text(told.get("state"))
    if state not in read_as.statuses:
        reader.note("unknown_status", "state", state)
    when = told.get("orderPlacedAt") or told.get("createdAt")
    placed = reader.moment("orderPlacedAt", when, None)
    if placed == NO_MOMENT:
        reader.note("missing_field", "orderPlacedAt", "")
    modified = _modified(reader, told)
    number, money = id_of(told.get("id")), (reader, precision)
    record = OrderRecord(
        external_id=number,
        external_no=text(told.get("code")) or number,
        version=modified.utc_ms or placed.utc_ms or 0,
        raw_status=state,
        raw_payment="",
        placed=placed,
        paid=NO_MOMENT,
        modified=modified,
        completed=NO_MOMENT,
        promise=None,
        currency=reader.currency,
        total_minor=amount(money, "totalWithTax", told.get("totalWithTax")),
        freight_minor=amount(money, "shippingWithTax", told.get("shippingWithTax")),
        discount_minor=_discounts(money, told),
        tax_minor=_tax(money, told),
        lines=_lines(money, told),
        receiver=_receiver(told),
        refunds=_refunds(money, told),
        raw=raw,
    )
    return _told_beside(record, told, money)


def _told_beside(record: OrderRecord, told: Mapping[str, Any], money: Money) -> OrderRecord:
    """The record with its payment, memo, what stops it, and the problems met."""
    reader, _ = money
    if not record.lines:
        reader.note("missing_field", "lines", "")
    settled = [each for each in rows(told.get("payments")) if text(each.get("state")) == "Settled"]
    last = settled[-1] if settled else {}
    word = _payment(record, told, money)
    taken = word in ("paid", "partly_refunded", "refunded")
    told_back = text(last.get("transactionId"))
    proofs = ("settled", "callback") if told_back else ("settled",)
    notes = mapping(told.get("notes")).get("items")
    return replace(
        record,
        raw_payment=word,
        paid=reader.moment("payments.updatedAt", last.get("updatedAt"), None),
        payment_proofs=proofs if taken else (),
        transaction_ref=told_back,
        seller_memo=memo_of(rows(notes)),
        hold=_hold(record, told, word),
        problems=tuple(reader.problems),
    )


def amount(money: Money, name: str, value: Any) -> int:
    """An amount that must not be negative, in the currency's own minor units; 0 if impossible."""
    reader, precision = money
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return reader.money(name, None if value is None else str(value))
    told = Decimal(value).scaleb(-precision)
    if told < 0 or minor(told, reader.places) is not None:
        return reader.money(name, told)
    # The server counts in smaller coins than the currency has.
    reader.note("rounded_amount", name, value)
    return rounded_minor(told, reader.places)


def _modified(reader: Reader, told: Mapping[str, Any]) -> Moment:
    """The newest stamp there is: the order's own does not move with its state."""
    payments = rows(told.get("payments"))
    parts = [told, *payments, *rows(told.get("fulfillments"))]
    parts += [refund for each in payments for refund in rows(each.get("refunds"))]
    parts += rows(mapping(told.get("notes")).get("items"))
    stamps = [text(each.get("updatedAt")) for each in parts]
    newest = rows(mapping(told.get("newest")).get("items"))
    stamps += [text(each.get("createdAt")) for each in newest] + [text(told.get("orderPlacedAt"))]
    timed = [(ms, stamp) for stamp in stamps if (ms := moment_ms(stamp, "UTC")) is not None]
    reader.moment("updatedAt", told.get("updatedAt"), None)
    if not timed:
        return NO_MOMENT
    ms, stamp = max(timed)
    return Moment(ms, stamp, "UTC")


def _discounts(money: Money, told: Mapping[str, Any]) -> int:
    """What was taken off, a positive figure; the server tells it with a minus sign."""
    off = 0
    for each in rows(told.get("discounts")):
        value = each.get("amountWithTax")
        if isinstance(value, int) and not isinstance(value, bool):
            value = abs(value)
        off += amount(money, "discounts", value)
    return off


def _tax(money: Money, told: Mapping[str, Any]) -> int:
    both = [amount(money, name, told.get(name)) for name in ("totalWithTax", "total")]
    return max(0, both[0] - both[1])


def _lines(money: Money, told: Mapping[str, Any]) -> tuple[LineRecord, ...]:
    left: Counter[str] = Counter()
    for each in rows(told.get("fulfillments")):
        if text(each.get("state")) not in NOT_LEFT:
            left.update(lines_of(each))
    back: Counter[str] = Counter()
    for payment in rows(told.get("payments")):
        for refund in rows(payment.get("refunds")):
            if text(refund.get("state")) != "Failed":
                back.update(lines_of(refund))
    return tuple(_line(money, line, left, back) for line in rows(told.get("lines")))


def lines_of(part: Mapping[str, Any]) -> Counter[str]:
    """How many of each line a fulfilment or a refund holds."""
    held: Counter[str] = Counter()
    for row in rows(part.get("lines")):
        held[id_of(row.get("orderLineId"))] += max(0, minor(row.get("quantity"), 0) or 0)
    return held


def _line(
    money: Money, line: Mapping[str, Any], left: Counter[str], back: Counter[str]
) -> LineRecord:
    """One item; what was cancelled of it is no longer in its quantity."""
    reader, _ = money
    number = id_of(line.get("id"))
    name = f"lines[{number}]"
    now, first = (minor(line.get(key), 0) or 0 for key in ("quantity", "orderPlacedQuantity"))
    # A line that was added later, by an edit of the order, was not there when it was placed.
    ordered = reader.count(f"{name}.quantity", max(now, first) or line.get("quantity"))
    total = amount(money, f"{name}.total", line.get("proratedLinePriceWithTax"))
    if ordered > now:
        unit = amount(money, f"{name}.unit", line.get("proratedUnitPriceWithTax"))
        total = unit * ordered
    variant = mapping(line.get("productVariant"))
    title = text(mapping(variant.get("product")).get("name")) or text(variant.get("name"))
    said = text(variant.get("name"))
    return LineRecord(
        external_id=number,
        sku=text(variant.get("sku")),
        listing_ref=id_of(variant.get("id")),
        title=title,
        variant="" if said == title else said.removeprefix(title).strip(),
        quantity=ordered,
        unit_price_minor=amount(money, f"{name}.unit", line.get("unitPriceWithTax")),
        total_minor=total,
        picture_url=text(mapping(line.get("featuredAsset")).get("preview")),
        gift=total == 0,
        quantity_refunded=min(ordered, max(0, ordered - now, back[number])),
        quantity_shipped=left[number],
    )


def _refunds(money: Money, told: Mapping[str, Any]) -> tuple[RefundRecord, ...]:
    """Money given back; one that the payment's provider refused is none."""
    reader, _ = money
    price = {id_of(row.get("id")): row for row in rows(told.get("lines"))}
    found = []
    for payment in rows(told.get("payments")):
        for each in rows(payment.get("refunds")):
            if text(each.get("state")) == "Failed":
                continue
            name = f"refunds[{id_of(each.get('id'))}]"
            units = {
                line: amount(money, name, mapping(price.get(line)).get("proratedUnitPriceWithTax"))
                for line in lines_of(each)
                if line in price
            }
            record = RefundRecord(
                external_id=id_of(each.get("id")),
                amount_minor=amount(money, name, each.get("total")),
                reason=text(each.get("reason")),
                created=reader.moment(f"{name}.createdAt", each.get("createdAt"), None),
                lines=tuple(
                    (line, many, many * units.get(line, 0)) for line, many in lines_of(each).items()
                ),
            )
            found.append(record)
    return tuple(found)


def _payment(record: OrderRecord, told: Mapping[str, Any], money: Money) -> str:
    """Vendure has a word for each payment and none for them all; it follows from their sums."""
    sums: Counter[str] = Counter()
    payments = rows(told.get("payments"))
    for each in payments:
        sums[text(each.get("state"))] += amount(money, "payments", each.get("amount"))
    back = sum(refund.amount_minor for refund in record.refunds)
    taken = sums["Settled"]
    if back:
        return "refunded" if back >= taken else "partly_refunded"
    settled = any(text(each.get("state")) == "Settled" for each in payments)
    if settled and taken >= record.total_minor:
        return "paid"
    if "Authorized" in sums:
        return "authorized"
    return "partly_paid" if taken else "unpaid"


def _hold(record: OrderRecord, told: Mapping[str, Any], payment: str) -> str:
    """Why nothing of it may be shipped now; the server itself would let it be."""
    if text(told.get("type")) == "Aggregate":
        return "service"
    shipped = any(line.quantity_shipped for line in record.lines)
    if payment == "refunded" and not shipped and record.raw_status != "Cancelled":
        return "refund"
    return _HOLDS.get(record.raw_status, "")


def _receiver(told: Mapping[str, Any]) -> ReceiverRecord:
    place, buyer = mapping(told.get("shippingAddress")), mapping(told.get("customer"))
    street = (text(place.get("streetLine1")), text(place.get("streetLine2")))
    known = full_name(text(buyer.get("firstName")), text(buyer.get("lastName")))
    return ReceiverRecord(
        name=text(place.get("fullName")) or text(place.get("company")) or known,
        phone=text(place.get("phoneNumber")) or text(buyer.get("phoneNumber")),
        email=text(buyer.get("emailAddress")),
        country=text(place.get("countryCode")),
        province=text(place.get("province")),
        city=text(place.get("city")),
        address=" ".join(part for part in street if part),
        postcode=text(place.get("postalCode")),
    )
