"""A new computer, a backup and the recovery kit off its paper: the old shop is there again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.desk.screens.restore import RestoreScreen
from app.desk.window import DeskWindow
from app.domain.recovery_kit import make_kit
from app.reads.board import View
from app.rulebook import load
from app.store.backup import FOLDER, make_backup
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.vault import new_with_passphrase
from app.store.work import Place
from tests.journeys.window_world import sitting, until
from tests.operations.outbound_world import PASSPHRASE, open_shop, record
from tests.worlds import CountingIds, FixedClock, SeededRng

NEW = "a passphrase of this computer"


@dataclass(frozen=True)
class Saved:
    """What was carried out of the old computer: a backup, and the kit off its paper."""

    backup: Path
    kit: str


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    old, usb = (tmp_path_factory.mktemp(name) for name in ("old", "usb"))
    clock, rng, ids = FixedClock(), SeededRng(), CountingIds()
    kek = new_with_passphrase(old, "the old computer's own", rng)
    opener = Opener(kek, clock, ids, rng)
    book = opener.open(sqlite_engine(old / "book.db"), Place(1, "desk-1", "test"))
    shop = open_shop(book, "owner", "agent")
    shop.receive(record("501"), record("502"))
    made = make_backup(old / "book.db", usb / FOLDER, book.keys, "manual", (clock, rng))
    book.engine.dispose()
    return Saved(made.path, make_kit(kek))


async def at_restore(window: DeskWindow) -> RestoreScreen:
    """From the welcome page of an empty folder, by keys, to the page that brings a backup back."""
    await until(window.first_day.isVisible)
    ways = window.first_day.pages[0].ways  # type: ignore[attr-defined]
    ways["restore"].setFocus()
    QTest.keyClick(ways["restore"], Qt.Key.Key_Space)
    screen = window.findChild(RestoreScreen)
    assert isinstance(screen, RestoreScreen)
    assert screen.isVisible()
    return screen


async def tried(screen: RestoreScreen, backup: Path, kit: str) -> tuple[str, str]:
    """Fill the page in, press the button, and read what it said when it was done."""
    screen.file.setText(str(backup))
    screen.kit.setPlainText(kit)
    screen.passphrase.setText(NEW)
    assert screen.go.isEnabled(), screen.kit_state.text()
    screen.go.click()
    await until(lambda: not screen._busy)
    return screen.told.text(), screen.remedy.text()


def bent(whole: Path, out: Path) -> Path:
    """The same backup after a disk had lost some of its pages."""
    content = bytearray(whole.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8_192] = bytes(8_192)
    out.write_bytes(content)
    return out


def shown(window: DeskWindow) -> list[str]:
    model = window.orders.board.model
    rows: list[Any] = [model.row(at) for at in range(model.rowCount())]
    return sorted(row.external_no for row in rows if row is not None)


@pytest.mark.req("F249")
def test_the_kit_alone_brings_the_old_shops_people_and_orders_to_an_empty_computer(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, qapp: QApplication, saved: Saved
) -> None:
    letter = tmp_path_factory.mktemp("beside") / "letter.db"
    letter.write_text("no backup at all")
    damaged = bent(saved.backup, letter.with_name(saved.backup.name))
    wrong = {
        "words": (saved.backup, make_kit(b"k" * 32)),
        "file": (letter, saved.kit),
        "damaged": (damaged, saved.kit),
    }
    told: dict[str, tuple[str, str]] = {}

    async def walk(window: DeskWindow) -> None:
        screen = await at_restore(window)
        for name, (backup, kit) in wrong.items():
            told[name] = await tried(screen, backup, kit)
        assert not (tmp_path / "book.db").exists(), "nothing was begun"
        assert not (tmp_path / "vault.json").exists()
        told["right"] = await tried(screen, saved.backup, saved.kit.lower())
        assert screen.kit.toPlainText() == ""
        await sign_in(window, screen)
        window.show_view(View())
        await until(lambda: shown(window) == ["501", "502"])

    sitting(tmp_path, qapp, walk)
    say = load().words.say
    assert told["right"][0] == say("restore.done_here", "en")
    assert told["words"] == refusal("kit_of_other_data", file=saved.backup.name)
    for name, file in (("file", letter), ("damaged", damaged)):
        title, remedy = told[name]
        assert file.name in title
        assert remedy == say("errors.backup_broken.remedy", "en")


def refusal(code: str, **facts: str) -> tuple[str, str]:
    say = load().words.say
    title, remedy = (say(f"errors.{code}.{part}", "en", **facts) for part in ("title", "remedy"))
    return title, remedy


async def sign_in(window: DeskWindow, screen: RestoreScreen) -> None:
    """From the restored data to the board, proving oneself as on the old computer.

    Where no keyring holds the key, the passphrase just chosen opens the data first.
    """
    screen.back.click()
    await until(window.sign_in.isVisible)
    assert not window.first_day.isVisible()
    at = window.sign_in
    at.login.setText("owner")
    at.passphrase.setText(PASSPHRASE)
    at.go()
    await until(lambda: at._vault)
    at.passphrase.setText(NEW)
    at.go()
    await until(lambda: not at._vault and not at._busy)
    at.passphrase.setText(PASSPHRASE)
    at.go()
    await until(lambda: window.is_open)
