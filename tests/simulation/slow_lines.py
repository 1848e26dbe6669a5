"""How the window fares while all lines to the platforms are slow, for real.

By hand: ``QT_QPA_PLATFORM=offscreen python -m tests.simulation.slow_lines``. The real window and a
real keeper; five platforms in a process of their own. Three spans: fair lines, answers of one byte
a second, lines of 300 ms that lose one piece in twenty and carry 2 kB a second. In each an order is
opened from the book every second. What counts: how late the window's own beat of 10 ms comes at
most, how long an order takes to be drawn, and how long the keeper bears with a drip.

Linux tells how long the window's thread was ready to run and got no core. A busy computer is no
fault of the line, so what counts is taken without it: ``stall_ms`` is what is left of a beat's
lateness, ``order_ms`` the computing time of all threads; ``wall_*`` is what a clock saw. What is
left still holds the waiting for a lock whose holder got no core: beyond a load of one a core, hold
it against the span of fair lines, and ``work_between_beats_ms`` against both.
"""

import argparse
import asyncio
import contextlib
import json
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.commands.channels import ConnectChannel
from app.commands.people import Created, SignedIn, SignIn
from app.commands.stock import AddLocation, OpenStock
from app.compose.clock import Snowflakes, SystemClock
from app.desk.link import Link, RestartRule
from app.desk.loop import run_window
from app.desk.memory import Memory
from app.desk.no_internet import NoInternet
from app.desk.reading import Reader
from app.desk.seat import Seat, Ways
from app.desk.speech import Speech
from app.desk.theme import Look
from app.desk.window import DeskWindow
from app.process.child import Child, Hearing
from app.rulebook import RESOURCES, load
from tests.keeper.processes import program
from tests.simulation.five_shops import CODES
from tests.simulation.real_shop import free_port, say, settle
from tests.simulation.real_shop import load as busy
from tests.simulation.storm_keeper import WORDS
from tests.virtual_loop import comes_true

BEAT_MS = 10
DRAWS = 20
"""For how many beats after an order was opened its drawing goes on: Qt lays out a moment later."""
ORDERS = 4


