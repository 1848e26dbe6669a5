"""An order of Amazon, as told, into an OrderRecord: the one-way translation in.

Field names are those of the Orders API 2026-01-01. Times are UTC with their Z (one without a zone
is read as UTC too, never in the shop's own: 237 orders of Amazon US once came in hours late that
way); what was read is kept beside each. Money is text in the marketplace's currency. An order
Amazon itself sends, from stock of its own, is here to be looked at only.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sync.channels.amazon_places import currency_of
from sync.json_text import Element
from sync.reading import Reader, mapping, minor, rounded_minor, rows, text
from sync.records import (
    NO_MOMENT,
    KeptAside,
    LineRecord,
    Moment,
    OrderRecord,
    Problem,
    ReceiverRecord,
)

UNPAID = frozenset({"PENDING_AVAILABILITY", "PENDING"})
PAID = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"})
OVER = frozenset({"CANCELLED", "UNFULFILLABLE"})
STATUSES = UNPAID | PAID | OVER
BY_AMAZON = "AMAZON"
INCLUDED = (
    *("BUYER", "RECIPIENT", "PROCEEDS", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES"),
)
_FAST = frozenset({"NEXT_DAY", "SAME_DAY", "SECOND_DAY", "PRIORITY", "EXPEDITED"})
_ID = re.compile(r"[A-Za-z0-9-]{1,40}")
_RAW_ID = re.compile(rb'"orderId"\s*:\s*"([A-Za-z0-9-]{1,40})"')


@dataclass(frozen=True, slots=True)
class ReadAs:
    """The status words this shop's map knows; times are Amazon's, in UTC."""

    statuses: frozenset[str] = STATUSES


def order_id(told: Mapping[str, Any]) -> str:
    """An order's number, in its 3-7-7 form; "" where it has none that can be read."""
    found = text(told.get("orderId"))
    return found if _ID.fullmatch(found) else ""


def aside(element: Element) -> KeptAside:
    """A row that cannot be an order, whole, with the number it seems to have."""
    found = _RAW_ID.search(element.raw)
    why = element.problem.details.get("why", "") if element.problem else "no orderId"
    problem = Problem("unreadable", "order", str(why))
    return KeptAside(found.group(1).decode() if found else "", problem, element.raw)


def sent_by_amazon(order: Mapping[str, Any]) -> bool:
    """Whether Amazon itself fulfils the order."""
    return text(mapping(order.get("fulfillment")).get("fulfilledBy")) == BY_AMAZON


def status_of(order: Mapping[str, Any]) -> str:
    """Amazon's word for where the order stands."""
    return text(mapping(order.get("fulfillment")).get("fulfillmentStatus"))


def read_order(order: Mapping[str, Any], raw: bytes, read_as: ReadAs) -> OrderRecord:
    """One order; it has a number (`order_id`)."""
    reader = Reader("UTC")
    sales, fulfillment = mapping(order.get("salesChannel")), mapping(order.get("fulfillment"))
    total = mapping(mapping(order.get("proceeds")).get("grandTotal"))
    _set_currency(reader, order, total, text(sales.get("marketplaceId")))
    status = status_of(order)
    if status not in read_as.statuses:
        reader.note("unknown_status", "fulfillment.fulfillmentStatus", status)
    modified = _moment(reader, order, "lastUpdatedTime")
    window = mapping(fulfillment.get("shipByWindow"))
    promise = _moment(reader, window, "latestDateTime")
    lines = tuple(_lines(reader, order, status))
    buyer = mapping(order.get("buyer"))
    return OrderRecord(
        external_id=order_id(order),
        external_no=order_id(order),
        version=modified.utc_ms or 0,
        raw_status=status,
        raw_payment="PAID" if status in PAID else "UNPAID" if status in UNPAID else "",
        placed=_moment(reader, order, "createdTime"),
        paid=NO_MOMENT,
        modified=modified,
        completed=NO_MOMENT,
        promise=promise if promise.raw else None,
        currency=reader.currency,
        total_minor=reader.money_if_told("proceeds.grandTotal", total.get("amount")),
        freight_minor=_part(reader, order, "SHIPPING"),
        discount_minor=abs(_part(reader, order, "DISCOUNT")),
        tax_minor=_part(reader, order, "TAX"),
        lines=lines,
        receiver=_receiver(order),
        buyer_nick=text(buyer.get("buyerName")),
        buyer_message=_message(order),
        kind=_kind(order, status),
        payment_proofs=("settled",) if status in PAID else (),
        hold=_hold(order, status),
        problems=tuple(reader.problems),
        raw=raw,
    )


def _set_currency(
    reader: Reader, order: Mapping[str, Any], total: Mapping[str, Any], marketplace: str
) -> None:
    """The currency of the whole, of an item, or, before anything is charged, the marketplace's."""
    for told in (total, *(_price(item) for item in rows(order.get("orderItems")))):
        if told.get("currencyCode") is not None:
            reader.set_currency("proceeds.grandTotal.currencyCode", told["currencyCode"])
            return
    reader.set_currency("salesChannel.marketplaceId", currency_of(marketplace))


def _moment(reader: Reader, told: Mapping[str, Any], name: str) -> Moment:
    return reader.moment(name, told.get(name), None)


def _price(item: Mapping[str, Any]) -> dict[str, Any]:
    return mapping(mapping(mapping(item.get("product")).get("price")).get("unitPrice"))


