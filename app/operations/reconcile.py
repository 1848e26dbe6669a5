"""After a restore the past is real again: nothing is bought or printed until a person has looked.

Waybills taken after the backup was made exist at the carrier and not in the book. Waydesk looks
up every one it knows of; for the rest a lead compares with the carrier's own page and says so.
"""

import msgspec
from sqlalchemy import select, update

from app.commands.cases import EndReconcile
from app.domain.errors import NotInState
from app.domain.states import WaybillState
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import settings
from app.store.restore import RECONCILE
from app.store.tables import waybill
from app.store.tables_record import setting
from app.store.work import Work

ASK_AGAIN = (WaybillState.INTENT.value, WaybillState.REQUESTING.value)


def is_due(work: Work) -> bool:
    """Whether printing and buying wait for a person after a restore."""
    row = work.find(setting, RECONCILE)
    return row is not None and msgspec.json.decode(row["value_json"]).get("state") == "due"


def doubt_intents(work: Work) -> int:
    """Let every waybill not yet asked for be looked up first: it may have been bought since."""
    query = select(waybill.c.id).where(waybill.c.state.in_(ASK_AGAIN))
    found = [row["id"] for row in work.rows(query)]
    if found:
        change = update(waybill).where(waybill.c.id.in_(found))
        unknown = WaybillState.UNKNOWN.value
        work.execute(change.values(state=unknown, first_sent_at=work.now, next_at=work.now))
        work.touch(waybill, *found)
        work.tell("waybills_unknown", "waybill", n=len(found))
    return len(found)


def end_reconcile(work: Work, _ask: EndReconcile, _rules: Rulebook) -> None:
    """Let printing and buying go on; who said so and why stands in the record."""
    if not is_due(work):
        raise NotInState(machine="book", state="reconciled", action="end_reconcile")
    settings.put(work, RECONCILE, {"state": "done", "by": work.actor.name})
    work.mark("settings")


VERBS = (Verb(EndReconcile, end_reconcile, "backup.restore", "reconciled", reason=True),)
