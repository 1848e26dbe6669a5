"""Where a demonstration may work and leave its results, and what it refuses to touch."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.compose.house import BOOK_FILE
from app.domain.errors import Refusal
from app.process.locks import try_lock
from app.store.vault import is_demo

TRIAL = ".waydesk-trial"
RESULTS = "results"
"""Where a demonstration that a desk started leaves its results, inside its own folder."""
RUNS = "demo.lock"
OF_A_START = frozenset({"logs", "settings.toml", RESULTS, RUNS})


class OutUnusable(Refusal):
    """The folder for the results cannot be made or written to."""

    takes = ("folder", "why")


class NotADemo(Refusal):
    """The data folder holds something else than a demonstration."""

    takes = ("folder",)


class DemoThere(Refusal):
    """The data folder holds an earlier demonstration, whose shop and carrier are gone."""

    takes = ("folder",)


class DemoRuns(Refusal):
    """The demonstration in this folder is running."""

    takes = ("folder",)


@contextmanager
def emptied(folder: Path) -> Iterator[None]:
    """Clear what an earlier demonstration left, and keep the folder for this one until it ends.

    Raises :class:`NotADemo` or :class:`DemoRuns`; nothing was touched then.
    """
    if not is_demo(folder):
        refuse_taken(folder)
    folder.mkdir(parents=True, exist_ok=True)
    held = try_lock(folder / RUNS)
    if held is None:
        raise DemoRuns(folder=str(folder))
    try:
        for entry in folder.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != RUNS:
                entry.unlink(missing_ok=True)
        yield
    finally:
        held.release()


def results_folder(out: Path) -> Path:
    """The folder for the results, made and tried.

    Raises :class:`OutUnusable`.
    """
    place = out.expanduser().absolute()
    try:
        place.mkdir(parents=True, exist_ok=True)
        trial = place / TRIAL
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as problem:
        raise OutUnusable(folder=str(place), why=problem.strerror or "?") from problem
    return place


@contextmanager
def data_folder(asked: Path | None) -> Iterator[Path]:
    """The folder asked for, which stays; or one of its own, which goes when the demo ends.

    Raises :class:`NotADemo` or :class:`DemoThere`; nothing was written then.
    """
    if asked is not None:
        refuse_taken(asked)
        yield asked
        return
    own = Path(tempfile.mkdtemp(prefix="waydesk-demo-"))
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def refuse_taken(folder: Path) -> None:
    """Leave alone what is not ours to fill."""
    if not folder.is_dir():
        return
    if is_demo(folder):
        if (folder / BOOK_FILE).exists():
            raise DemoThere(folder=str(folder))
    elif {entry.name for entry in folder.iterdir()} - OF_A_START:
        raise NotADemo(folder=str(folder))
