"""What a failed guard does: the order stands still and a case says why (F007)."""

from app.domain.errors import MissingProofs
from app.domain.states import Held
from app.rulebook import Rulebook
from app.store import cases, events
from app.store.tables import orders
from app.store.work import Work


def lock_order(work: Work, rules: Rulebook, order_id: int, refusal: MissingProofs) -> None:
    """Lock an order whose step was refused, and open the case the guard names.

    An order a person holds, or the platform's risk review, keeps that reason.
    """
    row = work.row(orders, order_id)
    missing = str(refusal.details["missing"])
    if row["held"] == Held.NOT:
        work.update(orders, order_id, held=Held.LOCKED.value, held_reason=missing)
        events.note(work, order_id, "order_locked", "bad", missing=missing)
    kind = str(refusal.details["case_kind"])
    notice = cases.Notice(
        kind,
        order_id,
        row["channel_id"],
        subject=missing,
        args={"missing": missing, "lacking": missing, "action": str(refusal.details["action"])},
        amount=(row["total_minor"], row["currency"]),
    )
    cases.open_case(work, rules.cases, notice)
    work.mark("orders", order_id)
