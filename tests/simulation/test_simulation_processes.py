"""Desk, keeper and press die in any order: no process, no lock is left, and nothing is doubled."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from asyncio.subprocess import Process
from collections import Counter
from pathlib import Path

import pytest

from app.desk.link import LinkState
from app.process.errors import Failed
from tests.keeper.counting_keeper import Count, Nothing
from tests.keeper.processes import ROOT, alive, kill, link_to, lock_is_free, program, until


async def started(folder: Path) -> tuple[Process, int, int]:
    command = program("tests.simulation.pressing_desk", str(folder))
    desk = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert desk.stdout is not None
    keeper, press = map(int, (await desk.stdout.readline()).split())
    assert alive(keeper)
    assert alive(press)
    return desk, keeper, press


async def all_gone(*pids: int) -> None:
    await until(lambda: not any(alive(pid) for pid in pids if pid))


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
async def test_a_desk_that_dies_at_any_moment_takes_keeper_and_press_with_it(
    tmp_path: Path, ending: signal.Signals
) -> None:
    chance = random.Random(7)
    for _ in range(3):
        desk, keeper, press = await started(tmp_path)
        await asyncio.sleep(chance.uniform(0.0, 0.2))
        desk.send_signal(ending)
        await desk.wait()
        await all_gone(keeper, press)
        await until(lambda: lock_is_free(tmp_path / "keeper.lock"))
    paper = Counter((tmp_path / "paper").read_text().split())
    assert max(paper.values()) == 1


async def test_keeper_and_desk_killed_together_leave_no_press(tmp_path: Path) -> None:
    desk, keeper, press = await started(tmp_path)
    kill(keeper)
    desk.kill()
    await desk.wait()
    await all_gone(keeper, press)
    await until(lambda: lock_is_free(tmp_path / "keeper.lock"))


async def test_keeper_and_press_killed_at_random_moments_double_no_effect_and_no_page(
    tmp_path: Path,
) -> None:
    link = link_to(program("tests.simulation.pressing_keeper", str(tmp_path)))
    link.start()
    chance, seen, deaths = random.Random(11), set[int](), 0

    async def murder() -> None:
        nonlocal deaths
        while deaths < 12:
            await link.ready()
            press = await link.ask(Nothing(), int)
            seen.update((press, link.keeper_pid))
            await asyncio.sleep(chance.uniform(0.0, 0.05))
            kill(link.keeper_pid if deaths % 2 else press)
            deaths += 1
            if deaths % 2 == 0:
                await until(lambda: link.state is not LinkState.READY)

    killing, asked = asyncio.create_task(murder()), 0
    answers: list[object] = []
    while not killing.done():
        batch = [link.ask(Count(asked + n), int) for n in range(4)]
        answers += await asyncio.gather(*batch, return_exceptions=True)
        asked += 4
    await killing
    await link.close()
    with sqlite3.connect(tmp_path / "counts.db") as book:
        effects = book.execute("SELECT value, count(*) FROM effects GROUP BY value").fetchall()
    book.close()
    assert effects == [(n, 1) for n in range(asked)]
    said = [answer.code for answer in answers if isinstance(answer, Failed)]
    assert set(said) <= {"press_job_unknown", "press_unavailable"}
    assert sum(isinstance(answer, int) for answer in answers) == asked - len(said)
    await all_gone(*seen)


def desk_start(folder: Path, *words: str, stderr: int = subprocess.PIPE) -> "subprocess.Popen[str]":
    command = [sys.executable, str(ROOT / "app" / "__main__.py"), *words, "--data", str(folder)]
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen(command, env=surroundings, stderr=stderr, text=True)


def wishes(folder: Path) -> list[str]:
    log = folder / "logs" / "desk.log"
    return log.read_text().splitlines() if log.exists() else []


async def more_wishes(folder: Path, told: int, wish: str = "asked to show") -> None:
    await until(lambda: any(wish in line for line in wishes(folder)[told:]))


async def test_a_second_start_hands_its_wish_to_the_first_and_ends(tmp_path: Path) -> None:
    first = desk_start(tmp_path, stderr=subprocess.DEVNULL)
    try:
        await until(lambda: any("asked to show" in line for line in wishes(tmp_path)))
        later = [desk_start(tmp_path, "waydesk://order/1234"), desk_start(tmp_path)]
        later += [desk_start(tmp_path) for _ in range(3)]
        for start in later:
            _, said = await asyncio.to_thread(start.communicate, timeout=60)
            assert (start.returncode, said) == (0, "")
        await until(lambda: any("waydesk://order/1234" in line for line in wishes(tmp_path)))
        assert sum("asked to show: raise" in line for line in wishes(tmp_path)) >= 5
        assert first.poll() is None
    finally:
        first.kill()
        first.communicate()
    assert lock_is_free(tmp_path / "desk.lock")


async def test_a_desk_starts_over_the_socket_a_killed_one_left(tmp_path: Path) -> None:
    for no in (1, 2):
        told = len(wishes(tmp_path))
        desk = desk_start(tmp_path, stderr=subprocess.DEVNULL)
        try:
            await more_wishes(tmp_path, told)
            later = desk_start(tmp_path, f"waydesk://case/{no}")
            await asyncio.to_thread(later.communicate, timeout=60)
            assert later.returncode == 0
            await more_wishes(tmp_path, told, f"waydesk://case/{no}")
        finally:
            desk.kill()
            desk.communicate()


@pytest.mark.parametrize("word", ["bogus", "waydesk://order/1;rm", "waydesk://erase/1", "http://x"])
def test_a_start_with_a_word_that_means_nothing_is_told_how(tmp_path: Path, word: str) -> None:
    start = desk_start(tmp_path, word)
    _, said = start.communicate(timeout=60)
    assert start.returncode == 2
    assert said.startswith("waydesk:")
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())
