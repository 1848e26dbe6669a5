"""Backups as a person sees them: what is in each, what a restore would cost, and that it works."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.commands import running as asks
from app.commands.orders import SetPolicy
from app.commands.privacy import RenewRecoveryKit
from app.compose.house import _care
from app.config import Settings
from app.domain.demo import DEMO_PASSPHRASE
from app.domain.errors import BackupBroken, NotFound, SharedBook
from app.keeper.day_sheets import DaySheets
from app.keeper.room import Room
from app.keeper.running_desk import RunningDesk
from app.keeper.server import Ask
from app.keeper.writer import Writer
from app.store.backup import FOLDER, CopyFailed, list_backups
from app.store.chest import Chest
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.vault import new_demo, open_vault
from app.store.work import Place
from tests.operations.outbound_world import Shop, open_shop, record
from tests.worlds import CountingIds, FixedClock, SeededRng

HOUR = 3_600_000
DAY = 24 * HOUR


class Kept:
    """A shop's folder with its book in use, and the keeper's desk for running it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, rng = folder, FixedClock(), SeededRng()
        new_demo(folder, rng)
        kek = open_vault(folder, self.clock, passphrase=DEMO_PASSPHRASE)
        self.ids = CountingIds()
        opener = Opener(kek, self.clock, self.ids, rng)
        self.book = opener.open(sqlite_engine(folder / "book.db"), Place(1, "desk-1", "test"))
        self.shop: Shop = open_shop(self.book, "owner", "agent")
        self.writer = Writer()
        self.room = Room(
            self.book, self.writer, self.shop.door.laws, self.clock, rng, lambda _changed: None
        )
        self.progress: list[tuple[int, int, str]] = []
        self.desk = RunningDesk(self.room, Settings(folder), kek, opener, self.nothing)

    async def nothing(self) -> None:
        """Nobody is asked for updates here."""

    async def ask(self, command: Any, who: str = "owner") -> Any:
        """Ask as the keeper is asked: the door first, then the desk beside it."""
        self.shop.do(who, command)
        told = Ask(1, self.shop.sessions[who], command, lambda *step: self.progress.append(step))
        return await self.desk.answer(told)

    def backups(self) -> Path:
        return self.folder / FOLDER


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.writer.close()
    made.book.engine.dispose()


@pytest.mark.req("F252")
async def test_every_backup_says_when_it_was_made_by_whom_and_what_is_in_it(kept: Kept) -> None:
    kept.shop.receive(record("501"), record("502"))
    made = await kept.ask(asks.MakeBackup("before the sale"))
    kept.clock.advance(HOUR)
    kept.shop.receive(record("503"))
    await kept.ask(asks.MakeBackup())
    seen = await kept.ask(asks.ReadBackups())
    newest, oldest = seen.backups
    assert (oldest.name, oldest.orders, oldest.last_no) == (made.name, 2, "502")
    assert (oldest.by, oldest.why, oldest.kind) == ("owner", "before the sale", "manual")
    assert newest.made_at - oldest.made_at == HOUR
    assert (newest.orders, newest.last_no, newest.size > 10_000) == (3, "503", True)
    assert oldest.verified_at
    assert seen.own
    assert [step[:2] for step in kept.progress] == [(0, 2), (1, 2)] * 2


@pytest.mark.req("F252")
async def test_a_preview_counts_what_a_restore_would_take_away(kept: Kept) -> None:
    kept.shop.receive(record("501"))
    made = await kept.ask(asks.MakeBackup())
    before = await kept.ask(asks.PreviewRestore(made.name))
    assert (before.orders, before.numbers) == (0, ())
    kept.clock.advance(60_000)
    kept.shop.receive(record("502"), record("503"))
    preview = await kept.ask(asks.PreviewRestore(made.name))
    assert preview.orders == 2
    assert set(preview.numbers) == {"502", "503"}
    assert preview.changes > before.changes
    assert preview.known


