"""A Douyin shop's order, as told, into an OrderRecord: the one-way translation in.

Field names and the values of states: order.searchList and order.orderDetail (op.jinritemai.com);
both tell an order the same way. Amounts are whole fen, times are epoch seconds, 0 for none. Nothing
is guessed: what cannot be read becomes a Problem and the record goes on.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.channels.douyin_states import TO_SHIP, given_back, hold_of, payment_word, status_word
from sync.json_text import Element
from sync.reading import Reader, mapping, minor, rows, text
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

SHIPPED, DONE, CANCELLED = 3, 5, 4
# The platform's six flags: cyan and orange have no word here, their neighbours stand for them.
FLAGS = {1: "purple", 2: "blue", 3: "green", 4: "yellow", 5: "red"}
CIPHERS = ("encrypt_post_receiver", "encrypt_post_tel")
_ORDER_ID = re.compile(rb'"order_id"\s*:\s*"([0-9]{1,25})"')
_YEARS_S = range(631_152_000, 7_258_118_400)  # 1990 to 2199, as sync.reading takes them
_MOST_FEN = 10**15


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How this shop's orders are read: the status words its map knows."""

    statuses: frozenset[str] = frozenset()


def order_id(element: Element) -> str:
    """The order's number, "" where the element has none that can be read."""
    found = text(mapping(element.value).get("order_id"))
    return found if found.isascii() and found.isdigit() and len(found) <= 25 else ""


def aside(element: Element) -> KeptAside:
    """What cannot be an order, whole, with the number it seems to have."""
    found = _ORDER_ID.search(element.raw)
    told = element.problem.details.get("why", "") if element.problem else "no order_id"
    problem = Problem("unreadable", "order", str(told))
    return KeptAside(found.group(1).decode() if found else "", problem, element.raw)


def fen(reader: Reader, name: str, value: object) -> int:
    """An amount in fen that must not be negative; 0 and a problem where it is impossible."""
    amount = minor(value, 0)
    if amount is None or not 0 <= amount <= _MOST_FEN:
        reader.note("impossible_amount", name, value)
        return 0
    return amount


def at(reader: Reader, name: str, value: object) -> Moment:
    """A time told in epoch seconds; none where it is 0 or missing."""
    if value in (None, "", 0, "0"):
        return NO_MOMENT
    seconds = minor(value, 0)
    if seconds is None or seconds not in _YEARS_S:
        reader.note("bad_time", name, value)
        return Moment(None, str(value)[:200], "UTC")
    return Moment(seconds * 1000, str(seconds), "UTC")


def read_order(
    told: Mapping[str, Any], raw: bytes, read_as: ReadAs, refunds: tuple[RefundRecord, ...]
) -> OrderRecord:
    """One order with its refunds; `raw` is the untouched bytes it came in."""
    reader = Reader("UTC", "CNY")
    status = status_word(told)
    if status not in read_as.statuses:
        reader.note("unknown_status", "order_status", status)
    modified = at(reader, "update_time", told.get("update_time"))
    placed = at(reader, "create_time", told.get("create_time"))
    if placed.raw == "":
        reader.note("missing_field", "create_time", "")
    promised = at(reader, "exp_ship_time", told.get("exp_ship_time"))
    record = OrderRecord(
        external_id=text(told.get("order_id")),
        external_no=text(told.get("order_id")),
        version=modified.utc_ms or placed.utc_ms or 0,
        raw_status=status,
        raw_payment=payment_word(told, refunds),
        placed=placed,
        paid=at(reader, "pay_time", told.get("pay_time")),
        modified=modified,
        completed=at(reader, "finish_time", told.get("finish_time")),
        promise=promised if promised.utc_ms is not None else None,
        currency=reader.currency,
        total_minor=fen(reader, "pay_amount", told.get("pay_amount")),
        freight_minor=fen(reader, "post_amount", told.get("post_amount") or 0),
        discount_minor=fen(reader, "promotion_amount", told.get("promotion_amount") or 0),
        tax_minor=fen(reader, "tax_amount", told.get("tax_amount") or 0),
        lines=lines_of(reader, told, refunds),
        receiver=receiver_of(told),
        refunds=refunds,
        raw=raw,
    )
    return _told_beside(record, told, reader)


