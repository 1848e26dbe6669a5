"""The review of who may do what: rights nobody uses, a recorded look, and its reminder (F177)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import exists, func, select

from app.commands.staff import ReadUnused, RecordReview, Unused
from app.operations import sessions
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases
from app.store.cases import Notice
from app.store.tables_people import permission_review
from app.store.tables_record import audit, case, operator
from app.store.work import Work

DAY_MS = 24 * 3_600_000
UNUSED_DAYS = 90
DUE = "permission_review_due"
# Used while looking, or by the desk itself: they leave no line of their own.
SILENT = frozenset(
    {"desk.use", "order.read", "trace.read", "exception.read", "payment.read", "stock.read"}
)


def read_unused(
    actions: Mapping[str, frozenset[str]], work: Work, _ask: ReadUnused, rules: Rulebook
) -> Unused:
    """Say for each person which rights they hold and have not used for a quarter.

    ``actions`` are the words the record has for each right.
    """
    since = work.now - UNUSED_DAYS * DAY_MS
    active = work.rows(select(operator.c.id).where(operator.c.state == "active"))
    found = {}
    for row in active:
        held = rules.roles.held(sessions.grants_of(work, row["id"])) & set(actions)
        told = {name: actions[name] for name in sorted(held)}
        found[int(row["id"])] = _unused_since(work, row["id"], told, since)
    return Unused(UNUSED_DAYS, found)


def record_review(work: Work, ask: RecordReview, _rules: Rulebook) -> None:
    """Record that somebody looked over who may do what; the reminder is settled with it."""
    people = work.rows(select(operator.c.id).where(operator.c.state == "active"))
    stand = [
        f"{row['id']}:{grant}"
        for row in people
        for grant in sorted(map(str, sessions.grants_of(work, row["id"])))
    ]
    work.insert(
        permission_review,
        {
            "id": work.ids.next(),
            "operator_id": work.actor.operator_id,
            "at": work.now,
            "note": ask.note.strip(),
            "people": len(people),
            "digest": work.keys.audit_mac(b"review", "\n".join(stand).encode()),
        },
    )
    due = select(case.c.id).where(case.c.kind == DUE, case.c.state != "settled")
    for row in work.rows(due):
        cases.settle(work, row["id"], ask.note.strip() or "reviewed", work.actor.name)
    work.mark("people")


def remind(work: Work, rules: Rulebook) -> bool:
    """Open the reminder when the last review, or the shop's beginning, is a quarter ago."""
    every = rules.policy.review_every_days * DAY_MS
    last = work.rows(select(func.max(permission_review.c.at).label("at")))[0]["at"]
    if last is None:
        last = work.rows(select(func.min(audit.c.at).label("at")))[0]["at"]
    if not every or last is None or work.now - last < every:
        return False
    before = len(work.marked.get("cases", ()))
    days = (work.now - last) // DAY_MS
    cases.open_case(work, rules.cases, Notice(DUE, args={"days": days}))
    return len(work.marked.get("cases", ())) > before


def _unused_since(
    work: Work, operator_id: int, told: Mapping[str, frozenset[str]], since: int
) -> tuple[str, ...]:
    """The rights of which the record has no line of this person's; one look into its index each."""
    if not told:
        return ()
    looks: list[Any] = [
        exists()
        .where(
            audit.c.operator_id == operator_id,
            audit.c.action.in_(sorted(words)),
            audit.c.at >= since,
            audit.c.result == "ok",
        )
        .label(name)
        for name, words in told.items()
    ]
    row = work.rows(select(*looks))[0]
    return tuple(name for name in told if not row[name])


def verbs_over(others: tuple[Verb, ...]) -> tuple[Verb, ...]:
    """The verbs of the review; what uses a right is told by every other verb there is."""
    actions: dict[str, frozenset[str]] = {}
    for verb in others:
        if verb.told and verb.permission and verb.permission not in SILENT:
            known = actions.get(verb.permission, frozenset())
            actions[verb.permission] = known | {verb.audit}
    unused = partial(read_unused, actions)
    return (
        Verb(ReadUnused, unused, "user.manage", "unused_read", told=False, kept=False),
        Verb(RecordReview, record_review, "user.manage", "permissions_reviewed"),
    )
