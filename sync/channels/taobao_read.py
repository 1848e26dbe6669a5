"""A Taobao trade, as told, into an OrderRecord: the one-way translation in.

Field names are those of taobao.trade.fullinfo.get. Numbers of trades and items are longer than
what JavaScript counts, so they are text here. Receivers come masked and stay as they came; the
`oaid` that stands for the real one is kept beside them, and nothing is guessed from it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.gateways.taobao_sign import ZONE
from sync.json_text import Element
from sync.reading import Reader, mapping, minor, moment_ms, rows, text
from sync.records import (
    KeptAside,
    LineRecord,
    Moment,
    OrderRecord,
    Problem,
    ReceiverRecord,
    RefundRecord,
)

STATUSES = frozenset(
    (
        *("TRADE_NO_CREATE_PAY", "WAIT_BUYER_PAY", "PAY_PENDING", "WAIT_PRE_AUTH_CONFIRM"),
        *("WAIT_SELLER_SEND_GOODS", "PAID_FORBID_CONSIGN", "SELLER_CONSIGNED_PART"),
        *("WAIT_BUYER_CONFIRM_GOODS", "TRADE_BUYER_SIGNED", "TRADE_FINISHED"),
        *("TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO"),
    )
)
UNPAID = frozenset(
    {"TRADE_NO_CREATE_PAY", "WAIT_BUYER_PAY", "PAY_PENDING", "WAIT_PRE_AUTH_CONFIRM"}
)
CLOSED = frozenset({"TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO"})
GONE = frozenset({"WAIT_BUYER_CONFIRM_GOODS", "TRADE_BUYER_SIGNED", "TRADE_FINISHED"})
# A refund that is asked for and not settled: what it is about must not leave meanwhile.
ASKED_BACK = frozenset(
    {"WAIT_SELLER_AGREE", "WAIT_BUYER_RETURN_GOODS", "WAIT_SELLER_CONFIRM_GOODS"}
)
GIVEN_BACK = "SUCCESS"
# Whose flags these are: grey is what a trade has that nobody flagged (taobao.trade.memo.update).
FLAGS = {1: "red", 2: "yellow", 3: "green", 4: "blue", 5: "pink"}
PAID_AT_THE_DOOR = frozenset({"cod", "b2c_cod", "super_market_cod_trade"})
_HOLDS = ("top_hold", "team_buy_hold", "share_group_hold", "ofp_hold")
_TID = re.compile(rb'"tid"\s*:\s*"?(\d{1,25})')
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class ReadAs:
    """The status words this shop's map knows; times are the platform's, in Beijing."""

    statuses: frozenset[str] = STATUSES


@dataclass(frozen=True, slots=True)
class Whole:
    """One trade with its refunds in detail: `refunds` by number, `unread` those that were denied.

    `raw` is the untouched bytes of the trade.
    """

    trade: Mapping[str, Any]
    raw: bytes
    refunds: Mapping[str, Mapping[str, Any]]
    unread: Mapping[str, str]


def trade_id(told: Mapping[str, Any]) -> str:
    """A trade's number as text; "" where it has none that can be read."""
    found = text(told.get("tid_str")) or text(told.get("tid"))
    return found if found.isascii() and found.isdigit() and len(found) <= 25 else ""


def aside(element: Element) -> KeptAside:
    """A row that cannot be a trade, whole, with the number it seems to have."""
    found = _TID.search(element.raw)
    why = element.problem.details.get("why", "") if element.problem else "no tid"
    problem = Problem("unreadable", "trade", str(why))
    return KeptAside(found.group(1).decode() if found else "", problem, element.raw)


