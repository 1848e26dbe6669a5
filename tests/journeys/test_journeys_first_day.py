"""The first day walked by keys alone: from an empty folder to a label on paper."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.compose.demo_world import CHECKWORD, MONTHLY, PARTNER, WOO_KEY, World
from app.compose.desk import seat_of
from app.compose.link import link_of
from app.config import Settings
from app.desk.dialogs import Sheet
from app.desk.loop import run_window
from app.desk.screens.first_day.screen import STEPS
from app.desk.window import DeskWindow
from tests.journeys.journey_world import world_running
from tests.operations.upload_world import seed

PATIENCE_S = 30.0
PASSPHRASE, VAULT = "a long enough one", "the data passphrase"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with world_running() as running:
        running.stock([("LN-27", "亚麻遮光窗帘", 40, 900), ("HK-01", "窗帘挂钩", 40, 50)])
        running.place(seed(501))
        yield running


async def until(true: Any) -> None:
    for _ in range(int(PATIENCE_S / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came to that")


@dataclass
class Hands:
    """Two hands on the keyboard, and nothing else; every key is counted."""

    window: DeskWindow
    keys: int = 0

    def press(self, *keys: Qt.Key, with_ctrl: bool = False) -> None:
        mods = Qt.KeyboardModifier.ControlModifier if with_ctrl else Qt.KeyboardModifier.NoModifier
        for key in keys:
            self.keys += 1
            QTest.keyClick(self._focus(), key, mods)

    def type(self, text: str) -> None:
        """Type over what is marked; Chinese comes from an input method, as it does for people."""
        self.keys += len(text)
        if text.isascii():
            QTest.keyClicks(self._focus(), text)
        else:
            written = QInputMethodEvent()
            written.setCommitString(text)
            QApplication.sendEvent(self._focus(), written)

    def fill(self, *texts: str) -> None:
        """Type into one field after the other; an empty text passes a field by."""
        for at, text in enumerate(texts):
            if at:
                self.press(Qt.Key.Key_Tab)
            if text:
                self.type(text)

    async def card(self) -> Sheet:
        """The question that stands over the window."""
        await until(self._cards)
        await asyncio.sleep(0.05)
        return self._cards()[-1]

    async def answered(self, card: Sheet) -> None:
        self.press(Qt.Key.Key_Return)
        await until(lambda: card not in self._cards())

    def _cards(self) -> list[Sheet]:
        return [sheet for sheet in self.window.findChildren(Sheet) if sheet.isVisible()]

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window


class FirstDay:
    """One walk through the window of an empty folder."""

    def __init__(self, window: DeskWindow, folder: Path, world: World) -> None:
        self.window, self.folder, self.world = window, folder, world
        self.hands, self.day = Hands(window), window.first_day

    async def step(self, name: str, *texts: str) -> None:
        """Fill a step in and go on to the next."""
        await until(lambda: STEPS[self.day.at].name == name)
        await asyncio.sleep(0.05)
        at = self.day.at
        self.hands.fill(*texts)
        self.hands.press(Qt.Key.Key_Return)
        await until(lambda: self.day.at != at or self.gone() or self._refused())
        assert not self._refused(), self.day.problem.text()

    def _refused(self) -> bool:
        problem = self.day.problem
        return problem.isVisible() and problem.property("ink") == "bad"

    def gone(self) -> bool:
        return not self.day.isVisible()

    async def walk(self) -> None:
        await until(self.day.isVisible)
        await self.step("welcome")
        await self.step("facts", "Loom")
        await self.step("owner", "Lin Xia", "lin", PASSPHRASE, PASSPHRASE, VAULT, VAULT)
        await until(lambda: STEPS[self.day.at].name == "kit")
        await self.step("kit", self._group_on_screen(9))
        await self.step("warehouse")
        sender = ("Lin Xia", "057188886666", "", "浙江省", "杭州市", "萧山区", "仓前路 9 号")
        await self.step("sender", *sender)
        await self._printer()
        await self.step("shop", *self._shop())
        await self._stock()
        await self._carrier()
        await self.step("ready")
        await until(self.gone)

    def _group_on_screen(self, number: int) -> str:
        """What a person reads beside a small number on the page."""
        labels = [label.text() for label in self.day.pages[self.day.at].findChildren(QLabel)]
        return labels[labels.index(str(number)) + 1]

    async def _printer(self) -> None:
        """A folder of PDF files is this computer's printer; its test page is scanned back."""
        await until(lambda: STEPS[self.day.at].name == "printer")
        self.hands.press(Qt.Key.Key_Return)
        card = await self.hands.card()
        self.hands.press(Qt.Key.Key_Up, Qt.Key.Key_Right)
        await self.hands.answered(card)
        card = await self.hands.card()
        self.hands.press(Qt.Key.Key_A, with_ctrl=True)
        self.hands.type(str(self.folder / "paper"))
        await self.hands.answered(card)
        await self.hands.answered(await self.hands.card())
        await until(lambda: list((self.folder / "paper").glob("*.pdf")))
        card = await self.hands.card()
        self.hands.type(codes(next((self.folder / "paper").glob("*.pdf")))[0])
        await self.hands.answered(card)

    def _shop(self) -> tuple[str, ...]:
        return (self.world.shop_url, WOO_KEY.key, WOO_KEY.secret)

    async def _stock(self) -> None:
        """Look first, then take in."""
        await until(lambda: STEPS[self.day.at].name == "stock")
        await asyncio.sleep(0.3)
        self.hands.press(Qt.Key.Key_Return)
        await until(lambda: self.window.seat.speech.say("first.stock_again") in texts(self.day))
        await self.step("stock")

    async def _carrier(self) -> None:
        """The sandbox is no production gateway: its address stands among the advanced fields."""
        await until(lambda: STEPS[self.day.at].name == "carrier")
        await asyncio.sleep(0.1)
        self.hands.press(Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Space)
        await asyncio.sleep(0.1)
        await self.step("carrier", PARTNER, CHECKWORD, MONTHLY, self.world.carrier_url)

    async def first_label(self) -> str:
        """Say go, take a number, print; the waybill number that stands on the paper."""
        window, hands = self.window, self.hands
        hands.press(Qt.Key.Key_G, with_ctrl=True)
        await hands.answered(await hands.card())
        board = window.orders.board
        await until(lambda: board.model.rowCount() == 1 and board.model.row(0) is not None)
        await until(lambda: not window.seat.law.policy.read_only)
        hands.press(Qt.Key.Key_1, with_ctrl=True)
        hands.press(Qt.Key.Key_Down, Qt.Key.Key_W)
        await until(lambda: board.model.row(0).waybill_no)
        before = set((self.folder / "paper").glob("*.pdf"))
        hands.press(Qt.Key.Key_P)
        await until(lambda: set((self.folder / "paper").glob("*.pdf")) - before)
        return board.model.row(0).waybill_no


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def codes(pdf: Path) -> list[str]:
    """What a scanner reads off the first page, QR codes first."""
    page = pypdfium2.PdfDocument(pdf)[0]
    found = zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())
    return [code.text for code in sorted(found, key=lambda code: "QR" not in str(code.format))]


@pytest.mark.req("F247")
def test_an_owner_comes_from_an_empty_folder_to_a_printed_label_by_keys_alone(
    tmp_path: Path, qapp: QApplication, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    settings = Settings(folder)
    link = link_of(settings)

    async def day() -> int:
        link.start()
        seat = seat_of(settings, link, qapp)
        window = DeskWindow(seat)
        window.resize(1366, 768)
        window.show()
        began, walk = time.monotonic(), FirstDay(window, tmp_path, world)
        try:
            await walk.walk()
            number = await walk.first_label()
            paper = max((tmp_path / "paper").glob("*.pdf"), key=lambda path: path.stat().st_mtime)
            assert number in codes(paper)
            assert number in waybills_of(world)
            with capsys.disabled():
                print(f"  {walk.hands.keys} keys, {time.monotonic() - began:.0f} s")
        finally:
            window.let_go()
            window.close()
            await seat.close()
            await link.close()
        return 0

    assert run_window(qapp, day) == 0


def waybills_of(world: World) -> list[str]:
    """Every number the carrier gave."""
    orders = world.carrier.truth()["by_reference"].values()
    return [number for order in orders for number in order["waybill_nos"]]
