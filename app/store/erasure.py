"""Erases the personal data of an order and keeps the order: its money, its numbers, its record.

What goes of each table stands in one list below. The order's row of `erasure` stays for ever: as
long as it does, a platform that tells the same order again brings nobody back. The record of who
did what holds ids and digests only and is not touched, so the book verifies as before. Backups
made earlier still hold the data until they are dropped (`app.store.backup`).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import Table, select

from app.domain.masks import ERASED
from app.domain.personal_data import Course, OpenBecause, open_because
from app.domain.states import OrderState, WaybillState
from app.store import events, intake_rows
from app.store.seal import Row
from app.store.tables import orders, parcel, print_job, receiver, refund, tracking, waybill
from app.store.tables_after_sale import after_sale
from app.store.tables_labels import print_data
from app.store.tables_privacy import erasure
from app.store.tables_receipt import inspection
from app.store.tables_record import case, event, kept_aside, outbox, raw_record
from app.store.work import CHUNK, Work

Values = Mapping[str, Any]
ORDER: Values = {
    "buyer_mask": ERASED,
    "phone_mask": "",
    "phone_tail": "",
    "city": "",
    "buyer_message_mask": "",
    "seller_memo": "",
    "held_reason": "",
}
RECEIVER: Values = {
    **dict.fromkeys((c.name for c in receiver.columns if c.info.get("closed")), None),
    "phone_index": None,
    "email_index": None,
    "tokens": None,
    "address_mask": ERASED,
    "district": "",
    "postcode": "",
}
#: what goes of the rows that name their order
BESIDE: Mapping[Table, Values] = {
    raw_record: {"body_ct": None},
    refund: {"reason": ""},
    after_sale: {"reason": "", "said": ""},
    waybill: {"request_ct": None, "rejected_text": ""},
    print_data: {"content_ct": None},
    outbox: {"body_ct": None},
    print_job: {"error": ""},
    case: {"settled_reason": ""},
    inspection: {"reason": ""},
}
#: what carriers say of a parcel: who signed for it, at which corner shop
OF_PARCELS: Mapping[Table, Values] = {tracking: {"place": "", "said": ""}}
#: the texts of these facts are codes and numbers of things; everything else may name somebody
PLAIN_FACTS = frozenset(
    {
        *("platform", "carrier", "waybill_no", "field", "sku", "kind", "machine"),
        *("action", "to", "code", "missing", "currency", "ref"),
    }
)
#: in these states something may still be sent, asked or printed for the order
_UNDER_WAY: Mapping[Table, tuple[str, ...]] = {
    outbox: ("ready", "leased", "unknown"),
    print_job: ("queued", "claimed"),
    waybill: tuple(
        state.value
        for state in (
            *(WaybillState.INTENT, WaybillState.REQUESTING),
            *(WaybillState.UNKNOWN, WaybillState.VOIDING),
        )
    ),
    case: ("open", "claimed"),
}


def why_open(work: Work, row: Row, after_sale_days: int) -> OpenBecause:
    """Why the personal data of an order must stay for now."""
    busy = any(
        work.rows(
            select(table.c.id)
            .where(table.c.order_id == row["id"], table.c.state.in_(states))
            .limit(1)
        )
        for table, states in _UNDER_WAY.items()
    )
    sent_at = row["completed_at"] or row["shipped_at"] or row["placed_at"]
    return open_because(Course(OrderState(row["state"]), sent_at, busy), work.now, after_sale_days)


def erased(work: Work, order_ids: Iterable[int]) -> frozenset[int]:
    """Which of these orders have no personal data any more."""
    return _in_state(work, order_ids, "done")


def wanted(work: Work, order_ids: Iterable[int]) -> frozenset[int]:
    """Which of these orders wait for their end to be erased."""
    return _in_state(work, order_ids, "wanted")


def _in_state(work: Work, order_ids: Iterable[int], state: str) -> frozenset[int]:
    ids, found = list(order_ids), set()
    for start in range(0, len(ids), CHUNK):
        some = erasure.c.order_id.in_(ids[start : start + CHUNK])
        for row in work.rows(select(erasure).where(some, erasure.c.state == state)):
            found.add(work.checked(erasure, row)["order_id"])
    return frozenset(found)


def want(work: Work, order_id: int) -> None:
    """Remember that an order is to be erased once it is over."""
    if work.find(erasure, order_id) is None:
        asked = {"asked_by": work.actor.name, "asked_at": work.now}
        work.insert(erasure, {"order_id": order_id, **asked})


def next_wanted(work: Work, after: int, limit: int) -> list[int]:
    """The orders that wait for their end to be erased, behind ``after``."""
    query = select(erasure.c.order_id).where(
        erasure.c.state == "wanted", erasure.c.order_id > after
    )
    return [row["order_id"] for row in work.rows(query.order_by(erasure.c.order_id).limit(limit))]


def erase(work: Work, order_id: int, cause: str) -> None:
    """Erase the personal data of one order; ``cause`` is asked or retention."""
    row = work.row(orders, order_id)
    for table, one, values in _all_of(work, row):
        if any(one[name] != value for name, value in values.items()):
            work.update(table, one[work.book.shapes[table.name].pk], **values)
    intake_rows.replace_tokens(work, order_id, ())
    _mark_done(work, order_id, cause)
    events.note(work, order_id, "erased", "warning")
    work.tell("personal_data_erased", "order", order_id, cause=cause)


def _all_of(work: Work, row: Row) -> Iterator[tuple[Table, Row, Values]]:
    """Every row that holds something of an order's buyer, with what is to stand there."""
    order_id = row["id"]
    yield orders, row, ORDER
    beside = {receiver: RECEIVER, **BESIDE}
    yield from ((t, one, v) for t, v in beside.items() for one in _rows(work, t, order_id))
    for table in (event, case):
        for one in _rows(work, table, order_id):
            yield table, one, {"args_json": plain_facts(one["args_json"])}
    for box in _rows(work, parcel, order_id):
        for table, values in OF_PARCELS.items():
            for one in work.of(table, "parcel_id", box["id"]):
                yield table, one, values
    for one in _kept(work, row):
        yield kept_aside, one, {"body_ct": None}


