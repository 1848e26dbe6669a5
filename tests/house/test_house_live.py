"""The live tests run when somebody asks for them, and then alone."""

import subprocess
import sys

import pytest

from tests.house.sources import ROOT


def collected(*options: str) -> str:
    """What pytest would run of one live and one other file."""
    files = [] if options else ["tests/live", "tests/house/test_house_live.py"]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *options, *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout


@pytest.mark.parametrize("asked", [True, False])
def test_live_tests_are_left_out_unless_asked_for_and_alone_then(asked: bool) -> None:
    told = collected(*(["--live"] if asked else []))
    assert ("test_live_vendure.py::" in told) is asked
    assert ("test_house_live.py::" in told) is not asked
    assert ("deselected" in told) is not asked


def test_the_servers_packages_are_pinned_and_name_no_registry() -> None:
    lock = (ROOT / "tests/live/vendure/package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 400
