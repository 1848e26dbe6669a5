"""Proving afresh who somebody is: passphrase, and the second factor of those who have one.

Whatever was wrong, the answer is the same and every wrong try counts against both, so that one
cannot be tried out with the other's help (faults 80).
"""

from dataclasses import dataclass
from typing import Any

from app.domain.approval import MINUTE_MS, Factor
from app.domain.errors import Refusal, SignInFailed, StepUpNeeded
from app.operations import passphrases, second_factor
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables_approval import step_up
from app.store.tables_record import operator
from app.store.work import Work


@dataclass(frozen=True, slots=True)
class Proof:
    """By what a person was proved, and whether that counts for somebody alone in the shop."""

    factor: Factor = Factor.PASSPHRASE
    counts: bool = False


def prove_login(
    work: Work, login: str, passphrase: str, code: str, rules: Rulebook
) -> tuple[Row, Proof]:
    """Prove whoever has this login; nobody learns whether somebody has it."""
    person = passphrases.by_login(work, login)
    if person is None:
        passphrases.refuse_locked_stranger(work, login, rules)
    proof = prove(work, person, passphrase, code, rules)
    if person is None:  # nobody is proved who is not there
        raise SignInFailed
    return person, proof


def prove(work: Work, person: Row | None, passphrase: str, code: str, rules: Rulebook) -> Proof:
    """Prove a person; their code is spent by it. A temporary passphrase proves nobody.

    Raises :class:`SignInFailed`, whichever of login, passphrase and code is wrong or missing, and
    :class:`AccountLocked` after too many wrong tries.
    """
    factor = second_factor.of(work, person["id"]) if person else None
    for row in (person, factor):
        if row is not None:
            passphrases.refuse_locked(work, row, rules)
    right = passphrases.fits(person, passphrase)
    known = second_factor.found(work, person["id"], factor, code) if person else None
    asked = second_factor.has_app(factor) or (factor is not None and bool(code.strip()))
    here = person is not None and person["state"] == "active" and not person["must_change"]
    if person is None or not here or not right or (asked and known is None):
        raise SignInFailed
    passphrases.forget_wrong(work, person)
    if known is None or factor is None:
        return Proof()
    second_factor.spend(work, factor, known)
    return Proof(known.factor, known.counts)


def count_wrong_login(work: Work, login: str, refusal: Refusal) -> None:
    """Remember a wrong try against whoever has this login, or against a login nobody has."""
    person = passphrases.by_login(work, login)
    if person is not None:
        count_wrong(work, person, refusal)
    elif isinstance(refusal, SignInFailed):
        passphrases.count_stranger(work, login)


def count_wrong(work: Work, person: Row | None, refusal: Refusal) -> None:
    """Remember a wrong try against passphrase and code; runs in the refusal's transaction."""
    if person is not None and isinstance(refusal, SignInFailed):
        passphrases.count_wrong(work, person)
        second_factor.count_wrong(work, person["id"])


def mark_fresh(work: Work, session_id: int, proof: Proof) -> None:
    """Remember that this session's person has just been proved."""
    values: dict[str, Any] = {
        "at": work.now,
        "factor": proof.factor.value,
        "counts": int(proof.counts),
    }
    if work.find(step_up, session_id) is None:
        work.insert(step_up, {"id": session_id} | values)
    else:
        work.update(step_up, session_id, **values)


def signed_in(work: Work, operator_id: int, session_id: int) -> None:
    """A passphrase just opened this session: fresh, for whoever has no authenticator app."""
    if not second_factor.has_app(second_factor.of(work, operator_id)):
        mark_fresh(work, session_id, Proof())


def fresh_until(work: Work, rules: Rulebook) -> int:
    """Until when (UTC ms) the session of the one who asks counts as fresh; 0 for never proved."""
    row = work.find(step_up, work.actor.session_id)
    return row["at"] + rules.policy.step_up_minutes * MINUTE_MS if row else 0


def require_fresh(work: Work, rules: Rulebook, permission: str) -> None:
    """Raise :class:`StepUpNeeded` unless the one who asks was proved a few minutes ago."""
    if fresh_until(work, rules) <= work.now:
        app = second_factor.has_app(second_factor.of(work, work.actor.operator_id))
        factor = Factor.TOTP if app else Factor.PASSPHRASE
        raise StepUpNeeded(permission=permission, factor=factor.value)


def proved_by_counting(work: Work) -> bool:
    """Whether this session was proved by a second factor that counts for somebody alone."""
    row = work.find(step_up, work.actor.session_id)
    return row is not None and bool(row["counts"])


def asker(work: Work) -> Row:
    """The person who asks, as the book knows them."""
    return work.row(operator, work.actor.operator_id)
