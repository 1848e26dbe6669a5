"""A Shopify order, as told, into an OrderRecord: the one-way translation in (channels.md 1.7).

Amounts are those of the shop's own currency (`shopMoney`), which the shop's books are kept in;
what the buyer saw in another stays in the raw record. Nothing is guessed: what cannot be read
becomes a Problem and the record goes on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.channels.shopify_memo import flag_of, split_note
from sync.channels.shopify_places import province
from sync.json_text import Element
from sync.reading import Reader, full_name, mapping, minor, rounded_minor, rows, text
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

CANCELLED, TEST, ARCHIVED, REFUNDED = "CANCELLED", "TEST", "ARCHIVED", "REFUNDED"
SHIPPED = frozenset({"FULFILLED", "PARTIALLY_FULFILLED"})
_MONEY_IN = frozenset({"SALE", "CAPTURE"})
_SETTLED = frozenset({"PAID", "PARTIALLY_REFUNDED", "REFUNDED"})
_OTHERS = frozenset({"SUBMITTED", "ACCEPTED", "CANCELLATION_REQUESTED"})
# Why a fulfilment order is held, in the words of sync.records.
_HOLDS = {
    "AWAITING_PAYMENT": "payment",
    "AWAITING_RETURN_ITEMS": "returns",
    "HIGH_RISK_OF_FRAUD": "fraud",
    "INCORRECT_ADDRESS": "address",
    "INVENTORY_OUT_OF_STOCK": "stock",
    "UNKNOWN_DELIVERY_DATE": "date",
}
_OPEN = frozenset({"OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED", "INCOMPLETE"})


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How this shop's orders are read: its IANA zone and the status words its map knows."""

    zone: str
    statuses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Whole:
    """An order with everything that did not fit on its page.

    `lines` and `holds` are all its items and fulfilment orders; `refund_lines` the lines of each
    refund by its id; `denied` the names of fields that the app may not see.
    """

    order: Mapping[str, Any]
    raw: bytes
    lines: tuple[Mapping[str, Any], ...]
    holds: tuple[Mapping[str, Any], ...]
    refunds: tuple[Mapping[str, Any], ...]
    refund_lines: Mapping[str, tuple[Mapping[str, Any], ...]]
    denied: frozenset[str] = frozenset()


def number_of(gid: object) -> str:
    """The number at the end of a global id; "" where there is none."""
    tail = text(gid).rpartition("/")[2].partition("?")[0]
    return tail if tail.isascii() and tail.isdigit() else ""


def gid(kind: str, number: str) -> str:
    """The global id of a thing of ours or theirs."""
    return f"gid://shopify/{kind}/{number}"


def aside(element: Element) -> KeptAside:
    """What cannot be an order, whole, with the number it seems to have."""
    told = element.problem.details.get("why", "") if element.problem else "no id"
    seen = number_of(mapping(element.value).get("id"))
    return KeptAside(seen, Problem("unreadable", "order", str(told)), element.raw)


def read_order(whole: Whole, read_as: ReadAs) -> OrderRecord:
    """One order."""
    told, reader = whole.order, Reader(read_as.zone)
    reader.set_currency("currencyCode", told.get("currencyCode"))
    status, payment = _status(whole), text(told.get("displayFinancialStatus"))
    if status not in read_as.statuses:
        reader.note("unknown_status", "status", status)
    modified = reader.moment("updatedAt", told.get("updatedAt"), None)
    placed = reader.moment("createdAt", told.get("createdAt"), None)
    if placed.raw == "":
        reader.note("missing_field", "createdAt", "")
    lines = tuple(_line(reader, line) for line in whole.lines)
    if not lines:
        reader.note("missing_field", "lineItems", "")
    record = OrderRecord(
        external_id=number_of(told.get("id")),
        external_no=text(told.get("name")) or number_of(told.get("id")),
        version=modified.utc_ms or placed.utc_ms or 0,
        raw_status=status,
        raw_payment=payment,
        placed=placed,
        paid=_paid(reader, told),
        modified=modified,
        completed=NO_MOMENT,
        promise=_promise(reader, whole.holds),
        currency=reader.currency,
        total_minor=reader.money("totalPriceSet", _amount(told, "totalPriceSet")),
        freight_minor=_if_told(reader, told, "totalShippingPriceSet"),
        discount_minor=_if_told(reader, told, "totalDiscountsSet"),
        tax_minor=_if_told(reader, told, "totalTaxSet"),
        lines=lines,
        receiver=_receiver(reader, whole),
        refunds=tuple(_refund(reader, each, whole) for each in whole.refunds),
        raw=whole.raw,
    )
    return _told_beside(record, whole, reader)


