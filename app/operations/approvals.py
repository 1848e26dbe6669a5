"""Saying yes or no to somebody's request, with a fresh proof of who says it."""

from sqlalchemy import select

from app.commands.approvals import ConsentTo, RefuseRequest, WithdrawRequest
from app.domain.approval import (
    APPROVAL_MS,
    COOLING_MS,
    OPEN,
    ApprovalClosed,
    Factor,
    FactorMissing,
    NotIndependent,
    Request,
    SelfApproval,
)
from app.domain.errors import NotAllowed, Refusal
from app.domain.times import shop_text
from app.operations import proving, requests
from app.operations.proving import Proof
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables_approval import approval
from app.store.work import Work

OWN = "desk.use"
WITHDRAWN = "withdrawn"


def consent_to(work: Work, ask: ConsentTo, rules: Rulebook) -> None:
    """Agree to exactly one request: once, within its time, and not to one's own.

    Somebody alone in the shop agrees to their own with a second factor that counts, or a day
    after asking.

    Raises :class:`ApprovalClosed`, SignInFailed, AccountLocked, :class:`NotAllowed`,
    :class:`SelfApproval`.
    """
    row = _waiting(work, ask.approval_id)
    person, proof = proving.prove_login(work, ask.login, ask.passphrase, ask.code, rules)
    _refuse_dependent(work, rules, row, person)
    able = requests.who_may(work, rules, row)
    if person["id"] not in able:
        raise NotAllowed(permission=row["permission"])
    if row["needs_factor"] and proof.factor is Factor.PASSPHRASE:
        raise FactorMissing
    if person["id"] == row["requester_id"]:
        factor = _alone(work, rules, row, proof, alone=len(able) == 1)
    else:
        factor = proof.factor
        if work.now >= row["created_at"] + APPROVAL_MS:
            raise ApprovalClosed(why=requests.EXPIRED)
    work.update(
        approval,
        row["id"],
        row["version"],
        state=Request.CONSENTED.value,
        approver_id=person["id"],
        approver=person["login"],
        factor=factor.value,
        decided_at=work.now,
    )
    work.tell("consent_given", "approval", row["id"], approver=person["login"], factor=factor.value)
    work.mark("approvals", row["id"])


def count_wrong(work: Work, ask: ConsentTo, refusal: Refusal) -> None:
    """Remember a wrong try against the person it was tried for."""
    proving.count_wrong_login(work, ask.login, refusal)


def refuse_request(work: Work, ask: RefuseRequest, rules: Rulebook) -> None:
    """Say no, with a reason the requester reads. Raises :class:`NotAllowed` for who may not."""
    row = _waiting(work, ask.approval_id)
    others = requests.who_may(work, rules, row) - {row["requester_id"]}
    if work.actor.operator_id not in others:
        raise NotAllowed(permission=row["permission"])
    work.update(
        approval,
        row["id"],
        row["version"],
        state=Request.REFUSED.value,
        approver_id=work.actor.operator_id,
        approver=work.actor.name,
        answer=ask.reason,
        decided_at=work.now,
    )
    work.mark("approvals", row["id"])


def withdraw_request(work: Work, ask: WithdrawRequest, _rules: Rulebook) -> None:
    """Take one's own request back, consented to or not; nobody else's."""
    row = work.row(approval, ask.approval_id)
    if row["requester_id"] != work.actor.operator_id:
        raise NotAllowed(permission=row["permission"])
    if row["state"] not in OPEN:
        raise ApprovalClosed(why=row["void_why"] or row["state"])
    requests.make_void(work, row, WITHDRAWN)


def expire(work: Work) -> int:
    """End the requests whose time is over, each with its line; how many there were."""
    over = select(approval).where(approval.c.state.in_(OPEN), approval.c.expires_at <= work.now)
    rows = work.rows(over.order_by(approval.c.id))
    for row in rows:
        requests.make_void(work, work.checked(approval, row), requests.EXPIRED)
    return len(rows)


def _waiting(work: Work, approval_id: int) -> Row:
    row = work.row(approval, approval_id)
    if row["state"] != Request.WAITING:
        raise ApprovalClosed(why=row["void_why"] or row["state"])
    if row["expires_at"] <= work.now:
        raise ApprovalClosed(why=requests.EXPIRED)
    return row


def _alone(work: Work, rules: Rulebook, row: Row, proof: Proof, *, alone: bool) -> Factor:
    """By what somebody alone consents to their own request. Raises :class:`SelfApproval`."""
    waited = bool(row["ready_at"]) and work.now >= row["ready_at"]
    if not alone or not (proof.counts or waited):
        ready = shop_text(row["ready_at"], rules.policy.zone) if alone and row["ready_at"] else ""
        raise SelfApproval(permission=row["permission"], ready=ready)
    first_day = row["ready_at"] == row["created_at"]
    return proof.factor if proof.counts else Factor.FOUNDER if first_day else Factor.WAITED


def _refuse_dependent(work: Work, rules: Rulebook, row: Row, person: Row) -> None:
    """Raise :class:`NotIndependent` for somebody whom the requester let in a short while ago.

    Whoever gave somebody a passphrase may still know it, and whoever gave somebody a role may have
    made their own second person.
    """
    since = requests.let_in(work, row["requester_id"], requests.LETS_IN).get(person["id"])
    if since is not None:
        ready = shop_text(since + COOLING_MS, rules.policy.zone)
        raise NotIndependent(name=person["name"], ready=ready)


VERBS = (
    Verb(ConsentTo, consent_to, OWN, "consent_proved", kept=False, refused=count_wrong),
    Verb(RefuseRequest, refuse_request, OWN, "request_refused", reason=True),
    Verb(WithdrawRequest, withdraw_request, OWN, "request_withdrawn"),
)
