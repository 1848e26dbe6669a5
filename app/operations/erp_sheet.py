"""Writes the orders of a tab as a document of another business system takes them.

Nobody's personal data stands in it: what such a system calls its customer is the shop.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from app.commands.cases import ExportOrders, Reserved
from app.domain.errors_erp import NoCustomerCode
from app.domain.money import exponent
from app.domain.spreadsheet import harmless
from app.domain.times import local
from app.operations.erp_templates import Column, Document, document_of
from app.operations.export_sheet import Made, Watch, wanted
from app.operations.workbook import Cell, workbook
from app.store.aes_zip import zip_bytes
from app.store.seal import Row
from app.store.tables import channel, line, orders
from app.store.tables_receivable import receivable
from app.store.work import CHUNK, Work

KINGDEE = {"CNY": "PRE001"}
"""The one currency whose code Kingdee sets itself; another is written by its name of ISO 4217."""
NAMES = {"CNY": "人民币", "USD": "美元", "EUR": "欧元", "HKD": "港币", "JPY": "日元"}
BLANKS = str.maketrans(dict.fromkeys("\r\n\t\v\f\u2028\u2029", " "))


@dataclass(frozen=True, slots=True)
class _Frame:
    """What every row of one file shares."""

    document: Document
    shops: dict[int, str]
    customer: str
    zone: str


def make(work: Work, ask: ExportOrders, held: Reserved, zone: str, watch: Watch) -> Made:
    """The file of a tab's newest orders in the form of ``ask.template``.

    Raises :class:`NoCustomerCode` for a shop that is no customer there by name or by choice.
    """
    document = document_of(ask.template)
    shops = {row["id"]: row["name"] for row in work.rows(select(channel))}
    frame = _Frame(document, shops, ask.customer, zone)
    ids = list(work.conn.execute(wanted(ask.tab).limit(held.rows)).scalars())
    rows: list[list[Cell]] = [list(heads) for heads in _headings(document)]
    read = count = 0
    watch(read, held.rows)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        booked = {one["order_id"]: one for one in work.of(receivable, "order_id", *chunk)}
        for row, items in _orders(work, document, chunk):
            owed = booked.get(row["id"], {}).get("amount_minor")
            found = list(_rows(frame, row | {"owed": owed}, items, count + 1))
            count += bool(found)
            rows += found
        read += len(chunk)
        watch(read, held.rows)
    return _packed(ask, work, document, rows, count)


def _packed(
    ask: ExportOrders, work: Work, document: Document, rows: list[list[Cell]], count: int
) -> Made:
    plain = workbook(rows) if document.form == "xlsx" else _csv(rows)
    if not ask.passphrase:
        return Made(plain, count)
    name = f"{Path(ask.path).stem}{document.suffix}"
    return Made(zip_bytes({name: plain}, ask.passphrase, work.keys.rng), count)


def _csv(rows: list[list[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerows([harmless(c) if isinstance(c, str) else str(c) for c in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _headings(document: Document) -> Iterator[tuple[str, ...]]:
    return zip(*(column.heads for column in document.columns), strict=True)


def _orders(work: Work, document: Document, ids: list[int]) -> Iterator[tuple[Row, list[Row]]]:
    items: dict[int, list[Row]] = {}
    for item in work.of(line, "order_id", *ids):
        items.setdefault(item["order_id"], []).append(item)
    query = select(orders).where(orders.c.id.in_(ids), orders.c.state.in_(document.states))
    for row in work.rows(query.order_by(orders.c.id.desc())):
        yield row, items.get(row["id"], [])


def _rows(frame: _Frame, row: Row, items: list[Row], seq: int) -> Iterator[list[Cell]]:
    """An order's rows: one, or one for each item that is in the document."""
    columns, kind = frame.document.columns, frame.document.rows
    head = _order(frame, row, seq)
    if kind == "order":
        yield [_cell(column, head, at=0) for column in columns]
        return
    owed = [(n, item, _units(kind, item)) for n, item in enumerate(items, 1)]
    inside = [(n, item, units) for n, item, units in owed if units > 0]
    for at, (n, item, units) in enumerate(inside):
        facts = head | _line(row["currency"], n, item, units)
        yield [_cell(column, facts, at=at) for column in columns]


def _units(kind: str, item: Row) -> int:
    return int(item["shipped"] if kind == "shipped" else item["quantity"] - item["cancelled"])


def _cell(column: Column, facts: dict[str, Cell], *, at: int) -> Cell:
    if column.first and at:
        return ""
    return facts[column.value] if column.value else column.text


def _order(frame: _Frame, row: Row, seq: int) -> dict[str, Cell]:
    shop, currency = frame.shops[row["channel_id"]], row["currency"]
    customer = frame.customer or frame.document.customers.get(shop, "")
    if not customer:
        raise NoCustomerCode(shop=shop)
    return {
        "seq": seq,
        "order_no": _text(row["external_no"]),
        "our_no": row["number"],
        "customer": _text(customer),
        "shop": _text(shop),
        "placed": _date(frame, row["placed_at"]),
        "shipped": _date(frame, row["shipped_at"]),
        "owed": _amount(_owed(row), currency),
        "currency": currency,
        "currency_kingdee": KINGDEE.get(currency, currency),
        "currency_name": NAMES.get(currency, currency),
        "waybill_no": _text(row["waybill_no"]),
        "courier": _text(row["carrier"]),
    }


def _owed(row: Row) -> int:
    """What was booked as owed when it left; before that, what it is worth now."""
    worth = row["total_minor"] - row["refunded_minor"]
    return int(worth if row["owed"] is None else row["owed"])


def _line(currency: str, number: int, item: Row, units: int) -> dict[str, Cell]:
    """An item: what was sold of it by its own total, so that rows add up to what was paid."""
    total = item["total_minor"] * units // max(1, item["quantity"])
    return {
        "line_seq": number,
        "item_no": f"{number * 10:06d}",
        "sku": _text(item["sku"]),
        "title": _text(item["title"]),
        "quantity": units,
        "shipped_quantity": units,
        "unit_price": _amount(item["unit_price_minor"], currency),
        "line_total": _amount(total, currency),
    }


def _text(told: str) -> str:
    """What a platform told, in one line."""
    return str(told or "").translate(BLANKS).strip()


def _date(frame: _Frame, at: int | None) -> str:
    return local(at, frame.zone).strftime(frame.document.dates) if at else ""


def _amount(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-exponent(currency))
