"""A JD order, as told, into an OrderRecord: the one-way translation in.

Field names are those of jingdong.pop.order.enSearch and enGet (open.jd.com). Amounts are yuan,
times Beijing text. Since 2021 name and address come as ciphertext or masked, phones masked, with an
`oaid` that stands for the receiver: all are kept as they came, and a ciphertext is shown to nobody
as if it were a name.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sync.gateways.jd_sign import ZONE
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

TO_SHIP = "WAIT_SELLER_STOCK_OUT"
# Why an order is in one of these the platform does not say; none of them may be shipped from here:
# locked, paused, a code to be sent instead of a parcel, a cross-border order's second leg.
STOPPED = frozenset({"LOCKED", "PAUSE", "POP_ORDER_PAUSE", "WAIT_SEND_CODE"}) | {
    "WAIT_SELLER_DELIVERY"
}
GONE = frozenset({"WAIT_GOODS_RECEIVE_CONFIRM", "RECEIPT_CONFIRM", "FINISHED_L"})
CLOSED = frozenset({"TRADE_CANCELED", "TRADE_CLOSED"})
STATES = GONE | CLOSED | STOPPED | {TO_SHIP}
# The states the list takes; each must be named.
LISTED = (
    *("WAIT_SELLER_STOCK_OUT", "WAIT_GOODS_RECEIVE_CONFIRM", "WAIT_SELLER_DELIVERY", "PAUSE"),
    *("FINISHED_L", "TRADE_CANCELED", "LOCKED", "POP_ORDER_PAUSE"),
)
FIELDS = (
    *("orderId", "venderId", "orderType", "payType", "orderTotalPrice", "orderSellerPrice"),
    *("orderPayment", "freightPrice", "sellerDiscount", "balanceUsed", "taxFee", "orderState"),
    *("orderStateRemark", "orderRemark", "orderStartTime", "orderEndTime", "modified"),
    *("paymentConfirmTime", "consigneeInfo", "itemInfoList", "venderRemark", "waybill"),
    *("logisticsId", "parentOrderId", "storeOrder", "pin", "xid_buyer", "open_id_buyer"),
)
AT_THE_DOOR = "1"
# What stands where a time has not come yet.
NEVER = ("0001-01-01", "1970-01-01")
PENDING, GIVEN_BACK = frozenset({0, 10}), frozenset({3, 9})
_ID = re.compile(r"[0-9]{1,20}")
_RAW_ID = re.compile(rb'"orderId"\s*:\s*"?([0-9]{1,20})')
# Neither a word for a person nor a masked one: letters and figures of a cipher, and many of them.
_CIPHERTEXT = re.compile(r"[A-Za-z0-9+/=_\-~$:.]{24,}")
_SHOWN = ("fullname", "mobile", "telephone", "fullAddress")


@dataclass(frozen=True, slots=True)
class ReadAs:
    """The status words this shop's map knows; times are the platform's, in Beijing."""

    statuses: frozenset[str] = STATES


@dataclass(frozen=True, slots=True)
class Refunds:
    """What is known of an order's requests to cancel: the rows, or the code of the refusal."""

    rows: Sequence[Mapping[str, Any]] = ()
    unread: str = ""


def order_id(told: Mapping[str, Any]) -> str:
    """An order's number as text; "" where it has none that can be read."""
    found = text(told.get("orderId"))
    return found if _ID.fullmatch(found) else ""


def is_id(told: str) -> bool:
    """Whether a text has the form of an order's number."""
    return _ID.fullmatch(told) is not None


def aside(element: Element) -> KeptAside:
    """A row that cannot be an order, whole, with the number it seems to have."""
    found = _RAW_ID.search(element.raw)
    why = element.problem.details.get("why", "") if element.problem else "no orderId"
    problem = Problem("unreadable", "order", str(why))
    return KeptAside(found.group(1).decode() if found else "", problem, element.raw)


def asks_refunds(told: Mapping[str, Any]) -> bool:
    """Whether the list of requests to cancel may say something of this order."""
    return text(told.get("orderState")) in CLOSED | {"LOCKED"}