@pytest.mark.req("F252")
async def test_a_restore_for_practice_brings_every_row_back_and_leaves_nothing(kept: Kept) -> None:
    kept.shop.receive(record("501"))
    made = await kept.ask(asks.MakeBackup())
    done = await kept.ask(asks.DrillRestore(made.name))
    assert done.found == 0
    assert done.rows > 30
    assert done.entries > 3
    assert not (kept.folder / "drill").exists()
    assert kept.shop.order("501")["external_no"] == "501", "the shop's own data was not touched"


async def test_a_backup_made_after_a_new_recovery_kit_is_practised_without_a_restart(
    kept: Kept,
) -> None:
    chest = Chest(kept.folder, kept.clock, SeededRng(11))
    kept.book.chest = chest
    chest.heard = kept.desk.use_key
    kept.shop.receive(record("501"))
    kept.shop.hire("admin", "admin")
    kept.shop.agreed("admin", RenewRecoveryKit("kit was lost", DEMO_PASSPHRASE), "owner")
    made = await kept.ask(asks.MakeBackup("under the new key"))
    assert (await kept.ask(asks.DrillRestore(made.name))).found == 0


async def test_a_backup_somebody_edited_is_called_broken_by_check_and_drill(kept: Kept) -> None:
    kept.shop.receive(record("501"))
    made = await kept.ask(asks.MakeBackup())
    with sqlite3.connect(kept.backups() / made.name) as conn:
        conn.execute("UPDATE orders SET total_minor = 1")
    conn.close()
    seen = (await kept.ask(asks.ReadBackups())).backups[0]
    assert seen.verified_at == 0, "the note was of another file"
    for ask in (asks.CheckBackup(made.name), asks.DrillRestore(made.name)):
        with pytest.raises(BackupBroken):
            await kept.ask(ask)
    assert not (kept.folder / "drill").exists()
    (kept.backups() / made.name).write_bytes(b"no database")
    assert (await kept.ask(asks.ReadBackups())).backups[0].broken


async def test_only_a_backup_of_the_folder_can_be_named(kept: Kept) -> None:
    for name in ("../book.db", "book.db", "book-20260216T040000000000Z-daily.db"):
        with pytest.raises(Exception) as no:  # noqa: PT011 - either the door or the folder says no
            await kept.ask(asks.CheckBackup(name))
        assert no.value.code in {"bad_value", "not_found"}  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        await kept.ask(asks.PreviewRestore("nothing"))


async def test_a_second_folder_gets_a_checked_copy_and_its_absence_is_said(
    kept: Kept, tmp_path_factory: pytest.TempPathFactory
) -> None:
    usb = tmp_path_factory.mktemp("usb")
    kept.shop.do("owner", SetPolicy("backup_copy", str(usb)))
    made = await kept.ask(asks.MakeBackup())
    assert (usb / made.name).read_bytes() == (kept.backups() / made.name).read_bytes()
    assert made.copied
    assert not list(usb.glob("*.part"))
    usb.rename(usb.with_name("unplugged"))
    kept.clock.advance(HOUR)
    with pytest.raises(CopyFailed) as no:
        await kept.ask(asks.MakeBackup())
    assert no.value.details["why"] == "absent"
    assert len(list_backups(kept.backups())) == 2, "the backup itself is there"


@pytest.mark.req("F250")
async def test_the_nightly_backup_missed_while_closed_is_made_once(kept: Kept) -> None:
    def keeper() -> Any:
        record = SimpleNamespace(sheets=lambda: DaySheets(kept.room, None, kept.folder))
        care = _care(kept.room, SimpleNamespace(running=kept.desk, record=record), None)
        mine = tuple(routine for routine in care.routines if routine.name == "backup")
        return type(care)(kept.room, mine)

    await keeper().look()
    assert list_backups(kept.backups()) == ()
    kept.clock.advance(5 * DAY)
    assert "backup" in await keeper().look()
    assert await keeper().look() == ()
    assert [one.kind for one in list_backups(kept.backups())] == ["daily"]


async def test_data_on_a_server_is_backed_up_by_its_server(kept: Kept) -> None:
    kept.room.book.dialect = "postgresql"
    with pytest.raises(SharedBook):
        await kept.desk.make("manual", "owner", "")
    assert list_backups(kept.backups()) == ()
