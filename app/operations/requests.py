"""Requests for consent as the door meets them: judged, used once, and written down when missing."""

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import func, select

from app.domain.approval import (
    APPROVAL_MS,
    COOLING_MS,
    OPEN,
    ApprovalNeeded,
    ApprovalRefused,
    Request,
)
from app.domain.errors import NotAllowed
from app.domain.roles import Place
from app.domain.times import shop_text
from app.operations import proving, second_factor, sessions, weights
from app.operations.verbs import Verb, Weight
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables_approval import approval
from app.store.tables_record import audit
from app.store.work import Work

ASKED_NOW, ASKED_ALREADY = "asked_now", "asked_already"
PERSON = "operator"
GIVES_ROLES = ("roles_set",)
LETS_IN = (*GIVES_ROLES, "passphrase_reset", "operator_returned", "factor_reset")
EXPIRED, GROWN, DEMOTED, NOT_ALONE = "expired", "grown", "demoted", "not_alone"


@dataclass(frozen=True, slots=True)
class Asked:
    """One command at the door: what it is, how heavy, and where."""

    verb: Verb
    ask: Any
    digest: bytes
    weight: Weight
    places: frozenset[Place]


@dataclass(frozen=True, slots=True)
class Consent:
    """The consent a command was done with, as the record tells it."""

    approval_id: int
    approver: str
    factor: str
    alone: bool

    def told(self) -> dict[str, Any]:
        """The details that name requester's request, approver and how they were proved."""
        told: dict[str, Any] = {"approval": self.approval_id, "approver": self.approver}
        return told | {"factor": self.factor} | ({"self_approved": 1} if self.alone else {})


def weighed(work: Work, rules: Rulebook, verb: Verb, ask: Any, digest: bytes) -> Asked:
    """One command with its weight and its places."""
    weight = weights.of(work, rules, verb, ask)
    return Asked(verb, ask, digest, weight, sessions.places_of(work, ask))


def let_through(work: Work, rules: Rulebook, asked: Asked, *, asking: bool) -> Consent | None:
    """Let a command on that is freshly proved and, where two people are needed, consented to.

    ``asking``: the one who asks may only ask for it, and somebody who may do it must consent.

    Raises :class:`StepUpNeeded`, :class:`ApprovalNeeded`, or :class:`ApprovalRefused`.
    """
    if asked.weight.step_up:
        proving.require_fresh(work, rules, asked.weight.permission)
    if not (asking or asked.weight.two_people):
        return None
    row = open_request(work, asked.digest)
    why = _void(work, rules, row, asked) if row is not None else ASKED_NOW
    if row is not None and not why and row["state"] == Request.CONSENTED:
        return _used(work, row)
    weights.facts(work, rules, asked.verb, asked.ask)
    if row is None:
        _refuse_refused(work, asked)
    known = row["id"] if row is not None and not why else 0
    raise _needed(work, rules, asked, (why or ASKED_ALREADY, known), asking=asking)


def write_down(work: Work, rules: Rulebook, asked: Asked, refusal: ApprovalNeeded) -> None:
    """Write the request a command was refused for; one is open at a time for one request."""
    row = open_request(work, asked.digest)
    if row is not None:
        why = _void(work, rules, row, asked)
        if not why:
            refusal.details["approval_id"] = row["id"]
            return
        make_void(work, row, why)
    pk = int(refusal.details["approval_id"])
    alone = refusal.details["who"] != "another"
    ready = _ready_at(work, 0) if alone else 0
    kept = {
        "id": pk,
        "kind": str(asked.verb.ask.__struct_config__.tag),
        "permission": asked.weight.permission,
        "digest": asked.digest,
        "requester_id": work.actor.operator_id,
        "requester": work.actor.name,
        "reason": str(getattr(asked.ask, "reason", "")),
        "places_json": _places(asked),
        "facts_json": _facts(work, rules, asked),
        "row_count": asked.weight.rows,
        "needs_factor": int(asked.weight.second_factor),
        "created_at": work.now,
        "ready_at": ready,
        "expires_at": (ready + COOLING_MS) if alone else work.now + APPROVAL_MS,
    }
    work.insert(approval, kept | _about(asked.ask))
    work.tell("approval_asked", "approval", pk, asked=asked.verb.audit, rows=asked.weight.rows)
    work.mark("approvals", pk)


def make_void(work: Work, row: Row, why: str) -> None:
    """End an open request that can no longer be used."""
    work.update(approval, row["id"], row["version"], state=Request.VOID.value, void_why=why)
    work.tell("approval_void", "approval", row["id"], why=why)
    work.mark("approvals", row["id"])


def open_request(work: Work, digest: bytes) -> Row | None:
    """The open request of the one who asks for exactly this command."""
    query = select(approval).where(
        approval.c.requester_id == work.actor.operator_id,
        approval.c.digest == digest,
        approval.c.state.in_(OPEN),
    )
    rows = work.rows(query)
    return work.checked(approval, rows[0]) if rows else None


def let_in(work: Work, by: int, how: tuple[str, ...]) -> dict[int, int]:
    """Whom somebody gave a passphrase or a role in the last day, each with when (UTC ms)."""
    query = (
        select(audit.c.object_id, func.max(audit.c.at).label("at"))
        .where(
            audit.c.operator_id == by,
            audit.c.object == PERSON,
            audit.c.action.in_(how),
            audit.c.result == "ok",
            audit.c.at > work.now - COOLING_MS,
        )
        .group_by(audit.c.object_id)
    )
    return {row["object_id"]: row["at"] for row in work.rows(query)}


