"""Backups, diagnostics, reports and versions at the desk, by keys and with nothing hidden."""

import asyncio
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.desk import errand
from app.desk.banner import Strip
from app.desk.dialogs import Sheet
from app.desk.screens.restore import RestoreScreen
from app.desk.screens.settings.backup import BackupPage
from app.desk.text import TextLabel
from app.domain.recovery_kit import make_kit
from app.process.crashes import Crash, keep
from app.process.errors import Refused
from app.store.backup import FOLDER, list_backups
from tests.desk.desk_world import DeskWorld
from tests.desk.running_world import Beside
from tests.operations.outbound_world import PASSPHRASE, record
from tests.worlds import NOON

HOUR = 3_600_000


@pytest.fixture
def beside(desk: DeskWorld, tmp_path: Path) -> Iterator[Beside]:
    made = Beside(desk, tmp_path)
    desk.shop.hire("boss", "owner")
    yield made
    made.close()


def page(desk: DeskWorld, name: str, who: str = "boss") -> Any:
    if desk.seat.viewer is None:
        desk.sit(who)
    desk.act(lambda: desk.window.go(f"settings/{name}"))
    return desk.window.screen_of("settings").page()  # type: ignore[attr-defined]


def press(desk: DeskWorld, *keys: Qt.Key) -> None:
    for key in keys:
        widget = QApplication.focusWidget()
        assert widget is not None
        desk.act(lambda widget=widget, key=key: QTest.keyClick(widget, key))


def texts(widget: Any) -> str:
    return "\n".join(label.text() for label in widget.findChildren(TextLabel))


async def sheet(desk: DeskWorld) -> Sheet:
    for _ in range(300):
        await asyncio.sleep(0.01)
        for one in desk.window.findChildren(Sheet):
            if one.isVisible():
                return one
    raise AssertionError("nothing was asked")


async def prove(desk: DeskWorld, before: Sheet) -> None:
    """The law asks for a fresh proof before a restore: the passphrase once more."""
    for _ in range(300):
        await asyncio.sleep(0.01)
        for one in desk.window.findChildren(Sheet):
            if one is not before and one.isVisible():
                one.fill("passphrase", PASSPHRASE)
                one.done.click()
                return
    raise AssertionError("nobody asked who it is")


@pytest.mark.req("F252")
def test_a_backup_is_taken_and_a_restore_practised_by_keys_alone(
    desk: DeskWorld, beside: Beside, tmp_path: Path
) -> None:
    backups = page(desk, "backup")
    assert isinstance(backups, BackupPage)
    backups.make.setFocus()
    press(desk, Qt.Key.Key_Space)
    assert [one.kind for one in list_backups(tmp_path / FOLDER)] == ["manual"]
    assert "backup.copying" in beside.steps
    assert "3 orders" in texts(backups)
    assert "by boss" in texts(backups)
    backups.drill.setFocus()
    press(desk, Qt.Key.Key_Space)
    assert "came back whole" in desk.news[-1].title
    backups.check.setFocus()
    press(desk, Qt.Key.Key_Space)
    assert desk.news[-1].tone == "good"
    assert not (tmp_path / "drill").exists()


