"""How sendings to platforms ended, written through in the name of sync."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select

from app.commands.cases import PushAgain, Pushed, ReplayEffect
from app.domain.errors import NotInState
from app.operations import after_sales
from app.operations.outbound import refuse_read_only
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases, events, exposure
from app.store import outbox as box
from app.store.cases import Notice
from app.store.seal import Row
from app.store.tables import orders, parcel
from app.store.tables_record import case, outbox
from app.store.work import Work
from sync.records import AfterSaleAsk, MemoAsk, ShipAsk, StockAsk

Ask = ShipAsk | MemoAsk | StockAsk | AfterSaleAsk
MOST_ANSWERED_FAILURES = 5
DEAD = "dead"
FAILED = ("writeback_failed", "dead_letter")


@dataclass(frozen=True, slots=True)
class Sending:
    """One effect as its channel is asked for it."""

    row: Row
    ask: Ask


def sending_of(work: Work, row: Row) -> Sending:
    """The request of one effect, its body opened; the key is the row's, on every try."""
    body, key = box.body_of(work, row), row["intent_key"]
    return Sending(row, ASKS[row["kind"]](body, key))


def _ship(body: dict[str, Any], key: str) -> ShipAsk:
    return ShipAsk(
        external_id=body["external_id"],
        carrier_code=body["carrier"],
        carrier_name=body.get("carrier_name") or body["carrier"].upper(),
        waybill_no=body["waybill_no"],
        lines=tuple((external_id, quantity) for external_id, quantity in body["lines"]),
        idempotency_key=key,
        replaces=body.get("replaces", ""),
    )


def _memo(body: dict[str, Any], key: str) -> MemoAsk:
    return MemoAsk(body["external_id"], body["text"], body["flag"], key)


def _stock(body: dict[str, Any], key: str) -> StockAsk:
    return StockAsk(body["listing_ref"], body["sku"], body["quantity"], key)


def _after_sale(body: dict[str, Any], key: str) -> AfterSaleAsk:
    return AfterSaleAsk(idempotency_key=key, **body)


ASKS: Mapping[str, Callable[[dict[str, Any], str], Ask]] = {
    "ship_writeback": _ship,
    "memo_write": _memo,
    "stock_write": _stock,
    after_sales.KIND: _after_sale,
}


def done(work: Work, row: Row, reference: str, already: bool) -> None:
    """The platform has it; ``already`` says an earlier try had got through."""
    box.settle(
        work,
        row["id"],
        "done",
        last_error="",
        result_json=msgspec.json.encode({"ref": reference, "already": already}).decode(),
    )
    if row["kind"] == after_sales.KIND:
        after_sales.settle(work, row, "done")
    if row["kind"] != "ship_writeback":
        return
    work.update(parcel, row["object_id"], written_back_at=work.now)
    cases.settle_all(work, row["order_id"], FAILED, "written_back")
    events.note(work, row["order_id"], "written_back", "good", ref=reference)


def later(work: Work, row: Row, code: str, wait_ms: int, answered: bool = False) -> None:
    """Not now: the same key again after ``wait_ms``; ``answered`` counts towards a dead letter."""
    _again(work, row, "ready", code, wait_ms, failures=row["failures"] + answered)


def not_sent(work: Work, row: Row, code: str, wait_ms: int) -> None:
    """Nothing left this computer: however long that lasts, it never makes a dead letter."""
    before = {"first_sent_at": row["first_sent_at"], "attempts": row["attempts"]}
    _again(work, row, "ready", code, wait_ms, **before)


def lost(work: Work, row: Row, code: str, wait_ms: int, answered: bool = False) -> None:
    """It may have got through: the connector looks before it sends the same key again."""
    if row["kind"] == after_sales.KIND:
        after_sales.settle(work, row, "unknown", code)
    _again(work, row, "unknown", code, wait_ms, failures=row["failures"] + answered)


def _again(work: Work, row: Row, state: str, code: str, wait_ms: int, **values: int | None) -> None:
    next_at = work.now + wait_ms
    box.settle(work, row["id"], state, next_at=next_at, last_error=code, **values)


def refused(work: Work, rules: Rulebook, row: Row, code: str, text: str) -> None:
    """A definite no, or too many answered failures: a dead letter with a case and a replay."""
    box.settle(work, row["id"], DEAD, last_error=code)
    if row["kind"] == after_sales.KIND:
        after_sales.settle(work, row, "refused", code)
    kind = "writeback_failed" if row["kind"] == "ship_writeback" else "dead_letter"
    order = work.find(orders, row["order_id"])
    notice = Notice(
        kind,
        row["order_id"],
        row["channel_id"],
        subject=row["intent_key"],
        args={"code": code, "text": text[:200], "kind": row["kind"]},
        amount=(order["total_minor"], order["currency"]) if order else (0, ""),
    )
    cases.open_case(work, rules.cases, notice)
    if row["order_id"]:
        events.note(work, row["order_id"], "upload_refused", "bad", code=code, text=text[:200])


def replay_effect(work: Work, ask: ReplayEffect, rules: Rulebook) -> None:
    """Try a dead upload again, with the key it always had."""
    refuse_read_only(rules)
    row = work.row(outbox, ask.outbox_id)
    if row["state"] != DEAD:
        raise NotInState(machine="outbox", state=row["state"], action="replay")
    _take_up(work, row)


def push_again(work: Work, ask: PushAgain, rules: Rulebook) -> Pushed:
    """Take up the upload an exception is about; a second press finds it under way or done.

    Raises :class:`NotInState` for an exception that is about no upload.
    """
    refuse_read_only(rules)
    about = work.row(case, ask.case_id)
    query = select(outbox).where(outbox.c.intent_key == about["subject"])
    found = work.rows(query.with_for_update())
    if about["kind"] not in FAILED or not found:
        raise NotInState(machine="case", state=about["kind"], action="push_again")
    row = work.checked(outbox, found[0])
    if row["state"] != DEAD:
        return Pushed(again=False, state=row["state"])
    _take_up(work, row)
    return Pushed(again=True, state="ready")


def _take_up(work: Work, row: Row) -> None:
    """Let a dead upload be sent again, under the key it always had, and close what said so.

    Raises :class:`NotInState` for a stock figure that another was told after: it is old by now.
    """
    if row["kind"] == box.STOCK and exposure.is_overtaken(work, row):
        raise NotInState(machine="outbox", state="overtaken", action="replay")
    if row["kind"] == after_sales.KIND:
        after_sales.settle(work, row, "sending")
    box.settle(work, row["id"], "ready", next_at=work.now, attempts=0, failures=0)
    cases.settle_about(work, row["intent_key"], FAILED, "replayed")
    if row["order_id"]:
        events.note(work, row["order_id"], "upload_again")


VERBS = (
    Verb(ReplayEffect, replay_effect, "outbox.retry", "effect_replayed"),
    Verb(PushAgain, push_again, "outbox.retry", "effect_replayed", kept=False),
)
