"""What people do with orders: hold, release, cancel, remark, correct."""

from app.commands.orders import (
    AddNote,
    CancelLines,
    CancelOrder,
    ChangeAmount,
    ConfirmPayment,
    ForceStatus,
    HoldOrder,
    ReleaseOrder,
    SetKind,
    SetMemo,
)
from app.domain import masks
from app.domain.errors import BadValue, NotInState
from app.domain.states import Held, Machine, OrderKind, OrderState, ProofKind
from app.operations import payment, steps, waybills, weights
from app.operations.breakers import release_gate
from app.operations.intake_hold import held_after
from app.operations.outbound import refuse_read_only
from app.operations.steps import Step
from app.operations.verbs import Facts, Verb
from app.rulebook import Rulebook
from app.store import cases, events, outbox, stock_release
from app.store import orders as book
from app.store.tables import orders
from app.store.work import Work

PAID_PROOFS = {ProofKind.PAYMENT_CALLBACK.value, ProofKind.BANK_SERIAL.value}
FLAGS = frozenset({"", "red", "yellow", "green", "blue", "purple", "pink", "grey"})


def hold_order(work: Work, ask: HoldOrder, _rules: Rulebook) -> None:
    """Stop an order here; nothing is allocated, printed or shipped until it is released."""
    row = work.row(orders, ask.order_id)
    if row["held"] not in {Held.NOT, Held.LOCKED} or row["state"] in {"cancelled", "closed"}:
        raise NotInState(machine="order", state=row["held"] or row["state"], action="hold")
    work.update(orders, ask.order_id, held=Held.HOLD.value, held_reason=ask.reason)
    events.note(work, ask.order_id, "held", "warning", reason=ask.reason)


def release_order(work: Work, ask: ReleaseOrder, _rules: Rulebook) -> None:
    """Let a held or locked order go on; a platform's risk review is not ours to lift."""
    row = work.row(orders, ask.order_id)
    if row["held"] not in {Held.HOLD, Held.LOCKED}:
        raise NotInState(machine="order", state=row["held"] or "free", action="release")
    held, why = held_after(work, ask.order_id)
    work.update(orders, ask.order_id, held=held, held_reason=why)
    blocking = ("missing_proofs", "payment_unconfirmed", "short_stock")
    cases.settle_all(work, ask.order_id, blocking, ask.reason or "released")
    events.note(work, ask.order_id, "released", reason=ask.reason)


def cancel_order(work: Work, ask: CancelOrder, rules: Rulebook) -> None:
    """Cancel an order; its reservations go back in the same transaction (F190), numbers too."""
    steps.take(work, rules, ask.order_id, Step(Machine.ORDER, "cancel"))
    stock_release.release_order(work, ask.order_id, release_gate(work, rules))
    waybills.give_back_all(work, ask.order_id, ask.reason)
    events.note(work, ask.order_id, "cancelled", "bad", reason=ask.reason)


def cancel_lines(work: Work, ask: CancelLines, rules: Rulebook) -> None:
    """Cancel part of an order; exactly those quantities go back (F192).

    With the last item gone nothing is left to ship, and the order itself is cancelled.
    """
    row = work.row(orders, ask.order_id)
    if row["state"] not in {OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.ALLOCATED}:
        raise NotInState(machine="order", state=row["state"], action="cancel_lines")
    stock_release.release_lines(work, ask.order_id, ask.lines, release_gate(work, rules))
    count = sum(quantity for _, quantity, _ in ask.lines)
    events.note(work, ask.order_id, "lines_cancelled", "warning", n=count, reason=ask.reason)
    if not any(item.to_ship for item in book.lines_of(work, ask.order_id)):
        steps.take(work, rules, ask.order_id, Step(Machine.ORDER, "cancel"))
        waybills.give_back_all(work, ask.order_id, ask.reason)


def add_note(work: Work, ask: AddNote, _rules: Rulebook) -> None:
    """Put a remark on the timeline; phones, mail addresses and card numbers are masked."""
    if not ask.text.strip():
        raise BadValue(field="text", value="")
    work.row(orders, ask.order_id)
    events.note(work, ask.order_id, "note", text=masks.mask_note(ask.text.strip()))


def set_memo(work: Work, ask: SetMemo, rules: Rulebook) -> None:
    """Set memo and flag here and, through the outbox, on the platform."""
    refuse_read_only(rules)
    row = work.row(orders, ask.order_id)
    if ask.flag not in FLAGS:
        raise BadValue(field="flag", value=ask.flag)
    memo = masks.mask_note(ask.memo.strip())
    work.update(orders, ask.order_id, seller_memo=memo, flag=ask.flag)
    outbox.put(
        work,
        outbox.Effect(
            "memo_write",
            f"memo-{work.command_id or work.ids.next()}",
            channel_id=row["channel_id"],
            order_id=ask.order_id,
            body={"external_id": row["external_id"], "text": memo, "flag": ask.flag},
        ),
    )
    events.note(work, ask.order_id, "memo", text=memo)


