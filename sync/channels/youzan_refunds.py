"""What buyers ask back in a Youzan shop: all that changed, one as it stands, and the answers.

youzan.trade.refund.search 3.0.1 tells refunds by the time they changed (epoch seconds here, where
the order list takes text), 3,000 rows deep at most; youzan.trade.refund.get tells one with the
`version` an answer must name: another is refused (103010039, 102010002). youzan.trade.refund.agree
pays out, of the shop's balance; refund.refuse and returngoods.refuse say no with words. Agreeing to
a return needs one of the shop's addresses and is done in its back office (doc.youzanyun.com).
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.youzan_calls import Interface, Told, YouzanCalls
from sync.channels.youzan_keys import ZONE, Value
from sync.channels.youzan_read import at, is_tid, text
from sync.channels.youzan_trades import counted
from sync.connector import server_ms
from sync.errors import Rejected
from sync.json_text import Element
from sync.ports import Clock
from sync.reading import Reader, mapping, minor
from sync.records import (
    AfterSaleAsk,
    AfterSaleBatch,
    AfterSaleRecord,
    Done,
    KeptAside,
    Problem,
)
from sync.windows import Rules, Walk, begun, read_walk, stepped, write_walk

PAGE = 50
SEARCH = Interface("youzan.trade.refund.search", "3.0.1", ("data", "refunds"))
ONE = Interface("youzan.trade.refund.get", "3.0.1")
AGREE = Interface("youzan.trade.refund.agree", "3.0.1", writes=True)
REFUSE = Interface("youzan.trade.refund.refuse", "3.0.0", writes=True)
REFUSE_RETURN = Interface("youzan.trade.returngoods.refuse", "3.0.0", writes=True)
RULES = Rules(PAGE, deep=3_000)
ASKED, RETURNED = "WAIT_SELLER_AGREE", "WAIT_SELLER_CONFIRM_GOODS"
_SAID = {
    "agree": ("SUCCESS",),
    "refuse": ("SELLER_REFUSE_BUYER", "SELLER_REFUSE_BUYER_RETURN_GOODS"),
}
_KINDS = {1: "refund", 2: "return", 3: "exchange"}
_MEANS = {
    "103010039": "youzan_refund_moved",
    "102010002": "youzan_refund_moved",
    "103011024": "youzan_no_such_refund",
    "103010052": "youzan_no_such_refund",
    "103010054": "youzan_no_such_refund",
    "102090108": "youzan_no_balance",
}
# Why, by the numbers of youzan.trade.refund.get; the words are the platform's own.
_REASONS = {
    1: "买/卖双方协商一致",
    2: "买错/多买/不想要",
    3: "商品质量问题",
    4: "未收到货品",
    11: "质量问题",
    12: "拍错/多拍/不喜欢",
    13: "商品描述不符",
    14: "假货",
    15: "商家发错货",
    16: "商品破损/少件",
    18: "退运费",
    19: "协商一致退款",
    20: "快递一直未送达",
    21: "未按约定时间发货",
    22: "拍错/不想要",
    23: "计划有变无法使用",
    24: "商家降价",
    51: "买错/多买/不想要",
    52: "快递无记录",
    53: "少货/空包裹",
    54: "未按约定时间发货",
    55: "快递一直未送达",
    57: "拍错/多拍/不喜欢",
    101: "商品破损/少件",
    102: "商家发错货",
    103: "商品描述不符",
    104: "拍错/多拍/不喜欢",
    105: "质量问题",
    106: "假货",
}


def refund_id(value: object) -> str:
    """A refund's number; "" where there is none that can be read."""
    found = text(mapping(value).get("refund_id"))
    return found if found.isascii() and found.isdigit() and len(found) <= 40 else ""


def tid_asked(value: object) -> str:
    """The order a refund is of; "" where there is none that can be read."""
    found = text(mapping(value).get("tid"))
    return found if is_tid(found) else ""


async def page(calls: YouzanCalls, walk: Walk) -> tuple[Told, int]:
    """A walk's page of refunds that changed in its window, and how many there are."""
    start, end = walk.window
    params: dict[str, Value] = {
        "update_time_start": start,
        "update_time_end": end,
        "page_no": max(walk.page, 1),
        "page_size": PAGE,
    }
    told = await calls.ask(SEARCH, params)
    return told, counted(told, "total", walk.page, PAGE)


