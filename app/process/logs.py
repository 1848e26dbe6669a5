"""The log of one process: JSON lines in `<data>/logs/<role>.log`, without anyone's secrets.

Two sieves, because either alone leaks: by the name of a field (whatever stands under `phone` goes)
and by the form of the text (whatever looks like a phone, an e-mail address or a token goes). The
log is for whoever mends Waydesk; what the shop did stands in the audit record.
"""

import json
import logging
import logging.handlers
import re
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

HIDDEN: Final = "***"
_QUOTING: Final = (LookupError, ValueError, TypeError, AssertionError)
_LONGEST_STACK: Final = 400
FOLDER: Final = "logs"
LARGEST: Final = 5_000_000
"""Bytes after which a log file is put aside; five old ones are kept."""

_PRIVATE_NAME: Final = re.compile(
    r"pass(word|phrase|wd)|secret|token|auth|cookie|session|signature|credential|vault|"
    r"(api|app|private|consumer|master|data)_?key|phone|mobile|tel$|e?mail|address|street|"
    r"receiver|recipient|buyer|nick|contact|id_?card|^name$|(full|first|last|user)_?name|"
    r"payload|body|raw",
    re.IGNORECASE,
)

_PRIVATE_TEXT: Final = (
    # e-mail
    re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
    # Authorization headers
    re.compile(r"\b(Bearer|Basic|Digest)\s+[\w.~+/=-]+", re.IGNORECASE),
    # name=value and "name": "value" of anything that names itself a secret
    re.compile(
        r"[\w-]*(secret|token|password|passphrase|passwd|signature|api_?key|app_?key|session)[\w-]*"
        r"[\"']?\s*[=:]\s*[\"']?[^\s\"'&,;)}]+",
        re.IGNORECASE,
    ),
    # passwords in addresses: scheme://user:password@host
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),
    # tokens by their form: JWT, WooCommerce and other prefixed keys, long mixed strings
    re.compile(r"\beyJ[\w-]+\.[\w.-]+"),
    re.compile(r"\b(ck|cs|sk|pk|shpat|ghp|xox[abp])_\w{8,}"),
    re.compile(r"(?<![\w/+-])(?=[\w+-]*\d)(?=[\w+-]*[A-Za-z])[\w+-]{32,}={0,2}"),
    # Chinese identity card, mobile with or without +86, and numbers written with a leading plus
    re.compile(r"(?<!\d)\d{17}[Xx](?!\d)|(?<!\d)\d{6}(19|20)\d{2}[01]\d[0-3]\d{5}(?!\d)"),
    re.compile(r"(?<!\d)(\+?86[\s-]?)?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)"),
    re.compile(r"(?<![\w+])\+\d[\d\s().-]{6,16}\d"),
    # North American and Chinese landline forms with separators
    re.compile(r"(?<!\d)\(?\d{3,4}\)?[\s.-]\d{3}[\s.-]\d{4}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"),
)

_PLAIN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def redacted(text: str) -> str:
    """Give the text without what looks like a phone, an e-mail address, a token or a secret."""
    for form in _PRIVATE_TEXT:
        text = form.sub(HIDDEN, text)
    return text


def sifted(value: Any) -> Any:
    """Give a value fit for the log: private names emptied, private text hidden, at any depth."""
    if isinstance(value, Mapping):
        return {
            redacted(str(name)): HIDDEN if _PRIVATE_NAME.search(str(name)) else sifted(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [sifted(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redacted(value if isinstance(value, str) else type(value).__name__)


class JsonLines(logging.Formatter):
    """One JSON object a line: at (UTC ms), level, where, says, and the fields given as extra."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        """Write one record; a line break in what it says cannot begin a line of its own."""
        row = {
            "at": round(record.created * 1000),
            "level": record.levelname.lower(),
            "role": self._role,
            "where": record.name,
            "says": redacted(record.getMessage()),
        }
        given = {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if given:
            row["with"] = sifted(given)
        if record.exc_info and record.exc_info[1] is not None:
            row["error"] = _told(record.exc_info[1])
        return json.dumps(row, ensure_ascii=False)


def _told(error: BaseException) -> list[str]:
    """The error, what it came of, and where from. Values of variables never show.

    The text of an error that quotes what it was given (a missing key, a bad value) is left out: no
    sieve knows a name by its form.
    """
    lines: list[str] = []
    at: BaseException | None = error
    while at is not None and len(lines) < _LONGEST_STACK:
        text = "" if isinstance(at, _QUOTING) else redacted(str(at))
        lines.append(f"{type(at).__name__}: {text}" if text else type(at).__name__)
        for frame, line in traceback.walk_tb(at.__traceback__):
            code = frame.f_code
            lines.append(f'File "{code.co_filename}", line {line}, in {code.co_name}')
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return lines


def tail(folder: Path, role: str, lines: int) -> list[dict[str, Any]]:
    """The last lines of a part's log, oldest first; what is no line of ours is left out.

    A part that has just put its file aside is read on in the file before.
    """
    rows: list[dict[str, Any]] = []
    place = folder / FOLDER
    for path in (place / f"{role}.log", place / f"{role}.log.1"):
        rows = [*_rows(path)[-(lines - len(rows)) :], *rows]
        if len(rows) >= lines:
            break
    return rows


def parts_logged(folder: Path) -> tuple[str, ...]:
    """The parts of Waydesk that have a log here, by name."""
    return tuple(sorted(path.stem for path in (folder / FOLDER).glob("*.log")))


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return []
    found = []
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            found.append(row)
    return found


class _DroppingFile(logging.handlers.RotatingFileHandler):
    """A full disk loses log lines, never work."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Drop the record."""


def open_log(folder: Path, role: str, level: str = "info") -> logging.Handler:
    """Let this process log into its own file below `folder`; give the handler.

    Each role has its own file, because two processes cannot put one aside. The libraries that
    would write addresses and headers of requests are kept to warnings at every level.
    """
    place = folder / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    handler = _DroppingFile(
        place / f"{role}.log", maxBytes=LARGEST, backupCount=5, encoding="utf-8", delay=True
    )
    handler.setFormatter(JsonLines(role))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    for chatty in ("httpx", "httpcore", "hpack", "qasync", "asyncio", "sqlalchemy", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return handler
