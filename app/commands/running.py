"""What is asked about running Waydesk: backups, its own log and reports, and what is new."""

import msgspec


class ReadBackups(msgspec.Struct, frozen=True, tag="read_backups"):
    """Ask which backups there are; answers :class:`BackupsSeen`."""


class BackupSeen(msgspec.Struct, frozen=True):
    """One backup as people choose it; times are UTC ms, 0 is never.

    Attributes:
        kind: daily, manual or upgrade.
        orders, last_no, last_at: how many orders, and the newest one.
        form: the revision of the book it was made of.
        by, why: who had it made, and what for.
        broken: why it cannot be read at all; empty for one that can.
        copied: whether the second folder has it too.
    """

    name: str
    kind: str
    made_at: int
    size: int
    orders: int = 0
    last_no: str = ""
    last_at: int = 0
    form: int = 0
    by: str = ""
    why: str = ""
    verified_at: int = 0
    broken: str = ""
    copied: bool = False


class BackupsSeen(msgspec.Struct, frozen=True):
    """All backups, newest first, and how they are made.

    Attributes:
        folder, second: where they are, and where copies go; "" when nowhere.
        second_there: whether the second folder is there now.
        own: whether the book is this computer's; a shared one is backed up by its server.
        form: the revision of the book today.
    """

    backups: tuple[BackupSeen, ...]
    folder: str
    second: str = ""
    second_there: bool = False
    own: bool = True
    form: int = 0


class MakeBackup(msgspec.Struct, frozen=True, tag="make_backup"):
    """Make a backup now, for ``reason``; answers :class:`BackupSeen`."""

    reason: str = ""


class CheckBackup(msgspec.Struct, frozen=True, tag="check_backup"):
    """Find out whether a backup is whole; answers :class:`BackupSeen`."""

    name: str


class DrillRestore(msgspec.Struct, frozen=True, tag="drill_restore"):
    """Restore a backup for practice, beside the shop's data; answers :class:`DrillDone`."""

    name: str


class DrillDone(msgspec.Struct, frozen=True):
    """What came back: rows and log entries verified, how many do not fit, how long it took."""

    rows: int
    entries: int
    found: int
    took_ms: int


class PreviewRestore(msgspec.Struct, frozen=True, tag="preview_restore"):
    """Ask what a restore would take away; answers :class:`RestorePreview`."""

    name: str


class RestorePreview(msgspec.Struct, frozen=True):
    """What the present data has and the backup has not.

    Attributes:
        numbers: platform numbers of some of the orders, newest first.
        known: whether the present data could be compared at all.
        passphrase: whether the passphrase of the data is asked for.
    """

    orders: int
    waybills: int
    prints: int
    cases: int
    changes: int
    numbers: tuple[str, ...] = ()
    known: bool = True
    passphrase: bool = False


class AllowRestore(msgspec.Struct, frozen=True, tag="allow_restore"):
    """Let a backup be restored, with a reason; answers :class:`RestoreAllowed`."""

    name: str
    reason: str


class RestoreAllowed(msgspec.Struct, frozen=True):
    """Where the backup is; the background service ends before it is brought back."""

    path: str


class ReadLog(msgspec.Struct, frozen=True, tag="read_log"):
    """Read the last lines of a part's log; answers :class:`LogPage`.

    Attributes:
        level: info, warning or error: lines of less weight are left out.
        text: lines without these words are left out.
    """

    part: str
    level: str = "info"
    text: str = ""
    limit: int = 200


class LogLine(msgspec.Struct, frozen=True):
    """One line: when (UTC ms), its weight, which module says what, and details as JSON."""

    at: int
    level: str
    where: str
    says: str
    more: str = ""


class LogPage(msgspec.Struct, frozen=True):
    """The lines, oldest first, and the parts that have a log."""

    lines: tuple[LogLine, ...]
    parts: tuple[str, ...] = ()


class ReadCrashes(msgspec.Struct, frozen=True, tag="read_crashes"):
    """Read the crash reports kept on this computer; answers :class:`CrashesSeen`."""


class CrashSeen(msgspec.Struct, frozen=True):
    """One report: its name, which part it is of, when (UTC ms), and what it says."""

    name: str
    part: str
    at: int
    text: str


class CrashesSeen(msgspec.Struct, frozen=True):
    """All reports, newest first."""

    reports: tuple[CrashSeen, ...]


class DropCrash(msgspec.Struct, frozen=True, tag="drop_crash"):
    """Delete a crash report."""

    name: str


class GatherDiagnostics(msgspec.Struct, frozen=True, tag="gather_diagnostics"):
    """Gather what whoever mends Waydesk needs; answers :class:`Diagnostics`."""


class Diagnostics(msgspec.Struct, frozen=True):
    """Files of text, by name, to be read before they are saved anywhere."""

    files: tuple[tuple[str, str], ...]


class LookForUpdate(msgspec.Struct, frozen=True, tag="look_for_update"):
    """Ask now whether there is a new version, at the address of the settings."""
