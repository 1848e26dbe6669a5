"""A JD order as the newer gateway tells it, into an OrderRecord: the one-way translation in.

Field names are those of open.jd.com, listOrders and getOrder. Amounts are yuan, times epoch
milliseconds. An item has a number of its own (`skuUuid`); a gift names the item it came with. What
hides the receiver is kept as it came, as the classic gateway's is, for labels need either alike.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sync.channels.jd_read import (
    AT_THE_DOOR,
    CLOSED,
    GONE,
    STOPPED,
    ReadAs,
    order_id,
    payment_word,
    receiver_of,
)
from sync.channels.jd_sp_states import (
    PAID_BACK,
    SpRefunds,
    afs_of,
    flag_word,
    parcels,
    sent_by_jd,
    state_of,
)
from sync.gateways.jd_sign import ZONE
from sync.reading import Reader, mapping, minor, rows, text
from sync.records import NO_MOMENT, LineRecord, Moment, OrderRecord

# From 1990 to 2200: what lies outside is no time of an order.
_YEARS_MS = range(631_152_000_000, 7_258_118_400_000)
_NEVER = (None, "", 0, "0", -1, "-1")
# The receiver's fields by the names the classic gateway has for them.
_CLASSIC = {"fullName": "fullname", "provinceName": "province", "cityName": "city"}
_CLASSIC |= {"countyName": "county", "townName": "town"}


def read_order(
    told: Mapping[str, Any], raw: bytes, read_as: ReadAs, refunds: SpRefunds
) -> OrderRecord:
    """One order; `told` has a number (`order_id`)."""
    reader = Reader(ZONE, "CNY")
    status = state_of(told)
    if status not in read_as.statuses:
        reader.note("unknown_status", "orderStatus", told.get("orderStatus"))
    placed, modified = at(reader, told, "createdTime"), at(reader, told, "modifiedTime")
    if placed is NO_MOMENT:
        reader.note("missing_field", "createdTime", "")
    paid = mapping(told.get("paymentInfo"))
    prices = mapping(told.get("sellerTradePriceInfo"))
    tax = mapping(paid.get("taxInfo"))
    record = OrderRecord(
        external_id=order_id(told),
        external_no=order_id(told),
        version=modified.utc_ms or placed.utc_ms or 0,
        raw_status=status,
        raw_payment="",
        placed=placed,
        paid=at(reader, paid, "paymentConfirmTime"),
        modified=modified,
        completed=at(reader, told, "finishedTime"),
        promise=_promise(reader, told),
        currency="CNY",
        total_minor=reader.money("shouldPayAmount", paid.get("shouldPayAmount")),
        freight_minor=reader.money_if_told("freightFee", paid.get("freightFee")),
        discount_minor=reader.money_if_told(
            "totalSellerDiscountAmount", prices.get("totalSellerDiscountAmount")
        ),
        tax_minor=reader.money_if_told("taxFee", tax.get("taxFee")),
        lines=_lines(reader, told, status, refunds),
        receiver=receiver_of(_classic(mapping(told.get("consigneeInfo")))),
        refunds=refunds.given_back(reader),
        raw=raw,
    )
    return _told_beside(record, told, reader)


def _told_beside(record: OrderRecord, told: Mapping[str, Any], reader: Reader) -> OrderRecord:
    """The record with what was said about it, what proves the payment, and the problems met."""
    if not record.lines:
        reader.note("missing_field", "skuItemInfoList", "")
    memo, flags = mapping(told.get("venderRemarkInfo")), mapping(told.get("orderFlag"))
    kind = text(mapping(told.get("paymentInfo")).get("paymentType"))
    return replace(
        record,
        raw_payment=payment_word(record, at_the_door=kind == AT_THE_DOOR),
        buyer_nick=text(told.get("xidBuyer")),
        buyer_message=text(mapping(told.get("buyerRemark")).get("remark")),
        seller_memo=text(memo.get("remark")),
        flag=flag_word(memo),
        kind="presale" if flags.get("preSaleOrder") is True else "normal",
        payment_proofs=("settled",) if record.paid.utc_ms is not None else (),
        hold=_hold(told, record.raw_status),
        problems=tuple(reader.problems),
    )


def _hold(told: Mapping[str, Any], status: str) -> str:
    """Why nothing may be shipped yet."""
    if status in GONE or status in CLOSED:
        return ""
    found = []
    if status in STOPPED and any(state != PAID_BACK for _, state in afs_of(told)):
        found.append("refund")
    if sent_by_jd(told):
        # Goods in JD's own warehouse: JD sends them.
        found.append("service")
    if status in STOPPED and not found:
        found.append("other")
    return ",".join(found)


def _promise(reader: Reader, told: Mapping[str, Any]) -> Moment | None:
    """By when the courier is to have it, as JD promised the buyer."""
    due = at(reader, mapping(told.get("promiseCalendarInfo")), "promisePickTime")
    return None if due is NO_MOMENT else due


def _lines(
    reader: Reader, told: Mapping[str, Any], status: str, refunds: SpRefunds
) -> tuple[LineRecord, ...]:
    """The items, each by its own number; without one by its SKU's, twins apart."""
    sent: dict[str, int] = {}
    for parcel in parcels(told).values():
        for item, units in parcel.units.items():
            sent[item] = sent.get(item, 0) + units
    lines: dict[str, LineRecord] = {}
    for row in rows(told.get("skuItemInfoList")):
        number = text(row.get("skuUuid")) or text(row.get("skuId"))
        twin = sum(1 for known in lines if known.split("#")[0] == number)
        number = f"{number}#{twin + 1}" if twin else number
        line = _line(reader, row, number)
        back = line.quantity if status in CLOSED else refunds.units(number)
        left = line.quantity if status in GONE else sent.get(number, 0)
        lines[number] = replace(
            line,
            quantity_refunded=min(line.quantity, back),
            quantity_shipped=min(line.quantity, left),
        )
    return tuple(lines.values())


def _line(reader: Reader, row: Mapping[str, Any], number: str) -> LineRecord:
    name = f"skuItemInfoList[{number}]"
    quantity = reader.count(f"{name}.num", row.get("num"))
    price = reader.money(f"{name}.jdPrice", row.get("jdPrice"))
    picture = text(row.get("skuImg"))
    return LineRecord(
        external_id=number,
        sku=text(row.get("outerSkuId")),
        listing_ref=text(row.get("skuId")),
        title=text(row.get("skuName")),
        variant=text(row.get("skuSpec")),
        quantity=quantity,
        unit_price_minor=price,
        total_minor=price * quantity,
        # JD tells most pictures without the server they lie on.
        picture_url=picture if picture.startswith("https://") else "",
        gift=price == 0 or bool(text(row.get("giftRefUuid"))),
    )


def _classic(told: Mapping[str, Any]) -> dict[str, Any]:
    return {_CLASSIC.get(name, name): value for name, value in told.items()}


def at(reader: Reader, told: Mapping[str, Any], name: str) -> Moment:
    """A time told in epoch milliseconds; none where it has not come yet."""
    value = told.get(name)
    if value in _NEVER:
        return NO_MOMENT
    ms = minor(value, 0)
    if ms is None or ms not in _YEARS_MS:
        reader.note("bad_time", name, value)
        return Moment(None, str(value)[:200], "UTC")
    return Moment(ms, str(ms), "UTC")
