"""Three crashes soon after the start, and the next start is a careful one that serves."""

import asyncio
from pathlib import Path

import pytest

from app.commands.people import SignedIn, SignIn, UnlockVault
from app.compose import link as way
from app.compose.clock import SystemClock
from app.compose.link import PATIENT, link_of
from app.config import Settings
from app.desk import errand
from app.desk.link import LinkState
from app.domain.actor import worker
from app.domain.recovery_kit import make_kit
from app.process.crashes import listed
from app.process.errors import Refused
from app.process.runs import forgive, is_careful, last_run
from app.store.backup import BOOK_FILE, Backup, make_backup
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.vault import new_with_passphrase
from app.store.work import Place
from tests.keeper.counting_keeper import Nothing
from tests.keeper.processes import program
from tests.operations.outbound_world import PASSPHRASE, Shop, open_shop, record
from tests.worlds import CountingIds, SeededRng


@pytest.fixture
def crashing(monkeypatch: pytest.MonkeyPatch) -> None:
    def command(_role: str, folder: Path) -> tuple[str, ...]:
        return program("tests.keeper.crashing_keeper", str(folder))

    monkeypatch.setattr(way, "role_command", command)


async def test_a_keeper_that_crashes_three_times_is_started_carefully_and_serves(
    tmp_path: Path, crashing: None
) -> None:
    link = link_of(Settings(tmp_path), PATIENT, lambda: is_careful(tmp_path, "keeper"))
    states: list[LinkState] = []
    link.states.add(states.append)
    link.start()
    await link.ask(Nothing(), type(None))
    assert link.state is LinkState.READY
    assert states.count(LinkState.RESTARTING) == 1, "it kept trying without giving up"
    assert last_run(tmp_path, "keeper").safe
    reports = listed(tmp_path)
    assert len(reports) == 1, "the same crash is told once"
    assert "crashing_keeper.py" in reports[0].text
    await link.close()
    assert not is_careful(tmp_path, "keeper"), "a good end forgives"
    forgive(tmp_path)
    assert not last_run(tmp_path, "keeper").safe


async def test_what_is_asked_while_the_keeper_rests_is_answered_by_the_next(
    tmp_path: Path,
) -> None:
    def start(hearing: way.Hearing) -> way.Child:
        command = program("tests.keeper.counting_keeper", str(tmp_path))
        return way.Child(command, hearing)

    link = way.Link(start, way.Snowflakes(SystemClock(), 7), SystemClock())
    link.start()
    await link.ready()
    first = link.keeper_pid
    await link.pause()
    assert link.keeper_pid == 0
    assert link.state is LinkState.STARTING
    link.resume()
    await link.ask(Nothing(), type(None))
    assert link.keeper_pid not in {0, first}
    await link.close()


class Old:
    """A shop on another computer: its backup, and the paper its kit is printed on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        rng, self.clock = SeededRng(), SystemClock()
        kek = new_with_passphrase(folder, "the old passphrase", rng)
        opener = Opener(kek, self.clock, CountingIds(), rng)
        book = opener.open(sqlite_engine(folder / BOOK_FILE), Place(1, "old", "test"))
        self.shop: Shop = open_shop(book, "owner")
        self.shop.receive(record("501"))
        self.kit = make_kit(kek)
        hands = (self.clock, rng)
        self.backup: Backup = make_backup(
            folder / BOOK_FILE, folder / "backups", book.keys, "daily", hands
        )
        with book.work(worker("test")) as work:
            work.tell("later")
            work.commit()
        book.engine.dispose()


@pytest.mark.req("F249")
async def test_a_window_brings_a_shop_back_on_a_new_computer_and_its_owner_signs_in(
    tmp_path: Path,
) -> None:
    old, new = Old(tmp_path / "old"), tmp_path / "new"
    new.mkdir()
    with pytest.raises(Refused) as no:
        await errand.restore(new, old.backup.path, errand.Answers(old.kit[:-1] + "#", "a new one!"))
    assert no.value.code == "bad_value"
    assert not (new / BOOK_FILE).exists()
    answers = errand.Answers(old.kit, "the new passphrase", "the old computer burnt")
    done = await errand.restore(new, old.backup.path, answers)
    assert (done.name, done.aside) == (old.backup.path.name, "")
    link = link_of(Settings(new, desk=2))
    link.start()
    await link.ready()
    await link.ask(UnlockVault("the new passphrase"), type(None))
    signed = await link.ask(SignIn("owner", PASSPHRASE), SignedIn)
    assert signed.name == "owner"
    await link.close()


@pytest.mark.req("F252")
async def test_a_restore_while_a_service_works_on_the_folder_is_refused(tmp_path: Path) -> None:
    old = Old(tmp_path / "old")
    folder = tmp_path / "old"
    link = link_of(Settings(folder))
    link.start()
    await link.ready()
    answers = errand.Answers("", "the old passphrase")
    with pytest.raises(Refused) as no:
        await errand.restore(folder, old.backup.path, answers)
    assert no.value.code == "book_in_use"
    await link.pause()
    done = await errand.restore(folder, old.backup.path, answers)
    aside = await asyncio.to_thread(Path(done.aside, BOOK_FILE).is_file)
    assert aside, "the data before it is put aside"
    link.resume()
    await link.ready()
    await link.close()
