"""What JD's buyers ask back before an order left: listed, and answered where nothing has moved.

jingdong.pop.afs.soa.refundapply.queryPageList takes windows of the time a request was made (7 days)
or was looked at (10 days), 50 a page and 100 pages; replyRefund answers one (open.jd.com). A round
walks both: new requests, then those somebody answered. Amounts are fen. Returns of goods are
another service of the platform's and are not among these.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.channels.jd_orders import REFUNDS, REFUNDS_PAGE, counted, order_of
from sync.channels.jd_read import GONE, fen, is_id
from sync.channels.jd_walk import DAY_MS, Rules, read_walk, stepped, write_walk
from sync.connector import server_ms
from sync.errors import Malformed, Rejected
from sync.gateways.jd_calls import JdCalls, Method
from sync.gateways.jd_sign import ZONE, Json, jd_time
from sync.json_text import Element, read_json
from sync.ports import Clock
from sync.reading import Reader, mapping, minor, text
from sync.records import (
    AfterSaleAsk,
    AfterSaleBatch,
    AfterSaleRecord,
    Done,
    KeptAside,
    Problem,
)

REPLY = Method("jingdong.pop.afs.soa.refundapply.replyRefund", writes=True)
WAITING, AGREED, REFUSED = 0, 1, 2
# Agreed to by the shop, and what follows from it (JD's finance, its people, a parcel stopped).
YES = frozenset({1, 3, 5, 6, 7, 9})
OTHER_REASON = 5
LEFT, NOT_LEFT = 1, 2
WHO, DEFAULT_WORDS = "Waydesk", "同意取消"
RULES = {
    "applyTime": Rules(REFUNDS_PAGE, 100, 7 * DAY_MS),
    "checkTime": Rules(REFUNDS_PAGE, 100, 7 * DAY_MS),
}


@dataclass(frozen=True, slots=True)
class Round:
    """Where the two walks stand, and which of them is next."""

    walks: Mapping[str, str]
    turn: str = "applyTime"


def read_round(cursor: str) -> Round:
    """The round a cursor stands for. Raises Malformed for one of another make."""
    if not cursor:
        return Round(dict.fromkeys(RULES, ""))
    told = mapping(read_json(cursor.encode()))
    walks, turn = mapping(told.get("walks")), told.get("turn")
    texts = all(isinstance(each, str) for each in walks.values())
    if set(walks) != set(RULES) or not texts or turn not in RULES:
        raise Malformed("sync_bad_cursor")
    return Round(walks, str(turn))


def number_of(row: Mapping[str, Any]) -> str:
    """A request's number; "" where it has none that can be read."""
    found = text(row.get("id"))
    return found if is_id(found) else ""


def read_request(row: Mapping[str, Any], raw: bytes) -> AfterSaleRecord:
    """One request as told; what cannot be read becomes a Problem."""
    reader = Reader(ZONE, "CNY")
    status = minor(row.get("status"), 0)
    checked = reader.moment("checkTime", None, row.get("checkTime"))
    created = reader.moment("applyTime", None, row.get("applyTime"))
    return AfterSaleRecord(
        external_id=number_of(row),
        order_id=text(row.get("orderId")),
        line_id="",
        raw_status=text(row.get("status")),
        kind="refund",
        version=f"{text(row.get('status'))}/{checked.raw}",
        amount_minor=fen(reader, "applyRefundSum", row.get("applyRefundSum")),
        currency="CNY",
        quantity=0,
        reason=text(row.get("reason")),
        words="",
        created=created,
        modified=checked if checked.utc_ms is not None else created,
        may=frozenset({"agree", "refuse"} if status == WAITING else ()),
        problems=tuple(reader.problems),
        raw=raw,
    )


async def changed(
    calls: JdCalls, clock: Clock, cursor: str, start_ms: int | None
) -> AfterSaleBatch:
    """The next page: of requests made, then of requests somebody answered."""
    round_ = read_round(cursor)
    rules = RULES[round_.turn]
    walk = read_walk(round_.walks[round_.turn], start_ms, clock.now(), rules)
    asked: dict[str, Json] = {
        f"{round_.turn}Start": jd_time(walk.since_ms),
        f"{round_.turn}End": jd_time(walk.until_ms),
        "pageIndex": walk.page or 1,
        "pageSize": REFUNDS_PAGE,
    }
    told = await calls.ask(REFUNDS, asked)
    total = counted(told, "queryResult", "totalCount")
    step = stepped(walk, total, server_ms(told.answer), rules)
    records: dict[str, AfterSaleRecord] = {}
    kept: list[KeptAside] = []
    for element in told.rows if step.used else []:
        row = mapping(element.value)
        if number_of(row):
            records[number_of(row)] = read_request(row, element.raw)
        else:
            kept.append(_aside(element))
    last = round_.turn == "checkTime" and not step.more
    walks = {**round_.walks, round_.turn: write_walk(step.walk)}
    text_ = _written(walks, round_.turn if step.more else _other(round_.turn))
    return AfterSaleBatch(tuple(records.values()), tuple(kept), text_, not last)


def _other(turn: str) -> str:
    return "checkTime" if turn == "applyTime" else "applyTime"


def _written(walks: Mapping[str, str], turn: str) -> str:
    return json.dumps({"walks": dict(walks), "turn": turn}, separators=(",", ":"))


def _aside(element: Element) -> KeptAside:
    why = element.problem.details.get("why", "") if element.problem else "no id"
    return KeptAside("", Problem("unreadable", "refund", str(why)), element.raw)


async def one(calls: JdCalls, external_id: str) -> AfterSaleRecord:
    """One request as it stands now. Raises Rejected where there is none."""
    if not is_id(external_id):
        raise Rejected("sync_bad_number", external_id=external_id[:40])
    told = await calls.ask(REFUNDS, {"ids": external_id, "pageIndex": 1, "pageSize": 1})
    told.result("queryResult")
    for element in told.rows:
        if number_of(mapping(element.value)) == external_id:
            return read_request(mapping(element.value), element.raw)
    raise Rejected("jd_no_such_request", external_id=external_id)


async def answer(calls: JdCalls, ask: AfterSaleAsk) -> Done:
    """Agree or refuse, where the request still stands as the seller saw it.

    Raises:
        Rejected: it moved meanwhile, may not be answered so, a refusal has no words, or JD says no.
    """
    stands = await one(calls, ask.external_id)
    status = minor(stands.raw_status, 0)
    if (ask.answer == "agree" and status in YES) or (ask.answer == "refuse" and status == REFUSED):
        return Done(ask.external_id, already=True)
    seen = stands.version == ask.version and stands.amount_minor == ask.amount_minor
    if not seen or ask.answer not in stands.may:
        raise Rejected("jd_request_moved", foreign_code=stands.raw_status)
    words = ask.words.strip()
    if ask.answer == "refuse" and not words:
        raise Rejected("jd_refusal_words")
    order, _ = await order_of(calls, stands.order_id)
    asked: dict[str, Json] = {
        "status": AGREED if ask.answer == "agree" else REFUSED,
        "id": int(ask.external_id),
        "checkUserName": WHO,
        "remark": words or DEFAULT_WORDS,
        "outWareStatus": LEFT if text(order.get("orderState")) in GONE else NOT_LEFT,
    }
    if ask.answer == "refuse":
        asked["rejectType"] = OTHER_REASON
    (await calls.ask(REPLY, asked)).done("replyResult")
    return Done(ask.external_id)
