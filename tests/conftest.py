"""What every test of the house shares: failed checks in pytest's own summary, and `--live`."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


HERE = Path(__file__).resolve().parent
LIVE = HERE / "live"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--live`: only the tests that run a real foreign server; without it, all but those."""
    parser.addoption("--live", action="store_true", help="only tests against real foreign servers")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `--live` nothing else is even read."""
    other = collection_path.parent == HERE and collection_path != LIVE
    return True if config.getoption("live") and other else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the live tests out where nobody asked for them."""
    if config.getoption("live"):
        return
    live = [item for item in items if item.get_closest_marker("live")]
    if live:
        config.hook.pytest_deselected(items=live)
        items[:] = [item for item in items if item not in live]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say again, just above the closing line, which checks failed before the tests began."""
    failed = os.environ.get("WAYDESK_FAILED_CHECKS")
    if failed:
        terminalreporter.write_line(f"FAILED before the tests: {failed}", red=True)
