"""What the shop is told in a terminal by backup, restore, doctor and audit verify."""

import io
import shutil
import sqlite3
from argparse import Namespace
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.cli import audit, backup, doctor, restore
from app.cli.hands import Hands
from app.config import Settings
from app.domain.demo import DEMO_PASSPHRASE
from app.domain.errors import VaultLocked
from app.domain.recovery_kit import make_kit
from app.process.locks import try_lock
from app.rulebook import load
from app.store.backup import FOLDER, list_backups
from app.store.doctor import BAD, NOTE, OK, Patient, Sign, examine, sqlite_sign
from app.store.engine import sqlite_engine
from app.store.opening import BookAbsent, Opener
from app.store.vault import new_demo, open_vault
from app.store.verify import verify
from app.store.work import Place
from tests.store.full_shop import fill
from tests.worlds import CountingIds, FixedClock, SeededRng

VERIFY = Namespace(act="verify", head=[], heads=[], export=None, no_key=False)


@dataclass
class Terminal:
    folder: Path
    hands: Hands

    def said(self) -> str:
        out = self.hands.out
        assert isinstance(out, io.StringIO)
        text = out.getvalue()
        out.seek(0)
        out.truncate()
        return text


def terminal(folder: Path, lang: str = "en") -> Terminal:
    clock, ids, rng = FixedClock(), CountingIds(9_000_000), SeededRng(9)
    settings = Settings(folder, desk=3)
    return Terminal(folder, Hands(settings, clock, ids, rng, load().words, lang, io.StringIO()))


@pytest.fixture
def shop(tmp_path: Path) -> Terminal:
    kek = new_demo(tmp_path, SeededRng())
    engine = sqlite_engine(tmp_path / "book.db")
    fill(Opener(kek, FixedClock(), CountingIds(), SeededRng()).open(engine, Place(chain=3)), 4)
    engine.dispose()
    return terminal(tmp_path)


def edit(path: Path, statement: str) -> None:
    conn = sqlite3.connect(path)
    conn.execute(statement)
    conn.commit()
    conn.close()


@pytest.mark.req("F172")
def test_a_book_only_waydesk_wrote_is_called_well(shop: Terminal) -> None:
    assert audit.run(VERIFY, shop.hands) == 0
    assert "everything is as Waydesk wrote it" in shop.said()


@pytest.mark.req("F172")
def test_every_edit_is_a_sentence_and_the_exit_code_says_so(shop: Terminal) -> None:
    edit(shop.folder / "book.db", "UPDATE refund SET amount_minor = 1 WHERE id = 10000")
    edit(shop.folder / "book.db", "DELETE FROM proof WHERE id = 10007")
    assert audit.run(VERIFY, shop.hands) == 1
    said = shop.said()
    assert "refund 10000 was changed outside Waydesk." in said
    assert "proof 10007 was deleted outside Waydesk." in said
    assert "2 things are not as Waydesk wrote them" in said


def test_verifying_holds_up_nobody_who_writes(shop: Terminal) -> None:
    writer = sqlite3.connect(shop.folder / "book.db", isolation_level=None, timeout=0)
    writer.execute("BEGIN IMMEDIATE")
    assert audit.run(VERIFY, shop.hands) == 0
    writer.execute("ROLLBACK")
    writer.close()


def test_a_backup_says_where_it_is_and_what_is_not_in_it(shop: Terminal) -> None:
    assert backup.run(Namespace(), shop.hands) == 0
    said = shop.said()
    assert str(list_backups(shop.folder / FOLDER)[0].path) in said
    assert "recovery kit" in said


def test_a_restore_says_that_printing_stays_locked(shop: Terminal) -> None:
    backup.run(Namespace(), shop.hands)
    made = list_backups(shop.folder / FOLDER)[0].path
    assert restore.run(Namespace(file=made, kit=False, for_desk=False), shop.hands) == 0
    assert "Printing stays locked" in shop.said()
    assert audit.run(VERIFY, shop.hands) == 0