def _lines(reader: Reader, order: Mapping[str, Any], status: str) -> Iterator[LineRecord]:
    for item in rows(order.get("orderItems")):
        product, sent = mapping(item.get("product")), mapping(item.get("fulfillment"))
        quantity = _quantity(reader, item, status)
        unit = _price(item).get("amount")
        price = 0 if unit is None else rounded_minor(unit, reader.places)
        shipped = min(_count(sent.get("quantityFulfilled")), quantity)
        yield LineRecord(
            external_id=text(item.get("orderItemId")),
            sku=text(product.get("sellerSku")),
            listing_ref=text(product.get("sellerSku")),
            title=text(product.get("title")),
            variant="",
            quantity=quantity,
            unit_price_minor=price,
            total_minor=_line_total(reader, item, price * quantity),
            quantity_refunded=quantity - shipped if _ended(item) else 0,
            quantity_shipped=shipped,
        )


def _quantity(reader: Reader, item: Mapping[str, Any], status: str) -> int:
    """How many were ordered; a cancelled item may say none."""
    told = item.get("quantityOrdered")
    if told == 0 and (status in OVER or _ended(item)):
        return 0
    return reader.count("orderItems.quantityOrdered", told)


def _count(told: object) -> int:
    found = minor(told, 0)
    return found if found is not None and 0 < found < 1_000_000 else 0


def _line_total(reader: Reader, item: Mapping[str, Any], usual: int) -> int:
    """What the things themselves cost, less their discount; tax and freight are told apart."""
    parts = rows(mapping(item.get("proceeds")).get("breakdowns"))
    goods = [_amount(reader, part) for part in parts if text(part.get("type")) == "ITEM"]
    off = [abs(_amount(reader, part)) for part in parts if text(part.get("type")) == "DISCOUNT"]
    return max(0, sum(goods) - sum(off)) if goods else usual


def _amount(reader: Reader, part: Mapping[str, Any]) -> int:
    """An amount of a breakdown; a discount may stand there with a minus or without."""
    told = mapping(part.get("subtotal")).get("amount")
    found = minor(told, reader.places)
    if found is None:
        reader.note("impossible_amount", f"breakdowns.{text(part.get('type'))[:40]}", told)
    return found or 0


def _part(reader: Reader, order: Mapping[str, Any], kind: str) -> int:
    """One kind of money of the order: told for the whole, or else item by item."""
    whole = rows(mapping(order.get("proceeds")).get("breakdowns"))
    found = [part for part in whole if text(part.get("type")) == kind]
    if not found:
        items = rows(order.get("orderItems"))
        each = (rows(mapping(item.get("proceeds")).get("breakdowns")) for item in items)
        found = [part for parts in each for part in parts if text(part.get("type")) == kind]
    amount = sum(_amount(Reader("UTC", reader.currency), part) for part in found)
    return amount if kind == "DISCOUNT" else max(0, amount)


def _receiver(order: Mapping[str, Any]) -> ReceiverRecord:
    """Who receives it, where the app's role lets it be seen; nothing stands in for what is not."""
    to = mapping(mapping(order.get("recipient")).get("deliveryAddress"))
    more = mapping(to.get("extendedFields"))
    street = [text(to.get(name)) for name in ("addressLine1", "addressLine2", "addressLine3")]
    parts = [text(to.get("companyName")), *street]
    district = text(to.get("districtOrCounty")) or text(to.get("municipality"))
    return ReceiverRecord(
        name=text(to.get("name")),
        phone=text(to.get("phone")),
        email=text(mapping(order.get("buyer")).get("buyerEmail")),
        country=text(to.get("countryCode")),
        province=text(to.get("stateOrRegion")),
        city=text(to.get("city")),
        district=district or text(more.get("neighborhood")),
        address=", ".join(part for part in parts if part),
        postcode=text(to.get("postalCode")),
    )


def _message(order: Mapping[str, Any]) -> str:
    """What the buyer wrote: how to deliver it, and what to put on a gift's card."""
    wish = mapping(mapping(order.get("recipient")).get("deliveryPreference"))
    said = [text(wish.get("dropOffLocation")), text(wish.get("addressInstruction"))]
    for item in rows(order.get("orderItems")):
        packing = mapping(mapping(item.get("fulfillment")).get("packing"))
        said.append(text(mapping(packing.get("giftOption")).get("giftMessage")))
    return "\n".join(dict.fromkeys(words for words in said if words))


def _kind(order: Mapping[str, Any], status: str) -> str:
    told = order.get("programs")
    programs = set(map(text, told)) if isinstance(told, list) else set()
    level = text(mapping(order.get("fulfillment")).get("fulfillmentServiceLevel"))
    if status == "PENDING_AVAILABILITY" or "PREORDER" in programs:
        return "presale"
    return "rush" if "PRIME" in programs or level in _FAST else "normal"


def _cancellation(item: Mapping[str, Any], name: str) -> dict[str, Any]:
    return mapping(mapping(item.get("cancellation")).get(name))


def _ended(item: Mapping[str, Any]) -> bool:
    """Whether the item was cancelled, by whomever."""
    return bool(_cancellation(item, "cancellationExecution"))


def _hold(order: Mapping[str, Any], status: str) -> str:
    """Why it must not be shipped from here: Amazon sends it, or the buyer asked to cancel."""
    words = []
    if sent_by_amazon(order):
        words.append("platform")
    waiting = (
        item
        for item in rows(order.get("orderItems"))
        if _cancellation(item, "cancellationRequest") and not _ended(item)
    )
    if status not in {"SHIPPED", *OVER} and any(waiting):
        words.append("refund")
    return ", ".join(words)