class Shops:
    """The process with the platforms."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            program("tests.simulation.slow_shops"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.connections = [
            msgspec.convert(ask, ConnectChannel) for ask in json.loads(self._heard())
        ]

    def tell(self, word: str) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(word.encode() + b"\n")
        self._child.stdin.flush()

    def held(self) -> list[float]:
        """How long each dripping exchange lasted, in seconds."""
        self.tell("held")
        return [float(each) for each in json.loads(self._heard())]

    def close(self) -> None:
        self._child.kill()
        self._child.communicate()

    def _heard(self) -> bytes:
        assert self._child.stdout is not None
        return self._child.stdout.readline()


def waited_ms() -> float:
    """How long this thread was ready to run and got no core, in milliseconds since it began."""
    at = f"/proc/self/task/{threading.get_native_id()}/schedstat"
    return int(Path(at).read_text().split()[1]) / 1e6


@dataclass
class Beats:
    """The window's own beat: how late it came, by the clock and less the wait for a core (ms).

    Those during which an order was drawn stand apart: they are what drawing takes.
    """

    late: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    drawn: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    drawing: int = 0
    _last: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def begin(self) -> None:
        self.late, self.own, self.drawn, self.worked = [], [], [], []
        self._last = time.perf_counter(), waited_ms(), time.thread_time()

    def beat(self) -> None:
        now, waited, worked = time.perf_counter(), waited_ms(), time.thread_time()
        late = (now - self._last[0]) * 1000 - BEAT_MS
        self.late.append(late)
        own = max(0.0, late - (waited - self._last[1]))
        (self.drawn if self.drawing else self.own).append(own)
        if not self.drawing:
            self.worked.append((worked - self._last[2]) * 1000)
        self.drawing = max(0, self.drawing - 1)
        self._last = now, waited, worked


class Day:
    """One run: set the shop up, then the three spans."""

    def __init__(self, folder: Path, seconds: float, application: QApplication) -> None:
        self.folder, self.seconds, self.application = folder, seconds, application
        self.shops, self.beats, self.good = Shops(), Beats(), True

    async def run(self) -> int:
        settle(self.folder, free_port())
        link = self._link()
        link.start()
        await link.ready()
        await self._set_up(link)
        window = self._window(link)
        network = NoInternet(window.seat, window.banner)
        try:
            await self._sit(window)
            timer = QTimer(window)
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.timeout.connect(self.beats.beat)
            timer.start(BEAT_MS)
            for way in ("fair", "drip", "crawl"):
                await self._span(window, way)
            timer.stop()
        finally:
            network.let_go()
            window.let_go()
            await window.seat.close()
            await link.close()
            self.shops.close()
        return int(not self.good)

    def _link(self) -> Link:
        def start(hearing: Hearing) -> Child:
            return Child(program("tests.simulation.storm_keeper", str(self.folder)), hearing)

        clock = SystemClock()
        return Link(start, Snowflakes(clock, 1), clock, RestartRule(crashes=1000))

    async def _set_up(self, link: Link) -> None:
        link.session = (await link.ask(SignIn("mei", WORDS), SignedIn)).session
        place = await link.ask(AddLocation("Main"), Created)
        await link.ask(OpenStock(place.id, CODES), type(None))
        for ask in self.shops.connections:
            await link.ask(ask, Created)
        for _ in range(ORDERS):
            self.shops.tell("sell")
        wanted = ORDERS * len(self.shops.connections)
        assert await comes_true(lambda: len(self._ids()) >= wanted, 300)
        link.session = ""

    def _window(self, link: Link) -> DeskWindow:
        law = load()
        look = Look(self.application, RESOURCES, "light")
        speech = Speech(law.words, "zh", law.policy.zone)
        reader, memory = Reader(self.folder / "book.db"), Memory(self.folder, fresh=True)
        seat = Seat(Ways(link, reader, law, SystemClock(), memory, self.folder), speech, look)
        window = DeskWindow(seat)
        window.resize(1600, 900)
        window.show()
        return window

    async def _sit(self, window: DeskWindow) -> None:
        screen = window.sign_in
        screen.login.setText("an")
        screen.passphrase.setText(WORDS)
        screen.go()
        assert await comes_true(lambda: window.seat.viewer is not None, 60)
        await asyncio.sleep(3)

    async def _span(self, window: DeskWindow, way: str) -> None:
        """Open an order a second while the lines are so, and say how that went."""
        self.shops.tell(way)
        await asyncio.sleep(1)
        self.beats.begin()
        opened, ids, ends = [], self._ids(), time.monotonic() + self.seconds
        while time.monotonic() < ends:
            opened.append(await self._open(window, ids[len(opened) % len(ids)]))
            await asyncio.sleep(1)
        held = self.shops.held() if way == "drip" else []
        worked, took = zip(*opened, strict=True)
        counts = {"stall_ms": round(max(self.beats.own), 1), "order_ms": round(max(worked), 1)}
        drawn = round(max(self.beats.drawn), 1)
        say(
            way=way,
            **counts,
            order_median_ms=round(median(worked), 1),
            drawing_stall_ms=drawn,
            work_between_beats_ms=round(max(self.beats.worked), 1),
            wall_stall_ms=round(max(self.beats.late), 1),
            wall_order_ms=round(max(took), 1),
            wall_order_median_ms=round(median(took), 1),
            opened=len(opened),
            beats=len(self.beats.late),
            held_s=sorted(held),
            load=busy(),
        )
        self.good &= counts["stall_ms"] < 100 and counts["order_ms"] <= 200
        self.good &= way != "drip" or bool(held and max(held) <= 61)

    async def _open(self, window: DeskWindow, order_id: int) -> tuple[float, float]:
        """Open an order; what it took to read and draw it, in milliseconds: worked, in all."""
        panel, began, worked = window.orders.panel, time.perf_counter(), time.process_time()
        panel.order_id, self.beats.drawing = order_id, DRAWS
        await panel.read()
        assert panel.shown is not None
        panel.repaint()
        self.beats.drawing = DRAWS
        took = time.perf_counter() - began
        return (time.process_time() - worked) * 1000, took * 1000

    def _ids(self) -> list[int]:
        at = f"file:{self.folder / 'book.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(at, uri=True)) as conn:
            return [pk for (pk,) in conn.execute("SELECT id FROM orders ORDER BY id")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and tell what it came to; 1 when the window stalled or the drip was borne too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=150.0, help="how long each span lasts")
    parser.add_argument("--keep", type=Path, default=None, help="folder to leave the run in")
    chosen = parser.parse_args(arguments)
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="waydesk-lines-"))
    application = QApplication(["waydesk"])
    return run_window(application, Day(folder, chosen.seconds, application).run)


if __name__ == "__main__":
    sys.exit(main())
