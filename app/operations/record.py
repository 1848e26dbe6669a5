"""Looking into the record, and at what is closed: each look is itself recorded."""

from collections.abc import Iterator
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, func, select

from app.commands.people import Revealed, RevealField
from app.commands.record import AuditLine, AuditPage, ReadAudit
from app.domain.errors import BadValue, QuotaSpent
from app.domain.times import shop_text
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import events, record_search
from app.store.record_search import Condition, Name, Question
from app.store.seal import Row
from app.store.tables import orders, receiver
from app.store.tables_record import audit
from app.store.work import Work

COLUMNS = {
    "name": "name_ct",
    "phone": "phone_ct",
    "address": "address_ct",
    "email": "email_ct",
    "message": "message_ct",
}
REVEALED = "field_revealed"
HOUR_MS = 3_600_000
MOST_LINES = 500


def reveal_field(work: Work, ask: RevealField, rules: Rulebook) -> Revealed:
    """Show one piece of personal data, with a reason; so many an hour and a day, no more."""
    if ask.field not in COLUMNS:
        raise BadValue(field="field", value=ask.field)
    policy = rules.policy
    _within(work, rules, HOUR_MS, policy.reveals_per_hour)
    _within(work, rules, 24 * HOUR_MS, policy.reveals_per_day)
    work.row(orders, ask.order_id)
    kept, column = work.row(receiver, ask.order_id), COLUMNS[ask.field]
    plain = work.keys.decrypt("receiver", ask.order_id, column, kept[column]) or b""
    events.note(work, ask.order_id, "revealed", "warning", field=ask.field, reason=ask.reason)
    return Revealed(text=plain.decode())


def _within(work: Work, rules: Rulebook, span_ms: int, limit: int) -> None:
    query = select(func.count(), func.min(audit.c.at)).where(
        audit.c.operator_id == work.actor.operator_id,
        audit.c.action == REVEALED,
        audit.c.result == "ok",
        audit.c.at > work.now - span_ms,
    )
    used, first = work.conn.execute(query).one()
    if used >= limit:
        until = shop_text(first + span_ms, rules.policy.zone)
        raise QuotaSpent(permission="pii.reveal", limit=limit, until=until)


def read_audit(work: Work, ask: ReadAudit, _rules: Rulebook) -> AuditPage:
    """The next entries that fit what is asked, newest first."""
    question = Question(tuple(_conditions(work, ask)), ask.since, ask.until, ask.below)
    found = record_search.find(work, question, max(1, min(ask.limit, MOST_LINES)))
    names = record_search.names_of(work, found.rows)
    lines = tuple(_line(row, names.get((row["object"], row["object_id"]))) for row in found.rows)
    return AuditPage(lines, found.next, found.looked_to)


def _conditions(work: Work, ask: ReadAudit) -> Iterator[Condition]:
    same = {"actor": ask.who, "host": ask.host, "object": ask.object, "result": ask.result}
    for name, value in same.items():
        if value:
            yield partial(_equals, name, value)
    if ask.object_id:
        yield partial(_equals, "object_id", ask.object_id)
    if ask.actions:
        yield lambda c: c.action.in_(ask.actions)
    if ask.reason.strip():
        yield lambda c: func.lower(c.reason).contains(ask.reason.strip().lower(), autoescape=True)
    if ask.about.strip():
        yield record_search.about(work, ask.about.strip())


def _equals(name: str, value: str | int, columns: Any) -> ColumnElement[bool]:
    return cast("ColumnElement[bool]", columns[name] == value)


def _line(row: Row, name: Name | None) -> AuditLine:
    plain = {field: row[field] for field in AuditLine.__struct_fields__ if field in row}
    known = name or Name()
    return AuditLine(
        **plain, label=known.label, order_id=known.order_id, seal=bytes(row["hash"]).hex()
    )


VERBS = (
    Verb(RevealField, reveal_field, "pii.reveal", REVEALED, kept=False),
    Verb(ReadAudit, read_audit, "audit.read", "audit_read", kept=False),
)
