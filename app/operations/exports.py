"""Orders written to a file: masked, few at a time, and hostile text kept from being a formula."""

import csv
from pathlib import Path

from sqlalchemy import select

from app.commands.cases import Counted, ExportOrders
from app.domain.board import Tab
from app.domain.errors import BadValue, SecondPersonNeeded
from app.domain.times import shop_text
from app.operations import sessions
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables import orders
from app.store.work import Work

COLUMNS = (
    *("number", "external_no", "state", "summary", "summary_variant", "items"),
    *("buyer_mask", "phone_mask", "province", "city", "carrier", "waybill_no"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def export_orders(work: Work, ask: ExportOrders, rules: Rulebook) -> Counted:
    """Write a tab's newest orders, masked; more than the shop's limit needs a second person.

    Raises ``SecondPersonNeeded`` for more rows than ``bulk_rows`` of shop.toml allows one person.
    """
    path = Path(ask.path)
    if ask.tab not in set(Tab) or path.suffix != ".csv" or not path.is_absolute():
        raise BadValue(field="path" if ask.tab in set(Tab) else "tab", value=ask.path)
    most = rules.policy.bulk_rows
    query = select(orders).where(orders.c.tab == ask.tab).order_by(orders.c.id.desc())
    rows = work.rows(query.limit(most + 1))
    if len(rows) > most:
        raise SecondPersonNeeded(permission="export.bulk")
    money = sessions.may(work, rules, "payment.read")
    _write(path, rows, rules.policy.zone, money=money)
    return Counted(rows=len(rows))


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


VERBS = (Verb(ExportOrders, export_orders, "export.bulk", "orders_exported"),)
