"""A desk over a real book and the real door, without processes: what a test sits down at."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from app.commands import wire
from app.commands.channels import PrinterChoice, PrintersSeen, ReadPrinters
from app.desk.link import Hooks, LinkState
from app.desk.memory import Memory
from app.desk.reading import Reader
from app.desk.seat import News, Seat, Ways
from app.desk.speech import Speech
from app.desk.theme import Look
from app.desk.window import DeskWindow
from app.domain.errors import Refusal, WaydeskError
from app.operations.all_verbs import VERBS
from app.operations.door import Door
from app.process.errors import as_error
from app.reads.board import View
from app.rulebook import RESOURCES, load
from app.store.engine import sqlite_engine
from app.store.work import Book, Place
from sync.records import LineRecord, Moment, OrderRecord, ReceiverRecord
from tests.operations.outbound_world import PASSPHRASE, Shop, record
from tests.reads.reading_world import Sight
from tests.worlds import NOON, CountingIds, FixedClock, shop_keys

T = TypeVar("T")
HOSTILE = "<img src=x onerror=y> <b>&amp;"
TURNS = 300


class DoorLink:
    """Stands where the pipe to the keeper is; every command goes through the real door."""

    def __init__(self, shop: Shop) -> None:
        self.state = LinkState.READY
        self.reason: WaydeskError | None = None
        self.session = ""
        self.changes: Hooks[wire.Changed] = Hooks()
        self.states: Hooks[LinkState] = Hooks()
        self.refusing: list[WaydeskError] = []
        self.printers: tuple[PrinterChoice, ...] | None = ()
        self.usual = ""
        self._shop = shop

    async def ask(self, command: Any, reply: type[T], _on_progress: Any = None) -> T:
        await asyncio.sleep(0)
        if self.refusing:
            raise self.refusing.pop(0)
        self._shop.commands += 1
        try:
            answer = self._shop.door.do(self._shop.commands, command, self.session)
        except Refusal as no:
            raise as_error(no.code, dict(no.details), fault=False) from no
        if isinstance(command, ReadPrinters):
            return self._seen()
        if answer.changed:
            self.changes.tell(wire.Changed(dict(answer.changed)))
        return wire.unpack(answer.result, reply)

    def _seen(self) -> Any:
        """The printers of this computer, as the keeper adds them; None: its press is away."""
        return PrintersSeen(self.printers or (), self.usual, known=self.printers is not None)

    def hear(self, changed: dict[str, tuple[int, ...]]) -> None:
        self.changes.tell(wire.Changed(changed))

    def turn(self, state: LinkState) -> None:
        self.state = state
        self.states.tell(state)


@dataclass(frozen=True)
class Prepared:
    """A shop with some orders and signed-in staff, made once and copied for each test."""

    book: Path
    shop: Shop
    next_id: int


class Behind:
    """The shop behind one desk, on its own copy of the prepared book."""

    def __init__(self, prepared: Prepared, folder: Path, clock: FixedClock) -> None:
        shutil.copy(prepared.book, folder / "book.db")
        self.clock = clock
        self.engine = sqlite_engine(folder / "book.db")
        place = Place(chain=1, host="desk-1", app="test")
        book = Book(self.engine, shop_keys(), clock, CountingIds(prepared.next_id), place)
        door = Door(book, prepared.shop.door.laws, VERBS)
        self.shop = replace(prepared.shop, book=book, door=door)


class DeskWorld:
    """The window, its seat, the shop behind it, and a loop that runs both."""

    def __init__(self, behind: Behind, folder: Path, application: QApplication) -> None:
        self.behind, clock = behind, behind.clock
        self.shop = behind.shop
        self.news: list[News] = []
        self.loop = qasync.QEventLoop(application)
        law = load()
        look = Look(application, RESOURCES, "light")
        speech = Speech(law.words, "en", law.policy.zone)
        self.link = DoorLink(self.shop)
        reader = Reader(folder / "book.db")
        ways = Ways(self.link, reader, law, clock, Memory(folder))  # type: ignore[arg-type]
        self.seat = Seat(ways, speech, look)
        self.seat.news.connect(self.news.append)
        self.window = DeskWindow(self.seat)
        self.window.resize(1600, 900)
        self.window.show()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Turn the loop until the work is done. (run_until_complete turns Qt once too often.)"""
        task = self.loop.create_task(work)
        task.add_done_callback(lambda _task: self.loop.stop())
        self.loop.run_forever()
        return task.result()

    def until(self, true: Callable[[], Any]) -> None:
        """Let the loop run until something holds; fails when it never does."""

        async def wait() -> None:
            for _ in range(TURNS):
                if true():
                    return
                await asyncio.sleep(0.01)
            raise AssertionError("it never came to that")

        self.run(wait())

    def settle(self) -> None:
        """Let everything that was begun come to its end."""

        async def wait() -> None:
            quiet = 0
            for _ in range(TURNS):
                if quiet >= 3:
                    return
                await asyncio.sleep(0.02)
                gathering = self.window._gather.waits
                quiet = 0 if self.seat._tasks or gathering else quiet + 1
            raise AssertionError(f"still busy: {self.seat._tasks}")

        self.run(wait())

    def sit(self, who: str, view: View | None = None) -> None:
        """Sign somebody in by the sign-in screen and show a view."""
        screen = self.window.sign_in
        screen.login.setText(who)
        screen.passphrase.setText(PASSPHRASE)
        self.act(screen.go)
        self.until(lambda: self.seat.viewer is not None)
        self.act(lambda: self.window.show_view(view or View()))

    def act(self, doing: Callable[[], Any]) -> None:
        """Do something inside the loop, as a click would, and let it come to its end."""

        async def now() -> None:
            doing()
            await asyncio.sleep(0)

        self.run(now())
        self.settle()

    def during(self, begin: Callable[[], Any], then: Callable[[], Awaitable[None]]) -> None:
        """Begin something that asks the person, answer it, and let it come to its end."""

        async def play() -> None:
            begin()
            await then()

        self.run(play())
        self.settle()

    def rows(self) -> list[Any]:
        model = self.window.orders.board.model
        return [model.row(at) for at in range(model.rowCount())]

    def close(self) -> None:
        self.window.let_go()
        self.window.close()
        self.run(self.seat.close())
        self.window.deleteLater()
        self.settle_events()
        self.loop.close()
        self.behind.engine.dispose()

    def settle_events(self) -> None:
        async def turn() -> None:
            await asyncio.sleep(0.02)

        self.run(turn())


