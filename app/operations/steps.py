"""One step of one machine: the table's row, its guards, and what becomes of the order."""

from dataclasses import dataclass
from typing import Any

from app.domain.errors import OrderOnHold
from app.domain.guards import Facts
from app.domain.lifecycle import Blocked, Transition
from app.domain.states import Machine, OrderState
from app.rulebook import Rulebook
from app.store import events, orders
from app.store.tables import orders as table
from app.store.work import Work

COLUMN = {Machine.ORDER: "state", Machine.PAYMENT: "payment", Machine.LOGISTICS: "logistics"}
DATED = {OrderState.SHIPPED.value: "shipped_at", OrderState.COMPLETED.value: "completed_at"}


@dataclass(frozen=True, slots=True)
class Step:
    """Which machine, and the action asked of it."""

    machine: Machine
    action: str


def facts_of(work: Work, rules: Rulebook, order_id: int) -> Facts:
    """What the guards look at, read in this transaction."""
    return Facts(orders.view(work, order_id)[1], rules.policy)


def take(work: Work, rules: Rulebook, order_id: int, step: Step) -> Transition:
    """Take a step, or raise ``MissingProofs``: the door then locks the order and opens a case."""
    found = rules.lifecycle.attempt(step.machine, step.action, facts_of(work, rules, order_id))
    if isinstance(found, Blocked):
        raise found.refusal()
    apply(work, order_id, found)
    return found


def may_take(work: Work, rules: Rulebook, order_id: int, step: Step) -> bool:
    """Whether a step would succeed now; changes nothing."""
    facts = facts_of(work, rules, order_id)
    state = {
        Machine.ORDER: facts.order.state.value,
        Machine.PAYMENT: facts.order.payment.value,
        Machine.LOGISTICS: facts.order.logistics.value,
    }[step.machine]
    if (step.machine, state, step.action) not in rules.lifecycle.rows:
        return False
    return not isinstance(rules.lifecycle.attempt(step.machine, step.action, facts), Blocked)


def apply(work: Work, order_id: int, row: Transition) -> None:
    """Write what a row of the table says; the timeline gets its line."""
    values: dict[str, Any] = {COLUMN[row.machine]: row.to}
    if row.machine is Machine.ORDER and row.to in DATED:
        values[DATED[row.to]] = work.now
    work.update(table, order_id, **values)
    events.note(work, order_id, "step", machine=row.machine.value, action=row.action, to=row.to)


def refuse_held(work: Work, order_id: int) -> None:
    """Raise :class:`OrderOnHold` while a person, a guard or the platform stops the order."""
    row = work.row(table, order_id)
    if row["held"]:
        raise OrderOnHold(order_no=row["external_no"], why=row["held"])
