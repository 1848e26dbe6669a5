"""What every test of the house shares: the list of failed checks in pytest's own summary."""

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say again, just above the closing line, which checks failed before the tests began."""
    failed = os.environ.get("WAYDESK_FAILED_CHECKS")
    if failed:
        terminalreporter.write_line(f"FAILED before the tests: {failed}", red=True)
