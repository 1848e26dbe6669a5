"""Reads one cell as what it must be, or says what stood there (F106).

Spreadsheets quietly turn long numbers into ``1.23E+17`` and codes into dates. A cell that has
been damaged so is refused with its row, never repaired by a guess.
"""

import re
from datetime import date, datetime, time, timedelta

from app.domain import money, times
from app.domain.errors import BadMoney
from app.operations.import_rows import Cell
from sync.records import Moment

LARGEST_EXACT = 10**15  # beyond it a spreadsheet's number has lost digits
LONGEST_CELL = 20_000
_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE][+-]?\d+")
_GUARDED = re.compile(r"""="([^"]*)"|'(.+)""")
_BROKEN = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
_WHOLE = re.compile(r"[+]?\d{1,9}(?:\.0+)?", re.ASCII)


class BadCellError(ValueError):
    """A cell that cannot be what its column says; ``code`` is the reason, ``stood`` the text."""

    def __init__(self, code: str, stood: object) -> None:
        super().__init__(code)
        self.code, self.stood = code, str(stood)[:80]


def as_text(cell: Cell) -> str:
    """Text as people see it. Raises BadCellError for a number that has lost digits, or a date."""
    if isinstance(cell, bool | datetime | date | time | timedelta):
        raise BadCellError("not_text", cell)
    if isinstance(cell, float | int):
        if abs(cell) >= LARGEST_EXACT:
            raise BadCellError("digits_lost", cell)
        return str(int(cell)) if cell == int(cell) else str(cell)
    text = cell.strip()
    if text in _BROKEN:
        raise BadCellError("formula_error", text)
    if len(text) > LONGEST_CELL:
        raise BadCellError("too_long", text)
    return text


def as_code(cell: Cell) -> str:
    """An id, phone or merchant code: never one that a spreadsheet has rounded.

    Back offices guard long numbers from a spreadsheet with a tab, an apostrophe or ``="..."``;
    the guard is no part of the number.
    """
    text = as_text(cell)
    guarded = _GUARDED.fullmatch(text)
    if guarded:
        text = (guarded[1] or guarded[2] or "").strip()
    if _SCIENTIFIC.fullmatch(text):
        raise BadCellError("digits_lost", text)
    return text


def as_whole(cell: Cell) -> int:
    """A quantity: a whole number of at least one."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        cell = repr(cell)
    text = as_text(cell)
    if not _WHOLE.fullmatch(text) or int(text.split(".")[0]) < 1:
        raise BadCellError("not_a_quantity", text)
    return int(text.split(".")[0])


def as_minor(cell: Cell, currency: str, thousands: str = "") -> int:
    """An amount in minor units; more decimals than the currency has are refused."""
    if isinstance(cell, float):
        # A sheet keeps 0.1 + 0.2; fifteen digits are what it shows.
        cell = f"{cell:.15g}"
    text = as_text(cell)
    if thousands:
        text = text.replace(thousands, "")
    try:
        amount = money.parse(text or "0", currency)
    except BadMoney:
        raise BadCellError("not_an_amount", text) from None
    if amount.minor < 0:
        raise BadCellError("not_an_amount", text)
    return amount.minor


def as_moment(cell: Cell, zone: str) -> Moment:
    """A time of ``zone``; one that cannot be read keeps its text and has no moment (F086)."""
    if isinstance(cell, datetime):
        cell = cell.isoformat(sep=" ")
    elif isinstance(cell, date):
        cell = cell.isoformat()
    raw = str(cell).strip()
    read = times.read(raw, zone)
    return Moment(read.utc_ms, raw, zone)
