"""A Weidian shop's order, as told, into an OrderRecord: the one-way translation in.

vdian.order.get 2.0, its names as community SDKs and stored messages of the platform carry them. The
list tells little more than an order's number and when it changed; the order itself does not tell
when. Amounts are text in yuan, times text in Beijing time. Nothing is guessed: what cannot be read
becomes a Problem and the record goes on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sync.json_text import Element
from sync.reading import Reader, mapping, minor, rows, text
from sync.records import (
    KeptAside,
    LineRecord,
    Moment,
    OrderRecord,
    Problem,
    ReceiverRecord,
    RefundRecord,
)

ZONE = "Asia/Shanghai"
TO_SHIP = ("pay", "pend", "unship_refuse_refunding")
LEFT = ("ship", "shiped_refunding", "shiped_refuse_refunding", "accept", "accept_refunding")
ASKED, OVER = "unship_refunding", ("finish",)
_REFUNDING, _REFUNDED = "1", "2"
_CASH_ON_DELIVERY = "1"
_ORDER_ID = re.compile(rb'"order_id"\s*:\s*"?([0-9]{1,25})')
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How this shop's orders are read: the status words its map knows."""

    statuses: frozenset[str] = frozenset()


def weidian_time(seconds: int) -> str:
    """An epoch second as the platform writes it."""
    return datetime.fromtimestamp(seconds, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")


def is_id(value: str) -> bool:
    """Whether this can be an order's number."""
    return value.isascii() and value.isdigit() and len(value) <= 25


def order_id(element: Element) -> str:
    """The number of a list's row, "" where it has none that can be read."""
    found = text(mapping(element.value).get("order_id"))
    return found if is_id(found) else ""


def aside(element: Element) -> KeptAside:
    """What cannot be an order, whole, with the number it seems to have."""
    found = _ORDER_ID.search(element.raw)
    told = element.problem.details.get("why", "") if element.problem else "no order_id"
    problem = Problem("unreadable", "order", str(told))
    return KeptAside(found.group(1).decode() if found else "", problem, element.raw)


def status_word(told: Mapping[str, Any]) -> str:
    """How far it is, field and word; a closed one whose money went back is so marked."""
    word = text(told.get("status"))
    back = text(told.get("refund_status_ori")) == _REFUNDED
    return f"status.{word}/refunded" if word == "close" and back else f"status.{word}"


def payment_word(told: Mapping[str, Any], back: tuple[RefundRecord, ...], total: int) -> str:
    """Paid or not, what went back of it, else how the refund stands."""
    status, refund = text(told.get("status")), text(told.get("refund_status_ori"))
    paid = text(told.get("pay_time"))
    if status == "unpay" or (status == "close" and not paid):
        return "UNPAID"
    given = sum(each.amount_minor for each in back)
    if refund == _REFUNDED or given:
        whole = status == "close" or (given and given >= total)
        return "REFUNDED" if whole else "PARTLY_REFUNDED"
    if text(told.get("order_type")) == _CASH_ON_DELIVERY and not paid:
        return "COD"
    return f"refund_status_ori.{refund}" if refund not in ("", "0") else "PAID"


def hold_of(told: Mapping[str, Any]) -> str:
    """Why it may not be shipped yet: the money is asked for."""
    status = text(told.get("status"))
    asked = status in TO_SHIP and text(told.get("refund_status_ori")) == _REFUNDING
    return "refund" if status == ASKED or asked else ""


def read_order(
    told: Mapping[str, Any], raw: bytes, read_as: ReadAs, changed: Moment
) -> OrderRecord:
    """One order; `changed` is when it changed last, as far as that is known."""
    reader = Reader(ZONE, "CNY")
    status = status_word(told)
    if status not in read_as.statuses:
        reader.note("unknown_status", "status", status)
    placed = at(reader, "add_time", told.get("add_time"))
    if placed.raw == "":
        reader.note("missing_field", "add_time", "")
    paid = at(reader, "pay_time", told.get("pay_time"))
    sent = at(reader, "send_time", told.get("send_time"))
    total = reader.money("total", told.get("total"))
    freight = reader.money_if_told("express_fee", told.get("express_fee"))
    goods = reader.money_if_told("price", told.get("price"))
    back = read_refunds(reader, told)
    record = OrderRecord(
        external_id=text(told.get("order_id")),
        external_no=text(told.get("order_id")),
        version=max(each.utc_ms or 0 for each in (changed, placed, paid, sent)),
        raw_status=status,
        raw_payment=payment_word(told, back, total),
        placed=placed,
        paid=paid,
        modified=changed,
        completed=Moment(None, "", ""),
        promise=None,
        currency=reader.currency,
        total_minor=total,
        freight_minor=freight,
        discount_minor=max(0, goods + freight - total) if goods else 0,
        tax_minor=0,
        lines=tuple(_line(reader, told, row) for row in rows(told.get("items"))),
        receiver=receiver_of(mapping(told.get("buyer_info"))),
        refunds=back,
        raw=raw,
    )
    return _told_beside(record, told, reader)


def _told_beside(record: OrderRecord, told: Mapping[str, Any], reader: Reader) -> OrderRecord:
    if not record.lines:
        reader.note("missing_field", "items", "")
    settled = record.raw_payment not in ("UNPAID", "COD") and record.paid.utc_ms is not None
    number = text(told.get("trade_no"))
    return replace(
        record,
        buyer_message=text(told.get("note")),
        seller_memo=text(told.get("seller_note")),
        payment_proofs=(("settled",) + (("callback",) if number else ())) if settled else (),
        transaction_ref=number,
        hold=hold_of(told),
        problems=tuple(reader.problems),
    )


def at(reader: Reader, name: str, value: object) -> Moment:
    """A time told in Beijing time; none where it is empty."""
    return reader.moment(name, None, value or None)


def line_id(row: Mapping[str, Any]) -> str:
    """What an item is known by: its sub-order, else the item and SKU it is of."""
    known = text(row.get("sub_order_id"))
    item = text(row.get("item_id"))
    return known or (f"{item}:{text(row.get('sku_id')) or '0'}" if item else "")


def has_left(told: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether an item was sent."""
    return text(told.get("status")) in (*LEFT, *OVER) or text(row.get("is_delivered")) == "1"


def given_back(row: Mapping[str, Any]) -> bool:
    """Whether an item's money went back."""
    return text(mapping(row.get("refund_info")).get("refund_status")) == _REFUNDED


def _line(reader: Reader, told: Mapping[str, Any], row: Mapping[str, Any]) -> LineRecord:
    known = line_id(row)
    name = f"items[{known}]"
    if not known:
        reader.note("missing_field", "items.sub_order_id", "")
    quantity = reader.count(f"{name}.quantity", row.get("quantity"))
    price = reader.money(f"{name}.price", row.get("price"))
    item, left = text(row.get("item_id")), has_left(told, row)
    return LineRecord(
        external_id=known,
        sku=text(row.get("sku_merchant_code")) or text(row.get("merchant_code")),
        listing_ref=f"{item}:{text(row.get('sku_id')) or '0'}" if item else "",
        # Names may hold line ends.
        title=_SPACES.sub(" ", text(row.get("item_name"))),
        variant=_SPACES.sub(" ", text(row.get("sku_title"))),
        quantity=quantity,
        unit_price_minor=price,
        total_minor=price * quantity,
        picture_url=text(row.get("img")),
        quantity_shipped=quantity if left else 0,
        quantity_refunded=quantity if given_back(row) and not left else 0,
    )


def read_refunds(reader: Reader, told: Mapping[str, Any]) -> tuple[RefundRecord, ...]:
    """What was given back, item by item."""
    found = []
    for row in rows(told.get("items")):
        info, known = mapping(row.get("refund_info")), line_id(row)
        if not given_back(row):
            continue
        name = f"items[{known}].refund_info"
        amount = reader.money(f"{name}.refund_fee", info.get("refund_fee"))
        units = 0 if has_left(told, row) else max(0, minor(row.get("quantity"), 0) or 0)
        created = at(reader, f"{name}.refund_time", info.get("refund_time"))
        number = text(info.get("refund_no")) or f"{text(told.get('order_id'))}/{known}"
        found.append(RefundRecord(number, amount, "", created, ((known, units, amount),)))
    return tuple(found)


def receiver_of(told: Mapping[str, Any]) -> ReceiverRecord:
    """Who receives it, as the platform gives it."""
    return ReceiverRecord(
        name=text(told.get("name")),
        phone=text(told.get("phone")),
        country="CN",
        province=text(told.get("province")),
        city=text(told.get("city")),
        district=text(told.get("region")),
        address=text(told.get("self_address")) or text(told.get("address")),
        postcode=text(told.get("post")),
    )
