"""A Youzan shop's order, as told, into an OrderRecord: the one-way translation in.

youzan.trades.sold.get 4.0.4 and youzan.trade.get 4.0.2 (doc.youzanyun.com) tell an order alike; the
whole order adds its refunds and parcels. Amounts are text in yuan, times are text in Beijing time;
the word "null" stands for nothing. The receiver may be clear or sealed ($...$1$): what is sealed is
kept as it is and shown to nobody. Nothing is guessed: what cannot be read becomes a Problem.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.channels.youzan_keys import ZONE
from sync.channels.youzan_states import (
    PAID_OUT,
    has_left,
    hold_of,
    number,
    oids,
    order_info,
    payment_word,
    refunds,
    status_word,
)
from sync.errors import Malformed
from sync.json_text import Element, read_json
from sync.reading import Reader, mapping, minor, rows
from sync.reading import text as plain
from sync.records import (
    KeptAside,
    LineRecord,
    Moment,
    OrderRecord,
    Problem,
    ReceiverRecord,
    RefundRecord,
)

# The platform counts stars and has no colours; they stand for ours in this order.
FLAGS = {1: "red", 2: "yellow", 3: "green", 4: "blue", 5: "purple"}
SEALED = re.compile(r"\$.+\$[0-9]+\$?")
_TID = re.compile(r"[A-Z][0-9A-Za-z]{5,39}")
_TID_TOLD = re.compile(rb'"tid"\s*:\s*"([A-Z][0-9A-Za-z]{5,39})"')
PLACES = {
    "name": "receiver_name",
    "phone": "receiver_tel",
    "province": "delivery_province",
    "city": "delivery_city",
    "district": "delivery_district",
    "address": "delivery_address",
    "postcode": "delivery_postal_code",
}
_FENS = 2


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How this shop's orders are read: the status words its map knows."""

    statuses: frozenset[str] = frozenset()


def text(value: Any) -> str:
    """Text as told; nothing for the word "null", which the platform writes for nothing."""
    found = plain(value)
    return "" if found == "null" else found


def is_tid(value: str) -> bool:
    """Whether this can be an order's number: a letter, then digits and letters."""
    return value.isascii() and _TID.fullmatch(value) is not None


def tid_of(told: Mapping[str, Any]) -> str:
    """The order's number, "" where there is none that can be read."""
    found = text(order_info(told).get("tid"))
    return found if is_tid(found) else ""


def order_tid(element: Element) -> str:
    """The number of a list's row."""
    return tid_of(mapping(element.value))


def aside(element: Element) -> KeptAside:
    """What cannot be an order, whole, with the number it seems to have."""
    found = _TID_TOLD.search(element.raw)
    told = element.problem.details.get("why", "") if element.problem else "no tid"
    problem = Problem("unreadable", "order", str(told))
    return KeptAside(found.group(1).decode() if found else "", problem, element.raw)


def read_order(told: Mapping[str, Any], raw: bytes, read_as: ReadAs) -> OrderRecord:
    """One order with what is told of its refunds; `raw` is the untouched bytes it came in."""
    reader = Reader(ZONE, "CNY")
    head, full = order_info(told), mapping(told.get("full_order_info"))
    pay = mapping(full.get("pay_info"))
    status = status_word(told)
    if status not in read_as.statuses:
        reader.note("unknown_status", "status", status)
    modified = at(reader, "update_time", head.get("update_time"))
    placed = at(reader, "created", head.get("created"))
    if placed.raw == "":
        reader.note("missing_field", "created", "")
    total = reader.money("payment", pay.get("payment"))
    freight = reader.money_if_told("post_fee", pay.get("post_fee"))
    goods = reader.money_if_told("total_fee", pay.get("total_fee"))
    back = read_refunds(reader, told)
    record = OrderRecord(
        external_id=text(head.get("tid")),
        external_no=text(head.get("tid")),
        version=modified.utc_ms or placed.utc_ms or 0,
        raw_status=status,
        raw_payment=payment_word(told),
        placed=placed,
        paid=at(reader, "pay_time", head.get("pay_time")),
        modified=modified,
        completed=at(reader, "success_time", head.get("success_time")),
        promise=_promise(full),
        currency=reader.currency,
        total_minor=total,
        freight_minor=freight,
        # What was taken off is told of the whole order alone; the sums tell it of both.
        discount_minor=max(0, goods + freight - total) if goods else 0,
        tax_minor=0,
        lines=lines_of(reader, told),
        receiver=receiver_of(mapping(full.get("address_info"))),
        refunds=back,
        raw=raw,
    )
    return _told_beside(record, full, reader, hold_of(told))


