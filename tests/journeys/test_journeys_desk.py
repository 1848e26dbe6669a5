"""One real start: the window, its keeper as a process of its own, and a person's first minutes."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app.compose.desk import seat_of
from app.compose.house import BOOK_FILE
from app.compose.link import link_of
from app.config import Settings
from app.desk.dialogs import Sheet
from app.desk.loop import run_window
from app.desk.window import DeskWindow
from app.reads.board import View
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.vault import new_demo
from app.store.work import Place
from tests.operations.outbound_world import PASSPHRASE, open_shop, record
from tests.worlds import CountingIds, FixedClock, SeededRng

PATIENCE_S = 20.0


@pytest.fixture
def folder(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Path:
    """A demonstration's folder with two orders and its staff."""
    rng = SeededRng()
    opener = Opener(new_demo(tmp_path, rng), clock, ids, rng)
    book = opener.open(sqlite_engine(tmp_path / BOOK_FILE), Place(1, "demo", "demo"))
    shop = open_shop(book)
    shop.receive(record("501"), record("502"))
    shop.flow()
    book.engine.dispose()
    return tmp_path


async def until(true: Any) -> None:
    for _ in range(int(PATIENCE_S / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came to that")


async def a_morning(window: DeskWindow) -> None:
    """Sign in, see the orders, hold one with a reason, let it go on."""
    screen, board, panel = window.sign_in, window.orders.board, window.orders.panel
    screen.login.setText("lead")
    screen.passphrase.setText(PASSPHRASE)
    screen.go()
    await until(lambda: window.seat.viewer is not None)
    window.show_view(View())
    await until(lambda: board.model.rowCount() == 2 and board.model.row(0) is not None)
    order = board.model.row(0)
    window.go(f"order/{order.id}")
    await until(lambda: panel.shown is not None and panel.shown.order.id == order.id)
    window.orders.board.press(window.orders.doer.by_name("hold"))
    await until(lambda: window.findChild(Sheet) is not None)
    sheet = window.findChild(Sheet)
    sheet.fill("reason", "buyer asked to wait")
    sheet.done.click()
    await until(lambda: panel.shown.order.held == "hold")
    await until(lambda: board.model.row(board.model.place_of(order.id)).held == "hold")
    window.orders.board.press(window.orders.doer.by_name("release"))
    await until(lambda: panel.shown.order.held == "")
    assert {event.kind for event in panel.shown.events} >= {"held", "released"}


def test_a_person_signs_in_holds_an_order_and_lets_it_go_on(
    folder: Path, qapp: QApplication
) -> None:
    settings = Settings(folder, language="en", theme="light")

    async def day() -> int:
        link = link_of(settings)
        seat = seat_of(settings, link, qapp)
        window = DeskWindow(seat)
        window.show()
        link.start()
        try:
            await link.ready()
            await a_morning(window)
        finally:
            window.let_go()
            window.close()
            await seat.close()
            await link.close()
            window.deleteLater()
            await asyncio.sleep(0.05)
        return 0

    assert run_window(qapp, day) == 0