def lines_of(trade: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of what was sold: `orders.order`."""
    return rows(mapping(trade.get("orders")).get("order"))


def line_id(line: Mapping[str, Any]) -> str:
    """The number of one row, which platform and shop call it by."""
    return text(line.get("oid_str")) or text(line.get("oid"))


def refunds_given(trade: Mapping[str, Any]) -> tuple[str, ...]:
    """The numbers of the refunds that were paid out, each once."""
    told = (
        text(line.get("refund_id"))
        for line in lines_of(trade)
        if text(line.get("refund_status")) == GIVEN_BACK
    )
    return tuple(dict.fromkeys(number for number in told if number.isascii() and number.isdigit()))


def read_order(whole: Whole, read_as: ReadAs) -> OrderRecord:
    """One trade; `whole.trade` has a number (`trade_id`)."""
    trade = whole.trade
    reader = Reader(ZONE, "CNY")
    status = text(trade.get("status"))
    if status not in read_as.statuses:
        reader.note("unknown_status", "status", status)
    placed, modified = _at(reader, trade, "created"), _at(reader, trade, "modified")
    if placed.raw == "":
        reader.note("missing_field", "created", "")
    record = OrderRecord(
        external_id=trade_id(trade),
        external_no=trade_id(trade),
        version=modified.utc_ms or placed.utc_ms or 0,
        raw_status=status,
        raw_payment="",
        placed=placed,
        paid=_at(reader, trade, "pay_time"),
        modified=modified,
        completed=_at(reader, trade, "end_time"),
        promise=_promise(trade),
        currency="CNY",
        total_minor=reader.money("payment", trade.get("payment")),
        freight_minor=reader.money_if_told("post_fee", trade.get("post_fee")),
        discount_minor=reader.money_if_told("discount_fee", trade.get("discount_fee")),
        tax_minor=reader.money_if_told("order_tax_fee", trade.get("order_tax_fee")),
        lines=tuple(_line(reader, line, status) for line in lines_of(trade)),
        receiver=_receiver(trade),
        refunds=_refunds(reader, whole),
        raw=whole.raw,
    )
    return _told_beside(record, trade, reader)


def _told_beside(record: OrderRecord, trade: Mapping[str, Any], reader: Reader) -> OrderRecord:
    """The record with what was said about it, what proves the payment, and the problems met."""
    if not record.lines:
        reader.note("missing_field", "orders", "")
    paid_by = text(trade.get("alipay_no"))
    settled = record.paid.utc_ms is not None and record.raw_status not in UNPAID
    proofs = (("settled",) if settled else ()) + (("callback",) if settled and paid_by else ())
    return replace(
        record,
        raw_payment=_payment_word(record, trade),
        buyer_nick=text(trade.get("buyer_nick")) or text(trade.get("buyer_open_uid")),
        buyer_message=text(trade.get("buyer_message")),
        seller_memo=text(trade.get("seller_memo")),
        flag=FLAGS.get(minor(trade.get("seller_flag"), 0) or 0, ""),
        kind="presale" if text(trade.get("step_trade_status")) else "normal",
        payment_proofs=proofs,
        transaction_ref=paid_by,
        hold=_hold(trade, record.raw_status),
        problems=tuple(reader.problems),
    )


def _payment_word(record: OrderRecord, trade: Mapping[str, Any]) -> str:
    """The platform has no word for the payment, but for presales; this follows from its times."""
    back = sum(refund.amount_minor for refund in record.refunds)
    if 0 < record.total_minor <= back:
        return "REFUNDED"
    if back:
        return "PARTLY_REFUNDED"
    stage = text(trade.get("step_trade_status"))
    if stage:
        return stage
    if record.paid.utc_ms is not None and record.raw_status not in UNPAID:
        return "PAID"
    return "COD" if text(trade.get("type")) in PAID_AT_THE_DOOR else "UNPAID"


def _hold(trade: Mapping[str, Any], status: str) -> str:
    """Why the platform lets nothing be shipped yet, by what it says of the trade and its rows."""
    if status in CLOSED or status in GONE:
        return ""
    found = []
    if text(trade.get("step_trade_status")) == "FRONT_PAID_FINAL_NOPAID":
        found.append("payment")
    waiting = [line for line in lines_of(trade) if text(line.get("status")) not in CLOSED | GONE]
    if any(text(line.get("refund_status")) in ASKED_BACK for line in waiting):
        found.append("refund")
    forced = trade.get("is_force_wlb") is True and trade.get("is_brand_sale") is True
    if forced or trade.get("is_force_dc") is True:
        found.append("service")
    stopped = any(text(trade.get(name)) == "1" for name in _HOLDS)
    if stopped or status == "PAID_FORBID_CONSIGN" or trade.get("is_sh_ship") is True:
        found.append("other")
    return ",".join(found)


def _line(reader: Reader, line: Mapping[str, Any], trade_status: str) -> LineRecord:
    oid = line_id(line)
    name = f"orders[{oid}]"
    status = text(line.get("status")) or trade_status
    quantity = reader.count(f"{name}.num", line.get("num"))
    share = next((n for n in ("divide_order_fee", "payment") if text(line.get(n))), "total_fee")
    total = reader.money(f"{name}.{share}", line.get(share))
    return LineRecord(
        external_id=oid,
        sku=text(line.get("outer_sku_id")) or text(line.get("outer_iid")),
        listing_ref=listing_ref(line.get("num_iid"), line.get("sku_id")),
        title=text(line.get("title")),
        variant=text(line.get("sku_properties_name")).replace(";", ", "),
        quantity=quantity,
        unit_price_minor=reader.money_if_told(f"{name}.price", line.get("price")),
        total_minor=total,
        picture_url=text(line.get("pic_path")),
        gift=line.get("is_free_gift") is True or total == 0,
        quantity_refunded=quantity if status in CLOSED else 0,
        quantity_shipped=quantity if status in GONE else 0,
    )


def listing_ref(item: object, sku: object) -> str:
    """How a listing is named: `item` or `item:sku`; "" where it has no number."""
    main, variant = text(item), text(sku)
    if main in ("", "0"):
        return ""
    return main if variant in ("", "0") else f"{main}:{variant}"


def _receiver(trade: Mapping[str, Any]) -> ReceiverRecord:
    """Where the parcel goes, as masked as it came; an address names a country only abroad."""
    told = {
        name: text(trade.get(f"receiver_{name}"))
        for name in ("name", "mobile", "phone", "country", "state", "city", "district", "town")
    }
    street = text(trade.get("receiver_address"))
    abroad = told["country"] not in ("", "中国", "CN")
    return ReceiverRecord(
        name=told["name"],
        phone=told["mobile"] or told["phone"],
        country=told["country"] if abroad else "CN",
        province=told["state"],
        city=told["city"],
        district=told["district"],
        address=street if street.startswith(told["town"]) else told["town"] + street,
        postcode=text(trade.get("receiver_zip")),
        cipher=text(trade.get("oaid")),
    )


def _promise(trade: Mapping[str, Any]) -> Moment | None:
    """The latest time to ship: the trade's, or the earliest of its rows; a day means its end."""
    told = [text(trade.get("delivery_time"))]
    told = told if told[0] else [text(line.get("delivery_time")) for line in lines_of(trade)]
    found = []
    for raw in told:
        ms = moment_ms(f"{raw} 23:59:59" if _DAY.fullmatch(raw) else raw, ZONE)
        if ms is not None:
            found.append(Moment(ms, raw, ZONE))
    return min(found, key=lambda moment: moment.utc_ms or 0, default=None)


def _refunds(reader: Reader, whole: Whole) -> tuple[RefundRecord, ...]:
    for number, code in whole.unread.items():
        reader.note("unreadable", f"refunds[{number}]", code)
    return tuple(_refund(reader, number, told) for number, told in whole.refunds.items())


def _refund(reader: Reader, number: str, told: Mapping[str, Any]) -> RefundRecord:
    name = f"refunds[{number}]"
    amount = reader.money(f"{name}.refund_fee", told.get("refund_fee"))
    quantity = minor(told.get("num"), 0) or 0
    return RefundRecord(
        external_id=number,
        amount_minor=amount,
        reason=text(told.get("reason")),
        created=_at(reader, told, "created"),
        lines=((text(told.get("oid")), max(0, quantity), amount),),
    )


def _at(reader: Reader, told: Mapping[str, Any], name: str) -> Moment:
    return reader.moment(name, None, told.get(name))