def read_refund(row: Mapping[str, Any], raw: bytes) -> AfterSaleRecord:
    """One refund as told; what cannot be read becomes a Problem."""
    reader = Reader(ZONE, "CNY")
    status, returns = text(row.get("status")), row.get("return_goods") is True
    demand = minor(row.get("demand"), 0)
    kind = ("return" if returns else "refund") if demand is None else _KINDS.get(demand, "other")
    goods = mapping(row.get("logistics"))
    reason = minor(row.get("reason"), 0)
    return AfterSaleRecord(
        external_id=refund_id(row),
        order_id=tid_asked(row),
        line_id=text(row.get("oid")),
        raw_status=status,
        kind=kind,
        version=text(row.get("version")),
        amount_minor=reader.money("refund_fee", row.get("refund_fee")),
        currency="CNY",
        quantity=max(0, minor(row.get("item_num"), 0) or 0),
        reason="" if reason is None else _REASONS.get(reason, str(reason)),
        words=text(row.get("desc")),
        created=at(reader, "created", row.get("created")),
        modified=at(reader, "modified", row.get("modified")),
        may=_may(status, kind) if text(row.get("version")) else frozenset(),
        return_carrier=text(goods.get("company_code")),
        return_no=text(goods.get("logistics_no")),
        problems=tuple(reader.problems),
        raw=raw,
    )


def _may(status: str, kind: str) -> frozenset[str]:
    if kind not in ("refund", "return"):
        return frozenset()
    if status == RETURNED or (status == ASKED and kind == "refund"):
        return frozenset({"agree", "refuse"})
    return frozenset({"refuse"} if status == ASKED else ())


async def changed(
    calls: YouzanCalls, clock: Clock, cursor: str, start_ms: int | None
) -> AfterSaleBatch:
    """The next page of refunds that changed; those that wait for the shop are read whole."""
    walk = read_walk(cursor, start_ms)
    started = walk if walk.until_s else begun(walk, clock.now() // 1000, RULES)
    if started is None:
        return AfterSaleBatch((), (), write_walk(walk), False)
    told, total = await page(calls, started)
    step = stepped(started, total, server_ms(told.answer), RULES)
    records: dict[str, AfterSaleRecord] = {}
    kept: list[KeptAside] = []
    for element in told.elements if step.used else []:
        number = refund_id(element.value)
        if not number:
            kept.append(aside(element))
        elif text(mapping(element.value).get("status")) in (ASKED, RETURNED):
            records[number] = await one(calls, number)
        else:
            records[number] = read_refund(mapping(element.value), element.raw)
    return AfterSaleBatch(tuple(records.values()), tuple(kept), write_walk(step.walk), step.more)


def aside(element: Element) -> KeptAside:
    """What cannot be a refund, whole."""
    why = element.problem.details.get("why", "") if element.problem else "no refund_id"
    tid = tid_asked(element.value)
    return KeptAside(tid, Problem("unreadable", "refund", str(why)), element.raw)


async def one(calls: YouzanCalls, external_id: str) -> AfterSaleRecord:
    """One refund as it stands now, and what may be answered to it."""
    if not (external_id.isascii() and external_id.isdigit()):
        raise Rejected("sync_bad_number", external_id=external_id[:40])
    told = await _named(calls, ONE, {"refund_id": external_id}, external_id)
    if refund_id(told.data) != external_id:
        raise Rejected("youzan_no_such_refund", external_id=external_id)
    return read_refund(told.data, told.raw)


async def answer(calls: YouzanCalls, ask: AfterSaleAsk) -> Done:
    """Agree or refuse, where the refund still stands as the seller saw it.

    Raises:
        Rejected: it moved meanwhile, may not be answered so, a refusal has no words, or the
            platform says no.
    """
    stands = await one(calls, ask.external_id)
    if stands.raw_status in _SAID.get(ask.answer, ()):
        return Done(ask.external_id, already=True)
    seen = stands.version == ask.version and stands.amount_minor == ask.amount_minor
    if not seen or ask.answer not in stands.may:
        raise Rejected("youzan_refund_moved", foreign_code=stands.raw_status)
    params: dict[str, Value] = {"refund_id": ask.external_id, "version": int(stands.version)}
    if ask.answer == "agree":
        await _named(calls, AGREE, params, ask.external_id)
        return Done(ask.external_id)
    words = ask.words.strip()
    if not words:
        raise Rejected("youzan_refusal_words")
    way = REFUSE_RETURN if stands.raw_status == RETURNED else REFUSE
    await _named(calls, way, {**params, "remark": words}, ask.external_id)
    return Done(ask.external_id)


async def _named(
    calls: YouzanCalls, interface: Interface, params: Mapping[str, Value], external_id: str
) -> Told:
    """A call whose noes about refunds have names of ours."""
    try:
        return await calls.ask(interface, params)
    except Rejected as no:
        named = _MEANS.get(no.foreign_code)
        if named is None:
            raise
        code, words = no.foreign_code, no.text
        raise Rejected(named, foreign_code=code, text=words, external_id=external_id) from no
