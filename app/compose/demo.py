"""`waydesk demo`: a shop's whole job, from orders in to shipments written back, on this computer.

Starts a sandbox shop and carrier on loopback, founds a demonstration shop, lets a day be worked
through the real connectors and processes, and writes what came of it.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.commands.people import CreateOperator
from app.compose import demo_book, demo_day, demo_summary
from app.compose.clock import Snowflakes, SystemClock, SystemRng
from app.compose.demo_day import OWNER, PASSPHRASE
from app.compose.demo_world import World
from app.compose.house import BOOK_FILE
from app.compose.start import begin, flags_of
from app.config import Settings
from app.operations.founding import found
from app.process.child import role_command
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.vault import DEMO_PASSPHRASE, has_vault, is_demo, new_demo, open_vault
from app.store.work import Book, Place

MOST_STARTS = 200
FOREIGN_FOLDER = 3


@dataclass(frozen=True, slots=True)
class Demo:
    """One run: where its data lies, where its results go, and its orders."""

    settings: Settings
    out: Path
    orders: int
    speed: str


def open_book(settings: Settings) -> Book:
    """The demonstration's book, for this process alone; close its engine afterwards."""
    clock, rng = SystemClock(), SystemRng()
    folder = settings.folder
    fresh = not has_vault(folder)
    kek = new_demo(folder, rng) if fresh else open_vault(folder, clock, None, DEMO_PASSPHRASE)
    opener = Opener(kek, clock, Snowflakes(clock, settings.desk), rng)
    return opener.open(sqlite_engine(folder / BOOK_FILE), Place(settings.desk, "demo", "demo"))


def _found(settings: Settings) -> None:
    book = open_book(settings)
    first = CreateOperator(OWNER, "Demo", PASSPHRASE, ("owner", "admin"))
    found(book, first, demo=True)
    book.engine.dispose()


async def _run(demo: Demo) -> tuple[int, float, World]:
    """Offer the orders and have the day worked; a day that dies is begun again."""
    clock = SystemClock()
    world = World(demo_book.SEED)
    await world.start()
    world.stock(demo_book.codes())
    now_s = clock.now() // 1000
    for seed in demo_book.orders(demo.orders, now_s):
        world.place(seed)
    words = demo_day.told(demo.orders, world.connections(), demo_book.codes())
    began = clock.mono()
    code = -1
    try:
        for _ in range(MOST_STARTS):
            code = await _day(demo.settings, words)
            if code in (demo_day.DONE, demo_day.STUCK):
                break
    finally:
        await world.stop()
    return code, clock.mono() - began, world


async def _day(settings: Settings, words: bytes) -> int:
    """One life of the day's process; gives its exit code, -9 after kill -9."""
    command = role_command("demo-day", settings.folder)
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
    await process.communicate(words)
    return process.returncode or 0


def main(arguments: Sequence[str]) -> int:
    """Run the demonstration; give the exit code."""
    parser = flags_of("demo", "A shop's whole job on this computer, with made-up orders.")
    parser.add_argument("--orders", type=int, default=50, help="how many orders (default 50)")
    parser.add_argument(
        "--headless", action="store_true", help="open no window, even with a screen"
    )
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="where results go")
    parser.add_argument("--speed", choices=("live", "max"), default="max")
    parser.set_defaults(data=None)
    chosen = parser.parse_args(arguments)
    return _demo(chosen)


def _demo(chosen: argparse.Namespace) -> int:
    own = chosen.data is None
    if own:
        chosen.data = Path(tempfile.mkdtemp(prefix="waydesk-demo-"))
    elif (chosen.data / BOOK_FILE).exists() and not is_demo(chosen.data):
        sys.stderr.write("waydesk: this data folder is a real shop's; the demo leaves it alone.\n")
        return FOREIGN_FOLDER
    settings = begin("demo", chosen)
    chosen.out.mkdir(parents=True, exist_ok=True)
    if not (settings.folder / BOOK_FILE).exists():
        _found(settings)
    demo = Demo(settings, chosen.out, chosen.orders, chosen.speed)
    code, seconds, world = asyncio.run(_run(demo))
    summary = demo_summary.summarise(open_book(settings), world, demo.orders, seconds)
    demo_summary.write(summary, settings.folder / "labels", chosen.out)
    sys.stdout.write(demo_summary.told(summary))
    if own and not os.environ.get("WAYDESK_KEEP_DEMO"):
        shutil.rmtree(settings.folder, ignore_errors=True)
    return code if code else int(not demo_summary.holds(summary))
