"""Joiners and leavers: names, passphrases that were forgotten, badges, and who has left."""

from sqlalchemy import select

from app.commands.staff import (
    Badge,
    DropQuickKeys,
    IssueBadge,
    MarkLeft,
    RenameOperator,
    ResetPassphrase,
    ReturnOperator,
    Temporary,
)
from app.domain.errors import BadValue, NotInState
from app.operations import leaders, passphrases, quick_keys, second_factor, sitting
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables_record import case, grant, operator
from app.store.work import Work

ACTIVE, LEFT = "active", "left"


def rename_operator(work: Work, ask: RenameOperator, _rules: Rulebook) -> None:
    """Call somebody by another name."""
    if not ask.name.strip():
        raise BadValue(field="name", value=ask.name)
    work.row(operator, ask.operator_id)
    work.update(operator, ask.operator_id, name=ask.name.strip())
    work.mark("people", ask.operator_id)


def reset_passphrase(work: Work, ask: ResetPassphrase, rules: Rulebook) -> Temporary:
    """Give somebody a temporary passphrase; their sessions, PIN and lock end with the old one."""
    person = _of_state(work, ask.operator_id, ACTIVE, "reset_passphrase")
    leaders.refuse_above(work, rules, person["id"])
    sitting.end_all(work, person["id"], but=work.actor.session_id)
    quick_keys.drop(work, person["id"], quick_keys.PIN)
    return _told(work, person)


def mark_left(work: Work, ask: MarkLeft, rules: Rulebook) -> None:
    """Let somebody go: nothing of theirs opens anything, and what they had taken is free again."""
    person = _of_state(work, ask.operator_id, ACTIVE, "mark_left")
    leaders.refuse_above(work, rules, person["id"])
    ended = sitting.end_all(work, person["id"])
    for row in work.of(grant, "operator_id", person["id"]):
        work.delete(grant, row["id"])
    quick_keys.drop(work, person["id"])
    if second_factor.of(work, person["id"]) is not None:
        second_factor.drop(work, person["id"])
    _free_cases(work, person["id"])
    work.update(operator, person["id"], state=LEFT, left_at=work.now, must_change=1)
    leaders.keep_one(work, rules)
    work.tell("sessions_ended", "operator", person["id"], n=ended)
    work.mark("people", person["id"])


def return_operator(work: Work, ask: ReturnOperator, _rules: Rulebook) -> Temporary:
    """Let somebody back in, with a temporary passphrase and no role until they are given one."""
    person = _of_state(work, ask.operator_id, LEFT, "return_operator")
    work.update(operator, person["id"], state=ACTIVE, left_at=None)
    return _told(work, person)


def issue_badge(work: Work, ask: IssueBadge, rules: Rulebook) -> Badge:
    """Make somebody a new badge; the one they had opens nothing any more."""
    person = _of_state(work, ask.operator_id, ACTIVE, "issue_badge")
    leaders.refuse_above(work, rules, person["id"])
    work.mark("people", person["id"])
    return Badge(person["name"], quick_keys.new_badge(work, person["id"]))


def drop_quick_keys(work: Work, ask: DropQuickKeys, _rules: Rulebook) -> None:
    """Take somebody's badge and PIN away."""
    work.row(operator, ask.operator_id)
    quick_keys.drop(work, ask.operator_id)
    work.mark("people", ask.operator_id)


def _of_state(work: Work, operator_id: int, state: str, action: str) -> Row:
    person = work.row(operator, operator_id)
    if person["state"] != state:
        raise NotInState(machine="operator", state=person["state"], action=action)
    return person


def _told(work: Work, person: Row) -> Temporary:
    told = passphrases.temporary(work)
    kept = passphrases.hashed(told)
    work.update(operator, person["id"], password_hash=kept, must_change=1)
    passphrases.forget_wrong(work, person)
    work.mark("people", person["id"])
    return Temporary(person["id"], person["login"], told)


def _free_cases(work: Work, operator_id: int) -> None:
    """Exceptions they had taken are open again, for somebody else to take."""
    taken = select(case.c.id).where(case.c.owner_id == operator_id, case.c.state == "claimed")
    for row in work.rows(taken):
        work.row(case, row["id"])
        work.update(case, row["id"], state="open", owner_id=0)
        work.mark("cases", row["id"])


VERBS = (
    Verb(RenameOperator, rename_operator, "user.manage", "operator_renamed"),
    Verb(ResetPassphrase, reset_passphrase, "user.manage", "passphrase_reset", kept=False),
    Verb(MarkLeft, mark_left, "user.manage", "operator_left", reason=True),
    Verb(ReturnOperator, return_operator, "user.manage", "operator_returned", kept=False),
    Verb(IssueBadge, issue_badge, "user.manage", "badge_issued", kept=False),
    Verb(DropQuickKeys, drop_quick_keys, "user.manage", "quick_keys_dropped"),
)
