"""What buyers ask back on Taobao: listed as trades are, and answered where nothing has moved.

An answer names the version and the phase of what was seen, and the platform refuses another; the
refund is read first all the same, so that a repeat finds its own answer and what the buyer changed
meanwhile is shown to a person instead. Goods to be sent back first (退货退款) are not agreed to
here: that needs one of the seller's return addresses, which is chosen on the platform.
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.taobao_read import GIVEN_BACK
from sync.channels.taobao_trades import ONE_REFUND, REFUND, TYPES, counted
from sync.channels.taobao_walk import PAGE, Walk, read_walk, stepped, write_walk
from sync.connector import server_ms
from sync.errors import Rejected
from sync.gateways.taobao_calls import Method, TopCalls
from sync.gateways.taobao_sign import ZONE, top_time
from sync.json_text import Element
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

LIST = Method("taobao.refunds.receive.get", "refunds", "refund")
AGREE = Method("taobao.rp.refunds.agree", writes=True)
REFUSE = Method("taobao.refund.refuse", writes=True)
KINDS = {
    "REFUND": "refund",
    "REFUND_AND_RETURN": "return",
    "TMALL_EXCHANGE": "exchange",
    "TAOBAO_EXCHANGE": "exchange",
    "REPAIR": "repair",
    "RESHIPPING": "resend",
}
REFUSED = "SELLER_REFUSE_BUYER"
_ANSWERED = {"agree": GIVEN_BACK, "refuse": REFUSED}
_LEAST_WORDS, _MOST_WORDS = 2, 200


def number_of(row: Mapping[str, Any]) -> str:
    """A refund's number; "" where it has none that can be read."""
    found = text(row.get("refund_id"))
    return found if found.isascii() and found.isdigit() and len(found) <= 25 else ""


def read_after_sale(row: Mapping[str, Any], raw: bytes) -> AfterSaleRecord:
    """One refund as told; what cannot be read becomes a Problem."""
    number = number_of(row)
    reader = Reader(ZONE, "CNY")
    status = text(row.get("status"))
    returns = row.get("has_good_return") is True
    told = KINDS.get(text(row.get("dispute_type")))
    kind = told or ("other" if text(row.get("dispute_type")) else "return" if returns else "refund")
    return AfterSaleRecord(
        external_id=number,
        order_id=text(row.get("tid")),
        line_id=text(row.get("oid")),
        raw_status=status,
        kind=kind,
        version=text(row.get("refund_version")),
        amount_minor=reader.money("refund_fee", row.get("refund_fee")),
        currency="CNY",
        quantity=max(0, minor(row.get("num"), 0) or 0),
        reason=text(row.get("reason")),
        words=text(row.get("desc")),
        created=reader.moment("created", None, row.get("created")),
        modified=reader.moment("modified", None, row.get("modified")),
        may=_may(row, status, kind),
        return_carrier=text(row.get("company_name")),
        return_no=text(row.get("sid")),
        problems=tuple(reader.problems),
        raw=raw,
    )


def _may(row: Mapping[str, Any], status: str, kind: str) -> frozenset[str]:
    """What the seller may answer now, by the state it is in and the platform's own constraint."""
    constraint = text(row.get("operation_contraint"))
    if constraint == "refund_onweb" or kind not in ("refund", "return"):
        return frozenset()
    refuse = frozenset() if constraint == "cannot_refuse" else frozenset({"refuse"})
    if status == "WAIT_SELLER_AGREE":
        return refuse | ({"agree"} if kind == "refund" else set())
    return refuse | {"agree"} if status == "WAIT_SELLER_CONFIRM_GOODS" else frozenset()


async def changed(
    calls: TopCalls, clock: Clock, cursor: str, start_ms: int | None
) -> AfterSaleBatch:
    """The next page of refunds that changed."""
    walk = read_walk(cursor, start_ms, clock.now())
    told = await calls.ask(LIST, _window(walk))
    step = stepped(walk, counted(told.data.get("total_results")), server_ms(told.answer))
    records: dict[str, AfterSaleRecord] = {}
    kept: list[KeptAside] = []
    for element in reversed(told.rows if step.used else []):
        number = number_of(mapping(element.value))
        if number:
            records[number] = read_after_sale(mapping(element.value), element.raw)
        else:
            kept.append(_aside(element))
    return AfterSaleBatch(tuple(records.values()), tuple(kept), write_walk(step.walk), step.more)


def _window(walk: Walk) -> dict[str, str]:
    return {
        "fields": ",".join(REFUND),
        "type": TYPES,
        "start_modified": top_time(walk.since_ms),
        "end_modified": top_time(walk.until_ms),
        "page_no": str(walk.page or 1),
        "page_size": str(PAGE),
    }


def _aside(element: Element) -> KeptAside:
    why = element.problem.details.get("why", "") if element.problem else "no refund_id"
    return KeptAside("", Problem("unreadable", "refund", str(why)), element.raw)


async def one(calls: TopCalls, external_id: str) -> tuple[AfterSaleRecord, str]:
    """One refund as it stands now, and the phase it is in (onsale, aftersale)."""
    if not (external_id.isascii() and external_id.isdigit()):
        raise Rejected("sync_bad_number", external_id=external_id[:40])
    told = await calls.ask(ONE_REFUND, {"refund_id": external_id, "fields": ",".join(REFUND)})
    row = {"refund_id": external_id, **mapping(told.data.get("refund"))}
    return read_after_sale(row, told.answer.body), text(row.get("refund_phase"))


async def answer(calls: TopCalls, ask: AfterSaleAsk) -> Done:
    """Agree or refuse, where the refund still stands as the seller saw it.

    Raises:
        Rejected: it moved meanwhile, may not be answered so, or the platform says no.
    """
    stands, phase = await one(calls, ask.external_id)
    if stands.raw_status == _ANSWERED.get(ask.answer):
        return Done(ask.external_id, already=True)
    seen = stands.version == ask.version and stands.amount_minor == ask.amount_minor
    if not seen or ask.answer not in stands.may:
        raise Rejected("taobao_after_sale_moved", foreign_code=stands.raw_status)
    if ask.answer == "agree":
        await _agree(calls, stands, phase)
    else:
        await _refuse(calls, ask, phase)
    return Done(ask.external_id)


async def _agree(calls: TopCalls, stands: AfterSaleRecord, phase: str) -> None:
    parts = (stands.external_id, str(stands.amount_minor), stands.version, phase)
    told = (await calls.ask(AGREE, {"refund_infos": "|".join(parts)})).data
    if told.get("succ") is not True:
        words = text(told.get("message")) or text(told.get("msg_code"))
        raise Rejected(foreign_code=text(told.get("msg_code")), text=words)


async def _refuse(calls: TopCalls, ask: AfterSaleAsk, phase: str) -> None:
    words = ask.words.strip()
    if not _LEAST_WORDS <= len(words) <= _MOST_WORDS:
        raise Rejected("taobao_refusal_words", size=len(words), most=_MOST_WORDS)
    asked = {
        "refund_id": ask.external_id,
        "refuse_message": words,
        "refund_phase": phase,
        "refund_version": ask.version,
    }
    told = (await calls.ask(REFUSE, asked)).data
    if told.get("is_success") is False:
        raise Rejected(foreign_code=REFUSE.name, text="is_success=false")
