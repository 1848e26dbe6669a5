"""After-sales: taken in as their platform tells them, and answered once, for good.

An answer is an effect like every other: written with what the person saw, sent under one key, and
where its outcome is lost the connector reads the after-sale again before it sends anything.
"""

from app.commands.after_sales import AnswerAfterSale
from app.domain import masks
from app.domain.errors import BadValue, NotInState, StaleVersion
from app.domain.states import OrderState
from app.operations import weights
from app.operations.outbound import refuse_read_only
from app.operations.verbs import Facts, Verb, Weight
from app.rulebook import Rulebook
from app.store import after_sale_rows, cases, events, intake_rows
from app.store import outbox as box
from app.store.cases import Notice
from app.store.outbox import Effect
from app.store.seal import Row
from app.store.tables import orders
from app.store.tables_after_sale import after_sale
from app.store.work import Work
from sync.records import AfterSaleBatch, AfterSaleRecord

STREAM = "after_sales"
KIND = "after_sale_answer"
RIGHT = "refund.request"
OPEN, REFUND = "after_sale_open", "refund_open"
ANSWERS = ("agree", "refuse")
UNDER_WAY = ("sending", "unknown", "done")
LONGEST = 500
INSIDE = frozenset({OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.ALLOCATED})


def take(work: Work, rules: Rulebook, channel_id: int, batch: AfterSaleBatch) -> int:
    """Keep a page with its cursor; how many after-sales were new or changed."""
    numbers = sorted({record.order_id for record in batch.records if record.order_id})
    known = intake_rows.known_orders(work, channel_id, numbers)
    fresh = 0
    for record in batch.records:
        order = known.get(record.order_id)
        fresh += _take_one(work, rules, (channel_id, order), record)
    moved = intake_rows.move_cursor(work, channel_id, batch.next_cursor, STREAM)
    if fresh or moved:
        work.tell("after_sales_taken", "channel", channel_id, n=fresh)
    return fresh


def take_one(work: Work, rules: Rulebook, row: Row, record: AfterSaleRecord) -> bool:
    """Bring one after-sale up to what its platform says now."""
    order = work.find(orders, row["order_id"])
    return _take_one(work, rules, (row["channel_id"], order), record)


def _take_one(
    work: Work, rules: Rulebook, whose: tuple[int, Row | None], record: AfterSaleRecord
) -> bool:
    channel_id, order = whose
    values = _values(channel_id, order, record)
    before = after_sale_rows.find(work, channel_id, record.external_id)
    if before is not None and all(before[name] == value for name, value in values.items()):
        return False
    pk = before["id"] if before else work.ids.next()
    if before is None:
        work.insert(after_sale, {"id": pk, **values})
    else:
        work.update(after_sale, pk, **values)
    row = work.row(after_sale, pk)
    work.mark("after_sales", row["order_id"])
    if order is not None and (before is None or before["raw_status"] != row["raw_status"]):
        told = {"kind": row["kind"], "amount": row["amount_minor"], "currency": row["currency"]}
        events.note(work, order["id"], "after_sale", "warning", **told)
    _follow(work, rules, row, order)
    return True


def _values(channel_id: int, order: Row | None, record: AfterSaleRecord) -> Row:
    return {
        "channel_id": channel_id,
        "order_id": order["id"] if order else 0,
        "external_id": record.external_id,
        "kind": record.kind,
        "raw_status": record.raw_status,
        "told_version": record.version,
        "amount_minor": record.amount_minor,
        "currency": record.currency,
        "quantity": record.quantity,
        "reason": masks.mask_note(record.reason[:LONGEST]),
        "said": masks.mask_note(record.words[:LONGEST]),
        "may": ",".join(sorted(record.may & set(ANSWERS))),
        "return_carrier": record.return_carrier[:LONGEST],
        "return_no": record.return_no[:LONGEST],
        "asked_at": record.created.utc_ms,
        "changed_at": record.modified.utc_ms,
    }


