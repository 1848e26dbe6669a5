"""Those who manage people: there is always one, and nobody lifts themselves above them."""

from sqlalchemy import select

from app.domain.errors_people import LastAdmin, OutranksYou
from app.operations import sessions
from app.rulebook import Rulebook
from app.store.tables_record import operator
from app.store.work import Work

RIGHTS = ("user.manage", "role.grant")


def keep_one(work: Work, rules: Rulebook) -> None:
    """Raise :class:`LastAdmin` when nobody active is left who may manage people everywhere."""
    active = work.rows(select(operator.c.id).where(operator.c.state == "active"))
    if not any(leads(work, rules, row["id"]) for row in active):
        raise LastAdmin


def leads(work: Work, rules: Rulebook, operator_id: int) -> bool:
    """Whether somebody may manage people and give roles in the whole shop."""
    held = sessions.grants_of(work, operator_id)
    return all(rules.roles.may(held, right) for right in RIGHTS)


def refuse_above(work: Work, rules: Rulebook, operator_id: int) -> None:
    """Raise :class:`OutranksYou` for a manager of people who may do more than the one who asks.

    Whoever sets somebody's passphrase could sign in as them: an administrator does not become the
    owner that way.
    """
    if operator_id == work.actor.operator_id or not leads(work, rules, operator_id):
        return
    theirs = rules.roles.held(sessions.grants_of(work, operator_id))
    if not theirs <= rules.roles.held(sessions.grants_of(work, work.actor.operator_id)):
        raise OutranksYou(name=work.row(operator, operator_id)["name"])
