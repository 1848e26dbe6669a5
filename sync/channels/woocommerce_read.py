"""A WooCommerce order, as told, into an OrderRecord: the one-way translation in.

Field names are channels.md 2.7. Nothing is guessed: what cannot be read becomes a Problem and the
record goes on; what is no order at all is kept aside whole.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.channels.woocommerce_places import province
from sync.json_text import Element
from sync.reading import Reader, full_name, mapping, minor, rounded_minor, rows, text
from sync.records import (
    KeptAside,
    LineRecord,
    OrderRecord,
    Problem,
    ReceiverRecord,
    RefundRecord,
)

_CORE = "pending processing on-hold completed cancelled refunded failed trash"
_DRAFTS = "checkout-draft auto-draft"
CORE_STATUSES = frozenset((*_CORE.split(), *_DRAFTS.split()))
_ID = re.compile(rb'"id"\s*:\s*"?(\d{1,19})')


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How this shop's orders are read: its IANA zone and the status words its map knows."""

    zone: str
    statuses: frozenset[str] = CORE_STATUSES


def order_id(element: Element) -> int | None:
    """The order's number, where the element has one that can be read."""
    found = mapping(element.value).get("id")
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None


def number_seen(element: Element) -> int | None:
    """The number an element stands under in the list, even where the rest cannot be read."""
    if element.problem is None:
        return order_id(element)
    found = _ID.search(element.raw)
    return int(found.group(1)) if found else None


def aside(element: Element) -> KeptAside:
    """What cannot be an order, whole, with the number it seems to have."""
    found = _ID.search(element.raw)
    told = element.problem.details.get("why", "") if element.problem else "no id"
    problem = Problem("unreadable", "order", str(told))
    return KeptAside(found.group(1).decode() if found else "", problem, element.raw)


def read_order(
    told: Mapping[str, Any], raw: bytes, read_as: ReadAs, refunds: list[dict[str, Any]] | None
) -> OrderRecord:
    """One order. `refunds` are its refunds in detail; None where only the order's own list is.

    `raw` is the untouched bytes of the order.
    """
    reader = Reader(read_as.zone)
    reader.set_currency("currency", told.get("currency"))
    status = text(told.get("status"))
    if status not in read_as.statuses:
        reader.note("unknown_status", "status", status)
    modified = reader.moment("date_modified", *_twins(told, "date_modified"))
    placed = reader.moment("date_created", *_twins(told, "date_created"))
    if placed.raw == "":
        reader.note("missing_field", "date_created", "")
    given_back = _refunds(reader, told, refunds)
    record = OrderRecord(
        external_id=str(told["id"]),
        external_no=text(told.get("number")) or str(told["id"]),
        version=modified.utc_ms or placed.utc_ms or 0,
        raw_status=status,
        raw_payment="",
        placed=placed,
        paid=reader.moment("date_paid", *_twins(told, "date_paid")),
        modified=modified,
        completed=reader.moment("date_completed", *_twins(told, "date_completed")),
        promise=None,
        currency=reader.currency,
        total_minor=reader.money("total", told.get("total")),
        freight_minor=_with_tax(reader, told, "shipping_total", "shipping_tax"),
        discount_minor=_with_tax(reader, told, "discount_total", "discount_tax"),
        tax_minor=reader.money_if_told("total_tax", told.get("total_tax")),
        lines=_lines(reader, told, given_back),
        receiver=_receiver(told),
        refunds=given_back,
        raw=raw,
    )
    return _told_beside(record, told, reader)


def _told_beside(record: OrderRecord, told: Mapping[str, Any], reader: Reader) -> OrderRecord:
    """The record with what the buyer wrote, the proofs of payment and the problems met."""
    if not record.lines:
        reader.note("missing_field", "line_items", "")
    transaction = text(told.get("transaction_id"))
    # The shop's own server says when it was paid; a gateway's number says that one called back.
    proofs = (("settled",) if record.paid.utc_ms is not None else ()) + (
        ("callback",) if transaction else ()
    )
    customer = text(told.get("customer_id"))
    return replace(
        record,
        raw_payment=_payment_word(record, text(told.get("payment_method"))),
        buyer_nick="" if customer == "0" else customer,
        buyer_message=text(told.get("customer_note")),
        payment_proofs=proofs,
        transaction_ref=transaction,
        trashed=record.raw_status == "trash",
        problems=tuple(reader.problems),
    )


def _payment_word(record: OrderRecord, method: str) -> str:
    """WooCommerce has no word for the payment; this one follows from what the order says."""
    back = sum(refund.amount_minor for refund in record.refunds)
    if record.raw_status == "refunded" or 0 < record.total_minor <= back:
        return "refunded"
    if back:
        return "partly_refunded"
    if record.paid.utc_ms is not None:
        return "paid"
    return "cod" if method == "cod" else "unpaid"


def _twins(told: Mapping[str, Any], name: str) -> tuple[object, object]:
    return told.get(f"{name}_gmt"), told.get(name)


