"""How personal data is protected now: its keys, what waits to be erased, the last run."""

import json
from dataclasses import dataclass

from app.reads.book import ReadBook
from app.reads.viewer import Viewer

RIGHTS = ("key.rotate", "pii.subject_find", "settings.edit", "audit.read")


@dataclass(frozen=True, slots=True)
class Protection:
    """Everything the page of data protection shows of keys and retention; times are UTC ms.

    Attributes:
        key_id, key_made_at: the data key that closes what is written now.
        older: data keys that still open something.
        state: of the newest change of key: moving, waiting, checking, done, "" for none yet.
        moved, total: rows brought under the new key, and how many there are.
        left_behind: rows that a person must look at first.
        waits_since: since when the old key waits for the backups of its time to go, 0 while not.
        wanted: orders that are erased once they are over.
        erased: orders whose buyer's data is gone.
        run_at: when the nightly clearing last ran, and ``run`` what it did.
    """

    key_id: int = 0
    key_made_at: int = 0
    older: int = 0
    state: str = ""
    moved: int = 0
    total: int = 0
    left_behind: int = 0
    waits_since: int = 0
    wanted: int = 0
    erased: int = 0
    run_at: int = 0
    run: tuple[tuple[str, int], ...] = ()


def protection(book: ReadBook, viewer: Viewer) -> Protection:
    """How things stand; nothing for who has none of the rights it is about."""
    if not any(viewer.may(right) for right in RIGHTS):
        return Protection()
    keys = book.rows("SELECT id, state, made_at FROM data_key WHERE state IN ('current', 'older')")
    current = next((row for row in keys if row["state"] == "current"), None)
    change = book.row("SELECT * FROM key_rotation ORDER BY id DESC LIMIT 1")
    counts = dict(map(tuple, book.rows("SELECT state, count(*) FROM erasure GROUP BY state")))
    kept = book.row("SELECT value_json FROM setting WHERE key = 'retention'")
    run = json.loads(kept["value_json"]) if kept else {}
    run_at = run.pop("at", 0)
    waits = change is not None and change["state"] == "waiting"
    return Protection(
        key_id=current["id"] if current else 0,
        key_made_at=current["made_at"] if current else 0,
        older=sum(row["state"] == "older" for row in keys),
        state=change["state"] if change else "",
        moved=change["moved"] if change else 0,
        total=change["total"] if change else 0,
        left_behind=change["left_behind"] if change else 0,
        waits_since=change["moved_at"] if change and waits else 0,
        wanted=counts.get("wanted", 0),
        erased=counts.get("done", 0),
        run_at=run_at,
        run=tuple(run.items()),
    )