def _told_beside(
    record: OrderRecord, full: Mapping[str, Any], reader: Reader, hold: str
) -> OrderRecord:
    """The record with notes, flag, proofs, what stops it, and the problems met."""
    if not record.lines:
        reader.note("missing_field", "orders", "")
    remarks, pay = mapping(full.get("remark_info")), mapping(full.get("pay_info"))
    numbers = pay.get("outer_transactions")
    outer = text(numbers[0]) if isinstance(numbers, list) and numbers else ""
    settled = record.raw_payment not in ("UNPAID", "COD") and record.paid.utc_ms is not None
    presale = any(text(row.get("is_pre_sale")) == "1" for row in rows(full.get("orders")))
    return replace(
        record,
        buyer_nick=text(mapping(full.get("buyer_info")).get("fans_nickname")),
        buyer_message=text(remarks.get("buyer_message")),
        seller_memo=text(remarks.get("trade_memo")),
        flag=FLAGS.get(number(remarks, "star") or 0, ""),
        kind="presale" if presale else "normal",
        payment_proofs=(("settled",) + (("callback",) if outer else ())) if settled else (),
        transaction_ref=outer,
        hold=hold,
        problems=tuple(reader.problems),
    )


def at(reader: Reader, name: str, value: object) -> Moment:
    """A time told in Beijing time; none where it is empty."""
    return reader.moment(name, None, None if text(value) == "" else value)


def _promise(full: Mapping[str, Any]) -> Moment | None:
    """When the first of what was sold ahead is to leave: whole epoch seconds, told of it alone."""
    told = [minor(row.get("expect_delivery_time"), 0) or 0 for row in rows(full.get("orders"))]
    seconds = [each for each in told if 10**9 < each < 10**10]
    return Moment(min(seconds) * 1000, str(min(seconds)), "UTC") if seconds else None


def read_refunds(reader: Reader, told: Mapping[str, Any]) -> tuple[RefundRecord, ...]:
    """What was given back; of an item that had not left, with all its money, its units too."""
    items = {text(row.get("oid")): row for row in _items(told)}
    found = []
    for row in refunds(told):
        if number(row, "refund_state") != PAID_OUT:
            continue
        name = f"refund_order[{text(row.get('refund_id'))}]"
        amount = reader.money(f"{name}.refund_fee", row.get("refund_fee"))
        mine = [items[oid] for oid in sorted(oids(row)) if oid in items]
        whole = amount >= sum(_paid(item) for item in mine)
        lines = tuple(
            (
                text(item.get("oid")),
                _owed_back(told, item) if whole else 0,
                min(_paid(item), amount),
            )
            for item in mine
        )
        created = at(reader, f"{name}.refund_time", row.get("refund_time"))
        found.append(RefundRecord(text(row.get("refund_id")), amount, "", created, lines))
    return tuple(found)


def _items(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return rows(mapping(told.get("full_order_info")).get("orders"))


def _paid(item: Mapping[str, Any]) -> int:
    return max(0, minor(item.get("payment"), _FENS) or 0)


def _owed_back(told: Mapping[str, Any], item: Mapping[str, Any]) -> int:
    return 0 if has_left(told, item) else max(0, number(item, "num") or 0)


def lines_of(reader: Reader, told: Mapping[str, Any]) -> tuple[LineRecord, ...]:
    """The order's items, each a line known by its own number."""
    back: dict[str, int] = {}
    for refund in read_refunds(Reader(ZONE, "CNY"), told):
        for oid, quantity, _ in refund.lines:
            back[oid] = back.get(oid, 0) + quantity
    found = []
    for item in _items(told):
        line = _line(reader, item)
        gone = min(back.get(line.external_id, 0), line.quantity)
        out = line.quantity - gone if has_left(told, item) else 0
        found.append(replace(line, quantity_shipped=out, quantity_refunded=gone))
    return tuple(found)


def _line(reader: Reader, item: Mapping[str, Any]) -> LineRecord:
    known = text(item.get("oid"))
    name = f"orders[{known}]"
    if not known:
        reader.note("missing_field", "orders.oid", "")
    gift = item.get("is_present") is True
    quantity = reader.count(f"{name}.num", item.get("num"))
    price = reader.money(f"{name}.price", item.get("price"))
    # A code of the SKU before one of the product; the older names are of both.
    codes = ("sku_no", "outer_sku_id", "item_no", "outer_item_id")
    product, sku = text(item.get("item_id")), text(item.get("sku_id"))
    return LineRecord(
        external_id=known,
        sku=next(filter(None, (text(item.get(code)) for code in codes)), ""),
        listing_ref=f"{product}:{sku or '0'}" if product else "",
        title=text(item.get("title")),
        variant=_variant(text(item.get("sku_properties_name"))),
        quantity=quantity,
        unit_price_minor=0 if gift else price,
        total_minor=0 if gift else price * quantity,
        picture_url=text(item.get("pic_path")),
        gift=gift,
    )


def _variant(told: str) -> str:
    """The values of a variant: a JSON list of them, or words."""
    try:
        found = read_json(told.encode()) if told.startswith("[") else told
    except Malformed:
        found = told
    if isinstance(found, str):
        return found
    return " ".join(filter(None, (text(row.get("v")) for row in rows(found))))


def receiver_of(place: Mapping[str, Any]) -> ReceiverRecord:
    """Who receives it: clear words as they are; sealed ones kept beside, and nothing in place."""
    told = {ours: text(place.get(theirs)) for ours, theirs in PLACES.items()}
    sealed = {PLACES[ours]: words for ours, words in told.items() if SEALED.fullmatch(words)}
    shown = {ours: "" if PLACES[ours] in sealed else words for ours, words in told.items()}
    kept = json.dumps(sealed, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return ReceiverRecord(country="CN", cipher=kept if sealed else "", **shown)
