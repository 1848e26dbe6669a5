"""The demonstration's day with its processes killed at random moments, and what it came to.

By hand, for a long run: ``python -m tests.simulation.demo_kills --orders 2000 --kills 20``.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pypdfium2

from tests.keeper.processes import ROOT

ROLES = ("demo-day", "keeper", "press")
LOOK_S = 0.02


@dataclass(frozen=True)
class Day:
    """What a day with kills came to.

    pages: pages of labels.pdf; begun: how often the day's process was started.
    """

    code: int
    summary: dict[str, Any]
    killed: Counter[str]
    pages: int
    seconds: float
    said: str

    def broken(self) -> list[str]:
        """The equalities that do not hold, in words; empty when the day was good."""
        told = self.summary
        pairs = (
            ("orders_booked", "orders_offered"),
            ("waybills", "waybills_at_carrier"),
            ("waybills", "labels_distinct"),
            ("labels", "labels_distinct"),
            ("shipped_written_back", "shipped_at_channel"),
        )
        wrong = [f"{a} {told[a]}, {b} {told[b]}" for a, b in pairs if told[a] != told[b]]
        if told["oversold"] or not told["audit_ok"]:
            wrong.append(f"oversold {told['oversold']}, audit_ok {told['audit_ok']}")
        if self.pages != told["labels"]:
            wrong.append(f"{self.pages} pages for {told['labels']} labels")
        return wrong + ([f"exit code {self.code}"] if self.code else [])


class Killer:
    """Kills the processes below one, each role so many times, at moments chance names."""

    def __init__(
        self, below: int, kills: int, chance: random.Random, after: Callable[[str], None]
    ) -> None:
        """``after`` hears of every kill."""
        self._below, self._chance, self._after = below, chance, after
        self._left = [role for role in ROLES for _ in range(kills)]
        chance.shuffle(self._left)
        self._at = time.monotonic()
        self.killed: Counter[str] = Counter()
        self._wait()

    def look(self) -> None:
        """Kill the next one when its moment has come and it lives."""
        if not self._left or time.monotonic() < self._at:
            return
        role = self._left[-1]
        for process in living(self._below):
            if role_of(process) == role:
                process.kill()
                self.killed[self._left.pop()] += 1
                self._after(role)
                self._wait()
                return

    def _wait(self) -> None:
        self._at = time.monotonic() + self._chance.uniform(0.2, 2.5)


def living(below: int) -> list[psutil.Process]:
    try:
        return psutil.Process(below).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def role_of(process: psutil.Process) -> str:
    """Which of Waydesk's roles a process plays, by its command line; empty for none."""
    try:
        words = process.cmdline()
    except psutil.Error:
        return ""
    return next((role for role in ROLES if role in words), "")


def day(folder: Path, orders: int, kills: int, seed: int = 1, most_s: float = 90.0) -> Day:
    """Run one demonstration with every role killed ``kills`` times; ends after ``most_s``."""
    data, out = folder / "data", folder / "out"
    command = [sys.executable, "-m", "app", "demo", "--no-pictures", "--orders", str(orders)]
    command += ["--headless", "--out", str(out), "--data", str(data)]
    left = folder / "left"
    left.mkdir(parents=True)
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(left)}
    began = time.monotonic()
    with (folder / "said").open("w+b") as said:
        demo = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=said, stderr=said)
        killer = Killer(demo.pid, kills, random.Random(seed), partial(keep_book, data, left))
        while demo.poll() is None and time.monotonic() - began < most_s:
            killer.look()
            time.sleep(LOOK_S)
        end(demo)
        said.seek(0)
        words = said.read().decode(errors="replace")
    made = out / "summary.json"
    summary = json.loads(made.read_text()) if made.exists() else {}
    seconds = time.monotonic() - began
    pages = page_count(out / "labels.pdf") if made.exists() else 0
    return Day(demo.returncode, summary, killer.killed, pages, seconds, words[-2000:])


def keep_book(data: Path, left: Path, role: str) -> None:
    """Put aside what lay on the disk of the book when a process was killed, journal and all."""
    for file in sorted(data.glob("book.db*")):
        with contextlib.suppress(OSError):
            shutil.copy(file, left / f"{len(list(left.iterdir()))}-{role}-{file.name}")


def end(demo: subprocess.Popen[bytes]) -> None:
    """End what still runs: only what this day started."""
    if demo.poll() is None:
        for process in living(demo.pid):
            process.kill()
        demo.kill()
    demo.wait()


def page_count(file: Path) -> int:
    document = pypdfium2.PdfDocument(file)
    pages = len(document)
    document.close()
    return pages


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a long day and tell what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--keep", type=Path, default=None, help="folder to leave the run in")
    chosen = parser.parse_args(arguments)
    if chosen.keep is not None:
        chosen.keep.mkdir(parents=True, exist_ok=True)
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="waydesk-kills-"))
    done = day(folder, chosen.orders, chosen.kills, chosen.seed, chosen.seconds)
    print(json.dumps({**done.summary, "killed": done.killed, "pages": done.pages}, indent=2))
    print("\n".join(done.broken()) if done.summary else done.said)
    return int(not done.summary or bool(done.broken()))


if __name__ == "__main__":
    sys.exit(main())