def _follow(work: Work, rules: Rulebook, row: Row, order: Row | None) -> None:
    """Open what waits for a person, and settle it once the platform waits no more."""
    subject = f"{row['channel_id']}:{row['external_id']}"
    if not row["may"]:
        cases.settle_about(work, subject, (OPEN, REFUND), "after_sale_over")
        return
    if row["answer_state"] in UNDER_WAY:
        return
    args = {"kind": row["kind"], "number": row["external_id"]}
    amount = (row["amount_minor"], row["currency"])
    where = (row["order_id"], row["channel_id"])
    made = Notice(OPEN, *where, subject=subject, args=args, amount=amount)
    cases.open_case(work, rules.cases, made)
    if order is not None and row["kind"] == "refund" and order["state"] in INSIDE:
        refund = Notice(REFUND, *where, subject=subject, args=args, amount=amount)
        cases.open_case(work, rules.cases, refund)


def answer_after_sale(work: Work, ask: AnswerAfterSale, rules: Rulebook) -> None:
    """Write the answer down to be sent, once; it cannot be taken back.

    Raises:
        BadValue: no such answer.
        NotInState: the platform does not wait for it, or it was answered already.
        StaleVersion: it moved since the person looked.
    """
    refuse_read_only(rules)
    if ask.answer not in ANSWERS:
        raise BadValue(field="answer", value=ask.answer)
    row = work.row(after_sale, ask.after_sale_id)
    state = row["answer_state"] if row["answer_state"] in UNDER_WAY else row["kind"]
    if ask.answer not in row["may"].split(",") or row["answer_state"] in UNDER_WAY:
        raise NotInState(machine="after_sale", state=state, action=ask.answer)
    if ask.told_version != row["told_version"]:
        raise StaleVersion(what="after_sale", id=str(row["id"]))
    body = {
        "external_id": row["external_id"],
        "answer": ask.answer,
        "version": row["told_version"],
        "amount_minor": row["amount_minor"],
        "words": ask.reason if ask.answer == "refuse" else "",
    }
    key = f"AS-{row['id']}-{row['version']}-{ask.answer}"
    whose = (row["channel_id"], row["order_id"], row["id"])
    box.put(work, Effect(KIND, key, *whose, body=body))
    sending: Row = {"answer": ask.answer, "answer_state": "sending", "answer_code": ""}
    work.update(after_sale, row["id"], **sending, answered_at=work.now)
    work.mark("after_sales", row["order_id"])
    if row["order_id"]:
        events.note(work, row["order_id"], f"after_sale_{ask.answer}", reason=ask.reason)


def settle(work: Work, effect: Row, state: str, code: str = "") -> None:
    """How the sending of an answer stands: done, unknown, or refused and why."""
    row = work.row(after_sale, effect["object_id"])
    work.update(after_sale, row["id"], answer_state=state, answer_code=code)
    work.mark("after_sales", row["order_id"])
    if state != "done":
        return
    subject = f"{row['channel_id']}:{row['external_id']}"
    cases.settle_about(work, subject, (OPEN,), "after_sale_answered")
    if row["order_id"]:
        events.note(work, row["order_id"], "after_sale_answered", "good", kind=row["kind"])


def _weight(_work: Work, ask: AnswerAfterSale, rules: Rulebook) -> Weight:
    """Money that leaves for good asks for a fresh passphrase; a refusal does not."""
    return weights.by_law(rules, RIGHT, step_up=ask.answer == "agree")


def _facts(work: Work, ask: AnswerAfterSale, _rules: Rulebook) -> Facts:
    row = work.find(after_sale, ask.after_sale_id)
    if row is None:
        return {"order_no": "", "amount": 0, "currency": "", "answer": ask.answer}
    about = weights.about_order(work, row["order_id"]) if row["order_id"] else {"order_no": ""}
    money = {"amount": row["amount_minor"], "currency": row["currency"]}
    return {**about, **money, "answer": ask.answer}


VERBS = (
    Verb(
        AnswerAfterSale,
        answer_after_sale,
        RIGHT,
        "after_sale_answered",
        weigh=_weight,
        facts=_facts,
    ),
)
