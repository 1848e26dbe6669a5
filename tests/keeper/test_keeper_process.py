"""What the shop is promised when desk and keeper start, end and die: nothing lost, nothing left."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.commands import wire
from app.desk.link import Link, LinkState, RestartRule
from app.process.child import role_command
from app.process.errors import Failed, KeeperGone, KeeperKeepsEnding, Refused, VersionsDiffer
from tests.keeper.counting_keeper import (
    Break,
    Count,
    Hang,
    Miss,
    Nothing,
    Print,
    Slow,
    Tokens,
)
from tests.keeper.processes import (
    ROOT,
    alive,
    counting_keeper,
    kill,
    link_to,
    lock_is_free,
    program,
    until,
)


@pytest.fixture
async def link(tmp_path: Path) -> AsyncIterator[Link]:
    link = link_to(counting_keeper(tmp_path))
    link.start()
    await link.ready()
    yield link
    await link.close()


def effects(folder: Path) -> list[tuple[int, int]]:
    with sqlite3.connect(folder / "counts.db") as book:
        rows = book.execute("SELECT value, count(*) FROM effects GROUP BY value").fetchall()
    book.close()
    return rows


async def test_the_keeper_starts_answers_and_ends_with_its_lock_free(tmp_path: Path) -> None:
    link = link_to(counting_keeper(tmp_path))
    link.start()
    assert link.state is LinkState.STARTING
    first = link.ask(Count(5), int)
    assert await first == 1
    pid = link.keeper_pid
    assert not lock_is_free(tmp_path / "keeper.lock")
    await link.close()
    assert not alive(pid)
    assert lock_is_free(tmp_path / "keeper.lock")
    with pytest.raises(KeeperGone):
        await link.ask(Count(6), int)


async def test_the_desk_killed_leaves_no_keeper_and_no_lock(tmp_path: Path) -> None:
    command = program("tests.keeper.killed_desk", str(tmp_path))
    desk = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert desk.stdout is not None
    keeper_pid = int(await desk.stdout.readline())
    assert alive(keeper_pid)
    desk.kill()
    await desk.wait()
    await until(lambda: not alive(keeper_pid))
    await until(lambda: lock_is_free(tmp_path / "keeper.lock"))


async def test_a_keeper_that_hangs_outlives_its_killed_desk_only_until_the_watchdog(
    tmp_path: Path,
) -> None:
    command = program("tests.keeper.killed_desk", str(tmp_path), "hang")
    desk = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert desk.stdout is not None
    keeper_pid = int(await desk.stdout.readline())
    await asyncio.sleep(0.2)
    desk.kill()
    await desk.wait()
    await until(lambda: not alive(keeper_pid), seconds=60.0)
    # A dying process is a zombie a moment before the system lets its lock go.
    await until(lambda: lock_is_free(tmp_path / "keeper.lock"), seconds=10.0)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_a_keeper_without_a_desk_serves_until_it_is_told_to_end(
    tmp_path: Path, ending: signal.Signals
) -> None:
    alone = await asyncio.create_subprocess_exec(
        *counting_keeper(tmp_path), "alone", stdout=subprocess.PIPE
    )
    assert alone.stdout is not None
    await alone.stdout.readline()
    await until((tmp_path / "counts.db").exists)
    await asyncio.sleep(0.3)
    second = link_to(counting_keeper(tmp_path, wait_s=0.1))
    second.start()
    with pytest.raises(Refused):
        await second.ready()
    alone.send_signal(ending)
    assert await alone.wait() == 0
    assert lock_is_free(tmp_path / "keeper.lock")


async def test_calls_killed_at_random_moments_have_each_one_effect(tmp_path: Path) -> None:
    link = link_to(counting_keeper(tmp_path))
    link.start()
    chance = random.Random(20)
    kills = 0

    async def murder() -> None:
        nonlocal kills
        while kills < 20:
            await link.ready()
            await asyncio.sleep(chance.uniform(0.0, 0.05))
            kill(link.keeper_pid)
            kills += 1
            await until(lambda: link.state is not LinkState.READY)

    killing = asyncio.create_task(murder())
    value, answers = 0, []
    while not killing.done():
        batch = [link.ask(Count(value + n), int) for n in range(8)]
        value += 8
        answers += await asyncio.gather(*batch)
    await killing
    await link.close()
    assert kills == 20
    assert effects(tmp_path) == [(n, 1) for n in range(value)]
    assert len(set(answers)) == len(answers) == value


async def test_a_keeper_that_keeps_dying_is_not_started_for_ever(tmp_path: Path) -> None:
    link = link_to(program("tests.keeper.dying_keeper"), RestartRule(waits_s=(0.0,)))
    states: list[LinkState] = []
    link.states.add(states.append)
    link.start()
    with pytest.raises(KeeperKeepsEnding):
        await link.ask(Count(1), int)
    assert states == [LinkState.RESTARTING, LinkState.GONE]
    with pytest.raises(KeeperKeepsEnding):
        await link.ready()


async def test_a_keeper_that_writes_no_frames_is_ended_and_not_trusted(tmp_path: Path) -> None:
    link = link_to(
        program("tests.keeper.dying_keeper", entry="babble"), RestartRule(waits_s=(0.0,))
    )
    link.start()
    with pytest.raises(KeeperKeepsEnding):
        await link.ask(Count(1), int)


async def test_a_keeper_of_another_version_is_refused_and_ended(tmp_path: Path) -> None:
    link = link_to(program("tests.keeper.dying_keeper", entry="foreign"))
    link.start()
    with pytest.raises(VersionsDiffer):
        await link.ready()
    assert link.keeper_pid == 0


async def test_a_program_that_cannot_be_started_is_said(tmp_path: Path) -> None:
    link = link_to((str(tmp_path / "nothing here"),))
    link.start()
    with pytest.raises(KeeperGone):
        await link.ready()


async def test_a_second_keeper_refuses_while_the_first_lives(link: Link, tmp_path: Path) -> None:
    second = link_to(counting_keeper(tmp_path, wait_s=0.3))
    second.start()
    with pytest.raises(Refused) as said:
        await second.ready()
    assert said.value.code == "book_in_use"
    assert said.value.details == {"folder": str(tmp_path)}
    assert await link.ask(Count(1), int) == 1
    await second.close()


async def test_a_second_keeper_takes_over_when_the_first_ends(link: Link, tmp_path: Path) -> None:
    second = link_to(counting_keeper(tmp_path, wait_s=30.0))
    second.start()
    answer = asyncio.create_task(second.ask(Count(2), int))
    assert await link.ask(Count(1), int) == 1
    await asyncio.sleep(0.2)
    assert not answer.done()
    await link.close()
    assert await answer == 2
    await second.close()


async def test_a_stray_print_corrupts_no_frame(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    link = link_to(counting_keeper(tmp_path))
    link.start()
    await link.ask(Print("from a careless library"), type(None))
    assert await link.ask(Count(1), int) == 1
    await link.close()
    assert "careless" in capfd.readouterr().err


async def test_refusals_faults_and_unknown_commands_are_told_apart(link: Link) -> None:
    with pytest.raises(Refused) as refused:
        await link.ask(Miss(), type(None))
    assert (refused.value.code, refused.value.details) == ("not_found", {"what": "order", "id": 7})
    with pytest.raises(Failed) as failed:
        await link.ask(Break(), type(None))
    assert failed.value.code == "program_fault"
    assert "139" not in str(failed.value.details)
    with pytest.raises(Refused) as unknown:
        await link.ask(RestartRule(), type(None))
    assert unknown.value.code == "unknown_command"
    assert await link.ask(Count(1), int) == 1


async def test_a_quick_question_overtakes_a_slow_command(link: Link) -> None:
    progress: list[wire.Progress] = []
    slow = asyncio.create_task(link.ask(Slow(1.0), type(None), progress.append))
    after = asyncio.create_task(link.ask(Count(1), int))
    await until(lambda: bool(progress))
    assert await link.ask(Tokens("abc"), list[int]) == [3]
    assert not slow.done()
    assert not after.done()
    await slow
    assert await after == 1
    assert [(p.done, p.total, p.text_key) for p in progress] == [(1, 2, "test.half")]


async def test_changes_reach_the_screens_gathered(link: Link) -> None:
    heard: list[wire.Changed] = []
    forget = link.changes.add(heard.append)
    await link.ask(Slow(0.0), type(None))
    await until(lambda: bool(heard))
    assert [change.rows for change in heard] == [{"order": (1, 2), "case": ()}]
    await link.ask(Count(9), int)
    assert heard[-1].rows == {"effect": (9,)}
    forget()
    await link.ask(Count(10), int)
    assert len(heard) == 2


@pytest.mark.parametrize("junk", [b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, b"\x00\x00\x00\x02no"])
def test_garbage_ends_the_keeper_in_order_with_its_reason(tmp_path: Path, junk: bytes) -> None:
    done = subprocess.run(
        counting_keeper(tmp_path), input=junk, capture_output=True, timeout=60, check=False
    )
    *_, last = wire.Decoder().feed(done.stdout)
    assert isinstance(last, wire.Goodbye)
    assert (done.returncode, last.code, last.fault) == (1, "frame_error", True)
    assert lock_is_free(tmp_path / "keeper.lock")


def test_an_ended_input_ends_the_keeper_at_once(tmp_path: Path) -> None:
    done = subprocess.run(
        counting_keeper(tmp_path), input=b"", capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert wire.Decoder().feed(done.stdout)[-1] == wire.Goodbye()


async def test_a_terminated_keeper_finishes_the_command_in_hand(link: Link, tmp_path: Path) -> None:
    hanging = asyncio.create_task(link.ask(Hang(0.3), type(None)))
    asked = [asyncio.create_task(link.ask(Count(n), int)) for n in range(5)]
    await asyncio.sleep(0.1)
    os.kill(link.keeper_pid, signal.SIGTERM)
    await asyncio.gather(hanging, *asked)
    assert effects(tmp_path) == [(n, 1) for n in range(5)]


async def test_a_keeper_that_hangs_is_ended_when_the_desk_closes(tmp_path: Path) -> None:
    link = link_to(counting_keeper(tmp_path))
    link.start()
    await link.ready()
    pid = link.keeper_pid
    hanging = asyncio.create_task(link.ask(Hang(600.0), type(None)))
    await asyncio.sleep(0.1)
    await link.close(seconds=0.3)
    with pytest.raises(KeeperGone):
        await hanging
    assert not alive(pid)


async def test_a_wait_that_was_given_up_disturbs_nobody(link: Link) -> None:
    slow = asyncio.create_task(link.ask(Slow(0.1), type(None)))
    await asyncio.sleep(0.01)
    slow.cancel()
    await link.ask(Nothing(), type(None))
    assert link.unanswered == 0


def test_the_child_command_is_this_python_with_this_main_file() -> None:
    assert role_command("keeper", ROOT)[:3] == (
        sys.executable,
        str(ROOT / "app" / "__main__.py"),
        "keeper",
    )
