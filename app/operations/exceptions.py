"""What people do with exceptions: make one mine, close one with what was done."""

from app.commands.cases import ClaimCase, SettleCase
from app.domain.errors import NotInState
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases, events
from app.store.tables_record import case
from app.store.work import Work


def claim_case(work: Work, ask: ClaimCase, _rules: Rulebook) -> None:
    """Make an exception mine; nobody else's is taken away."""
    row = work.row(case, ask.case_id)
    if row["state"] == "settled":
        raise NotInState(machine="case", state=row["state"], action="claim_case")
    if row["owner_id"] not in {0, work.actor.operator_id}:
        raise NotInState(machine="case", state="claimed", action="claim_case")
    work.update(case, ask.case_id, state="claimed", owner_id=work.actor.operator_id)
    work.mark("cases", ask.case_id)


def settle_case(work: Work, ask: SettleCase, _rules: Rulebook) -> None:
    """Close an exception; what was done stands on its order's timeline."""
    row = cases.settle(work, ask.case_id, ask.reason, work.actor.name)
    if row["order_id"]:
        events.note(work, row["order_id"], "case_settled", kind=row["kind"], reason=ask.reason)


VERBS = (
    Verb(ClaimCase, claim_case, "case.claim", "case_claimed"),
    Verb(SettleCase, settle_case, "case.settle", "case_settled", reason=True),
)
