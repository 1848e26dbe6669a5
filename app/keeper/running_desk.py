"""Answers what is asked about running Waydesk, beside the book: backups, logs, reports.

The door has let each of these in. Reading and copying files happens on threads, so that no command
waits for a disk; what a person had done is told to the record when it ends.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import __version__
from app.commands import running as asks
from app.config import Settings
from app.domain.errors import BackupBroken, NotFound, SharedBook
from app.keeper.room import Room
from app.keeper.server import Ask
from app.operations.sessions import actor_of
from app.process import crashes
from app.process.logs import parts_logged, tail
from app.rulebook import RESOURCES
from app.store.backup import BOOK_FILE, FOLDER, Backup, Keeping, copy_backup, drop_old, make_backup
from app.store.backup import list_backups as backups_in
from app.store.backup_check import check_backup
from app.store.backup_content import (
    Content,
    content_of,
    find_backup,
    loss_of,
    read_note,
    write_note,
)
from app.store.diagnostics import Case, gather
from app.store.doctor import Patient
from app.store.drill import Drilled, drill
from app.store.migrate import LATEST
from app.store.opening import Opener
from app.store.os_keyring import pinned_backend
from app.store.vault import is_demo, read_head
from app.store.work import Work

WEIGHTS = {"debug": 0, "info": 1, "warning": 2, "error": 3, "critical": 3}
MOST_LINES = 2_000
FAR = 20_000
"""Lines looked through for words; more is a file for an editor."""
ASKS = (
    asks.ReadBackups,
    asks.MakeBackup,
    asks.CheckBackup,
    asks.DrillRestore,
    asks.PreviewRestore,
    asks.AllowRestore,
    asks.ReadLog,
    asks.ReadCrashes,
    asks.DropCrash,
    asks.GatherDiagnostics,
    asks.LookForUpdate,
)
"""What this desk answers once the door has let it in."""


@dataclass(slots=True)
class RunningDesk:
    """Backups, logs, reports and diagnostics of this computer.

    Attributes:
        kek, opener: the shop's key and what opens a book with it, for restores in practice.
        look: asks now whether there is a new version.
    """

    room: Room
    settings: Settings
    kek: bytes
    opener: Opener
    look: Callable[[], Any]

    def use_key(self, kek: bytes) -> None:
        """Practise restores with the shop's new key from now on."""
        self.kek, self.opener = kek, self.opener.with_key(kek)

    @property
    def folder(self) -> Path:
        """Where the backups are."""
        return self.settings.folder / FOLDER

    @property
    def keeping(self) -> Keeping:
        """How long backups stay, by the shop's own choice."""
        policy = self.room.laws.now.policy
        return Keeping(policy.backup_days, policy.backup_weeks)

    async def answer(self, ask: Ask) -> Any:
        """Do one of `ASKS`; raises its refusal."""
        match ask.command:
            case asks.MakeBackup(reason=reason):
                by = await self.room.write(lambda work: actor_of(work, ask.session).name)
                return await self.make("manual", by, reason, ask)
            case asks.CheckBackup(name=name):
                return await self._check(name, ask)
            case asks.DrillRestore(name=name):
                return await self._drill(name, ask)
            case asks.LookForUpdate():
                return await self.look()
            case _:
                return await asyncio.to_thread(self._read, ask.command)

    def _read(self, command: Any) -> Any:
        """What is answered from files alone, on a thread."""
        answers: dict[type, Callable[[Any], Any]] = {
            asks.ReadBackups: lambda _ask: self._backups(),
            asks.PreviewRestore: lambda ask: self._preview(ask.name),
            asks.AllowRestore: lambda ask: asks.RestoreAllowed(
                str(find_backup(self.folder, ask.name).path)
            ),
            asks.ReadLog: self._log,
            asks.ReadCrashes: lambda _ask: self._crashes(),
            asks.DropCrash: self._drop,
            asks.GatherDiagnostics: lambda _ask: asks.Diagnostics(self._diagnostics()),
        }
        return answers[type(command)](command)

    def _crashes(self) -> asks.CrashesSeen:
        seen = crashes.listed(self.settings.folder)
        return asks.CrashesSeen(
            tuple(asks.CrashSeen(one.name, one.role, one.at, one.text) for one in seen)
        )

    def _drop(self, ask: asks.DropCrash) -> None:
        if not crashes.drop(self.settings.folder, ask.name):
            raise NotFound(what="crash", id=ask.name[:80])

    # --- backups --------------------------------------------------------------------------------

    async def make(self, kind: str, by: str, why: str, ask: Ask | None = None) -> asks.BackupSeen:
        """Make a backup, copy it to the second folder, and let what is too old go.

        Raises:
            SharedBook: the data is on a server, which backs it up itself.
            BackupBroken: the book is not whole; earlier backups stay.
            CopyFailed: the backup is there; its copy is not.
        """
        if self.room.book.dialect != "sqlite":
            raise SharedBook
        second = self.room.laws.now.policy.backup_copy
        told = _steps(ask, 3 if second else 2)
        told(0, "backup.copying")
        made = await asyncio.to_thread(self._make, kind, by, why)
        told(1, "backup.thinning")
        await asyncio.to_thread(drop_old, self.folder, self.keeping)
        if second:
            told(2, "backup.second")
            await asyncio.to_thread(copy_backup, made, Path(second), self.keeping)

        def note(work: Work) -> None:
            work.tell("backup_made", "book", 0, code="ok", kind=kind, backup=made.path.name)
            work.mark("backups")

        await self.room.write(note)
        return await asyncio.to_thread(self._seen, made)

    def _make(self, kind: str, by: str, why: str) -> Backup:
        book, hands = self.settings.folder / BOOK_FILE, (self.room.clock, self.room.rng)
        made = make_backup(book, self.folder, self.room.book.keys, kind, hands)
        write_note(made, by, why, self.room.clock.now())
        return made

    async def _check(self, name: str, ask: Ask) -> asks.BackupSeen:
        _steps(ask, 1)(0, "backup.checking")

        def check() -> asks.BackupSeen:
            one = find_backup(self.folder, name)
            check_backup(one.path, self.room.book.keys, self.room.rng)
            note = read_note(one)
            write_note(one, note.by, note.why, self.room.clock.now())
            return self._seen(one)

        return await asyncio.to_thread(check)

    async def _drill(self, name: str, ask: Ask) -> asks.DrillDone:
        _steps(ask, 1)(0, "backup.drilling")
        began = self.room.clock.mono()

        def practise() -> Drilled:
            path = find_backup(self.folder, name).path
            hands = (self.room.clock, self.room.rng)
            return drill(path, self.settings.folder, self.kek, self.opener, hands)

        done = await asyncio.to_thread(practise)
        took = round((self.room.clock.mono() - began) * 1000)

        def note(work: Work) -> None:
            work.tell("restore_drill_done", "book", 0, found=done.found, rows=done.rows)

        await self.room.write(note)
        return asks.DrillDone(done.rows, done.entries, done.found, took)

    def _backups(self) -> asks.BackupsSeen:
        second = self.room.laws.now.policy.backup_copy
        return asks.BackupsSeen(
            tuple(self._seen(one) for one in backups_in(self.folder)),
            str(self.folder),
            second,
            bool(second) and Path(second).is_dir(),
            self.room.book.dialect == "sqlite",
            int(LATEST),
        )

    def _seen(self, one: Backup) -> asks.BackupSeen:
        second, broken = self.room.laws.now.policy.backup_copy, ""
        note, content = read_note(one), Content()
        try:
            content = content_of(one.path)
        except BackupBroken as no:
            broken = str(no.details.get("why", "?"))
        return asks.BackupSeen(
            name=one.path.name,
            kind=one.kind,
            made_at=one.made_at,
            size=one.size,
            orders=content.orders,
            last_no=content.last_no,
            last_at=content.last_at,
            form=content.form,
            by=note.by,
            why=note.why,
            verified_at=note.verified_at,
            broken=broken,
            copied=bool(second) and (Path(second) / one.path.name).is_file(),
        )

    def _preview(self, name: str) -> asks.RestorePreview:
        folder = self.settings.folder
        loss = loss_of(find_backup(self.folder, name).path, folder / BOOK_FILE)
        asked_for = not is_demo(folder) and read_head(folder).kind == "passphrase"
        return asks.RestorePreview(
            loss.orders,
            loss.waybills,
            loss.prints,
            loss.cases,
            loss.changes,
            loss.numbers,
            loss.known,
            asked_for,
        )

    # --- logs and diagnostics -------------------------------------------------------------------

    def _log(self, ask: asks.ReadLog) -> asks.LogPage:
        folder, lines = self.settings.folder, []
        parts = parts_logged(folder)
        if ask.part not in parts:
            return asks.LogPage((), parts)
        wanted, least = ask.text.lower().split(), WEIGHTS[ask.level]
        for row in reversed(tail(folder, ask.part, FAR)):
            line = _line(row)
            told = f"{line.where} {line.says} {line.more}".lower()
            if WEIGHTS.get(line.level, 1) >= least and all(word in told for word in wanted):
                lines.append(line)
            if len(lines) >= max(1, min(ask.limit, MOST_LINES)):
                break
        return asks.LogPage(tuple(reversed(lines)), parts)

    def _diagnostics(self) -> tuple[tuple[str, str], ...]:
        words, room = self.room.laws.now.words, self.room
        patient = Patient(
            self.settings.folder,
            RESOURCES / "fonts",
            pinned_backend(),
            room.clock.now(),
            shared=room.book.dialect != "sqlite",
        )
        case = Case(
            self.settings,
            patient,
            room.clock,
            __version__,
            lambda key, facts: words.say(key, "en", **facts),
        )
        return gather(case)


def _line(row: dict[str, Any]) -> asks.LogLine:
    more = {name: row[name] for name in ("with", "error") if name in row}
    at = row.get("at")
    return asks.LogLine(
        at if isinstance(at, int) else 0,
        str(row.get("level", "info")),
        str(row.get("where", "")),
        str(row.get("says", "")),
        json.dumps(more, ensure_ascii=False) if more else "",
    )


def _steps(ask: Ask | None, total: int) -> Callable[[int, str], None]:
    def report(done: int, words: str) -> None:
        if ask is not None:
            ask.progress(done, total, words)

    return report
