"""The demonstration as people start it: a process of its own, without a display."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LONGEST_S = 240
NO_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@dataclass
class Run:
    code: int
    out: str
    errors: str
    results: Path

    def summary(self) -> dict[str, Any]:
        return json.loads((self.results / "summary.json").read_text("utf-8"))


def command(*words: object) -> list[str]:
    return [sys.executable, "-X", "utf8", "-m", "app", "demo", *map(str, words)]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in NO_DISPLAY}


def run_demo(folder: Path, *words: object) -> Run:
    results = folder / "out"
    done = subprocess.run(
        command("--out", results, *words),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST_S,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr, results)


def processes_on(folder: Path) -> set[int]:
    """Every process that names this folder among its arguments."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in words:
                found.add(int(entry.name))
    return found


def wait_until(true, seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


def end(process: subprocess.Popen[bytes], how: signal.Signals) -> int:
    process.send_signal(how)
    return process.wait(60)
