"""Every test that starts processes is bounded: one that hangs ends the run with all stacks told."""

import faulthandler
from collections.abc import Iterator

import pytest

from tests.books import book, clock, engine, ids, postgres, sqlite_template

__all__ = ["book", "bounded", "clock", "engine", "ids", "postgres", "sqlite_template"]

LONGEST_S = 300


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    faulthandler.dump_traceback_later(LONGEST_S, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()
