"""A restore for practice: into a folder of its own, verified to the last row, and put away."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from app.domain.actor import worker
from app.domain.ports import Clock, Rng
from app.store.backup import BOOK_FILE
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.restore import Restore
from app.store.verify import verify
from app.store.work import Place

FOLDER = "drill"


@dataclass(frozen=True, slots=True)
class Drilled:
    """What came back: rows and entries of the activity log verified, and how many do not fit."""

    rows: int
    entries: int
    found: int


def drill(
    backup: Path, folder: Path, kek: bytes, opener: Opener, hands: tuple[Clock, Rng]
) -> Drilled:
    """Restore a backup below `folder`, verify every row of it, and delete it again.

    Raises:
        BackupBroken: the backup does not pass its check.
        VaultLocked: it was made with another shop's key.
    """
    scratch = folder / FOLDER
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    try:
        Restore(opener, kek, hands).run(backup, scratch, worker("drill"), Place(chain=0))
        engine = sqlite_engine(scratch / BOOK_FILE)
        try:
            report = verify(opener.open(engine, Place(chain=0)))
        finally:
            engine.dispose()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Drilled(report.rows, report.entries, report.found)
