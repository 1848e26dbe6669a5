"""Orders written to a file: masked, few at a time, and hostile text kept from being a formula."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select

from app.commands.cases import Counted, ExportOrders
from app.domain.board import Tab
from app.domain.errors import BadValue
from app.domain.times import shop_text
from app.operations import sessions, weights
from app.operations.verbs import Facts, Verb, Weight
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables import orders
from app.store.work import Work

COLUMNS = (
    *("number", "external_no", "state", "summary", "summary_variant", "items"),
    *("buyer_mask", "phone_mask", "province", "city", "carrier", "waybill_no"),
)
EXPORT = "export.bulk"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def export_orders(work: Work, ask: ExportOrders, rules: Rulebook) -> Counted:
    """Write a tab's newest orders, masked; more than the shop's limit needs a second person."""
    path = _path(ask)
    rows = work.rows(_wanted(ask))
    money = sessions.may(work, rules, "payment.read")
    _write(path, rows, rules.policy.zone, money=money)
    return Counted(rows=len(rows))


def _path(ask: ExportOrders) -> Path:
    path = Path(ask.path)
    if ask.tab not in set(Tab) or path.suffix != ".csv" or not path.is_absolute():
        raise BadValue(field="path" if ask.tab in set(Tab) else "tab", value=ask.path)
    return path


def _wanted(ask: ExportOrders) -> Select[Any]:
    return select(orders).where(orders.c.tab == ask.tab).order_by(orders.c.id.desc())


def _weight(work: Work, ask: ExportOrders, rules: Rulebook) -> Weight:
    """Up to the shop's limit it is one person's work."""
    rows = work.conn.execute(select(func.count()).select_from(_wanted(ask).subquery())).scalar_one()
    law = weights.by_law(rules, EXPORT)
    return replace(law, two_people=rows > rules.policy.bulk_rows, rows=rows)


def _facts(_work: Work, ask: ExportOrders, _rules: Rulebook) -> Facts:
    return {"tab": ask.tab, "file": _path(ask).name}


def _write(path: Path, rows: list[Row], zone: str, *, money: bool) -> None:
    half = path.with_suffix(".csv.part")
    with half.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL)
        out.writerow([*COLUMNS, "placed", *(("total_minor", "currency") if money else ())])
        for row in rows:
            placed = shop_text(row["placed_at"], zone) if row["placed_at"] else ""
            amounts = (row["total_minor"], row["currency"]) if money else ()
            out.writerow([harmless(str(row[name])) for name in COLUMNS] + [placed, *amounts])
    half.replace(path)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula (security.md 3.9)."""
    return f"'{text}" if text.startswith(FORMULA) else text


VERBS = (Verb(ExportOrders, export_orders, EXPORT, "orders_exported", weigh=_weight, facts=_facts),)
