"""The demonstration one click away: a window and processes of its own, marked as made up."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.commands.people import CreateOperator
from app.compose.demo import open_book
from app.compose.demo_start import DemoShop, folder_of, offer_demo
from app.config import Settings
from app.desk.text import TextLabel
from app.desk.window import DeskWindow
from app.domain.demo import DEMO_LOGIN, DEMO_PASSPHRASE
from app.domain.errors_first_day import DemoNotStarted
from app.operations.founding import found
from tests.journeys.demo_process import processes_on, run_demo, wait_until
from tests.journeys.window_world import sitting, until

PATIENCE_S = 60


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The empty folder of a new owner; whatever was started beside it is ended."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    folder = tmp_path / "mine"
    folder.mkdir()
    yield folder
    for pid in processes_on(folder_of(folder)):
        os.kill(pid, signal.SIGTERM)
    assert wait_until(lambda: not processes_on(folder_of(folder)))


def orders_in(folder: Path) -> int:
    book = sqlite3.connect(f"file:{folder / 'book.db'}?mode=ro", uri=True)
    try:
        return int(book.execute("SELECT count(*) FROM orders").fetchone()[0])
    finally:
        book.close()


def said(window: DeskWindow) -> str:
    """What the welcome page says of the demonstration."""
    way = window.first_day.pages[0].ways["demo"]
    return " ".join(label.text() for label in way.findChildren(TextLabel))


@pytest.mark.req("F103")
def test_one_click_opens_the_demo_shop_beside_ones_own_and_a_second_starts_no_other(
    mine: Path, qapp: QApplication
) -> None:
    demo = DemoShop(mine)

    async def click(window: DeskWindow) -> None:
        offer_demo(window, demo)
        await until(window.first_day.isVisible)
        window.first_day.pages[0].ways["demo"].click()
        await until(lambda: "Starting" in said(window))
        assert not window.first_day.pages[0].ways["demo"].isEnabled()
        await until(lambda: "open in its own window" in said(window), PATIENCE_S)
        first = demo.process
        window.first_day.pages[0].ways["demo"].click()
        await until(lambda: "open in its own window" in said(window))
        assert demo.process is first

    sitting(mine, qapp, click)
    assert not (mine / "book.db").exists()
    assert demo.process is not None
    assert demo.process.poll() is None  # this desk is closed, the demonstration goes on
    assert wait_until(lambda: orders_in(demo.folder) > 2)
    again = run_demo(mine, "--again", "--data", demo.folder)
    assert again.code == 3
    assert "is running" in again.errors
    desk = next(p for p in processes_on(demo.folder) if " desk " in words_of(p))
    os.kill(desk, signal.SIGTERM)  # its window goes: so does all of it
    assert demo.process.wait(PATIENCE_S) == 0


def words_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


@pytest.mark.req("F103")
def test_the_demo_shop_says_in_its_title_and_above_every_screen_that_it_is_made_up(
    tmp_path: Path, qapp: QApplication
) -> None:
    book = open_book(Settings(tmp_path))
    found(book, CreateOperator(DEMO_LOGIN, "Demo", DEMO_PASSPHRASE, ("owner", "admin")), demo=True)
    book.engine.dispose()

    async def enter(window: DeskWindow) -> None:
        assert window.windowTitle() == "Waydesk"
        await until(lambda: window.windowTitle() == "Waydesk: demo shop")
        window.sign_in.go()  # login and passphrase stand there
        await until(window.strip.isVisible)
        assert window.strip.text.text().startswith("Demo shop: everything here is made up")
        window.seat.speech.choose("zh")
        assert window.strip.text.text().startswith("演示店铺：内容均为虚构")
        assert window.windowTitle() == "Waydesk（演示店铺）"

    sitting(tmp_path, qapp, enter)


async def test_a_folder_that_is_something_else_is_left_alone_and_the_person_told(
    mine: Path,
) -> None:
    demo = DemoShop(mine)
    demo.folder.mkdir()
    (demo.folder / "precious.txt").write_text("mine")
    with pytest.raises(DemoNotStarted) as no:
        await demo.open("--language", "en")
    assert "holds something else" in str(no.value.details["why"])
    assert (demo.folder / "precious.txt").read_text() == "mine"


async def test_a_program_that_cannot_be_started_says_so(mine: Path) -> None:
    demo = DemoShop(mine, lambda folder: (str(folder / "no-such-program"),))
    with pytest.raises(DemoNotStarted) as no:
        await demo.open()
    assert "No such file" in str(no.value.details["why"])
