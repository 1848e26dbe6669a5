"""A Pinduoduo order, as told, into an OrderRecord: the one-way translation in.

Field names and the values of states: pdd.order.information.get and pdd.order.number.list.
increment.get (open.pinduoduo.com); both tell an order the same way. Amounts are yuan, times are
Beijing text. Nothing is guessed: what cannot be read becomes a Problem and the record goes on.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

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
TO_SHIP, SHIPPED, SIGNED = 1, 2, 3
GIVEN_BACK = 4
FLAGS = {1: "red", 2: "yellow", 3: "green", 4: "blue", 5: "purple"}
# After-sales that may end with the money back: asked, agreed, disputed, with the platform.
REFUND_ASKED = frozenset({2, 3, 4, 5, 6, 7, 8})
SUCCESS = 10
CIPHERS = ("receiver_name", "receiver_phone", "receiver_address", "address", "contact_mobile")
ADDRESS_IDS = ("open_address_id", "open_address_id_2")
_SN = re.compile(rb'"order_sn"\s*:\s*"([0-9A-Za-z-]{1,64})"')
_ORDER_SN = re.compile(r"[0-9A-Za-z-]{1,64}")
_PLAIN_PHONE = re.compile(r"[0-9*+ -]{1,24}")


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How this shop's orders are read: the status words its map knows."""

    statuses: frozenset[str] = frozenset()


def order_sn(element: Element) -> str:
    """The order's number, "" where the element has none that can be read."""
    found = mapping(element.value).get("order_sn")
    return found if isinstance(found, str) and _ORDER_SN.fullmatch(found) else ""


def is_sn(told: str) -> bool:
    """Whether a text has the form of an order's number."""
    return _ORDER_SN.fullmatch(told) is not None


def aside(element: Element) -> KeptAside:
    """What cannot be an order, whole, with the number it seems to have."""
    found = _SN.search(element.raw)
    told = element.problem.details.get("why", "") if element.problem else "no order_sn"
    problem = Problem("unreadable", "order", str(told))
    return KeptAside(found.group(1).decode() if found else "", problem, element.raw)


def code(told: Mapping[str, Any], name: str) -> int | None:
    """A state's number; None where there is none."""
    return minor(told.get(name), 0)


def concerns_after_sales(told: Mapping[str, Any]) -> bool:
    """Whether the list of after-sales says something of this order."""
    refund, after = code(told, "refund_status"), code(told, "after_sales_status")
    return refund not in (None, 1) or after not in (None, 0)


def status_word(told: Mapping[str, Any]) -> str:
    """Pinduoduo has no one word for an order: the one that decides, of five facts.

    A group that is not complete or failed, a deal that did not come about, a deposit without its
    rest; then all money back before it left; then how far it is.
    """
    for name in ("group_status", "confirm_status"):
        state = code(told, name)
        if state not in (None, 1):
            return f"{name}.{state}"
    step = code(mapping(told.get("step_order_info")), "step_trade_status")
    if code(told, "trade_type") == 1 and step in (0, 1):
        return f"step_trade_status.{step}"
    state = code(told, "order_status")
    if state == TO_SHIP and _given_back(told):
        return f"refund_status.{GIVEN_BACK}"
    return f"order_status.{text(told.get('order_status')) if state is None else state}"


def _given_back(told: Mapping[str, Any]) -> bool:
    refund, after = code(told, "refund_status"), code(told, "after_sales_status")
    return refund == GIVEN_BACK or after == SUCCESS


def _is_deal(status: str) -> bool:
    """Whether the platform holds the buyer's whole money for this order."""
    return status.startswith(("order_status.", "refund_status."))


def _payment_word(told: Mapping[str, Any], record: OrderRecord) -> str:
    if not _is_deal(record.raw_status):
        # Failed and cancelled ones say nothing of money; the others are not paid, or not whole.
        return "" if record.raw_status.endswith("_status.2") else record.raw_status
    if _given_back(told):
        back = sum(each.amount_minor for each in record.refunds)
        part = ".part" if 0 < back < record.total_minor else ""
        return f"refund_status.{GIVEN_BACK}{part}"
    after, refund = code(told, "after_sales_status"), code(told, "refund_status")
    if after:
        return f"after_sales_status.{after}"
    return "" if refund is None else f"refund_status.{refund}"


def hold_of(told: Mapping[str, Any]) -> str:
    """Why it may not be shipped yet: the platform looks at it, or the buyer wants out."""
    if code(told, "order_status") != TO_SHIP:
        return ""
    words = ["fraud"] if code(told, "risk_control_status") not in (None, 0) else []
    asked = code(told, "after_sales_status") in REFUND_ASKED
    if (asked or code(told, "refund_status") in (2, 3)) and not _given_back(told):
        words.append("refund")
    return ",".join(words)


