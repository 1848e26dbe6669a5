"""Reads the rows of an order file, CSV or XLSX, without trusting a byte of it.

Encodings are UTF-8 (with or without a mark) and GB18030, as spreadsheets in China save them.
Files that are too large, or that unpack to far more than they are, are refused before reading.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from app.domain.errors import ImportUnreadable

Cell = str | int | float | bool | datetime | date | time | timedelta

LARGEST_FILE = 256 * 1024 * 1024
LARGEST_UNPACKED = 1024 * 1024 * 1024
MOST_RATIO = 200  # XML of a real sheet packs to a tenth or so; a bomb to a thousandth
MOST_COLUMNS = 1_000
ENCODINGS = ("utf-8-sig", "gb18030")
SIGNS = ("\t", ",", "，", ";", "；", "|")
"""What stands between two cells of a text; of equals the first."""
LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number as people see it (the heading is row 1) and its cells by heading."""

    number: int
    cells: dict[str, Cell]
    extra: bool = False  # more cells than there are headings


def read_rows(path: Path, sheet: str = "", delimiter: str = ",") -> Iterator[SheetRow]:
    """The rows below the heading; empty ones are left out.

    Raises :class:`ImportUnreadable`, saying why, when the file as a whole cannot be read.
    """
    return _under_heading(path.name, raw_rows(path, sheet, delimiter))


def raw_rows(path: Path, sheet: str = "", delimiter: str = "") -> Iterator[list[Cell]]:
    """Every row as it stands, the first one too; without a ``delimiter`` the text tells it.

    Raises :class:`ImportUnreadable`, saying why, when the file as a whole cannot be read.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ImportUnreadable(file=path.name, why="not_there") from error
    if size > LARGEST_FILE:
        raise ImportUnreadable(file=path.name, why="too_large")
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        return _sheet(path, sheet)
    return text_rows(_decoded(path), path.name, delimiter)


def text_rows(text: str, name: str, delimiter: str = "") -> Iterator[list[Cell]]:
    """The rows of a text: of a CSV file, or as somebody pasted them.

    Without a ``delimiter`` it is the sign that most of the first lines have, a tab before others.
    """
    sign = delimiter or _sign_of(text)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True):
            yield list(row)
    except csv.Error as error:
        raise ImportUnreadable(file=name, why=f"csv: {error}"[:120]) from error


def _sign_of(text: str) -> str:
    lines = [line for line in text[:LOOKED_AT].splitlines() if line.strip()][:20]
    return max(SIGNS, key=lambda sign: sum(sign in line for line in lines))


def _under_heading(file: str, rows: Iterator[list[Cell]]) -> Iterator[SheetRow]:
    heading = [str(cell).strip() for cell in next(rows, [])]
    named = [name for name in heading if name]
    if not named:
        raise ImportUnreadable(file=file, why="no_heading")
    if len(heading) > MOST_COLUMNS:
        raise ImportUnreadable(file=file, why="too_many_columns")
    if len(set(named)) != len(named):
        twice = next(name for name in named if named.count(name) > 1)
        raise ImportUnreadable(file=file, why=f"heading_twice: {twice[:40]}")
    return _rows(heading, rows)


def _rows(heading: list[str], rows: Iterator[list[Cell]]) -> Iterator[SheetRow]:
    for number, cells in enumerate(rows, start=2):
        if all(cell == "" for cell in cells):
            continue
        extra = any(cell != "" for cell in cells[len(heading) :])
        by_name = {
            name: cells[at] if at < len(cells) else "" for at, name in enumerate(heading) if name
        }
        yield SheetRow(number, by_name, extra)


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ImportUnreadable(file=path.name, why="encoding")


def _sheet(path: Path, sheet: str) -> Iterator[list[Cell]]:
    _refuse_bomb(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = book.sheet_names
        if sheet and sheet not in names:
            raise ImportUnreadable(file=path.name, why=f"no_sheet: {sheet[:40]}")
        page = book.get_sheet_by_name(sheet or names[0])
        yield from page.iter_rows()
    except (CalamineError, IndexError) as error:
        raise ImportUnreadable(file=path.name, why=f"xlsx: {error}"[:120]) from error


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile as error:
        raise ImportUnreadable(file=path.name, why="not_a_workbook") from error
    ratio = unpacked / max(1, path.stat().st_size)
    if unpacked > LARGEST_UNPACKED or ratio > MOST_RATIO:
        raise ImportUnreadable(file=path.name, why="packed_too_tightly")
