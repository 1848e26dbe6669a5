"""A part that crashes leaves a report that names nobody, and at last a careful start."""

import subprocess
from pathlib import Path

import pytest

from app.process import crashes
from app.process.crashes import Crash, crash_of, keep, listed, mark_seen, unseen
from app.process.runs import Run, forgive, is_careful, last_run
from tests.keeper.crashing_part import SECRETS
from tests.keeper.processes import program

CRASH = Crash("KeyError", ("KeyError", "  app/desk/window.py:12 in follow"))


def crash(folder: Path, how: str) -> int:
    command = program("tests.keeper.crashing_part", how, str(folder))
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode


def everything_written(folder: Path) -> str:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(path.read_text("utf-8", "replace") for path in found)


@pytest.mark.parametrize(
    ("how", "told"),
    [("kill", "ended without a word"), ("native", "Segmentation fault")],
)
def test_a_part_that_died_without_a_word_is_reported_at_its_next_start(
    tmp_path: Path, how: str, told: str
) -> None:
    assert crash(tmp_path, how) < 0
    assert listed(tmp_path) == ()
    assert crash(tmp_path, "well") == 0
    report = listed(tmp_path)[0]
    assert told in report.text
    assert report.role == "desk"
    assert crash(tmp_path, "well") == 0
    assert len(listed(tmp_path)) == 1, "a good end is no crash"


def test_a_native_crash_names_where_it_was(tmp_path: Path) -> None:
    crash(tmp_path, "native")
    crash(tmp_path, "well")
    assert "crashing_part.py" in listed(tmp_path)[0].text
    assert str(tmp_path) not in listed(tmp_path)[0].text


@pytest.mark.parametrize("how", ["fault", "thread", "kill", "native"])
def test_no_report_names_a_buyer_or_a_secret(tmp_path: Path, how: str) -> None:
    crash(tmp_path, how)
    crash(tmp_path, "well")
    assert len(listed(tmp_path)) == 1
    report = listed(tmp_path)[0].text
    for secret in ("13812345678", "1381234", "sk_live", "aa11bb22"):
        assert secret not in everything_written(tmp_path)
    assert SECRETS[0] not in report


def test_three_early_crashes_make_the_next_start_a_careful_one(tmp_path: Path) -> None:
    for _ in range(2):
        crash(tmp_path, "kill")
        assert not is_careful(tmp_path, "desk")
    crash(tmp_path, "fault")
    assert is_careful(tmp_path, "desk")
    assert crash(tmp_path, "well") == 0
    assert not is_careful(tmp_path, "desk"), "a good run forgives"
    for _ in range(3):
        crash(tmp_path, "kill")
    assert is_careful(tmp_path, "desk")
    forgive(tmp_path)
    assert not is_careful(tmp_path, "desk")


def test_a_crash_after_a_long_run_does_not_count_against_the_start(tmp_path: Path) -> None:
    for _ in range(5):
        run = Run(tmp_path, "keeper")
        run.begin(0, safe=False)
        run.steady()
    assert not is_careful(tmp_path, "keeper")
    assert Run(tmp_path, "keeper").ended_badly
    assert last_run(tmp_path, "press").early == 0


def test_a_mark_that_cannot_be_read_stops_no_start(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "desk.json").write_text("{not json")
    assert not is_careful(tmp_path, "desk")
    (tmp_path / "runs" / "desk.json").unlink()
    (tmp_path / "runs").rmdir()
    (tmp_path / "runs").write_text("a file where the folder should be")
    run = Run(tmp_path, "desk")
    run.begin(0, safe=False)
    run.end(well=True)


def test_the_same_fault_is_kept_once_an_hour_and_only_so_many_in_all(tmp_path: Path) -> None:
    now = 1_771_214_400_000
    assert keep(tmp_path, "keeper", CRASH, now, "1") is not None
    assert keep(tmp_path, "keeper", CRASH, now + 60_000, "1") is None
    assert keep(tmp_path, "keeper", CRASH, now + 3_600_001, "1") is not None
    for n in range(40):
        keep(tmp_path, "keeper", Crash("X", (f"{n}",)), now + 9_000_000 + n, "1")
    assert len(listed(tmp_path)) == crashes.MOST


def test_a_report_is_new_until_somebody_was_told(tmp_path: Path) -> None:
    made = keep(tmp_path, "keeper", CRASH, 1_771_214_400_000, "1")
    assert unseen(tmp_path) == (made,)
    mark_seen(tmp_path)
    assert unseen(tmp_path) == ()
    assert made is not None
    assert not crashes.drop(tmp_path, "../keeper.lock")
    assert crashes.drop(tmp_path, made.name)
    assert listed(tmp_path) == ()


def test_a_report_tells_what_a_fault_came_of(tmp_path: Path) -> None:
    try:
        try:
            {}["13812345678"]
        except KeyError as missing:
            raise ValueError("张小满") from missing
    except ValueError as problem:
        found = crash_of(problem)
    assert [line for line in found.stack if not line.startswith(" ")] == ["ValueError", "KeyError"]
    assert "138" not in "".join(found.stack)
    assert "test_keeper_crashes.py" in "".join(found.stack)
