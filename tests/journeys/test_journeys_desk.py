"""One real start: the window, its keeper as a process of its own, and a person's first minutes."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.compose.house import BOOK_FILE
from app.desk.dialogs import Sheet
from app.desk.window import DeskWindow
from app.reads.board import View
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.vault import new_demo
from app.store.work import Place
from tests.journeys.window_world import sitting, until
from tests.operations.outbound_world import PASSPHRASE, open_shop, record
from tests.worlds import CountingIds, FixedClock, SeededRng


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
    sitting(folder, qapp, a_morning)