def _told_beside(record: OrderRecord, told: Mapping[str, Any], reader: Reader) -> OrderRecord:
    """The record with notes, flag, proofs, what stops it, and the problems met."""
    if not record.lines:
        reader.note("missing_field", "sku_order_list", "")
    number = text(told.get("channel_payment_no"))
    settled = record.raw_payment not in ("UNPAID", "COD", "") and record.paid.utc_ms is not None
    kinds = {minor(row.get("pre_sale_type"), 0) for row in rows(told.get("sku_order_list"))}
    return replace(
        record,
        buyer_message=text(told.get("buyer_words")),
        seller_memo=text(told.get("seller_words")),
        flag=FLAGS.get(minor(told.get("seller_remark_stars"), 0) or 0, ""),
        kind="presale" if kinds & {1, 2} else "normal",
        payment_proofs=(("settled",) + (("callback",) if number else ())) if settled else (),
        transaction_ref=number,
        hold=hold_of(told),
        problems=tuple(reader.problems),
    )


def lines_of(
    reader: Reader, told: Mapping[str, Any], refunds: tuple[RefundRecord, ...]
) -> tuple[LineRecord, ...]:
    """The order's sub-orders, each a line known by its own number."""
    back: dict[str, int] = {}
    for refund in refunds:
        for line_id, quantity, _ in refund.lines:
            back[line_id] = back.get(line_id, 0) + quantity
    sent = sent_units(told)
    found = []
    for row in rows(told.get("sku_order_list")):
        line = _line(reader, row)
        known = line.external_id
        left = minor(row.get("order_status"), 0) in (SHIPPED, DONE)
        out = line.quantity if left else min(sent.get(known, 0), line.quantity)
        gone = line.quantity - out if _ended(row) else back.get(known, 0)
        found.append(replace(line, quantity_shipped=out, quantity_refunded=gone))
    return tuple(found)


def _ended(row: Mapping[str, Any]) -> bool:
    """Whether a sub-order is owed no more: cancelled, or its money went back before it left."""
    return minor(row.get("order_status"), 0) == CANCELLED or (
        given_back(row) and minor(row.get("order_status"), 0) in TO_SHIP
    )


def _line(reader: Reader, row: Mapping[str, Any]) -> LineRecord:
    known = text(row.get("order_id"))
    name = f"sku_order_list[{known}]"
    if not known:
        reader.note("missing_field", "sku_order_list.order_id", "")
    product = text(row.get("product_id_str")) or text(row.get("product_id"))
    sku, outer = text(row.get("sku_id")), text(row.get("out_sku_id"))
    gift = text(row.get("given_product_type")) == "FREE"
    quantity = reader.count(f"{name}.item_num", row.get("item_num"))
    price = fen(reader, f"{name}.origin_amount", row.get("origin_amount"))
    words = [text(each.get("value")) for each in rows(row.get("spec"))]
    return LineRecord(
        external_id=known,
        # An outer number of 0 says that the shop set none.
        sku=text(row.get("code")) or (outer if outer != "0" else ""),
        listing_ref=f"{product}:{sku}" if product and sku else "",
        title=text(row.get("product_name")),
        variant=" ".join(filter(None, words)),
        quantity=quantity,
        unit_price_minor=0 if gift else price,
        total_minor=0 if gift else price * quantity,
        picture_url=text(row.get("product_pic")),
        gift=gift,
    )


def sent_units(told: Mapping[str, Any]) -> dict[str, int]:
    """How many units of each sub-order the parcels told so far hold."""
    sent: dict[str, int] = {}
    for parcel in rows(told.get("logistics_info")):
        for row in rows(parcel.get("product_info")):
            known = text(row.get("sku_order_id"))
            sent[known] = sent.get(known, 0) + max(0, minor(row.get("product_count"), 0) or 0)
    return sent


def receiver_of(told: Mapping[str, Any]) -> ReceiverRecord:
    """Who receives it: the platform's masked words, and its ciphertexts as they are."""
    place = mapping(told.get("post_addr"))
    masked = mapping(told.get("mask_post_addr"))
    kept = {name: text(told.get(name)) for name in CIPHERS}
    kept["encrypt_detail"] = text(place.get("encrypt_detail"))
    kept = {name: cipher for name, cipher in kept.items() if cipher}
    if kept:
        kept |= {"doudian_open_id": text(told.get("doudian_open_id"))}

    def named(part: str) -> str:
        return text(mapping(masked.get(part)).get("name")) or text(
            mapping(place.get(part)).get("name")
        )

    return ReceiverRecord(
        name=text(told.get("mask_post_receiver")),
        phone=text(told.get("mask_post_tel")),
        country="CN",
        province=named("province"),
        city=named("city"),
        district=named("town"),
        address=f"{named('street')}{text(masked.get('detail'))}",
        cipher=json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        if kept
        else "",
    )
