"""What a JD shop's buyers ask back, by the newer gateway: cancelled before it left, or sent back.

GET afs-orders lists both by the time of their last change; an order's own are asked for by its
number (open.jd.com, listAfsOrders, getAfsOrder). Amounts are yuan. Which figures answer an
after-sale, JD shows to app owners alone: it is answered in JD's back office.
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.jd_read import is_id, order_id
from sync.channels.jd_sp_read import at
from sync.channels.jd_sp_states import PAID_BACK, Back
from sync.connector import server_ms
from sync.errors import Rejected
from sync.gateways.jd_sign import ZONE
from sync.gateways.jd_sp_calls import JdSpCalls
from sync.gateways.jd_sp_sign import SpCall
from sync.json_text import Element
from sync.ports import Clock
from sync.reading import Reader, mapping, minor, rows, text
from sync.records import AfterSaleBatch, AfterSaleRecord, KeptAside, Problem
from sync.windows import DAY_S, Rules, begun, read_walk, stepped, write_walk

LIST, ONE = "/sp-aftercare/v0/afs-orders", "/sp-aftercare/v0/afs-orders/{afsOrderId}"
PAGE = 50
RULES = Rules(PAGE, deep=2_500, lag_s=10, reach_s=89 * DAY_S)
SCOPE = "refundInfo,skuExtInfo"
SENT_BACK = "2"
# What the buyer wants: JD's figure for it, or the first of these words in its own.
_KINDS = {"10": "return", "20": "exchange", "30": "repair"}
_WORDS = (
    *(("仅退款", "refund"), ("取消", "refund"), ("补", "resend"), ("换", "exchange")),
    *(("修", "repair"), ("退货", "return"), ("退款", "refund")),
)


def number_of(row: Mapping[str, Any]) -> str:
    """An after-sale's number; "" where it has none that can be read."""
    found = text(row.get("afsOrderId"))
    return found if is_id(found) else ""


async def of_order(calls: JdSpCalls, number: str) -> list[Back]:
    """The after-sales of an order whose money went back."""
    told = await calls.ask(
        SpCall("GET", LIST, query={"orderId": number, "page": "1", "pageSize": str(PAGE)})
    )
    found = [mapping(element.value) for element in told.rows]
    return [_back(row) for row in found if number_of(row) and _refund_state(row) == PAID_BACK]


def _refund_state(row: Mapping[str, Any]) -> str:
    return text(mapping(row.get("refundInfo")).get("refundStatus"))


def _back(row: Mapping[str, Any]) -> Back:
    refund, base = mapping(row.get("refundInfo")), mapping(row.get("afsOrderBaseInfo"))
    units: dict[str, int] = {}
    for sku in rows(row.get("skuInfoList")):
        line = text(sku.get("skuUuid")) or text(sku.get("skuId"))
        units[line] = units.get(line, 0) + max(minor(sku.get("skuNum"), 0) or 0, 0)
    created = at(Reader(ZONE, "CNY"), base, "applyTime")
    return Back(number_of(row), refund.get("actualRefundAmount"), _reason(row), created, units)


def _reason(row: Mapping[str, Any]) -> str:
    asked = mapping(row.get("customerApplyInfo"))
    told = (text(asked.get(f"applyReason{place}CidDesc")) for place in ("Second", "First"))
    return next((each for each in told if each), "")


def read_after_sale(row: Mapping[str, Any], raw: bytes) -> AfterSaleRecord:
    """One after-sale as told; what cannot be read becomes a Problem."""
    reader = Reader(ZONE, "CNY")
    base, status = mapping(row.get("afsOrderBaseInfo")), mapping(row.get("afsOrderStatusInfo"))
    state = f"{text(status.get('mainStatus'))}/{text(status.get('subStatus'))}"
    modified, skus = at(reader, base, "modifiedTime"), rows(row.get("skuInfoList"))
    refund = mapping(row.get("refundInfo"))
    parcel = next(
        (
            each
            for each in rows(row.get("waybillInfoList"))
            if text(each.get("waybillType")) == SENT_BACK
        ),
        {},
    )
    single = skus[0] if len(skus) == 1 else {}
    return AfterSaleRecord(
        external_id=number_of(row),
        order_id=_order_of(row),
        line_id=text(single.get("skuUuid")) or text(single.get("skuId")),
        raw_status=state,
        kind=_kind(mapping(row.get("customerApplyInfo"))),
        version=f"{state}/{modified.raw}",
        amount_minor=reader.money_if_told("applyRefundAmount", refund.get("applyRefundAmount")),
        currency="CNY",
        quantity=sum(max(minor(sku.get("skuNum"), 0) or 0, 0) for sku in skus),
        reason=_reason(row),
        words=text(mapping(row.get("questionInfo")).get("questionDesc")),
        created=at(reader, base, "applyTime"),
        modified=modified,
        return_carrier=text(parcel.get("providerName")),
        return_no=text(parcel.get("waybillCode")),
        problems=tuple(reader.problems),
        raw=raw,
    )


def _order_of(row: Mapping[str, Any]) -> str:
    told = (row, mapping(row.get("orderInfo")), mapping(row.get("relationInfo")))
    return next((order_id(each) for each in told if order_id(each)), "")


def _kind(asked: Mapping[str, Any]) -> str:
    words = text(asked.get("customerExpectDesc"))
    said = next((kind for word, kind in _WORDS if word in words), "")
    return said or _KINDS.get(text(asked.get("customerExpect")), "other")


async def changed(
    calls: JdSpCalls, clock: Clock, cursor: str, start_ms: int | None
) -> AfterSaleBatch:
    """The next page of after-sales that changed."""
    walk = read_walk(cursor, start_ms)
    if not walk.until_s:
        started = begun(walk, clock.now() // 1000, RULES)
        if started is None:
            return AfterSaleBatch((), (), write_walk(walk), False)
        walk = started
    page, (start, end) = walk.page or 1, walk.window
    span = {"updateStartTime": str(max(start * 1000 - 1, 0)), "updateEndTime": str(end * 1000)}
    asked = {**span, "page": str(page), "pageSize": str(PAGE)}
    told = await calls.ask(SpCall("GET", LIST, query=asked))
    step = stepped(walk, told.counted(page, PAGE), server_ms(told.answer), RULES)
    records: dict[str, AfterSaleRecord] = {}
    kept: list[KeptAside] = []
    for element in told.rows if step.used else []:
        row = mapping(element.value)
        if number_of(row):
            records[number_of(row)] = read_after_sale(row, element.raw)
        else:
            kept.append(_aside(element))
    return AfterSaleBatch(tuple(records.values()), tuple(kept), write_walk(step.walk), step.more)


def _aside(element: Element) -> KeptAside:
    why = element.problem.details.get("why", "") if element.problem else "no afsOrderId"
    return KeptAside("", Problem("unreadable", "refund", str(why)), element.raw)


async def one(calls: JdSpCalls, external_id: str) -> AfterSaleRecord:
    """One after-sale as it stands now. Raises Rejected where there is none."""
    if not is_id(external_id):
        raise Rejected("sync_bad_number", external_id=external_id[:40])
    call = SpCall("GET", ONE, {"afsOrderId": external_id}, {"scopeSet": SCOPE})
    told = await calls.ask(call)
    if number_of(told.data) != external_id:
        raise Rejected("jd_no_such_request", external_id=external_id)
    return read_after_sale(told.data, told.answer.body)
