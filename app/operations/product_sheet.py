"""A product file, or a shop's list, becomes rows to judge; a row that cannot be is refused.

Which column is which field is said by a mapping file, or recognised by the headings of
resources/rules/product_columns.toml. An empty cell says nothing: it never wipes what is known.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from app.domain.errors import BadValue, ImportUnreadable, RuleRefused
from app.domain.listings import norm
from app.domain.money import CURRENCIES
from app.domain.products import Facts, checked
from app.operations.import_cells import BadCellError, as_code, as_minor, as_text
from app.operations.import_map import read_table
from app.operations.import_orders import map_path
from app.operations.import_records import Reject
from app.operations.import_rows import SheetRow, read_rows
from app.rulebook import RESOURCES
from sync.records import KeptAside, ListingRecord

COLUMNS = RESOURCES / "rules" / "product_columns.toml"
CODES = frozenset({"sku", "barcode", "hs_code"})
MOST_STOCK = 1_000_000_000
_KEYS = frozenset({"name", "sheet", "delimiter", "columns", "carry", "declared_currency"})


@dataclass(frozen=True, slots=True)
class Told:
    """One row that can be: what it says of a merchant code, and how many are there."""

    row: int
    sku: str
    said: Mapping[str, str | int] = field(default_factory=dict)
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole file, read: rows to take in and rows refused, by their numbers."""

    rows: int
    told: tuple[Told, ...]
    rejects: tuple[Reject, ...]


@dataclass(frozen=True, slots=True)
class ProductMap:
    """Which column is which field; ``carry``: an empty cell takes the value above it."""

    columns: Mapping[str, str]
    sheet: str = ""
    delimiter: str = ","
    carry: tuple[str, ...] = ()
    declared_currency: str = ""


def read_sheet(path: Path, mapping: str) -> Sheet:
    """Read and judge a whole file. Raises ImportUnreadable, or RuleRefused for a bad mapping."""
    told_map = load_map(map_path(mapping)) if mapping else None
    start = told_map or ProductMap({})
    rows = read_rows(path, start.sheet, start.delimiter)
    first = next(rows, None)
    if first is None:
        return Sheet(0, (), ())
    product_map = told_map or ProductMap(recognised(first.cells))
    lacking = [h for h in product_map.columns.values() if h not in first.cells]
    if "sku" not in product_map.columns or lacking:
        heading = lacking[0] if lacking else "sku"
        raise ImportUnreadable(file=path.name, why=f"no_column: {heading[:40]}")
    return judged(_Reader(product_map).read(chain((first,), rows)))


def recognised(headings: Iterable[str]) -> dict[str, str]:
    """Which of these headings is which field; each field once."""
    found: dict[str, str] = {}
    known = {norm(name): field for field, names in aliases().items() for name in names}
    for heading in headings:
        name = known.get(norm(heading))
        if name is not None and name not in found:
            found[name] = heading
    return found


def aliases() -> dict[str, tuple[str, ...]]:
    """Headings by which each field is recognised, in the order of the rule file."""
    table = tomllib.loads(COLUMNS.read_text("utf-8"))
    return {str(row["field"]): tuple(map(str, row["headings"])) for row in table["column"]}


def load_map(path: Path) -> ProductMap:
    """Read a mapping. Raises RuleRefused, naming file and word, or ImportUnreadable."""
    table = read_table(path)
    for key in sorted(table.keys() - _KEYS):
        raise RuleRefused(file=path.name, row=key, word=key)
    columns, known = table.get("columns", {}), aliases()
    named = columns.items() if isinstance(columns, dict) else (("columns", 0),)
    for name, heading in named:
        if name not in known or not isinstance(heading, str):
            raise RuleRefused(file=path.name, row="columns", word=str(name))
    return _map_from(table, columns, path.name)


def _map_from(table: Mapping[str, Any], columns: dict[str, str], file: str) -> ProductMap:
    currency, carry = str(table.get("declared_currency", "")), tuple(table.get("carry", ()))
    if currency and currency not in CURRENCIES:
        raise RuleRefused(file=file, row="declared_currency", word=currency)
    for name in carry:
        if name not in columns:
            raise RuleRefused(file=file, row="carry", word=str(name))
    sheet, delimiter = str(table.get("sheet", "")), str(table.get("delimiter", ","))
    return ProductMap(columns, sheet, delimiter, carry, currency)