def _told_beside(record: OrderRecord, whole: Whole, reader: Reader) -> OrderRecord:
    """The record with notes, flag, proofs of payment, what stops it, and the problems met."""
    told = whole.order
    buyer_message, memo = split_note(text(told.get("note")))
    tags = [text(tag) for tag in told.get("tags") or () if isinstance(tag, str)]
    return replace(
        record,
        buyer_message=buyer_message,
        seller_memo=memo,
        flag=flag_of(tags),
        kind="presale" if _any(whole.holds, "SCHEDULED") else "normal",
        payment_proofs=_proofs(record.raw_payment, told),
        transaction_ref=number_of(_money_in(told).get("id")),
        hold=_hold(whole),
        problems=tuple(reader.problems),
    )


def _status(whole: Whole) -> str:
    """Shopify has no one word for an order: the one that decides, of five facts.

    Cancelled is a date, a test order a mark, archived a mark that says nothing of the parcel.
    """
    told, shipping = whole.order, text(whole.order.get("displayFulfillmentStatus"))
    if told.get("test") is True:
        return TEST
    if told.get("cancelledAt"):
        return CANCELLED
    if shipping not in SHIPPED and text(told.get("displayFinancialStatus")) == REFUNDED:
        return REFUNDED
    if told.get("closed") is True and shipping != "FULFILLED":
        return ARCHIVED
    return shipping


def _hold(whole: Whole) -> str:
    """Why nothing of it may be shipped now: a hold, a later date, or another's fulfilment."""
    words = []
    for each in whole.holds:
        status = text(each.get("status"))
        if status == "ON_HOLD":
            reasons = [text(hold.get("reason")) for hold in rows(each.get("fulfillmentHolds"))]
            words += [_HOLDS.get(reason, "other") for reason in reasons or [""]]
        elif status == "SCHEDULED":
            words.append("date")
        elif status in _OPEN and text(each.get("requestStatus")) in _OTHERS:
            words.append("service")
    return ",".join(dict.fromkeys(words))


def _any(holds: Iterable[Mapping[str, Any]], status: str) -> bool:
    return any(text(each.get("status")) == status for each in holds)


def _promise(reader: Reader, holds: Iterable[Mapping[str, Any]]) -> Moment | None:
    """The earliest "fulfil by" of what is still open."""
    told = [
        reader.moment("fulfillBy", each.get("fulfillBy"), None)
        for each in holds
        if each.get("fulfillBy") and text(each.get("status")) in _OPEN
    ]
    return min((m for m in told if m.utc_ms is not None), key=_by_time, default=None)


def _by_time(moment: Moment) -> int:
    return moment.utc_ms or 0


