"""`waydesk demo`: a shop's whole job, from orders in to shipments written back, on this computer.

Starts a sandbox shop and carrier on loopback, founds a demonstration shop, lets a day be worked
through the real connectors and processes, and writes what came of it.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from app.commands.people import CreateOperator
from app.compose import demo_book, demo_day, demo_file, demo_summary
from app.compose.clock import Snowflakes, SystemClock, SystemRng
from app.compose.demo_book import Offer
from app.compose.demo_folders import data_folder, emptied, results_folder
from app.compose.demo_run import Plan, Stage, environment
from app.compose.demo_summary import Summary
from app.compose.house import BOOK_FILE
from app.compose.start import begin, flags_of
from app.compose.terminal import spoken
from app.config import Settings
from app.domain.demo import DEMO_LOGIN, DEMO_PASSPHRASE
from app.operations.founding import found
from app.rulebook import load
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.vault import has_vault, new_demo, open_vault
from app.store.work import Book, Place

MADE_UP = 50
FALSE_FIGURES = 1
NO_PIXELS = frozenset({"offscreen", "minimal", "vnc"})


@dataclass(frozen=True, slots=True)
class Demo:
    """One run: what is done, where its results go, and how its screens are seen."""

    plan: Plan
    out: Path
    window: bool
    pictures: bool

    def say(self, key: str, **facts: str | int) -> None:
        """Print one sentence."""
        sentence = load().words.say(key, self.plan.settings.language, **facts)
        sys.stdout.write(sentence + "\n")
        sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    """Run the demonstration; give the exit code.

    Raises OutUnusable, NotADemo, DemoThere, DemoRuns, ImportUnreadable, RuleRefused before anything
    is made.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: in order
    parser = _flags()
    chosen = parser.parse_args(arguments)
    if chosen.again and chosen.data is None:
        parser.error("--again needs --data")
    offer = _offer(chosen)
    with emptied(chosen.data) if chosen.again else nullcontext():
        return _work(chosen, offer)


def _work(chosen: argparse.Namespace, offer: Offer) -> int:
    out = results_folder(chosen.out)
    with data_folder(chosen.data) as folder:
        chosen.data = folder
        settings = begin("demo", chosen)
        settings = replace(settings, language=spoken(settings))
        display = chosen.window or has_display()
        plan = Plan(settings, offer, chosen.speed == "live", environment(display=display))
        _found(settings)
        return asyncio.run(_run(Demo(plan, out, display and not chosen.headless, chosen.pictures)))


def _flags() -> argparse.ArgumentParser:
    parser = flags_of("demo", "A shop's whole job on this computer, with made-up orders.")
    parser.add_argument(
        "--orders", type=_count, help="how many orders (default: 50, or all of --book)"
    )
    parser.add_argument(
        "--headless", action="store_true", help="open no window, even with a screen"
    )
    parser.add_argument(
        "--no-pictures", dest="pictures", action="store_false", help="draw no pictures of screens"
    )
    parser.add_argument(
        "--window", action="store_true", help="open the window without looking for a screen first"
    )
    parser.add_argument(
        "--again", action="store_true", help="clear what an earlier demo left in --data"
    )
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="where results go")
    parser.add_argument("--book", type=Path, help="use the orders of this CSV or XLSX file")
    parser.add_argument(
        "--mapping", default=demo_file.STANDARD, help="how --book is read (default: %(default)s)"
    )
    parser.add_argument(
        "--speed", choices=("live", "max"), default="max", help="orders over time, or all at once"
    )
    parser.set_defaults(data=None)
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}” is no number of orders")
    return int(text)


def _offer(chosen: argparse.Namespace) -> Offer:
    if chosen.book is not None:
        return demo_file.offer_of(chosen.book, chosen.mapping, chosen.orders)
    count = MADE_UP if chosen.orders is None else chosen.orders
    return demo_book.made_up(count, SystemClock().now() // 1000)


def has_display() -> bool:
    """Whether a window can be shown here."""
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in NO_PIXELS:
        return False
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


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
    first = CreateOperator(DEMO_LOGIN, "Demo", DEMO_PASSPHRASE, ("owner", "admin"))
    found(book, first, demo=True)
    book.engine.dispose()


async def _run(demo: Demo) -> int:
    """The job, its figures and its window, while shop and carrier run."""
    stage = Stage(demo.plan)
    await stage.open()
    try:
        demo.say("demo.begins", n=len(demo.plan.offer.seeds))
        if demo.plan.offer.refused:
            demo.say("demo.rows_refused", n=demo.plan.offer.refused)
        if demo.window and demo.plan.live:
            return await _live_window(demo, stage)
        code, seconds = await stage.day()
        summary = _write(demo, stage, seconds)
        if code == demo_day.STUCK:
            demo.say("demo.stuck")
        seen = await _look(demo, stage)
        return code or seen or (0 if demo_summary.holds(summary) else FALSE_FIGURES)
    finally:
        await stage.close()


async def _live_window(demo: Demo, stage: Stage) -> int:
    """Orders come in while the window is open; whoever sits at it does the work."""
    began = SystemClock().mono()
    code, _ = await stage.day(whole=False)
    if code:
        return code
    buyers = asyncio.create_task(stage.orders(live=True))
    await _window(demo, stage)
    buyers.cancel()
    _write(demo, stage, SystemClock().mono() - began)
    return 0


async def _look(demo: Demo, stage: Stage) -> int:
    """Let the screens be seen: in the window, or as pictures where there is none."""
    if demo.window:
        await _window(demo, stage)
        return 0
    if not demo.pictures:
        return 0
    screens = demo.out / "screens"
    code = await stage.pictures(screens)
    demo.say("demo.no_pictures" if code else "demo.pictures", folder=str(screens))
    return code


async def _window(demo: Demo, stage: Stage) -> None:
    demo.say("demo.window", login=DEMO_LOGIN, passphrase=DEMO_PASSPHRASE)
    await stage.desk()


def _write(demo: Demo, stage: Stage, seconds: float) -> Summary:
    settings = demo.plan.settings
    book = open_book(settings)
    try:
        offered = stage.world.offered()
        summary = demo_summary.summarise(book, stage.world, offered, seconds)
    finally:
        book.engine.dispose()
    demo_summary.write(summary, settings.folder / "labels", demo.out)
    sys.stdout.write(demo_summary.told(summary))
    demo.say("demo.results", folder=str(demo.out))
    return summary
