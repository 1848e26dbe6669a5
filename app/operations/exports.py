"""Orders written to a file: masked, counted over a day, and hostile text kept from being a formula.

Up to the shop's limit of rows in 24 hours it is one person's work, however it is cut up. Beyond
it, and for names and phones in clear whatever their number, somebody else consents to exactly
these rows, and the file is an encrypted zip. Each file says at its end which one it is.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select

from app.commands.cases import Counted, ExportOrders
from app.domain.board import Tab
from app.domain.errors import BadValue, NotAllowed
from app.domain.roles import WHOLE_SHOP, Level
from app.domain.times import shop_text
from app.operations import sessions, weights
from app.operations.verbs import Facts, Verb, Weight
from app.rulebook import Rulebook
from app.store.aes_zip import zip_bytes
from app.store.seal import Row
from app.store.tables import orders, receiver
from app.store.tables_approval import export_file
from app.store.vault import LEAST_LETTERS
from app.store.work import CHUNK, Work

COLUMNS = (
    *("number", "external_no", "state", "summary", "summary_variant", "items"),
    *("buyer_mask", "phone_mask", "province", "city", "carrier", "waybill_no"),
)
CLEAR = ("name", "phone", "address")
EXPORT, DECRYPT = "export.bulk", "pii.decrypt_batch"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MOST = 20_000
DAY_MS = 24 * 3_600_000


def export_orders(work: Work, ask: ExportOrders, rules: Rulebook) -> Counted:
    """Write a tab's newest orders; the file is there whole or not at all.

    Raises :class:`BadValue` for a path or passphrase that will not do: what is in clear, or needs
    consent, goes into a ``.zip`` with a passphrase.
    """
    heavy = _weight(work, ask, rules).two_people
    path = _path(ask, closed=heavy)
    rows = work.rows(_wanted(ask))
    pk, money = work.ids.next(), sessions.may(work, rules, "payment.read")
    lines = [_heading(ask, money=money), *_lines(work, ask, rows, rules.policy.zone, money=money)]
    text = _sheet([*lines, _watermark(work, pk, len(rows), rules.policy.zone)])
    content = zip_bytes({f"{path.stem}.csv": text}, ask.passphrase, work.keys.rng)
    half = path.with_name(f"{path.name}.part")
    half.write_bytes(content if path.suffix == ".zip" else text)
    kept = {"operator_id": work.actor.operator_id, "at": work.now, "tab": ask.tab}
    kept |= {"row_count": len(rows), "clear": int(ask.clear), "consented": int(heavy)}
    work.insert(export_file, {"id": pk, "digest": sha256(half.read_bytes()).digest()} | kept)
    work.tell("file_written", "file", pk, rows=len(rows), clear=int(ask.clear), name=path.name)
    half.replace(path)
    return Counted(rows=len(rows))


def taken_lately(work: Work) -> int:
    """How many rows the one who asks took in the last day without anybody's consent."""
    query = select(func.coalesce(func.sum(export_file.c.row_count), 0)).where(
        export_file.c.operator_id == work.actor.operator_id,
        export_file.c.consented == 0,
        export_file.c.at > work.now - DAY_MS,
    )
    return int(work.conn.execute(query).scalar_one())


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula (security.md 3.9)."""
    return f"'{text}" if text.startswith(FORMULA) else text


# --- what is asked ------------------------------------------------------------------------------


def _weight(work: Work, ask: ExportOrders, rules: Rulebook) -> Weight:
    """How many rows it is, and whether the day's limit or clear text asks for somebody else.

    Raises :class:`NotAllowed` for clear text where the one who asks may not even ask for it.
    """
    rows = work.conn.execute(select(func.count()).select_from(_wanted(ask).subquery())).scalar_one()
    if ask.clear:
        if sessions.level(work, rules, DECRYPT, (WHOLE_SHOP,)) is Level.NONE:
            raise NotAllowed(permission=DECRYPT)
        law = weights.by_law(rules, DECRYPT)
        return replace(law, rows=rows, second_factor=True)
    law = weights.by_law(rules, EXPORT)
    beyond = rows + taken_lately(work) > rules.policy.bulk_rows
    return replace(law, two_people=law.two_people and beyond, rows=rows)


def _facts(work: Work, ask: ExportOrders, rules: Rulebook) -> Facts:
    """Which rows in which form; a file that could not be written asks nobody."""
    name = _path(ask, closed=_weight(work, ask, rules).two_people).name
    return {"tab": ask.tab, "file": name, "form": "clear" if ask.clear else "masked"}


def _path(ask: ExportOrders, *, closed: bool) -> Path:
    path = Path(ask.path)
    if ask.tab not in set(Tab):
        raise BadValue(field="tab", value=ask.tab)
    fit = {".zip"} if closed or ask.passphrase else {".csv"}
    if path.suffix not in fit or not path.is_absolute() or not path.parent.is_dir():
        raise BadValue(field="path", value=ask.path)
    if path.suffix == ".zip" and len(ask.passphrase) < LEAST_LETTERS:
        raise BadValue(field="passphrase", value=f"< {LEAST_LETTERS}")
    return path


def _wanted(ask: ExportOrders) -> Select[Any]:
    tab = select(orders).where(orders.c.tab == ask.tab)
    return tab.order_by(orders.c.id.desc()).limit(MOST)


# --- what is written ----------------------------------------------------------------------------


def _heading(ask: ExportOrders, *, money: bool) -> list[str]:
    amounts = ("total_minor", "currency") if money else ()
    return [*COLUMNS, "placed", *amounts, *(CLEAR if ask.clear else ())]


def _lines(
    work: Work, ask: ExportOrders, rows: list[Row], zone: str, *, money: bool
) -> Iterator[list[str]]:
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        clear = _clear(work, some) if ask.clear else {}
        for row in some:
            placed = shop_text(row["placed_at"], zone) if row["placed_at"] else ""
            amounts = [str(row["total_minor"]), row["currency"]] if money else []
            known = [harmless(str(row[name])) for name in COLUMNS]
            yield [*known, placed, *amounts, *clear.get(row["id"], ())]


def _clear(work: Work, rows: list[Row]) -> dict[int, list[str]]:
    """Name, phone and address of these orders, each ciphertext opened in its own place."""
    found = work.of(receiver, "order_id", *(row["id"] for row in rows))
    return {
        row["order_id"]: [
            harmless((work.keys.decrypt("receiver", row["order_id"], ct, row[ct]) or b"").decode())
            for ct in (f"{name}_ct" for name in CLEAR)
        ]
        for row in found
    }


def _watermark(work: Work, pk: int, rows: int, zone: str) -> list[str]:
    """The last line of every file: which one it is, whose, when, and of how many rows."""
    return [f"Waydesk {pk}", work.actor.name, shop_text(work.now, zone), str(rows)]


def _sheet(lines: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(lines)
    return text.getvalue().encode("utf-8-sig")


VERBS = (Verb(ExportOrders, export_orders, EXPORT, "orders_exported", weigh=_weight, facts=_facts),)
