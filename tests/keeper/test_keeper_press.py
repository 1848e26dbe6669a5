"""What the shop is promised of the press: a page is drawn once, or said to be of unknown fate."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.compose.clock import Snowflakes, SystemClock
from app.keeper.press_link import PressLink, PressRule
from app.process.child import Child, Hearing
from app.process.errors import Failed, PressJobUnknown, PressUnavailable, Refused
from tests.keeper.processes import alive, kill, program, until


def press_on(folder: Path, rule: PressRule | None = None) -> PressLink:
    command = program("tests.keeper.drawing_press", str(folder))

    def start(hearing: Hearing) -> Child:
        return Child(command, hearing)

    clock = SystemClock()
    return PressLink(start, Snowflakes(clock, desk=3), clock, rule)


def paper(folder: Path) -> list[str]:
    sheet = folder / "paper"
    return sheet.read_text().splitlines() if sheet.exists() else []


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[PressLink]:
    press = press_on(tmp_path)
    press.warm()
    yield press
    await press.close()


async def test_jobs_are_drawn_one_after_the_other_and_the_press_ends(tmp_path: Path) -> None:
    press = press_on(tmp_path)
    results = await asyncio.gather(*(press.run("line", b"page %d" % n) for n in range(5)))
    assert results == [b"PAGE %d" % n for n in range(5)]
    assert paper(tmp_path) == [f"page {n}" for n in range(5)]
    pid = press.pid
    await press.close()
    assert not alive(pid)
    with pytest.raises(PressUnavailable):
        await press.run("line", b"too late")


async def test_the_job_in_hand_of_a_killed_press_is_unknown_and_the_others_are_drawn_once(
    press: PressLink, tmp_path: Path
) -> None:
    await press.run("line", b"first")
    pid = press.pid
    in_hand = asyncio.create_task(press.run("slow", b"30"))
    waiting = [asyncio.create_task(press.run("line", b"page %d" % n)) for n in range(3)]
    await asyncio.sleep(0.1)
    kill(pid)
    with pytest.raises(PressJobUnknown) as unknown:
        await in_hand
    assert unknown.value.details["kind"] == "slow"
    await asyncio.gather(*waiting)
    assert paper(tmp_path) == ["first", "page 0", "page 1", "page 2"]
    assert press.pid not in (0, pid)


async def test_an_idle_press_that_dies_is_warm_again_before_the_next_job(
    press: PressLink, tmp_path: Path
) -> None:
    await press.run("line", b"first")
    pid = press.pid
    kill(pid)
    await until(lambda: press.pid not in (0, pid))
    assert await press.run("line", b"second") == b"SECOND"


async def test_a_job_that_kills_its_press_is_not_tried_again(
    press: PressLink, tmp_path: Path
) -> None:
    for _ in range(4):
        with pytest.raises(PressJobUnknown):
            await press.run("gone")
    assert await press.run("line", b"after") == b"AFTER"
    assert paper(tmp_path) == ["after"]


async def test_a_press_that_hangs_over_a_job_is_ended_and_the_job_unknown(tmp_path: Path) -> None:
    press = press_on(tmp_path, PressRule(job_s=1.0))
    await press.run("line", b"first")
    pid = press.pid
    with pytest.raises(PressJobUnknown):
        await press.run("slow", b"600")
    assert await press.run("line", b"second") == b"SECOND"
    assert not alive(pid)
    await press.close()


async def test_the_press_is_renewed_after_its_pages_without_a_gap(tmp_path: Path) -> None:
    press = press_on(tmp_path, PressRule(pages=5))
    pids = set()
    for n in range(30):
        assert await press.run("line", b"%d" % n) == b"%d" % n
        pids.add(press.pid)
        if n == 5:
            await until(lambda: press.pid not in pids)
    assert len(pids) > 1
    assert 0 not in pids
    await until(lambda: sum(alive(pid) for pid in pids | {press.pid}) == 1)
    assert paper(tmp_path) == [str(n) for n in range(30)]
    await press.close()
    assert not any(alive(pid) for pid in pids)


async def test_refusals_and_faults_of_the_press_keep_their_code(
    press: PressLink, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Refused) as refused:
        await press.run("refused", b"7")
    assert (refused.value.code, refused.value.details["id"]) == ("not_found", "7")
    with pytest.raises(Failed) as failed:
        await press.run("broken", b"secret")
    assert failed.value.code == "program_fault"
    with pytest.raises(Refused) as unknown:
        await press.run("sing")
    assert unknown.value.code == "unknown_command"


async def test_a_stray_print_in_the_press_corrupts_no_frame(press: PressLink) -> None:
    assert await press.run("stray", b"x") == b"X"


async def test_a_press_that_cannot_be_started_says_so_and_nothing_was_drawn(tmp_path: Path) -> None:
    clock = SystemClock()
    ids = Snowflakes(clock, desk=4)
    missing = PressLink(lambda h: Child((str(tmp_path / "none"),), h), ids, clock)
    missing.warm()
    with pytest.raises(PressUnavailable):
        await missing.run("line", b"x")
    await missing.close()
    dying = PressLink(lambda h: Child(program("tests.keeper.dying_keeper"), h), ids, clock)
    with pytest.raises(PressUnavailable):
        await dying.run("line", b"x")
    await dying.close()
