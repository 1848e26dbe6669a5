"""Records that were kept aside, read once more: asked of the platform again, as it is now."""

from app.commands.intake import RetakeRecord
from app.domain.errors import NotInState
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases, intake_rows, shops
from app.store.tables import channel
from app.store.tables_record import kept_aside
from app.store.work import Work

KEPT, WANTED, TAKEN_IN = "kept", "wanted", "taken_in"


def retake_record(work: Work, ask: RetakeRecord, _rules: Rulebook) -> None:
    """Ask for a kept record to be read again; the sync looks after every command.

    Raises :class:`NotInState` for one that is in already, that has no number to ask for, or that
    came from a file: a file is mended and imported again.
    """
    row = work.row(kept_aside, ask.kept_id)
    platform = work.row(channel, row["channel_id"])["platform"]
    if row["state"] != KEPT or not row["external_id"] or platform.startswith("file:"):
        raise NotInState(machine="kept_aside", state=row["state"], action="retake_record")
    work.update(kept_aside, row["id"], row["version"], state=WANTED)
    shops.want_pull(work, row["channel_id"])
    work.mark("kept", row["id"])


def settle(work: Work, kept_id: int, code: str = "") -> bool:
    """Record how a second reading ended; True when the order is in the book now.

    ``code`` says why the platform did not give it; the record stays kept then, and its case open.
    """
    row = work.row(kept_aside, kept_id)
    known = intake_rows.known_orders(work, row["channel_id"], (row["external_id"],))
    is_in = bool(known) and not code
    work.update(kept_aside, kept_id, state=TAKEN_IN if is_in else KEPT)
    work.mark("kept", kept_id)
    for case_id in intake_rows.cases_of_kept(work, kept_id) if is_in else ():
        cases.settle(work, case_id, "taken_in", work.actor.name)
    result = "ok" if is_in else "failed"
    work.tell("record_retaken", "kept", kept_id, result=result, code=code)
    return is_in


VERBS = (Verb(RetakeRecord, retake_record, "intake.retry", "record_retaken"),)