def _money_in(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """The last transaction by which money came in; an authorisation brings none."""
    found = [
        each
        for each in rows(told.get("transactions"))
        if text(each.get("kind")) in _MONEY_IN and text(each.get("status")) == "SUCCESS"
    ]
    return found[-1] if found else {}


def _paid(reader: Reader, told: Mapping[str, Any]) -> Moment:
    return reader.moment("transactions.processedAt", _money_in(told).get("processedAt"), None)


def _proofs(payment: str, told: Mapping[str, Any]) -> tuple[str, ...]:
    """Shopify itself says paid; a gateway called back where no person marked it so by hand."""
    settled = ("settled",) if payment in _SETTLED else ()
    entry = _money_in(told)
    gateway = bool(entry) and entry.get("manualPaymentGateway") is False
    return settled + (("callback",) if gateway and number_of(entry.get("id")) else ())


def _amount(told: Mapping[str, Any], name: str) -> object:
    return mapping(mapping(told.get(name)).get("shopMoney")).get("amount")


def _if_told(reader: Reader, told: Mapping[str, Any], name: str) -> int:
    return reader.money_if_told(name, _amount(told, name))


def _line(reader: Reader, line: Mapping[str, Any]) -> LineRecord:
    """One item: `quantity` as ordered; what edits and refunds took off stands apart."""
    number = number_of(line.get("id"))
    name = f"lineItems[{number}]"
    quantity = reader.count(f"{name}.quantity", line.get("quantity"))
    now, waiting = (_whole(line, key) for key in ("currentQuantity", "unfulfilledQuantity"))
    total = reader.money_if_told(f"{name}.total", _amount(line, "discountedTotalSet"))
    return LineRecord(
        external_id=number,
        sku=text(line.get("sku")),
        listing_ref=number_of(mapping(line.get("variant")).get("id")),
        title=text(line.get("title")),
        variant=text(line.get("variantTitle")),
        quantity=quantity,
        unit_price_minor=rounded_minor(_amount(line, "originalUnitPriceSet"), reader.places),
        total_minor=total,
        picture_url=text(mapping(line.get("image")).get("url")),
        gift=total == 0,
        quantity_refunded=0 if now is None else max(0, quantity - now),
        quantity_shipped=_left(line, now, waiting),
    )


def _left(line: Mapping[str, Any], now: int | None, waiting: int | None) -> int:
    """How many have left, of those still sold; a thing that is not shipped never "leaves"."""
    if line.get("requiresShipping") is False or now is None or waiting is None:
        return 0
    return max(0, now - waiting)


def _whole(line: Mapping[str, Any], name: str) -> int | None:
    found = minor(line.get(name), 0)
    return None if found is None or found < 0 else found


def _receiver(reader: Reader, whole: Whole) -> ReceiverRecord:
    """Where the parcel goes, as far as the app may see it; what it may not stays missing."""
    place = mapping(whole.order.get("shippingAddress"))
    needs = whole.order.get("requiresShipping") is not False
    if needs and not text(place.get("address1")):
        hidden = "shippingAddress" in whole.denied
        reader.note("missing_field", "address", "protected customer data" if hidden else "")
    country = text(place.get("countryCodeV2"))
    street = (text(place.get("address1")), text(place.get("address2")))
    first, last = text(place.get("firstName")), text(place.get("lastName"))
    return ReceiverRecord(
        name=full_name(first, last) or text(place.get("name")) or text(place.get("company")),
        phone=text(place.get("phone")) or text(whole.order.get("phone")),
        email=text(whole.order.get("email")),
        country=country,
        province=province(country, text(place.get("provinceCode")), text(place.get("province"))),
        city=text(place.get("city")),
        address=" ".join(part for part in street if part),
        postcode=text(place.get("zip")),
    )


def _refund(reader: Reader, told: Mapping[str, Any], whole: Whole) -> RefundRecord:
    number = number_of(told.get("id"))
    name = f"refunds[{number}]"
    lines = whole.refund_lines.get(number, ())
    return RefundRecord(
        external_id=number,
        amount_minor=reader.money(name, _amount(told, "totalRefundedSet")),
        reason=text(told.get("note")),
        created=reader.moment(f"{name}.createdAt", told.get("createdAt"), None),
        lines=tuple(_refund_line(reader, line) for line in lines),
    )


def _refund_line(reader: Reader, line: Mapping[str, Any]) -> tuple[str, int, int]:
    """(the order's line, quantity, amount with tax)."""
    both = (minor(_amount(line, name), reader.places) for name in ("subtotalSet", "totalTaxSet"))
    quantity = minor(line.get("quantity"), 0) or 0
    return number_of(mapping(line.get("lineItem")).get("id")), quantity, sum(x or 0 for x in both)