def test_the_kit_restores_where_there_is_no_key(
    shop: Terminal, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    kek = open_vault(shop.folder, FixedClock(), passphrase=DEMO_PASSPHRASE)
    backup.run(Namespace(), shop.hands)
    made = list_backups(shop.folder / FOLDER)[0].path
    there = terminal(tmp_path_factory.mktemp("there"), "zh")
    asked = Namespace(file=made, kit=True, for_desk=False)
    monkeypatch.setattr("sys.stdin", io.StringIO(make_kit(kek)))
    monkeypatch.setattr(restore, "pinned_backend", lambda: None)
    with pytest.raises(VaultLocked):  # a key that could be kept nowhere would be lost again
        restore.run(asked, there.hands)
    assert list(there.folder.glob("*.db")) == []
    monkeypatch.setattr("sys.stdin", io.StringIO(make_kit(kek)))
    given = replace(there.hands, settings=replace(there.hands.settings, passphrase="new and long"))
    assert restore.run(asked, given) == 0
    assert "打印保持锁定" in there.said()
    assert open_vault(there.folder, FixedClock(), passphrase="new and long") == kek


class Ring:
    """A computer's keyring with nothing in it."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def put(self, name: str, secret: bytes) -> None:
        self.kept[name] = secret


@pytest.mark.req("F249")
def test_on_a_new_computer_the_kit_alone_brings_the_shop_back(
    shop: Terminal, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    kek = open_vault(shop.folder, FixedClock(), passphrase=DEMO_PASSPHRASE)
    backup.run(Namespace(), shop.hands)
    elsewhere = tmp_path_factory.mktemp("usb") / "from-usb.db"
    shutil.copyfile(list_backups(shop.folder / FOLDER)[0].path, elsewhere)
    there, ring = terminal(tmp_path_factory.mktemp("new-computer")), Ring()
    monkeypatch.setattr(restore, "pinned_backend", lambda: ring)
    monkeypatch.setattr(restore, "OsKeyring", lambda backend: backend)
    monkeypatch.setattr("sys.stdin", io.StringIO(make_kit(kek)))
    assert restore.run(Namespace(file=elsewhere, kit=True, for_desk=False), there.hands) == 0
    assert list(ring.kept.values()) == [kek]
    assert open_vault(there.folder, FixedClock(), keyring=ring) == kek
    engine = sqlite_engine(there.folder / "book.db")
    book = Opener(kek, FixedClock(), CountingIds(9_000_000), SeededRng()).open(engine)
    assert verify(book).ok
    engine.dispose()


def test_an_empty_folder_is_told_as_one(tmp_path: Path) -> None:
    empty = terminal(tmp_path)
    with pytest.raises(BookAbsent):
        backup.run(Namespace(), empty.hands)
    with pytest.raises(VaultLocked):
        audit.run(VERIFY, empty.hands)
    assert list(tmp_path.glob("*.db")) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_doctor_says_a_sentence_for_everything(shop: Terminal, lang: str) -> None:
    there = terminal(shop.folder, lang)
    assert doctor.run(Namespace(), there.hands) == 0
    lines = there.said().splitlines()
    assert len(lines) >= 9
    assert not [line for line in lines if "doctor." in line or "–" in line]


def patient(folder: Path, fonts: Path | None = None) -> Patient:
    return Patient(folder, fonts or folder, None, FixedClock().now())


def codes(signs: tuple[Sign, ...], level: str) -> set[str]:
    return {sign.code for sign in signs if sign.level == level}


def test_the_doctor_finds_what_is_wrong(shop: Terminal) -> None:
    bad = codes(examine(patient(shop.folder)), BAD)
    assert bad == {"font_missing"}
    notes = codes(examine(patient(shop.folder)), NOTE)
    assert {"keyring_absent", "demo_folder", "backup_none"} <= notes
    edit(shop.folder / "book.db", "PRAGMA user_version = 99")
    (shop.folder / "vault.json").write_text("{}")
    assert {"form_newer", "vault_broken"} <= codes(examine(patient(shop.folder)), BAD)
    (shop.folder / "book.db").write_bytes(b"torn" * 5000)
    assert "book_broken" in codes(examine(patient(shop.folder)), BAD)


def test_the_doctor_knows_a_running_keeper_and_a_synchronised_folder(
    shop: Terminal, tmp_path: Path
) -> None:
    assert "keeper_off" in codes(examine(patient(shop.folder)), OK)
    held = try_lock(shop.folder / "keeper.lock")
    assert held is not None
    assert "keeper_on" in codes(examine(patient(shop.folder)), OK)
    held.release()
    assert "folder_shared" in codes(examine(patient(tmp_path / "Dropbox" / "shop")), BAD)


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ((3, 40, 1), "sqlite_race"),
        ((3, 44, 5), "sqlite_race"),
        ((3, 44, 6), "sqlite_fixed"),
        ((3, 50, 6), "sqlite_race"),
        ((3, 50, 7), "sqlite_fixed"),
        ((3, 51, 2), "sqlite_race"),
        ((3, 51, 3), "sqlite_fixed"),
        ((3, 52, 0), "sqlite_race"),
        ((3, 52, 1), "sqlite_fixed"),
        ((3, 53, 0), "sqlite_fixed"),
    ],
)
def test_an_sqlite_that_can_lose_a_commit_is_known(version: tuple[int, ...], code: str) -> None:
    assert sqlite_sign(version).code == code