def _with_tax(reader: Reader, told: Mapping[str, Any], net: str, tax: str) -> int:
    """What the buyer sees: WooCommerce tells net and tax apart."""
    return reader.money_if_told(net, told.get(net)) + reader.money_if_told(tax, told.get(tax))


def _lines(
    reader: Reader, told: Mapping[str, Any], refunds: tuple[RefundRecord, ...]
) -> tuple[LineRecord, ...]:
    back: dict[str, int] = {}
    for refund in refunds:
        for line_id, quantity, _ in refund.lines:
            back[line_id] = back.get(line_id, 0) + quantity
    return tuple(_line(reader, line, back) for line in rows(told.get("line_items")))


def _line(reader: Reader, line: Mapping[str, Any], back: Mapping[str, int]) -> LineRecord:
    line_id = text(line.get("id"))
    name = f"line_items[{line_id}]"
    total = _with_tax(reader, line, "total", "total_tax")
    return LineRecord(
        external_id=line_id,
        sku=text(line.get("sku")),
        listing_ref=listing_ref(line.get("product_id"), line.get("variation_id")),
        title=html.unescape(text(line.get("parent_name")) or text(line.get("name"))),
        variant=_variant(line),
        quantity=reader.count(f"{name}.quantity", line.get("quantity")),
        unit_price_minor=rounded_minor(line.get("price"), reader.places),
        total_minor=total,
        picture_url=text(mapping(line.get("image")).get("src")),
        gift=total == 0,
        quantity_refunded=back.get(line_id, 0),
    )


def listing_ref(product: object, variation: object) -> str:
    """How a listing is named: `product` or `product:variation`; "" where the product is gone."""
    main, variant = text(product), text(variation)
    if main in ("", "0"):
        return ""
    return main if variant in ("", "0") else f"{main}:{variant}"


def _variant(line: Mapping[str, Any]) -> str:
    """The chosen attributes; keys that start with an underscore are the shop's own, not shown."""
    chosen = []
    for meta in rows(line.get("meta_data")):
        key = text(meta.get("display_key")) or text(meta.get("key"))
        value = text(meta.get("display_value")) or text(meta.get("value"))
        if key and value and not text(meta.get("key")).startswith("_"):
            chosen.append(f"{key.removeprefix('pa_')}: {value}")
    return html.unescape(", ".join(chosen))


def _receiver(told: Mapping[str, Any]) -> ReceiverRecord:
    """Where the parcel goes: the shipping address, or billing's where none was given."""
    billing = mapping(told.get("billing"))
    shipping = mapping(told.get("shipping"))
    place = shipping if text(shipping.get("address_1")) else billing
    country = text(place.get("country"))
    street = (text(place.get("address_1")), text(place.get("address_2")))
    return ReceiverRecord(
        name=_name(place) or text(place.get("company")),
        phone=text(shipping.get("phone")) or text(billing.get("phone")),
        email=text(billing.get("email")),
        country=country,
        province=province(country, text(place.get("state"))),
        city=text(place.get("city")),
        address=" ".join(part for part in street if part),
        postcode=text(place.get("postcode")),
    )


def _name(place: Mapping[str, Any]) -> str:
    return full_name(text(place.get("first_name")), text(place.get("last_name")))


def _refunds(
    reader: Reader, told: Mapping[str, Any], detailed: list[dict[str, Any]] | None
) -> tuple[RefundRecord, ...]:
    """Refunds in detail if at hand; else what the order itself lists: number, reason, total."""
    if detailed is None:
        return tuple(_refund(reader, row, row.get("total")) for row in rows(told.get("refunds")))
    return tuple(_refund(reader, row, row.get("amount")) for row in detailed)


def _refund(reader: Reader, row: Mapping[str, Any], told: object) -> RefundRecord:
    name = f"refunds[{text(row.get('id'))}]"
    # The order lists refunds as negative totals, the refund itself as a positive amount.
    plain = told.removeprefix("-") if isinstance(told, str) else told
    return RefundRecord(
        external_id=text(row.get("id")),
        amount_minor=reader.money(name, plain),
        reason=text(row.get("reason")) or text(row.get("refund")),
        created=reader.moment(f"{name}.date_created", *_twins(row, "date_created")),
        lines=tuple(_refund_line(reader, line) for line in rows(row.get("line_items"))),
    )


def _refund_line(reader: Reader, line: Mapping[str, Any]) -> tuple[str, int, int]:
    """(the order's line, quantity, amount with tax): told in negatives, kept in positives."""
    amounts = (minor(line.get(name) or "0", reader.places) for name in ("total", "total_tax"))
    quantity = minor(line.get("quantity") or 0, 0) or 0
    return _refunded_line_id(line), abs(quantity), abs(sum(each or 0 for each in amounts))


def _refunded_line_id(line: Mapping[str, Any]) -> str:
    for meta in rows(line.get("meta_data")):
        if meta.get("key") == "_refunded_item_id":
            return text(meta.get("value"))
    return ""