def _rows(work: Work, table: Table, order_id: int) -> list[Row]:
    return work.of(table, "order_id", order_id)


def plain_facts(args_json: str) -> str:
    """The facts of an event or exception without any text that may name somebody."""
    facts = msgspec.json.decode(args_json)
    kept = {
        name: value if isinstance(value, int) or name in PLAIN_FACTS else ""
        for name, value in facts.items()
    }
    return msgspec.json.encode(kept).decode()


def forget_kept(work: Work, before: int, limit: int) -> int:
    """Empty records kept aside earlier than ``before`` (UTC ms); how many there were."""
    old = select(kept_aside).where(kept_aside.c.at < before, kept_aside.c.body_ct.is_not(None))
    rows = work.rows(old.order_by(kept_aside.c.id).limit(limit))
    for row in rows:
        work.update(kept_aside, work.checked(kept_aside, row)["id"], body_ct=None)
    return len(rows)


def _kept(work: Work, row: Row) -> list[Row]:
    """Records of this very order that could not be read."""
    query = select(kept_aside).where(
        kept_aside.c.channel_id == row["channel_id"],
        kept_aside.c.external_id == row["external_id"],
    )
    return [work.checked(kept_aside, one) for one in work.rows(query)]


def _mark_done(work: Work, order_id: int, cause: str) -> None:
    if work.find(erasure, order_id) is not None:
        work.update(erasure, order_id, state="done", done_at=work.now)
        return
    asked = {"asked_by": work.actor.name, "asked_at": work.now, "done_at": work.now}
    work.insert(erasure, {"order_id": order_id, "state": "done", "cause": cause, **asked})