def some_orders() -> list[OrderRecord]:
    """Three orders: a plain one, one with hostile words, one unpaid."""
    at = [Moment(NOON + n * 60_000, "x", "UTC") for n in range(3)]
    hostile = ReceiverRecord(
        HOSTILE, "13812345671", "", "CN", "浙江省", "杭州市", "", f"{HOSTILE} 路 1"
    )
    lines = (LineRecord("1", "LN-27", "p1", HOSTILE, HOSTILE, 1, 10000, 10000),)
    unpaid = {"raw_status": "pending", "raw_payment": "unpaid", "payment_proofs": ()}
    return [
        record("900", placed=at[0], paid=at[0]),
        record(
            "901",
            placed=at[1],
            paid=at[1],
            receiver=hostile,
            lines=lines,
            buyer_message=HOSTILE,
            buyer_nick=HOSTILE,
        ),
        record("902", placed=at[2], paid=at[2], **unpaid),
    ]


@pytest.fixture(scope="session")
def prepared_shop(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder, ids = tmp_path_factory.mktemp("shop"), CountingIds()
    sight = Sight(folder, FixedClock(), ids)
    sight.shop.receive(*some_orders())
    sight.shop.flow()
    sight.close()
    return Prepared(folder / "book.db", sight.shop, ids.next())


@pytest.fixture
def desk(
    tmp_path: Path, qapp: QApplication, clock: FixedClock, prepared_shop: Prepared
) -> Iterator[DeskWorld]:
    world = DeskWorld(Behind(prepared_shop, tmp_path, clock), tmp_path, qapp)
    yield world
    world.close()
