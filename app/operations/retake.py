"""Records that were kept aside, read once more: asked of the platform again, as it is now.

A record that fails is read again by itself after 1, 4, 16 and 64 minutes. One that failed five
times at itself is a dead letter (consistency.md 2.1, rule 8): kept whole and closed, its case
open, until a person replays it. The channel goes on all the while.
"""

from app.commands.intake import RetakeRecord
from app.domain.errors import NotInState
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases, intake_rows, shops
from app.store.seal import Row
from app.store.tables import channel
from app.store.tables_record import kept_aside
from app.store.work import Work

KEPT, WANTED, DEAD, TAKEN_IN = "kept", "wanted", "dead", "taken_in"
MOST_FAILURES = 5
# Says nothing about the record: the other side was not there, or must not be asked now.
NOT_ITS_FAULT = frozenset(
    {
        "sync_unreachable",
        "sync_breaker_open",
        "sync_throttled",
        "sync_ambiguous",
        "sync_timeout",
        "sync_server_error",
        "sync_token_expired",
        "sync_permission_missing",
    }
)


def retake_record(work: Work, ask: RetakeRecord, _rules: Rulebook) -> None:
    """Ask for a kept record or a dead letter to be read again; the sync looks after every command.

    Raises :class:`NotInState` for one that is in already, that has no number to ask for, or that
    came from a file: a file is mended and imported again.
    """
    row = work.row(kept_aside, ask.kept_id)
    platform = work.row(channel, row["channel_id"])["platform"]
    asked_for = row["state"] in (KEPT, DEAD) and row["external_id"]
    if not asked_for or platform.startswith("file:"):
        raise NotInState(machine="kept_aside", state=row["state"], action="retake_record")
    work.update(kept_aside, row["id"], row["version"], state=WANTED)
    shops.want_pull(work, row["channel_id"])
    work.mark("kept", row["id"])


def settle(work: Work, kept_id: int, code: str = "") -> bool:
    """Record how a second reading ended; True when the record was understood.

    ``code`` says why not: what the platform answered, or what is wrong with the record. It stays
    kept then, and its case open.
    """
    row, is_in = work.row(kept_aside, kept_id), not code
    for one in intake_rows.standing_records(work, row["channel_id"], row["external_id"]):
        if is_in:
            _taken_in(work, one)
        else:
            _failed(work, one, code)
    result = "ok" if is_in else "failed"
    work.tell("record_retaken", "kept", kept_id, result=result, code=code)
    return is_in


def _taken_in(work: Work, row: Row) -> None:
    work.update(kept_aside, row["id"], state=TAKEN_IN, last_error="")
    work.mark("kept", row["id"])
    for case_id in intake_rows.cases_of_kept(work, row["id"]):
        cases.settle(work, case_id, "taken_in", work.actor.name)


def _failed(work: Work, row: Row, code: str) -> None:
    """Count a failure of the record itself; what is not its fault only waits."""
    fails = row["fail_count"] + (code not in NOT_ITS_FAULT)
    wait = intake_rows.REREAD_MS * 4 ** min(max(fails - 1, 0), MOST_FAILURES)
    state = DEAD if fails >= MOST_FAILURES else KEPT
    work.update(
        kept_aside,
        row["id"],
        state=state,
        fail_count=fails,
        next_at=work.now + wait,
        last_error=code,
    )
    work.mark("kept", row["id"])


VERBS = (Verb(RetakeRecord, retake_record, "intake.retry", "record_retaken"),)
