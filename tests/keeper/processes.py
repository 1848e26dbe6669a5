"""Starting the counting keeper as the desk starts its own, and looking for what is left over."""

import asyncio
import itertools
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.compose.clock import Snowflakes, SystemClock
from app.desk.link import Link, RestartRule
from app.process.child import Child, Hearing
from app.process.locks import try_lock

ROOT = Path(__file__).resolve().parents[2]
DESKS = itertools.cycle(range(1024))
PATIENT = RestartRule(crashes=1000, within_s=600.0, waits_s=(0.0,))


def program(module: str, *arguments: str, entry: str = "main") -> tuple[str, ...]:
    """The command that runs `main` of one of our test modules as a program of its own."""
    path = f"import sys; sys.path.insert(0, {str(ROOT)!r})"
    start = f"{path}; import {module} as m; sys.exit(m.{entry}())"
    return (sys.executable, "-c", start, *arguments)


def counting_keeper(folder: Path, wait_s: float = 5.0) -> tuple[str, ...]:
    return program("tests.keeper.counting_keeper", str(folder), str(wait_s))


def link_to(command: tuple[str, ...], rule: RestartRule = PATIENT) -> Link:
    def start(hearing: Hearing) -> Child:
        return Child(command, hearing)

    clock = SystemClock()
    return Link(start, Snowflakes(clock, desk=next(DESKS)), clock, rule)


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and was not yet collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def kill(pid: int) -> None:
    if pid:
        os.kill(pid, signal.SIGKILL)


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something holds; fail when it does not within a generous while."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come true"
        await asyncio.sleep(0.01)


def lock_is_free(path: Path) -> bool:
    held = try_lock(path)
    if held is not None:
        held.release()
    return held is not None