def who_may(work: Work, rules: Rulebook, row: Row) -> frozenset[int]:
    """Who may do what a request asks for, the person it is about aside.

    Nor do those count to whom the requester gave a role within a day: somebody alone in the shop
    does not make their own second person, and is not held up by a newcomer either.
    """
    pairs = msgspec.json.decode(row["places_json"], type=list[tuple[int, int]])
    places = [Place(*pair) for pair in pairs]
    holders = sessions.holders(work, rules, row["permission"], places)
    about = {row["object_id"]} if row["object"] == PERSON else set()
    return holders - about - let_in(work, row["requester_id"], GIVES_ROLES).keys()


def _void(work: Work, rules: Rulebook, row: Row, asked: Asked) -> str:
    """Why an open request can no longer serve this command; empty when it can."""
    if row["expires_at"] <= work.now:
        return EXPIRED
    if asked.weight.rows > row["row_count"]:
        return GROWN
    able = who_may(work, rules, row)
    if row["state"] == Request.WAITING:
        late = work.now >= row["created_at"] + APPROVAL_MS
        return NOT_ALONE if late and able - {row["requester_id"]} else ""
    if row["approver_id"] not in able:
        return DEMOTED
    alone = row["approver_id"] == row["requester_id"]
    return NOT_ALONE if alone and len(able) > 1 else ""


def _used(work: Work, row: Row) -> Consent:
    """Use a consent: of two who try at once, one is told that it has moved."""
    values = {"state": Request.USED.value, "used_at": work.now, "used_by": work.command_id}
    work.update(approval, row["id"], row["version"], **values)
    work.mark("approvals", row["id"])
    alone = row["approver_id"] == row["requester_id"]
    return Consent(row["id"], row["approver"], row["factor"], alone)


def _needed(
    work: Work, rules: Rulebook, asked: Asked, what: tuple[str, int], *, asking: bool
) -> ApprovalNeeded | NotAllowed:
    why, known = what
    permission = asked.weight.permission
    row = {
        "permission": permission,
        "requester_id": work.actor.operator_id,
        "places_json": _places(asked),
        **_about(asked.ask),
    }
    another = bool(who_may(work, rules, row) - {work.actor.operator_id})
    if asking and not another:
        return NotAllowed(permission=permission)
    ready = "" if another else shop_text(_ready_at(work, known), rules.policy.zone)
    return ApprovalNeeded(
        permission=permission,
        approval_id=known or work.ids.next(),
        who="another" if another else _alone(work, known),
        why=why,
        ready=ready,
    )


def _ready_at(work: Work, known: int) -> int:
    """From when somebody alone may consent by passphrase: a founder at once, others in a day."""
    if known:
        return int(work.row(approval, known)["ready_at"])
    return work.now if founded_today(work) else work.now + COOLING_MS


def founded_today(work: Work) -> bool:
    """Whether the one who asks founded the shop within a day: there is nobody to protect yet."""
    query = select(audit.c.at).where(
        audit.c.action == "shop_founded",
        audit.c.object_id == work.actor.operator_id,
        audit.c.at > work.now - COOLING_MS,
    )
    return bool(work.rows(query.limit(1)))


def _alone(work: Work, known: int) -> str:
    """How somebody alone can consent: by a second factor that counts, a passphrase, or later."""
    from_when = second_factor.counts_from(work, work.actor.operator_id)
    if from_when is not None and from_when <= work.now:
        return "self"
    return "founder" if _ready_at(work, known) <= work.now else "later"


def _refuse_refused(work: Work, asked: Asked) -> None:
    """Within its time a no stands: asking again at once gets the same answer."""
    query = select(approval).where(
        approval.c.requester_id == work.actor.operator_id,
        approval.c.digest == asked.digest,
        approval.c.state == Request.REFUSED.value,
        approval.c.expires_at > work.now,
    )
    rows = work.rows(query.order_by(approval.c.id.desc()).limit(1))
    if rows:
        said = {"approver": rows[0]["approver"], "reason": rows[0]["answer"]}
        raise ApprovalRefused(permission=asked.weight.permission, **said)


def _facts(work: Work, rules: Rulebook, asked: Asked) -> str:
    facts = weights.facts(work, rules, asked.verb, asked.ask)
    if asked.weight.rows:
        facts = {**facts, "rows": asked.weight.rows}
    return msgspec.json.encode(facts, order="sorted").decode()


def _places(asked: Asked) -> str:
    pairs = sorted((place.channel_id, place.location_id) for place in asked.places)
    return msgspec.json.encode(pairs).decode()


def _about(ask: Any) -> dict[str, str | int]:
    on, pk = object_of(ask)
    return {"object": on, "object_id": pk}


def object_of(ask: Any) -> tuple[str, int]:
    """What a command is about, from its first id field: ``order_id`` → ("order", id)."""
    for name in ask.__struct_fields__:
        value = getattr(ask, name)
        if name.endswith("_id") and isinstance(value, int):
            return name[:-3], value
    return "", 0