@pytest.mark.req("F252")
def test_a_restore_says_first_what_will_be_gone_and_then_ends_every_session(
    desk: DeskWorld, beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups, done = page(desk, "backup"), []
    desk.act(backups.make.click)
    desk.behind.clock.advance(HOUR)
    desk.shop.receive(record("990"), record("991"))

    async def pause() -> None:
        done.append("pause")

    async def restore(folder: Path, path: Path, answers: errand.Answers) -> errand.Done:
        done.append(answers.reason)
        assert path.parent == folder / FOLDER
        return errand.Done(path.name, "aside")

    desk.link.pause = pause  # type: ignore[attr-defined]
    desk.link.resume = lambda: done.append("resume")  # type: ignore[attr-defined]
    monkeypatch.setattr(errand, "restore", restore)

    async def answer() -> None:
        asked = await sheet(desk)
        told = texts(asked)
        assert "2 orders" in told
        assert "991, 990" in told
        assert not asked.done.isEnabled(), "a reason is needed"
        asked.fill("reason", "the disk broke")
        asked.done.click()
        await prove(desk, asked)

    desk.during(backups.restore.click, answer)
    assert done == ["pause", "boss: the disk broke", "resume"]
    assert desk.window._pages.currentIndex() == 0
    assert desk.seat.signed is None


def test_a_restore_that_is_refused_changes_nothing_and_says_why(
    desk: DeskWorld, beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups, done = page(desk, "backup"), []
    desk.act(backups.make.click)

    async def pause() -> None:
        done.append("pause")

    async def restore(*_all: Any) -> errand.Done:
        raise Refused("backup_broken", file="x", why="torn")

    desk.link.pause = pause  # type: ignore[attr-defined]
    desk.link.resume = lambda: done.append("resume")  # type: ignore[attr-defined]
    monkeypatch.setattr(errand, "restore", restore)

    async def answer() -> None:
        asked = await sheet(desk)
        asked.fill("reason", "because")
        asked.done.click()

    desk.during(backups.restore.click, answer)
    assert done == ["pause", "resume"], "the service is started again whatever happens"
    assert "not whole" in desk.news[-1].title
    assert desk.seat.signed is not None


@pytest.mark.parametrize("who", ["agent", "lead"])
def test_who_may_not_make_backups_does_not_see_their_page(
    desk: DeskWorld, beside: Beside, who: str
) -> None:
    desk.sit(who)
    desk.act(lambda: desk.window.go("settings/backup"))
    screen = desk.window.screen_of("settings")
    assert screen.shown != "backup"  # type: ignore[attr-defined]
    assert screen._buttons["backup"].isHidden()  # type: ignore[attr-defined]
    assert screen._buttons["health"].isHidden() is (who == "agent")  # type: ignore[attr-defined]


@pytest.mark.req("F251")
def test_diagnostics_are_read_file_by_file_and_saved_as_they_were_read(
    desk: DeskWorld, beside: Beside, tmp_path: Path
) -> None:
    health = page(desk, "health", "lead")
    assert not health.save.isEnabled()
    desk.act(health.gather.click)
    assert health.save.isEnabled()
    names = [str(button.property("name")) for button in health.pane.group.buttons()]
    shown = {}
    for name in names:
        desk.act(lambda name=name: health.pane.open(name))
        shown[name] = health.pane.text.toPlainText()
    path = tmp_path / "bundle.zip"
    desk.act(lambda: health.save_to(path))
    with zipfile.ZipFile(path) as bundle:
        saved = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert saved == shown
    assert "Nothing was sent" in desk.news[-1].remedy
    desk.act(lambda: health.save_to(tmp_path / "nowhere" / "x.zip"))
    assert desk.news[-1].tone == "bad"


def test_a_crash_is_told_once_read_and_deleted(
    desk: DeskWorld, beside: Beside, tmp_path: Path
) -> None:
    keep(tmp_path, "keeper", Crash("KeyError", ("KeyError", "  app/x.py:1 in f")), NOON, "1")
    crashes = page(desk, "crashes", "lead")
    assert "app/x.py:1 in f" in crashes.pane.text.toPlainText()
    desk.act(crashes.drop.click)
    assert crashes.reports == ()
    log = page(desk, "log", "lead")
    assert not log._none.isHidden(), "no log was opened in this folder"


def test_a_strip_says_what_happened_and_its_button_acts(desk: DeskWorld) -> None:
    done: list[str] = []
    acts = (("banner.normal", lambda: done.append("normal")),)
    banner = desk.window.banner
    desk.act(lambda: banner.show_strip(Strip("banner.safe", acts=acts)))
    assert banner.isVisible()
    button = banner.buttons()[0]
    button.setFocus()
    press(desk, Qt.Key.Key_Space)
    assert done == ["normal"]
    desk.act(lambda: desk.seat.speech.choose("zh"))
    assert "安全模式" in texts(banner)
    desk.act(banner.put_away)
    assert banner.isHidden()


@pytest.mark.req("F264")
def test_a_link_waits_for_a_session_and_then_only_shows(desk: DeskWorld) -> None:
    desk.act(lambda: desk.window.follow("waydesk://order/1001"))
    assert desk.window._pages.currentIndex() == 0
    desk.sit("lead")
    order = desk.rows()[1]
    desk.act(desk.window.leave)
    desk.act(lambda: desk.window.follow(f"waydesk://order/{order.id}"))
    assert desk.window._pages.currentIndex() == 0
    before = desk.shop.order(order.external_no)
    desk.act(desk.window.come_in)
    assert desk.window.orders.panel.order_id == order.id
    assert desk.shop.order(order.external_no) == before


@pytest.mark.req("F249")
def test_the_kit_is_judged_while_it_is_typed_and_restores_from_the_first_screen(
    desk: DeskWorld, beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.act(desk.window.restore_first)
    screen = desk.window.findChild(RestoreScreen)
    assert isinstance(screen, RestoreScreen)
    kit = make_kit(b"k" * 32)
    slip = kit[:6] + ("2" if kit[6] != "2" else "3") + kit[7:]
    screen.kit.setPlainText(slip)
    assert "Group 2" in screen.kit_state.text()
    screen.kit.setPlainText(kit[:20])
    assert "signs so far" in screen.kit_state.text()
    screen.file.setText("backup.db")
    screen.kit.setPlainText(kit.lower())
    assert screen.go.isEnabled()
    screen.passphrase.setText("short")
    assert not screen.go.isEnabled()
    screen.passphrase.setText("long enough")
    asked: list[errand.Answers] = []

    async def pause() -> None:
        return None

    async def restore(_folder: Path, _path: Path, answers: errand.Answers) -> errand.Done:
        asked.append(answers)
        return errand.Done("backup.db")

    desk.link.pause = pause  # type: ignore[attr-defined]
    desk.link.resume = lambda: None  # type: ignore[attr-defined]
    monkeypatch.setattr(errand, "restore", restore)
    desk.act(screen.go.click)
    assert asked[0].passphrase == "long enough"
    assert screen.kit.toPlainText() == "", "the kit does not stay on the screen"
    assert "shop is back" in screen.told.text()
    desk.act(screen.back.click)
    assert desk.window._pages.currentIndex() == 0
