"""One command sets a new machine up, and each thing that can go wrong has its one sentence."""

import ast
import importlib.util
import subprocess
import sys
import types
from pathlib import Path

import pytest

from tests.house.sources import ROOT


@pytest.fixture
def dev(tmp_path: Path) -> types.ModuleType:
    """dev.py, told that a fresh folder is its checkout."""
    place = tmp_path / "dev.py"
    place.write_text((ROOT / "dev.py").read_text("utf-8"), "utf-8")
    for lock in ("requirements.lock", "requirements-dev.lock", "requirements-freeze.lock"):
        (tmp_path / lock).write_text(f"{lock}\n")
    spec = importlib.util.spec_from_file_location("dev_under_test", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_old_python_can_read_as_far_as_the_sentence() -> None:
    ast.parse((ROOT / "dev.py").read_text("utf-8"), feature_version=(3, 7))


def test_only_the_standard_library_is_needed() -> None:
    tree = ast.parse((ROOT / "dev.py").read_text("utf-8"))
    names = {n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: [Errno 28] No space left on device", "disk is full"),
        ("<urlopen error [Errno -3] Temporary failure in name resolution>", "cannot be reached"),
        ("NewConnectionError(...): [Errno 101] Network is unreachable", "cannot be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "other contents"),
        ("ERROR: No matching distribution found for PySide6", "ready-made package"),
        ("first\nsomething odd\n", "pip failed: something odd"),
        ("", "pip failed: it gave no reason"),
    ],
)
def test_what_a_tool_said_becomes_one_sentence(
    dev: types.ModuleType, said: str, sentence: str
) -> None:
    assert sentence in dev.meaning(said, "pip failed")


def test_a_set_up_machine_is_set_up_no_second_time(
    dev: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(dev, "prepare_system", lambda programs: None)
    monkeypatch.setattr(dev, "prepare_environment", made.append)
    dev.PYTHON.parent.mkdir(parents=True)
    dev.PYTHON.touch()
    dev.prepare(dev.DEV_LOCK)
    dev.prepare(dev.DEV_LOCK)
    dev.prepare(dev.RUN_LOCK)  # the larger set holds the smaller one
    assert made == [dev.DEV_LOCK]
    (dev.ROOT / dev.DEV_LOCK).write_text("another\n")
    dev.prepare(dev.DEV_LOCK)
    assert made == [dev.DEV_LOCK] * 2


def test_an_interrupted_set_up_starts_over(
    dev: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "install", lambda lock: None)
    monkeypatch.setattr(dev, "write_launcher", lambda: None)
    monkeypatch.setattr(dev, "create_environment", dev.VENV.mkdir)
    dev.VENV.mkdir()
    (dev.VENV / "half").touch()
    dev.UNFINISHED.touch()
    dev.prepare_environment(dev.RUN_LOCK)
    assert not (dev.VENV / "half").exists()


def test_too_little_room_is_said_before_anything_is_written(
    dev: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "NEEDED_BYTES", 1 << 60)
    with pytest.raises(dev.SetupError, match="disk is full"):
        dev.prepare_environment(dev.RUN_LOCK)
    assert not dev.VENV.exists()


def test_who_is_not_root_gets_the_exact_command(
    dev: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(dev.SetupError, match=r"sudo apt-get install -y .* libegl1"):
        dev.install_debian(["libegl1"], "Qt needs it")


def test_the_live_tests_run_alone(dev: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(dev, "prepare", lambda *what: None)
    monkeypatch.setattr(dev, "check", list)
    monkeypatch.setattr(dev.subprocess, "call", lambda command, **more: ran.append(command) or 0)
    assert dev.do_test(["--live", "-k", "stock"]) == 0
    assert ran[0][3:] == ["-m", "pytest", "--live", "-k", "stock"]


def test_a_trouble_ends_in_a_sentence_and_a_code(tmp_path: Path) -> None:
    place = tmp_path / "dev.py"
    place.write_text((ROOT / "dev.py").read_text("utf-8"), "utf-8")
    done = subprocess.run(  # no lock stands beside it
        [sys.executable, str(place), "demo"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_word_shows_what_can_be_asked(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), "dance"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "dev.py demo" in done.stdout
