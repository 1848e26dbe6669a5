"""What a person reads when a part of Waydesk cannot go on: a sentence and a remedy, no trace."""

import contextlib
import itertools
import locale
import logging
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app.domain.errors import Fault, ProgramFault, RuleRefused, WaydeskError
from app.process.folder import default_folder, open_folder
from app.process.logs import open_log
from app.rulebook import load

LOG = logging.getLogger(__name__)

OUR_FAULT = 1
REFUSED = 3
STOPPED = 130


def run(part: Callable[[Sequence[str]], int], name: str, arguments: Sequence[str]) -> int:
    """Run a part; whatever it raises becomes one sentence on the error stream, and its exit code.

    A fault of ours is written to the log under a reference, which the sentence names.
    """
    try:
        return part(arguments)
    except KeyboardInterrupt:
        return STOPPED
    except Fault as ours:
        _note(name, arguments, _reference(), ours)
        _say(ours, arguments)
    except WaydeskError as no:
        _say(no, arguments)
        return REFUSED
    except Exception as ours:  # noqa: BLE001 - the last one who can still say a sentence
        reference = _reference()
        _note(name, arguments, reference, ours)
        _say(ProgramFault(where=reference), arguments)
    return OUR_FAULT


def _reference() -> str:
    """A short word by which the person's sentence and the log's row find each other."""
    return f"WF-{secrets.token_hex(3)}"


def _note(name: str, arguments: Sequence[str], reference: str, problem: Exception) -> None:
    if not logging.getLogger().handlers:  # it went wrong before the part could open its log
        with contextlib.suppress(OSError, WaydeskError):
            open_log(open_folder(Path(_after("--data", arguments) or default_folder())), name)
    if logging.getLogger().handlers:
        LOG.error("%s ended", reference, exc_info=problem)


def _say(problem: WaydeskError, arguments: Sequence[str]) -> None:
    try:
        title, remedy = load().words.told(problem, _language(arguments))
    except RuleRefused as unreadable:  # the words are what is broken: say it with what there is
        title, remedy = str(problem), str(unreadable)
    sys.stderr.write(f"waydesk: {title}\n{remedy}\n")


def _language(arguments: Sequence[str]) -> str:
    """The language asked for in the flags, else the operating system's, else English."""
    if (asked := _after("--language", arguments)) in ("zh", "en"):
        return asked
    spoken = locale.getlocale()[0] or ""
    return "zh" if spoken.lower().startswith(("zh", "chinese")) else "en"


def _after(flag: str, arguments: Sequence[str]) -> str:
    """What follows a flag, read without a parser: it may be the parser that failed."""
    return next((word for one, word in itertools.pairwise(arguments) if one == flag), "")
