"""What buyers ask back in a Douyin shop: of one order, and all that changed.

afterSale.List (op.jinritemai.com) tells after-sales by the time they changed, or all of one order.
Money went back where `refund_status` is 3, or 5, where the platform paid first. Answers (agree,
refuse) need return addresses and the platform's lists of reasons: its back office gives them.
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.douyin_read import at, fen
from sync.channels.douyin_states import BEFORE_IT_LEFT
from sync.channels.douyin_trades import counted
from sync.channels.douyin_walk import PAGE, RULES, paged
from sync.connector import server_ms
from sync.errors import Malformed, Rejected
from sync.gateways.douyin_calls import Call, DouyinCalls
from sync.json_text import Element
from sync.ports import Clock
from sync.reading import Reader, mapping, minor, rows, text
from sync.records import AfterSaleBatch, AfterSaleRecord, KeptAside, Problem, RefundRecord
from sync.windows import Walk, begun, read_walk, stepped, write_walk

LIST = "afterSale.List"
PATH = ("data", "items")
MOST_PAGES = 20
KINDS = {0: "return", 1: "refund", 2: "refund", 3: "exchange", 7: "resend", 8: "repair"}
_BACK = (3, 5)


async def of_order(calls: DouyinCalls, order_id: str) -> list[Element]:
    """Every after-sale of an order, each once."""
    found: dict[str, Element] = {}
    for page in range(MOST_PAGES):
        told = await calls.ask(Call(LIST, {"order_id": order_id, "page": page, "size": PAGE}, PATH))
        total = minor(mapping(told.data).get("total"), 0)
        if total is None:
            raise Malformed("douyin_odd_answer", interface=LIST)
        for number, each in enumerate(told.elements):
            found[_id_of(each.value) or f"#{page}.{number}"] = each
        if (page + 1) * PAGE >= total:
            break
    return list(found.values())


def _info(value: object) -> dict[str, Any]:
    return mapping(mapping(value).get("aftersale_info"))


def _id_of(value: object) -> str:
    found = text(_info(value).get("aftersale_id"))
    return found if found.isascii() and found.isdigit() and len(found) <= 25 else ""


def read_refunds(
    found: list[Element], order_id: str
) -> tuple[tuple[RefundRecord, ...], tuple[Problem, ...]]:
    """What was given back for an order, and what of it could not be read."""
    reader = Reader("UTC", "CNY")
    refunds = []
    for each in found:
        row = mapping(each.value)
        if each.problem is not None or not _id_of(row):
            reader.note("unreadable", "after_sales", each.raw[:80].decode("utf-8", "replace"))
        elif minor(_info(row).get("refund_status"), 0) in _BACK and _order_of(row) == order_id:
            refunds.append(_refund(reader, row))
    return tuple(refunds), tuple(reader.problems)


def _order_of(row: Mapping[str, Any]) -> str:
    return text(mapping(row.get("order_info")).get("shop_order_id"))


def _refund(reader: Reader, row: Mapping[str, Any]) -> RefundRecord:
    info = _info(row)
    name = f"after_sales[{_id_of(row)}]"
    # Before it left, the money back means that the goods are owed no more; later they are gone.
    owed = minor(info.get("aftersale_type"), 0) == BEFORE_IT_LEFT
    lines = []
    for each in rows(mapping(row.get("order_info")).get("related_order_info")):
        quantity = max(0, minor(each.get("aftersale_item_num"), 0) or 0) if owed else 0
        amount = fen(reader, f"{name}.aftersale_pay_amount", each.get("aftersale_pay_amount") or 0)
        lines.append((text(each.get("sku_order_id")), quantity, amount))
    return RefundRecord(
        external_id=_id_of(row),
        amount_minor=fen(reader, f"{name}.refund_amount", info.get("refund_amount")),
        reason=text(mapping(row.get("text_part")).get("reason_text")),
        created=at(reader, f"{name}.update_time", info.get("update_time")),
        lines=tuple(lines),
    )


def read_after_sale(row: Mapping[str, Any], raw: bytes) -> AfterSaleRecord:
    """One after-sale as told; what cannot be read becomes a Problem."""
    reader = Reader("UTC", "CNY")
    info, words = _info(row), mapping(row.get("text_part"))
    related = rows(mapping(row.get("order_info")).get("related_order_info"))
    return AfterSaleRecord(
        external_id=_id_of(row),
        order_id=_order_of(row),
        line_id=text(related[0].get("sku_order_id")) if len(related) == 1 else "",
        raw_status=f"aftersale_status.{text(info.get('aftersale_status'))}",
        kind=KINDS.get(_kind(info), "other"),
        version=text(info.get("update_time")),
        amount_minor=fen(reader, "refund_amount", info.get("refund_amount") or 0),
        currency="CNY",
        quantity=max(0, minor(info.get("aftersale_num"), 0) or 0),
        reason=text(words.get("reason_text")),
        words=text(info.get("remark")),
        created=at(reader, "apply_time", info.get("apply_time")),
        modified=at(reader, "update_time", info.get("update_time")),
        return_carrier=text(info.get("return_logistics_company_name")),
        return_no=text(info.get("return_logistics_code")),
        problems=tuple(reader.problems),
        raw=raw,
    )


def _kind(info: Mapping[str, Any]) -> int:
    told = minor(info.get("aftersale_type"), 0)
    return -1 if told is None else told


async def changed(
    calls: DouyinCalls, clock: Clock, cursor: str, start_ms: int | None
) -> AfterSaleBatch:
    """The next page of after-sales that changed."""
    walk = read_walk(cursor, start_ms)
    started = walk if walk.until_s else begun(walk, clock.now() // 1000, RULES)
    if started is None:
        return AfterSaleBatch((), (), write_walk(walk), False)
    told = await calls.ask(_window(started))
    step = stepped(started, counted(told, started, LIST), server_ms(told.answer), RULES)
    records: dict[str, AfterSaleRecord] = {}
    kept: list[KeptAside] = []
    for element in told.elements if step.used else []:
        number = _id_of(element.value)
        if number:
            records[number] = read_after_sale(mapping(element.value), element.raw)
        else:
            kept.append(_aside(element))
    return AfterSaleBatch(tuple(records.values()), tuple(kept), write_walk(step.walk), step.more)


def _window(walk: Walk) -> Call:
    start, end = walk.window
    asked = {"update_start_time": start, "update_end_time": end}
    return Call(LIST, {**paged(walk), **asked, "order_by": ["update_time desc"]}, PATH)


def _aside(element: Element) -> KeptAside:
    why = element.problem.details.get("why", "") if element.problem else "no aftersale_id"
    return KeptAside("", Problem("unreadable", "after_sale", str(why)), element.raw)


async def one(calls: DouyinCalls, external_id: str) -> AfterSaleRecord:
    """One after-sale as it stands now. Raises Rejected where there is none."""
    if not (external_id.isascii() and external_id.isdigit()):
        raise Rejected("sync_bad_number", external_id=external_id[:40])
    told = await calls.ask(Call(LIST, {"aftersale_id": external_id, "page": 0, "size": 1}, PATH))
    for element in told.elements:
        if _id_of(element.value) == external_id:
            return read_after_sale(mapping(element.value), element.raw)
    raise Rejected("douyin_no_such_after_sale", external_id=external_id)