def numbers(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Every waybill number that stands at the order: carriers by `|`, one carrier's by commas."""
    found = re.split(r"[|,]", text(told.get("waybill")))
    return tuple(number.strip() for number in found if number.strip())


def read_order(
    told: Mapping[str, Any], raw: bytes, read_as: ReadAs, refunds: Refunds
) -> OrderRecord:
    """One order; `told` has a number (`order_id`)."""
    reader = Reader(ZONE, "CNY")
    status = text(told.get("orderState"))
    if status not in read_as.statuses:
        reader.note("unknown_status", "orderState", status)
    placed, modified = _at(reader, told, "orderStartTime"), _at(reader, told, "modified")
    if placed.raw == "":
        reader.note("missing_field", "orderStartTime", "")
    balance = reader.money_if_told("balanceUsed", told.get("balanceUsed"))
    record = OrderRecord(
        external_id=order_id(told),
        external_no=order_id(told),
        version=modified.utc_ms or placed.utc_ms or 0,
        raw_status=status,
        raw_payment="",
        placed=placed,
        paid=_at(reader, told, "paymentConfirmTime"),
        modified=modified,
        completed=_at(reader, told, "orderEndTime"),
        promise=None,
        currency="CNY",
        # What is to be paid leaves out what the buyer's balance paid already.
        total_minor=reader.money("orderPayment", told.get("orderPayment")) + balance,
        freight_minor=reader.money_if_told("freightPrice", told.get("freightPrice")),
        discount_minor=reader.money_if_told("sellerDiscount", told.get("sellerDiscount")),
        tax_minor=reader.money_if_told("taxFee", told.get("taxFee")),
        lines=_lines(reader, told, status),
        receiver=receiver_of(mapping(told.get("consigneeInfo"))),
        refunds=_refunds(reader, refunds),
        raw=raw,
    )
    return _told_beside(record, told, reader, refunds)


def _told_beside(
    record: OrderRecord, told: Mapping[str, Any], reader: Reader, refunds: Refunds
) -> OrderRecord:
    """The record with what was said about it, what proves the payment, and the problems met."""
    if not record.lines:
        reader.note("missing_field", "itemInfoList", "")
    buyer = (text(told.get(name)) for name in ("pin", "xid_buyer", "open_id_buyer"))
    return replace(
        record,
        raw_payment=payment_word(
            record, at_the_door=text(told.get("payType")).startswith(AT_THE_DOOR)
        ),
        buyer_nick=next((name for name in buyer if name), ""),
        buyer_message=text(told.get("orderRemark")),
        seller_memo=text(told.get("venderRemark")),
        payment_proofs=("settled",) if record.paid.utc_ms is not None else (),
        hold=_hold(told, record.raw_status, refunds),
        problems=tuple(reader.problems),
    )


def payment_word(record: OrderRecord, *, at_the_door: bool) -> str:
    """The platform has no word for the payment: this follows from its time, kind and refunds."""
    back = sum(refund.amount_minor for refund in record.refunds)
    if 0 < record.total_minor <= back:
        return "REFUNDED"
    if back:
        return "PARTLY_REFUNDED"
    if record.paid.utc_ms is not None:
        return "PAID"
    return "COD" if at_the_door else "UNPAID"


def _hold(told: Mapping[str, Any], status: str, refunds: Refunds) -> str:
    """Why nothing may be shipped yet."""
    if status in GONE or status in CLOSED:
        return ""
    found = []
    if any(minor(row.get("status"), 0) in PENDING for row in refunds.rows):
        found.append("refund")
    if text(told.get("storeOrder")):
        # Goods in JD's own warehouse: JD sends them.
        found.append("service")
    if status in STOPPED and not found:
        found.append("other")
    return ",".join(found)


def _lines(reader: Reader, told: Mapping[str, Any], status: str) -> tuple[LineRecord, ...]:
    """The items. They have no numbers of their own: an item is known by its SKU's number."""
    lines: dict[str, LineRecord] = {}
    for row in rows(told.get("itemInfoList")):
        sku = text(row.get("skuId"))
        twin = sum(1 for known in lines if known.split("#")[0] == sku)
        number = f"{sku}#{twin + 1}" if twin else sku
        lines[number] = _line(reader, row, number, status)
    return tuple(lines.values())


def _line(reader: Reader, row: Mapping[str, Any], number: str, status: str) -> LineRecord:
    name = f"itemInfoList[{number}]"
    quantity = reader.count(f"{name}.itemTotal", row.get("itemTotal"))
    price = reader.money(f"{name}.jdPrice", row.get("jdPrice"))
    return LineRecord(
        external_id=number,
        sku=text(row.get("outerSkuId")),
        listing_ref=text(row.get("skuId")),
        title=text(row.get("skuName")),
        variant="",
        quantity=quantity,
        unit_price_minor=price,
        total_minor=price * quantity,
        gift=price == 0,
        quantity_refunded=quantity if status in CLOSED else 0,
        quantity_shipped=quantity if status in GONE else 0,
    )


def receiver_of(told: Mapping[str, Any]) -> ReceiverRecord:
    """Who receives it: masked words as they came, ciphertexts and the oaid beside them."""
    shown = {name: text(told.get(name)) for name in _SHOWN}
    sealed = {name: word for name, word in shown.items() if _CIPHERTEXT.fullmatch(word)}
    kept = {"oaid": text(told.get("oaid"))}
    kept |= {name: text(told.get(name)) for name in told if name.startswith("encrypt_")}
    kept = {name: word for name, word in {**kept, **sealed}.items() if word}
    shown = {name: "" if name in sealed else word for name, word in shown.items()}
    return ReceiverRecord(
        name=shown["fullname"],
        phone=shown["mobile"] or shown["telephone"],
        country="CN",
        province=text(told.get("province")),
        city=text(told.get("city")),
        district=text(told.get("county")),
        address=shown["fullAddress"] or text(told.get("town")),
        cipher=json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else "",
    )


def _refunds(reader: Reader, refunds: Refunds) -> tuple[RefundRecord, ...]:
    """The requests to cancel that JD's own finance let pass, or that were closed by force."""
    if refunds.unread:
        reader.note("unreadable", "refunds", refunds.unread)
    passed = (row for row in refunds.rows if minor(row.get("status"), 0) in GIVEN_BACK)
    return tuple(_refund(reader, row) for row in passed)


def _refund(reader: Reader, row: Mapping[str, Any]) -> RefundRecord:
    number = text(row.get("id"))
    return RefundRecord(
        external_id=number,
        amount_minor=fen(reader, f"refunds[{number}].applyRefundSum", row.get("applyRefundSum")),
        reason=text(row.get("reason")),
        created=_at(reader, row, "applyTime"),
    )


def fen(reader: Reader, name: str, told: object) -> int:
    """An amount told in fen, as the list of requests to cancel does; elsewhere JD tells yuan."""
    found = minor(told, 0)
    if found is None or found < 0:
        reader.note("impossible_amount", name, told)
        return 0
    return found


def _at(reader: Reader, told: Mapping[str, Any], name: str) -> Moment:
    if text(told.get(name)).startswith(NEVER):
        return NO_MOMENT
    return reader.moment(name, None, told.get(name))
