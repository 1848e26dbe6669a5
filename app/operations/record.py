"""Looking into the record, and at what is closed: each look is itself recorded."""

from sqlalchemy import func, select

from app.commands.cases import AuditLine, AuditPage, ReadAudit
from app.commands.people import Revealed, RevealField
from app.domain.errors import BadValue, QuotaSpent
from app.domain.times import shop_text
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import events
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
    """Some lines of the record, newest first."""
    query = select(audit).order_by(audit.c.at.desc(), audit.c.chain, audit.c.seq.desc())
    if ask.object:
        query = query.where(audit.c.object == ask.object)
    if ask.object_id:
        query = query.where(audit.c.object_id == ask.object_id)
    if ask.actor:
        query = query.where(audit.c.actor == ask.actor)
    if ask.before_at:
        query = query.where(audit.c.at < ask.before_at)
    rows = work.rows(query.limit(max(1, min(ask.limit, MOST_LINES))))
    wanted = AuditLine.__struct_fields__
    return AuditPage(lines=tuple(AuditLine(**{name: r[name] for name in wanted}) for r in rows))


VERBS = (
    Verb(RevealField, reveal_field, "pii.reveal", REVEALED, kept=False),
    Verb(ReadAudit, read_audit, "audit.read", "audit_read", kept=False),
)
