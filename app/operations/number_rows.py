"""A forwarder's list of tracking numbers, from a file or pasted, becomes rows to judge.

Which column is which field is said by the person, else told by the headings of
resources/rules/number_columns.toml, else by what stands in the cells. Nothing a spreadsheet has
damaged is repaired by a guess.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from app.commands.numbers import LookAtNumbers
from app.domain.errors import BadValue, ImportUnreadable
from app.domain.listings import norm
from app.domain.waybill_numbers import written
from app.operations.import_cells import BadCellError, as_code, as_text, as_whole
from app.operations.import_rows import MOST_COLUMNS, Cell, raw_rows, text_rows
from app.rulebook import RESOURCES, Rulebook

COLUMNS = RESOURCES / "rules" / "number_columns.toml"
NEEDED = ("order", "number")
MOST_ROWS = 5_000
LONGEST_TEXT = 2_000_000
LONGEST = 80
SAMPLE = 50
EXACT_DIGITS = 15
"""How many digits a spreadsheet keeps of a number; what lies behind becomes zeros."""
UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class Table:
    """What was read: its headings, or letters where it has none, and the rows beneath."""

    headings: tuple[str, ...]
    headed: bool
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One row as it was told. ``bad`` is why a cell of it cannot be what its column says."""

    row: int
    order: str = ""
    courier: str = ""
    number: str = ""
    sku: str = ""
    quantity: int = 1
    bad: str = ""
    stood: str = ""


def read_table(ask: LookAtNumbers) -> Table:
    """Read a file, or a pasted text, whole.

    Raises:
        ImportUnreadable: it cannot be read, holds nothing, or more than is taken in at once.
        BadValue: the pasted text is longer than any list.
    """
    if len(ask.text) > LONGEST_TEXT:
        raise BadValue(field="text", value=ask.text[:40])
    name = Path(ask.path).name if ask.path else "-"
    found = raw_rows(Path(ask.path)) if ask.path else text_rows(ask.text, name)
    numbered = [(n, tuple(cells)) for n, cells in _filled(found, name)]
    if not numbered:
        raise ImportUnreadable(file=name, why="no_heading")
    first = numbered[0][1]
    headed = _has_headings(first) if not ask.headed else ask.headed == "yes"
    widest = max(len(cells) for _, cells in numbered)
    if widest > MOST_COLUMNS:
        raise ImportUnreadable(file=name, why="too_many_columns")
    names = [str(cell).strip()[:LONGEST] for cell in first] if headed else []
    letters = [names[at] if at < len(names) and names[at] else _letter(at) for at in range(widest)]
    return Table(tuple(letters), headed, tuple(numbered[1:] if headed else numbered))


def columns_of(table: Table, ask: LookAtNumbers, rules: Rulebook) -> dict[str, int]:
    """Which column is which field: as the person says, else by headings, else by the cells."""
    known = aliases()
    if ask.columns:
        width = range(len(table.headings))
        return {name: at for name, at in ask.columns if name in known and at in width}
    found = _by_heading(table, known) if table.headed else {}
    return found | _by_cells(table, found, rules)


def told_rows(table: Table, columns: dict[str, int]) -> tuple[ToldRow, ...]:
    """Every row as it was told, damaged cells named."""
    return tuple(_told(number, cells, columns) for number, cells in table.rows)


def aliases() -> dict[str, tuple[str, ...]]:
    """Headings by which each field is recognised, in the order of the rule file."""
    rows = tomllib.loads(COLUMNS.read_text("utf-8"))["column"]
    return {str(row["field"]): tuple(map(norm, row["headings"])) for row in rows}


def is_rounded(text: str) -> bool:
    """Whether a spreadsheet may have made zeros of the last digits of a number."""
    beyond = text[EXACT_DIGITS:]
    return text.isdecimal() and bool(beyond) and not beyond.strip("0")


# --- inside -----------------------------------------------------------------------------------


def _filled(rows: Iterable[list[Cell]], name: str) -> Iterable[tuple[int, list[Cell]]]:
    """Rows that hold something, by the number people see. Raises ImportUnreadable for too many."""
    seen = 0
    for number, cells in enumerate(rows, 1):
        if all(isinstance(cell, str) and not cell.strip() for cell in cells):
            continue
        seen += 1
        if seen > MOST_ROWS + 1:
            raise ImportUnreadable(file=name, why="too_many_rows")
        yield number, cells


def _has_headings(first: Sequence[Cell]) -> bool:
    every = {one for names in aliases().values() for one in names}
    return any(isinstance(cell, str) and norm(cell) in every for cell in first)


def _letter(at: int) -> str:
    """A column's name as spreadsheets have it: A, B … Z, AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _by_heading(table: Table, known: dict[str, tuple[str, ...]]) -> dict[str, int]:
    plain = [norm(one) for one in table.headings]
    found: dict[str, int] = {}
    for name, spelt in known.items():
        at = next((plain.index(one) for one in spelt if one in plain), None)
        if at is not None and at not in found.values():
            found[name] = at
    return found


def _by_cells(table: Table, found: dict[str, int], rules: Rulebook) -> dict[str, int]:
    """The fields no heading told, by most of what stands in a column."""
    told: dict[str, int] = {}
    free = [at for at in range(len(table.headings)) if at not in found.values()]
    sample = [[_plain(cells, at) for _, cells in islice(table.rows, SAMPLE)] for at in free]
    looks = {
        "number": lambda cell: bool(rules.waybill_numbers.carriers_of(cell)),
        "courier": lambda cell: bool(rules.couriers.code_of(cell)),
        "order": lambda cell: sum(sign.isalnum() for sign in cell) >= 3,
    }
    for name, fits in looks.items():
        if name in found:
            continue
        counts = [sum(map(fits, cells)) for cells in sample]
        best = max(range(len(free)), key=lambda at: counts[at], default=None)
        if best is not None and counts[best]:
            told[name] = free.pop(best)
            sample.pop(best)
    return told


def _plain(cells: Sequence[Cell], at: int) -> str:
    try:
        return _code(cells[at]) if at < len(cells) else ""
    except BadCellError:
        return ""


def _code(cell: Cell) -> str:
    """An order's or a parcel's number: full-width signs are the plain ones, unseen ones nothing."""
    if isinstance(cell, str):
        cell = unicodedata.normalize("NFKC", cell).translate(UNSEEN)
    return as_code(cell)


def _told(number: int, cells: Sequence[Cell], columns: dict[str, int]) -> ToldRow:
    def at(name: str) -> Cell:
        place = columns.get(name, -1)
        return cells[place] if 0 <= place < len(cells) else ""

    said = ToldRow(number)
    try:
        said = replace(said, order=_code(at("order"))[:LONGEST])
        said = replace(said, number=written(_code(at("number")))[:LONGEST])
        said = replace(said, courier=as_text(at("courier"))[:LONGEST])
        said = replace(said, sku=_code(at("sku"))[:LONGEST])
        return replace(said, quantity=as_whole(at("quantity")) if at("quantity") != "" else 1)
    except BadCellError as bad:
        return replace(said, bad=bad.code, stood=bad.stood)
