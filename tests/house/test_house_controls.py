"""The list of controls claims nothing that is not there (F215)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "docs/handbook/controls.md"
QUOTED = re.compile(r"`([^`]+)`")
HEADING = ["control", "in Waydesk", "shown by", "left to the shop"]


def rows(text: str) -> list[list[str]]:
    """The cells of every row of the list's tables, headings and rulers left out."""
    lines = [line.strip().strip("|") for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [row for row in cells if row != HEADING and set("".join(row)) != {"-"}]


def faults(text: str) -> list[str]:
    """What the list names and the house has not, and rows that claim without a test."""
    found = []
    for row in rows(text):
        if len(row) != len(HEADING):
            found.append(f"a row of {len(row)} cells: {row[0]}")
            continue
        tests = QUOTED.findall(row[2])
        if not tests:
            found.append(f"no test shows: {row[0]}")
        found += [f"{row[0]}: {why}" for quoted in tests for why in _test_fault(quoted)]
        files = [quoted for quoted in QUOTED.findall(row[1]) if "/" in quoted or "." in quoted]
        found += [f"{row[0]}: no file {file}" for file in files if not (ROOT / file).exists()]
    return found


def _test_fault(quoted: str) -> list[str]:
    file, _, name = quoted.partition("::")
    path = ROOT / file
    if not path.exists():
        return [f"no file {file}"]
    there = re.search(rf"^(async )?def {re.escape(name)}\(", path.read_text("utf-8"), re.MULTILINE)
    return [] if name.startswith("test_") and there else [f"no test {quoted}"]


@pytest.mark.req("F215")
def test_every_control_names_files_and_tests_that_are_there() -> None:
    text = LIST.read_text("utf-8")
    assert faults(text) == []
    assert len(rows(text)) >= 20
    for law in ("ISO/IEC 27001:2022", "GB/T 22239-2019", "not a certificate"):
        assert law in text


def test_planted_faults_are_found() -> None:
    head = "| control | in Waydesk | shown by | left to the shop |\n|---|---|---|---|\n"
    there = "tests/house/test_house_controls.py"
    good = f"| A | `app/config.py` | `{there}::test_planted_faults_are_found` | b |\n"
    assert faults(head + good) == []
    for cell in (f"`{there}::test_nobody_wrote`", "`tests/house/none.py::test_x`", "nothing"):
        assert len(faults(f"{head}| A | `app/config.py` | {cell} | b |\n")) == 1
    gone = f"| A | `app/gone.py` | `{there}::test_planted_faults_are_found` | b |\n"
    assert faults(head + gone) == ["A: no file app/gone.py"]
