"""The sheet of an export: a heading, a line for each order, and at its end which file it is.

Personal data is masked unless clear text was consented to; hostile text is kept from being a
formula. The sheet is made in memory: nothing of it is on a disk before it is whole.
"""

import csv
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select

from app.commands.cases import ExportOrders, Reserved
from app.domain.spreadsheet import harmless
from app.domain.times import shop_text
from app.store.aes_zip import zip_bytes
from app.store.seal import Row
from app.store.tables import orders, receiver
from app.store.work import CHUNK, Work

COLUMNS = (
    *("number", "external_no", "state", "summary", "summary_variant", "items"),
    *("buyer_mask", "phone_mask", "province", "city", "carrier", "waybill_no"),
)
CLEAR = ("name", "phone", "address")
MOST = 20_000
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A file's content and how many orders it holds."""

    content: bytes
    rows: int

    @property
    def digest(self) -> bytes:
        """SHA-256 of the file."""
        return sha256(self.content).digest()


def wanted(tab: str) -> Select[Any]:
    """The ids of a tab's newest orders."""
    of_tab = select(orders.c.id).where(orders.c.tab == tab)
    return of_tab.order_by(orders.c.id.desc()).limit(MOST)


def make(work: Work, ask: ExportOrders, held: Reserved, zone: str, watch: Watch) -> Made:
    """The file of a tab's newest orders, of no more than were reserved.

    ``watch`` is told how many of how many are written; what it raises ends it.
    """
    ids = list(work.conn.execute(wanted(ask.tab).limit(held.rows)).scalars())
    text = io.StringIO(newline="")
    out = csv.writer(text, quoting=csv.QUOTE_ALL)
    out.writerow(_heading(ask, money=held.money))
    done = 0
    watch(done, held.rows)
    for start in range(0, len(ids), CHUNK):
        lines = list(_lines(work, ask, ids[start : start + CHUNK], zone, money=held.money))
        out.writerows(lines)
        done += len(lines)
        watch(done, held.rows)
    out.writerow([f"Waydesk {held.file_id}", held.by, shop_text(work.now, zone), str(done)])
    plain = text.getvalue().encode("utf-8-sig")
    if not ask.passphrase:
        return Made(plain, done)
    name = f"{Path(ask.path).stem}.csv"
    return Made(zip_bytes({name: plain}, ask.passphrase, work.keys.rng), done)


def part(folder: Path, file_id: int) -> Path:
    """Where a file lies until it is whole: beside its place, under a name no other file has."""
    return folder / f".waydesk-export-{file_id}.part"


def put(path: Path, content: bytes) -> None:
    """Write a file that only this computer's user may read, and wait until it is on the disk.

    Raises OSError where it cannot be written.
    """
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


_BINARY = getattr(os, "O_BINARY", 0)


def _heading(ask: ExportOrders, *, money: bool) -> list[str]:
    amounts = ("total_minor", "currency") if money else ()
    return [*COLUMNS, "placed", *amounts, *(CLEAR if ask.clear else ())]


def _lines(
    work: Work, ask: ExportOrders, ids: list[int], zone: str, *, money: bool
) -> Iterator[list[str]]:
    query = select(orders).where(orders.c.id.in_(ids)).order_by(orders.c.id.desc())
    clear = _clear(work, ids) if ask.clear else {}
    for row in work.rows(query):
        placed = shop_text(row["placed_at"], zone) if row["placed_at"] else ""
        amounts = [str(row["total_minor"]), row["currency"]] if money else []
        known = [harmless(str(row[name])) for name in COLUMNS]
        yield [*known, placed, *amounts, *clear.get(row["id"], ())]


def _clear(work: Work, ids: list[int]) -> dict[int, list[str]]:
    """Name, phone and address of these orders, each ciphertext opened in its own place."""
    found: list[Row] = work.of(receiver, "order_id", *ids)
    return {
        row["order_id"]: [
            harmless((work.keys.decrypt("receiver", row["order_id"], ct, row[ct]) or b"").decode())
            for ct in (f"{name}_ct" for name in CLEAR)
        ]
        for row in found
    }
