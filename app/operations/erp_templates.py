"""The documents other business systems take, as files: Kingdee, Yonyou, SAP (F090).

One template file a system (``resources/erp``), in it each document with its columns: what the
heading says, and what stands beneath. A shop copies a file and changes what its own system words
otherwise; every word in it is checked when it is read.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.errors import BadValue, RuleRefused
from app.domain.states import OrderState
from app.rulebook import RESOURCES

SHIPPED = RESOURCES / "erp"
ORDER_FIELDS = frozenset(
    {"seq", "order_no", "our_no", "customer", "shop", "placed", "shipped", "owed"}
    | {"currency", "currency_kingdee", "currency_name", "waybill_no", "courier"}
)
LINE_FIELDS = frozenset(
    {"line_seq", "item_no", "sku", "title", "quantity", "shipped_quantity"}
    | {"unit_price", "line_total"}
)
MONEY = frozenset({"owed", "unit_price", "line_total"})
ROWS = ("line", "shipped", "order")
FORMS = ("xlsx", "csv")
_DOCUMENT = frozenset({"name", "en", "zh", "form", "rows", "states", "dates", "columns"})
_COLUMN = frozenset({"heads", "value", "text", "first", "confirmed"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading in each heading row, and what stands beneath.

    Attributes:
        value: one of the fields; "" where ``text`` stands in every row.
        first: only in the first row of an order, as heads of documents are.
        confirmed: whether it was seen in a file or interface of that system.
    """

    heads: tuple[str, ...]
    value: str = ""
    text: str = ""
    first: bool = False
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Document:
    """One document of one system.

    Attributes:
        rows: a row for each item (line), for each that left (shipped), or for each order.
        states: the orders that stand in it.
        customers: the shop's name -> the customer it is there.
    """

    name: str
    form: str
    rows: str
    states: frozenset[str]
    dates: str
    columns: tuple[Column, ...]
    customers: Mapping[str, str] = field(default_factory=dict)

    @property
    def shows_money(self) -> bool:
        """Whether amounts stand in it."""
        return any(column.value in MONEY for column in self.columns)

    @property
    def suffix(self) -> str:
        """The ending of its file."""
        return f".{self.form}"


def document_of(template: str) -> Document:
    """A document by ``system/document``, or by ``path of a template file#document``.

    Raises:
        BadValue: there is no such template or document.
        RuleRefused: the file has a word of no meaning, named with its row.
    """
    path, name = _place(template)
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadValue(field="template", value=template[:80]) from None
    except tomllib.TOMLDecodeError as error:
        raise RuleRefused(file=path.name, row="", word=str(error)[:120]) from error
    found = {one.name: one for one in documents_from(table, path.name)}
    if name not in found:
        raise BadValue(field="template", value=template[:80])
    return found[name]


def documents_from(table: Mapping[str, Any], file: str) -> tuple[Document, ...]:
    """Every document of a template file, checked word by word. Raises RuleRefused."""
    for key in sorted(table.keys() - {"name", "en", "zh", "customers", "document"}):
        raise RuleRefused(file=file, row=key, word=key)
    customers = {str(shop): str(code) for shop, code in dict(table.get("customers", {})).items()}
    return tuple(_document(row, customers, file) for row in table.get("document", ()))


def _place(template: str) -> tuple[Path, str]:
    if "#" in template:
        path, _, name = template.rpartition("#")
        return Path(path), name
    system, _, name = template.partition("/")
    if not system.isidentifier():
        raise BadValue(field="template", value=template[:80])
    return SHIPPED / f"{system}.toml", name


def _document(row: Mapping[str, Any], customers: dict[str, str], file: str) -> Document:
    name = str(row.get("name", ""))
    for key in sorted(row.keys() ^ _DOCUMENT):
        raise RuleRefused(file=file, row=name, word=key)
    columns = tuple(_column(one, row["rows"], file, name) for one in row["columns"])
    fits = {
        "form": row["form"] in FORMS,
        "rows": row["rows"] in ROWS,
        "states": set(row["states"]) <= set(OrderState),
        "dates": _is_dates(str(row["dates"])),
        "columns": len({len(column.heads) for column in columns}) == 1,
    }
    for key, fit in fits.items():
        if not fit:
            raise RuleRefused(file=file, row=name, word=key)
    return Document(
        *(name, row["form"], row["rows"], frozenset(row["states"]), row["dates"], columns),
        customers=customers,
    )


def _column(row: Mapping[str, Any], rows: str, file: str, name: str) -> Column:
    for key in sorted(row.keys() - _COLUMN):
        raise RuleRefused(file=file, row=name, word=key)
    value, known = str(row.get("value", "")), ORDER_FIELDS
    if rows != "order":
        known |= LINE_FIELDS
    if ("value" in row) == ("text" in row) or (value and value not in known):
        raise RuleRefused(file=file, row=name, word=value or str(row.get("heads", ""))[:80])
    heads = tuple(map(str, row.get("heads", ())))
    first, confirmed = row.get("first") is True, row.get("confirmed", True) is True
    return Column(heads, value, str(row.get("text", "")), first, confirmed)


def _is_dates(form: str) -> bool:
    return "%" in form and bool(datetime(2026, 2, 16).strftime(form))  # noqa: DTZ001 - a form
