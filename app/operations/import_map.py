"""How an order file is read: which column is which field, in which zone, currency and words.

A mapping is a TOML file beside the data (resources/samples holds some). Every word in it is
checked when it is read, and a refusal names the file, the row and the word.
"""

import tomllib
from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.domain.errors import ImportUnreadable, RuleRefused
from app.domain.money import CURRENCIES
from app.domain.states import Machine
from app.domain.status import Mapped, check_word
from app.domain.times import is_zone

TIMES = ("placed", "paid", "completed", "modified", "promise")
AMOUNTS = ("total", "freight", "discount", "tax")
TEXTS = ("external_no", "status", "payment", "nick", "message", "memo", "flag", "kind")
PROOFS = ("transaction",)
RECEIVER = ("name", "phone", "email", "country", "province", "city", "district", "address")
LINE = ("line_id", "sku", "title", "variant", "quantity", "unit_price", "line_total")
FIELDS = frozenset(("external_id", "postcode", *TIMES, *AMOUNTS, *TEXTS, *PROOFS, *RECEIVER, *LINE))
NEEDED = ("external_id", "status", "placed")
_KEYS = frozenset(
    {"name", "zone", "currency", "rows", "sheet", "delimiter", "thousands", "columns", "status"}
    | {"constants", "settled_when_paid", "optional", "differing", "blank", "split_address"}
    | {"hides_receivers"}
)


@dataclass(frozen=True, slots=True)
class FileMap:
    """One way of reading order files.

    Attributes:
        per_line: each row is an item; rows of one order share its id. Else a row is an order.
        columns: our field → the column's heading.
        constants: our field → what it is in every row.
        settled_when_paid: a time of payment counts as the platform's own settlement.
        optional: fields whose column a file may lack.
        differing: fields that may differ between the rows of one order.
        blank: what stands in a cell that says nothing, such as "-".
        hides_receivers: a receiver that is not there is one the platform hides, not one forgotten.
        split_address: province, city and district stand before the address, with spaces between.
    """

    name: str
    zone: str
    currency: str
    per_line: bool = True
    sheet: str = ""
    delimiter: str = ","
    thousands: str = ""
    settled_when_paid: bool = False
    split_address: bool = False
    hides_receivers: bool = False
    optional: frozenset[str] = frozenset()
    differing: frozenset[str] = frozenset()
    blank: frozenset[str] = frozenset()
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    words: tuple[Mapped, ...] = ()
    shop: str = ""

    @property
    def shop_name(self) -> str:
        """The shop the file comes from: one of several of its kind, or the kind itself."""
        return self.shop or self.name

    @property
    def platform(self) -> str:
        """The name under which this kind of file is a platform of its own."""
        return f"file:{self.name}"

    @property
    def needed(self) -> tuple[str, ...]:
        """The headings without which a file is none of this kind."""
        return tuple(head for name, head in self.columns.items() if name not in self.optional)

    def fitted(self, headings: Container[str]) -> "FileMap":
        """The mapping of a file that has only these headings; optional columns fall away.

        Raises :class:`KeyError` with the heading that a file of this kind must have.
        """
        for heading in self.needed:
            if heading not in headings:
                raise KeyError(heading)
        return replace(self, columns={n: h for n, h in self.columns.items() if h in headings})


def load_map(path: Path) -> FileMap:
    """Read a mapping. Raises RuleRefused, naming file, row and word, or ImportUnreadable."""
    return map_from(read_table(path), path.name)


def read_table(path: Path) -> dict[str, Any]:
    """Read a mapping file as a table. Raises RuleRefused, naming the file, or ImportUnreadable."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ImportUnreadable(file=path.name, why="no_mapping") from error
    except tomllib.TOMLDecodeError as error:
        raise RuleRefused(file=path.name, row="", word=str(error)[:120]) from error


def map_from(table: dict[str, Any], file: str) -> FileMap:
    """The mapping a table describes, checked word by word."""
    for row, word in _doubtful(table):
        raise RuleRefused(file=file, row=row, word=str(word)[:120])
    columns = _fields(table, "columns", file)
    constants = _fields(table, "constants", file)
    for needed in NEEDED:
        if needed not in columns and needed not in constants:
            raise RuleRefused(file=file, row="columns", word=needed)
    name = str(table["name"])
    return FileMap(
        name=name,
        zone=str(table["zone"]),
        currency=str(table["currency"]),
        per_line=table.get("rows", "line") == "line",
        sheet=str(table.get("sheet", "")),
        delimiter=str(table.get("delimiter", ",")),
        thousands=str(table.get("thousands", "")),
        settled_when_paid=table.get("settled_when_paid") is True,
        split_address=table.get("split_address") is True,
        hides_receivers=table.get("hides_receivers") is True,
        optional=_named(table, "optional", file) - set(NEEDED),
        differing=_named(table, "differing", file) - {"external_id"},
        blank=frozenset(map(str, table.get("blank", ()))),
        columns=columns,
        constants=constants,
        words=_words(table, name, file),
    )


def _doubtful(table: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """(row, word) of whatever at the head of a mapping has no meaning."""
    yield from ((key, key) for key in sorted(table.keys() - _KEYS))
    fits = {
        "name": str(table.get("name", "")).isidentifier(),
        "zone": is_zone(str(table.get("zone", ""))),
        "currency": table.get("currency") in CURRENCIES,
        "rows": table.get("rows", "line") in {"line", "order"},
        "delimiter": len(str(table.get("delimiter", ","))) == 1,
    }
    yield from ((row, table.get(row, "")) for row, fit in fits.items() if not fit)


def _fields(table: dict[str, Any], part: str, file: str) -> dict[str, str]:
    found = table.get(part, {})
    if not isinstance(found, dict):
        raise RuleRefused(file=file, row=part, word=part)
    for name, value in found.items():
        if name not in FIELDS or not isinstance(value, str):
            raise RuleRefused(file=file, row=part, word=str(name))
    return dict(found)


def _named(table: dict[str, Any], part: str, file: str) -> frozenset[str]:
    """Fields listed under a key; each must be one."""
    found = table.get(part, [])
    for name in found if isinstance(found, list) else [part]:
        if name not in FIELDS:
            raise RuleRefused(file=file, row=part, word=str(name)[:120])
    return frozenset(found)


def _words(table: dict[str, Any], name: str, file: str) -> tuple[Mapped, ...]:
    words = table.get("status", {})
    if not isinstance(words, dict):
        raise RuleRefused(file=file, row="status", word="status")
    for raw, to in words.items():
        check_word(Machine.ORDER, str(to), file, f"status.{raw}")
    return tuple(Mapped(f"file:{name}", Machine.ORDER, raw, str(to)) for raw, to in words.items())
