"""A packing station with a scanner that types: each key goes through the window's own queue."""

import asyncio
import random
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from app.commands.parcels import PrintLabels
from app.desk.screens.packing.screen import PackingScreen
from app.domain.actor import worker
from app.operations import print_queue, waybill_answers, waybill_intents
from app.store import stock_ledger
from sync.records import LineRecord
from tests.desk.desk_world import DeskWorld
from tests.operations.outbound_world import Shop, answer, record

GOODS = tuple((f"ST-{n:02}", f"Thing {n}", f"Colour {n}") for n in range(12))
BETWEEN_MS = 900
"""What a person needs between two things, on the desk's clock."""


class Sounds:
    """Hears what a station plays."""

    def __init__(self) -> None:
        self.played: list[str] = []

    def play(self, tone: str) -> None:
        self.played.append(tone)


class Station:
    """Somebody at the packing station, with a scanner."""

    def __init__(self, desk: DeskWorld, who: str = "packer", place: str = "packing") -> None:
        self.desk, self.sounds = desk, Sounds()
        desk.sit(who)
        desk.act(lambda: desk.window.go(place))
        self.screen = desk.window.front
        assert self.screen is not None
        self.screen.chime = self.sounds  # type: ignore[attr-defined]
        self.screen.take_focus()

    @property
    def packing(self) -> PackingScreen:
        assert isinstance(self.screen, PackingScreen)
        return self.screen

    def type(self, text: str, gap_ms: int = 8, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
        """Press keys as a scanner does."""
        handle = self.desk.window.windowHandle()
        self.desk.behind.clock.advance(BETWEEN_MS)
        for sign in text:
            self.desk.behind.clock.advance(gap_ms)
            QTest.keyClick(handle, sign)
        if end is not None:
            self.desk.behind.clock.advance(gap_ms)
            QTest.keyClick(handle, end)

    def scan(self, text: str, gap_ms: int = 8, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
        """Scan a code and let everything it began come to its end."""
        self.keys(lambda: self.type(text, gap_ms, end))

    def press(self, key: Qt.Key) -> None:
        self.keys(lambda: QTest.keyClick(self.desk.window.windowHandle(), key))

    def keys(self, deed: Callable[[], object]) -> None:
        """Press keys in Qt's own turn, and let everything they began come to its end."""
        self.desk.run(self.pressed(deed))
        self.desk.settle()

    async def pressed(self, deed: Callable[[], object]) -> None:
        """Press keys outside of any task: they turn Qt's loop, in which tasks go on."""
        done = asyncio.get_running_loop().create_future()

        def now() -> None:
            deed()
            done.set_result(None)

        asyncio.get_running_loop().call_soon(now)
        await done

    @property
    def said(self) -> tuple[str, str]:
        """The tone and the large line of the verdict."""
        shown = self.packing.verdict.shown
        return shown.tone, shown.title

    def counts(self) -> dict[str, tuple[int, int]]:
        box = self.packing.box
        return {one.sku: (one.packed, one.wanted) for one in box.items} if box else {}

    def stray(self) -> list[str]:
        """Whatever stands in any field of the window."""
        fields = self.desk.window.findChildren(QLineEdit)
        texts = [field.text() for field in fields if field.isVisible()]
        plain = self.desk.window.findChildren(QPlainTextEdit)
        return [text for text in [*texts, *(one.toPlainText() for one in plain)] if text]


def number_of(external_id: str) -> str:
    """A waybill number of the carrier's form for an order."""
    return f"SF{int(external_id):013d}"


def stock(shop: Shop, each: int = 5_000) -> None:
    """Give the shelf a dozen more codes."""
    with shop.book.work(worker("setup")) as work:
        goods = [(sku, title, each, 100) for sku, title, _variant in GOODS]
        stock_ledger.open_stock(work, shop.location_id, goods)
        work.tell("stock_opened")
        work.commit()


def order(shop: Shop, external_id: str, lines: Sequence[tuple[int, int]]) -> None:
    """Receive an order of (which code, how many), give it its number and its label on paper."""
    told = tuple(
        LineRecord(str(at), GOODS[n][0], f"p{n}", GOODS[n][1], GOODS[n][2], many, 1000, 1000 * many)
        for at, (n, many) in enumerate(lines, 1)
    )
    shop.receive(record(external_id, lines=told))
    shop.flow()
    order_id, rules = shop.order(external_id)["id"], shop.door.laws.now
    with shop.book.work(worker("sync")) as work:
        (pk,) = waybill_intents.take(work, rules, order_id)
        reference = f"WD{external_id}"
        waybill_answers.made_live(work, rules, pk, answer(reference, number_of(external_id)))
        work.tell("live")
        work.commit()
    shop.do("lead", PrintLabels((order_id,), "pdf:out"))
    with shop.book.work(worker("print")) as work:
        for row in print_queue.queued(work, 5):
            print_queue.claim(work, rules, row, "x.pdf")
            print_queue.spooled(work, row["id"])
        work.tell("claimed")
        work.commit()


def some_lines(rng: random.Random) -> list[tuple[int, int]]:
    """Two to four codes, one to three of each."""
    return [(n, rng.randint(1, 3)) for n in rng.sample(range(len(GOODS)), rng.randint(2, 4))]