def confirm_payment(work: Work, ask: ConfirmPayment, rules: Rulebook) -> None:
    """Record one proof of payment; with all of them the order counts as paid (F003)."""
    _refuse_no_voucher(ask)
    work.row(orders, ask.order_id)
    fact = book.Fact(ProofKind(ask.kind), work.actor.name, ask.reference.strip())
    book.prove(work, ask.order_id, fact)
    events.note(work, ask.order_id, "payment_proof", "good", proof=ask.kind)
    payment.follow(work, rules, ask.order_id)


def _refuse_no_voucher(ask: ConfirmPayment) -> None:
    if ask.kind not in PAID_PROOFS or not ask.reference.strip():
        raise BadValue(field="kind", value=ask.kind)


def force_status(work: Work, ask: ForceStatus, rules: Rulebook) -> None:
    """Set a state past its guards: reason and approval stand in the record (F049)."""
    row = work.row(orders, ask.order_id)
    _refuse_unknown_state(ask)
    work.update(orders, ask.order_id, state=ask.state)
    if ask.state in {OrderState.CANCELLED, OrderState.CLOSED}:
        stock_release.release_order(work, ask.order_id, release_gate(work, rules))
    events.note(
        work,
        ask.order_id,
        "forced",
        "warning",
        before=row["state"],
        to=ask.state,
        approval=ask.approval,
        reason=ask.reason,
    )


def _refuse_unknown_state(ask: ForceStatus) -> None:
    if ask.state not in set(OrderState):
        raise BadValue(field="state", value=ask.state)
    if not ask.approval.strip():
        raise BadValue(field="approval", value="")


def set_kind(work: Work, ask: SetKind, _rules: Rulebook) -> None:
    """Say what sort of order it is (F111)."""
    if ask.kind not in set(OrderKind):
        raise BadValue(field="kind", value=ask.kind)
    work.update(orders, ask.order_id, kind=ask.kind)
    events.note(work, ask.order_id, "kind", kind=ask.kind)


def change_amount(work: Work, ask: ChangeAmount, _rules: Rulebook) -> None:
    """Correct an amount; before and after stand on the timeline and in the record (F172)."""
    row = work.row(orders, ask.order_id)
    _refuse_negative(ask)
    work.update(orders, ask.order_id, total_minor=ask.total_minor)
    events.note(
        work,
        ask.order_id,
        "amount",
        "warning",
        before=row["total_minor"],
        after=ask.total_minor,
        currency=row["currency"],
        reason=ask.reason,
    )


def _payment_facts(work: Work, ask: ConfirmPayment, _rules: Rulebook) -> Facts:
    """Which payment, of how much, and by what voucher: what finance's second person checks."""
    _refuse_no_voucher(ask)
    row = work.row(orders, ask.order_id)
    amount = {"amount": row["total_minor"], "currency": row["currency"]}
    voucher = {"proof": ask.kind, "reference": ask.reference.strip()}
    return {**weights.about_order(work, ask.order_id), **amount, **voucher}


def _refuse_negative(ask: ChangeAmount) -> None:
    if ask.total_minor < 0:
        raise BadValue(field="total_minor", value=str(ask.total_minor))


def _amount_facts(work: Work, ask: ChangeAmount, _rules: Rulebook) -> Facts:
    _refuse_negative(ask)
    row = work.row(orders, ask.order_id)
    amounts = {"amount_before": row["total_minor"], "amount": ask.total_minor}
    return {
        **weights.about_order(work, ask.order_id),
        **amounts,
        "currency": row["currency"],
    }


def _forced_facts(work: Work, ask: ForceStatus, _rules: Rulebook) -> Facts:
    _refuse_unknown_state(ask)
    before = work.row(orders, ask.order_id)["state"]
    return {**weights.about_order(work, ask.order_id), "state_before": before, "state": ask.state}


VERBS = (
    Verb(HoldOrder, hold_order, "order.hold", "order_held"),
    Verb(ReleaseOrder, release_order, "order.release", "order_released"),
    Verb(CancelOrder, cancel_order, "order.cancel", "order_cancelled"),
    Verb(CancelLines, cancel_lines, "order.cancel_lines", "lines_cancelled"),
    Verb(AddNote, add_note, "order.note", "note_added"),
    Verb(SetMemo, set_memo, "order.memo", "memo_set"),
    Verb(
        ConfirmPayment,
        confirm_payment,
        "payment.confirm",
        "payment_confirmed",
        facts=_payment_facts,
    ),
    Verb(ForceStatus, force_status, "order.force_status", "status_forced", facts=_forced_facts),
    Verb(SetKind, set_kind, "order.review", "kind_set"),
    Verb(ChangeAmount, change_amount, "amount.change", "amount_changed", facts=_amount_facts),
)
