"""The platform's "do not ship yet": it stops an order here, and lets it go when the platform does.

It is stronger than a lock of ours and weaker than a person's own hold, which stays until that
person lets go; then the platform's holds, if it still stands. An order the platform sends itself
is held too, while it is under way, but is nobody's exception: there is nothing to do about it.
"""

from app.domain.states import SENT_BY_PLATFORM, Held
from app.operations.intake_follow import notice
from app.operations.intake_read import Ground
from app.operations.intake_states import GONE, OVER
from app.store import cases, events
from app.store.tables import orders
from app.store.work import Work

KIND = "risk_hold"


def follow_hold(work: Work, ground: Ground, order_id: int, told: str) -> None:
    """Hold an order with the platform's reason, or let it go where there is none any more."""
    row = work.row(orders, order_id)
    if not told or row["state"] in (*OVER, *GONE):
        _let_go(work, order_id)
        return
    if sent_by_platform(told):
        if row["held_reason"] != SENT_BY_PLATFORM:
            held = Held.RISK.value
            work.update(orders, order_id, held=held, held_reason=SENT_BY_PLATFORM)
        return
    notice(work, ground, row, (KIND, ""), hold=told, platform=ground.shop.platform)
    if row["held"] in {Held.NOT, Held.LOCKED}:
        work.update(orders, order_id, held=Held.RISK.value, held_reason=KIND)
        events.note(work, order_id, "held_on_platform", "warning", hold=told)


def sent_by_platform(told: str) -> bool:
    """Whether the platform sends the order itself, by what its record says of holds."""
    return SENT_BY_PLATFORM in told.split(", ")


def _let_go(work: Work, order_id: int) -> None:
    if work.row(orders, order_id)["held_reason"] == SENT_BY_PLATFORM:
        work.update(orders, order_id, held=Held.NOT.value, held_reason="")
        return
    cases.settle_all(work, order_id, (KIND,), "released_on_platform")
    if work.row(orders, order_id)["held"] == Held.RISK:
        work.update(orders, order_id, held=Held.NOT.value, held_reason="")
        events.note(work, order_id, "released_on_platform")


def held_after(work: Work, order_id: int) -> tuple[str, str]:
    """How an order stands when a person lets it go: free, or held by the platform still."""
    if cases.standing_of(work, order_id, (KIND,)):
        return Held.RISK.value, KIND
    return Held.NOT.value, ""
