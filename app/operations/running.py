"""Who may have a backup made, read the log and the reports, and let a restore begin.

The door lets these in and writes down that they were asked for; the files are then read and
written beside the book by the keeper (``app.keeper.running_desk``), for it may take minutes.
"""

from app.commands.running import (
    AllowRestore,
    CheckBackup,
    DrillRestore,
    DropCrash,
    GatherDiagnostics,
    LookForUpdate,
    MakeBackup,
    PreviewRestore,
    ReadBackups,
    ReadCrashes,
    ReadLog,
)
from app.domain.errors import BadValue
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store.work import Work

LEVELS = ("info", "warning", "error")
LONGEST_NAME = 80


def let_in(_work: Work, _ask: object, _rules: Rulebook) -> None:
    """Nothing of the book changes: what is asked for is done beside it."""


def let_named(
    _work: Work, ask: CheckBackup | DrillRestore | AllowRestore, _rules: Rulebook
) -> None:
    """The same for one backup; a name is a name and no path."""
    if not ask.name or len(ask.name) > LONGEST_NAME or {"/", "\\"} & set(ask.name):
        raise BadValue(field="name", value=ask.name[:LONGEST_NAME])


def read_log(_work: Work, ask: ReadLog, _rules: Rulebook) -> None:
    """The last lines of a log: a level is one of three."""
    if ask.level not in LEVELS:
        raise BadValue(field="level", value=ask.level)


VERBS = (
    Verb(ReadBackups, let_in, "backup.make", "backups_read", told=False),
    Verb(MakeBackup, let_in, "backup.make", "backup_asked", kept=False),
    Verb(CheckBackup, let_named, "backup.make", "backup_checked", kept=False),
    Verb(DrillRestore, let_named, "backup.make", "restore_drilled", kept=False),
    Verb(PreviewRestore, let_named, "backup.make", "restore_previewed", told=False),
    Verb(AllowRestore, let_named, "backup.restore", "restore_allowed", reason=True, kept=False),
    Verb(ReadLog, read_log, "support.read", "log_read", told=False),
    Verb(ReadCrashes, let_in, "support.read", "crashes_read", told=False),
    Verb(DropCrash, let_in, "support.read", "crash_dropped", kept=False),
    Verb(GatherDiagnostics, let_in, "support.read", "diagnostics_gathered", kept=False),
    Verb(LookForUpdate, let_in, "settings.edit", "update_looked_for", kept=False),
)
