"""What a person is promised who starts Waydesk from a terminal: a sentence, never a trace."""

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from app import __main__ as command
from app.compose import last_word
from app.compose.start import begin_child
from app.domain.errors import AuditFailed, Fault, NotFound


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(before):
        handler.close()
        root.removeHandler(handler)
    root.setLevel(level)


def raising(problem: BaseException) -> Callable[[Sequence[str]], int]:
    def part(arguments: Sequence[str]) -> int:
        begin_child("press", arguments)
        raise problem

    return part


def test_a_refusal_is_its_sentence_and_remedy_in_the_language_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(tmp_path / "Dropbox" / "shop")
    assert command.main(["press", "--data", place, "--language", "zh"]) == 3
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "同步盘" in told[0]
    assert "--data" in told[1]


@pytest.mark.parametrize("problem", [ZeroDivisionError("call 13812345678"), AuditFailed(why="x")])
def test_a_fault_is_a_sentence_and_its_reference_stands_in_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], problem: Exception
) -> None:
    arguments = ["--data", str(tmp_path), "--language", "en"]
    assert last_word.run(raising(problem), "press", arguments) == 1
    told, log = capsys.readouterr().err, (tmp_path / "logs" / "press.log").read_text()
    assert "Traceback" not in told
    assert "WF-" in log
    if not isinstance(problem, Fault):
        reference = told[told.index("WF-") :][:9]
        assert reference in log
    assert "138123" not in told + log


def test_a_fault_before_the_log_is_open_still_reaches_the_folder_that_was_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(command.PARTS, "press", ("app.compose.nowhere", ""))
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    assert command.main(["press", "--data", str(tmp_path), "--language", "en"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert "nowhere" in (tmp_path / "logs" / "press.log").read_text()
    for handler in logging.getLogger().handlers:
        handler.close()


def test_a_refusal_and_an_interruption_end_with_their_own_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(tmp_path)]
    assert last_word.run(raising(NotFound(what="order", id=7)), "press", arguments) == 3
    assert last_word.run(raising(KeyboardInterrupt()), "press", arguments) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_every_part_is_told_by_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(part in told for part in command.PARTS)


def test_a_flag_that_is_not_known_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(["press", "--loud"])
    assert end.value.code == 2
    assert "--loud" in capsys.readouterr().err