def read_order(
    told: Mapping[str, Any], raw: bytes, read_as: ReadAs, refunds: tuple[RefundRecord, ...]
) -> OrderRecord:
    """One order with its refunds; `raw` is the untouched bytes of the order."""
    reader = Reader(ZONE, "CNY")
    status = status_word(told)
    if status not in read_as.statuses:
        reader.note("unknown_status", "status", status)
    modified, placed = _at(reader, told, "updated_at"), _at(reader, told, "created_time")
    if placed.raw == "":
        reader.note("missing_field", "created_time", "")
    promised = _at(reader, told, "last_ship_time")
    record = OrderRecord(
        external_id=text(told.get("order_sn")),
        external_no=text(told.get("order_sn")),
        version=modified.utc_ms or placed.utc_ms or 0,
        raw_status=status,
        raw_payment="",
        placed=placed,
        paid=_paid(reader, told, status),
        modified=modified,
        completed=_at(reader, told, "receive_time"),
        promise=promised if promised.utc_ms is not None else None,
        currency=reader.currency,
        total_minor=reader.money("pay_amount", told.get("pay_amount")),
        freight_minor=reader.money_if_told("postage", told.get("postage")),
        discount_minor=reader.money_if_told("discount_amount", told.get("discount_amount")),
        tax_minor=0,
        lines=_lines(reader, told, refunds),
        receiver=receiver_of(told),
        refunds=refunds,
        raw=raw,
    )
    return _told_beside(record, told, reader)


def _told_beside(record: OrderRecord, told: Mapping[str, Any], reader: Reader) -> OrderRecord:
    """The record with notes, flag, payment, what stops it, and the problems met."""
    if not record.lines:
        reader.note("missing_field", "item_list", "")
    pay_no = text(told.get("pay_no"))
    settled = _is_deal(record.raw_status) and record.paid.utc_ms is not None
    proofs = (("settled",) if settled else ()) + (("callback",) if settled and pay_no else ())
    return replace(
        record,
        raw_payment=_payment_word(told, record),
        buyer_message=text(told.get("buyer_memo")),
        seller_memo=text(told.get("remark")),
        flag=FLAGS.get(code(told, "remark_tag") or 0, ""),
        kind="presale" if code(told, "is_pre_sale") == 1 else "normal",
        payment_proofs=proofs,
        transaction_ref=pay_no,
        hold=hold_of(told),
        problems=tuple(reader.problems),
    )


def _at(reader: Reader, told: Mapping[str, Any], name: str) -> Moment:
    return reader.moment(name, None, told.get(name))


def _paid(reader: Reader, told: Mapping[str, Any], status: str) -> Moment:
    """When the money came; a deal without that time counts from when it became one."""
    paid = _at(reader, told, "pay_time")
    if paid.raw or not _is_deal(status):
        return paid
    return _at(reader, told, "confirm_time")


def _lines(
    reader: Reader, told: Mapping[str, Any], refunds: tuple[RefundRecord, ...]
) -> tuple[LineRecord, ...]:
    back: dict[str, int] = {}
    for refund in refunds:
        for line_id, quantity, _ in refund.lines:
            back[line_id] = back.get(line_id, 0) + quantity
    gone = code(told, "order_status") in (SHIPPED, SIGNED)
    items = [_line(reader, row, gift=False) for row in rows(told.get("item_list"))]
    gifts = [_line(reader, row, gift=True) for row in rows(told.get("gift_list"))]
    # Money back before it left is for the whole order, its gifts too.
    none_left = bool(items) and all(back.get(each.external_id, 0) for each in items)
    return tuple(
        replace(
            line,
            quantity_refunded=line.quantity if none_left else back.get(line.external_id, 0),
            quantity_shipped=line.quantity if gone else 0,
        )
        for line in (*items, *gifts)
    )


def _line(reader: Reader, row: Mapping[str, Any], *, gift: bool) -> LineRecord:
    """One item. An order has no line numbers of its own: an item is known by its SKU's number."""
    goods, sku = text(row.get("goods_id")), text(row.get("sku_id"))
    name = f"{'gift_list' if gift else 'item_list'}[{sku}]"
    quantity = reader.count(f"{name}.goods_count", row.get("goods_count"))
    price = 0 if gift else reader.money(f"{name}.goods_price", row.get("goods_price"))
    return LineRecord(
        external_id=f"gift-{sku}" if gift else sku,
        sku=text(row.get("outer_id")),
        listing_ref=f"{goods}:{sku}" if goods and sku else "",
        title=text(row.get("goods_name")),
        variant=text(row.get("goods_spec")),
        quantity=quantity,
        unit_price_minor=price,
        total_minor=price * quantity,
        picture_url=text(row.get("goods_img")),
        gift=gift,
    )


def receiver_of(told: Mapping[str, Any]) -> ReceiverRecord:
    """Who receives it: the platform's masked words, and its ciphertexts as they are.

    The ciphertexts come only while the order is to be sent and not under review. Since 2025-11-07
    the phone stands in `contact_mobile` alone.
    """
    told_names = (*CIPHERS, *ADDRESS_IDS)
    kept = {name: text(told.get(name)) for name in told_names if text(told.get(name))}
    phone = text(told.get("receiver_phone_mask"))
    contact = kept.get("contact_mobile", "")
    if _PLAIN_PHONE.fullmatch(contact):
        del kept["contact_mobile"]
        phone = phone or contact
    address = text(told.get("receiver_address_mask")) or text(told.get("address_mask"))
    cipher = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    sealed = any(name in kept for name in CIPHERS)
    return ReceiverRecord(
        name=text(told.get("receiver_name_mask")),
        phone=phone,
        country="CN" if text(told.get("country")) in ("", "中国") else text(told.get("country")),
        province=text(told.get("province")),
        city=text(told.get("city")),
        district=text(told.get("town")),
        address=address,
        cipher=cipher if sealed else "",
    )