def from_listings(records: Iterable[ListingRecord], aside: Iterable[KeptAside]) -> Sheet:
    """What a shop sells, as rows; their numbers are their places in its list."""
    found: list[Told | Reject] = []
    for at, record in enumerate(records, 1):
        said: dict[str, str | int] = {"title": record.title, "variant": record.variant}
        said |= {"barcode": record.barcode, "hs_code": record.hs_code, "origin": record.origin}
        said |= {"weight_g": record.weight_g} if record.weight_g is not None else {}
        told = Told(at, record.sku, {k: v for k, v in said.items() if v != ""}, record.quantity)
        stood = f"{record.title} {record.variant}".strip()[:80]
        found.append(told if record.sku else Reject(at, "no_code", stood))
    for at, one in enumerate(aside, len(found) + 1):
        found.append(Reject(at, one.reason.code, one.reason.raw, one.reason.field))
    return judged(found)


def judged(found: Iterable[Told | Reject]) -> Sheet:
    """Rows that can be, once each; a code that comes again is refused with its row."""
    told: dict[str, Told] = {}
    rejects: list[Reject] = []
    count = 0
    for one in found:
        count += 1
        if isinstance(one, Reject):
            rejects.append(one)
        else:
            fit = _fit(one)
            if isinstance(fit, Reject):
                rejects.append(fit)
            elif fit.sku in told:
                rejects.append(Reject(one.row, "code_twice", one.sku, "sku"))
            else:
                told[fit.sku] = fit
    return Sheet(count, tuple(told.values()), tuple(rejects))


def _fit(one: Told) -> Told | Reject:
    """The row as the catalogue keeps it, or why what it says cannot be true of any product."""
    said: dict[str, Any] = {"title": one.sku, **one.said}
    try:
        facts = checked(Facts(one.sku, **said)).values()
    except BadValue as bad:
        name = str(bad.details["field"])
        return Reject(one.row, "cannot_be", str(bad.details["value"]), name)
    kept = {name: facts[name] for name in one.said}
    return replace(one, sku=str(facts["sku"]), said=kept)


class _Reader:
    """Reads the rows of one file by its map."""

    def __init__(self, product_map: ProductMap) -> None:
        self._map = product_map
        self._above: dict[str, str] = {}

    def read(self, rows: Iterable[SheetRow]) -> Iterator[Told | Reject]:
        for row in rows:
            yield self._row(row)

    def _row(self, row: SheetRow) -> Told | Reject:
        said: dict[str, str | int] = {}
        if row.extra:
            return Reject(row.number, "too_many_cells", "")
        for name, heading in self._map.columns.items():
            try:
                said |= self._cell(name, row.cells.get(heading, ""))
            except BadCellError as bad:
                return Reject(row.number, bad.code, bad.stood, heading)
        sku, quantity = str(said.pop("sku", "")), said.pop("quantity", None)
        if not sku:
            return Reject(row.number, "no_code", str(said.get("title", "")), "")
        if "declared_minor" in said:
            said.setdefault("declared_currency", self._map.declared_currency)
        return Told(row.number, sku, said, quantity if isinstance(quantity, int) else None)

    def _cell(self, name: str, cell: Any) -> dict[str, str | int]:
        text = (as_code if name in CODES else as_text)(cell)
        if name in self._map.carry:
            text = self._above[name] = text or self._above.get(name, "")
        if text == "":
            return {}
        if name in {"quantity", "weight_g", "weight_kg"}:
            return self._number(name, text)
        if name == "declared":
            return {"declared_minor": as_minor(text, self._map.declared_currency or "USD")}
        return {name: text}

    @staticmethod
    def _number(name: str, text: str) -> dict[str, str | int]:
        plain = text.replace(",", "").strip()
        if not plain.replace(".", "", 1).isdecimal() or not plain.isascii():
            raise BadCellError("not_a_number", text)
        amount = Decimal(plain) * (1000 if name == "weight_kg" else 1)
        if name == "quantity":
            if amount != int(amount) or amount > MOST_STOCK:
                raise BadCellError("not_a_number", text)
            return {"quantity": int(amount)}
        return {"weight_g": round(amount)}
