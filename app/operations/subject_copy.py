"""The copy a person may ask for: everything the shop holds about their orders, in clear.

One file: ``data.json`` is whole and for machines, ``orders.csv`` is one line an item and for
eyes, ``read-me.txt`` says in two languages what they are. Dates are the shop's own time in the
sheet, UTC milliseconds in the JSON; amounts are minor units with their currency.
"""

import base64
import csv
import io
from typing import Any

import msgspec
from sqlalchemy import Table, select

from app.domain.spreadsheet import harmless
from app.domain.times import shop_text
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables import (
    channel,
    line,
    orders,
    parcel,
    proof,
    receiver,
    refund,
    tracking,
    waybill,
)
from app.store.tables_record import case, event, kept_aside, raw_record
from app.store.work import Work

RECEIVER = ("name", "phone", "email", "address", "nick", "message", "cipher")
#: columns that tell nothing about the person: seals, indexes, and how Waydesk counts
_OURS = frozenset(
    {
        *("row_mac", "version", "tokens", "phone_index", "email_index", "counted_tab"),
        *("stood_as", "state_at", "paid_here_at", "reserved_at"),
        *("counted_minor", "dedupe_key", "request_digest", "body_digest", "kept_id"),
    }
)
_BESIDE = {"items": line, "payments": proof, "refunds": refund, "timeline": event, "cases": case}
_SHEET = ("number", "external_no", "shop", "placed", "state", "item", "variant", "quantity")
_MONEY = ("item_total_minor", "order_total_minor", "currency")
_PERSON = ("name", "phone", "email", "country", "province", "city", "district", "address")


def copy_of(work: Work, rules: Rulebook, order_ids: list[int]) -> dict[str, bytes]:
    """The files of a person's copy, by their names."""
    told = [_order(work, order_id) for order_id in order_ids]
    whole = {"made_at": work.now, "orders": told}
    words = rules.words
    about = "\r\n\r\n".join(words.say("privacy.copy", lang, n=len(told)) for lang in ("zh", "en"))
    return {
        "data.json": msgspec.json.format(msgspec.json.encode(whole), indent=1),
        "orders.csv": _sheet(told, rules.policy.zone),
        "read-me.txt": ("\ufeff" + about + "\r\n").encode(),
    }


def _order(work: Work, order_id: int) -> dict[str, Any]:
    row = work.row(orders, order_id)
    shop = work.row(channel, row["channel_id"])
    boxes = work.of(parcel, "order_id", order_id)
    return {
        "order": _plain(row) | {"shop": shop["name"], "platform": shop["platform"]},
        "receiver": _receiver(work, order_id, row),
        **{name: _rows(work, table, "order_id", order_id) for name, table in _BESIDE.items()},
        "waybills": _rows(work, waybill, "order_id", order_id),
        "tracking": [one for box in boxes for one in _rows(work, tracking, "parcel_id", box["id"])],
        "records": _bodies(work, raw_record, work.of(raw_record, "order_id", order_id)),
        "kept_aside": _bodies(work, kept_aside, _kept(work, row)),
    }


def _receiver(work: Work, order_id: int, row: Row) -> dict[str, Any]:
    kept = work.row(receiver, order_id)
    clear = {
        name: (work.keys.decrypt("receiver", order_id, f"{name}_ct", kept[f"{name}_ct"]) or b"")
        for name in RECEIVER
    }
    place = {name: row[name] for name in ("country", "province", "city")}
    rest = {name: kept[name] for name in ("district", "postcode")}
    return {name: text.decode() for name, text in clear.items()} | place | rest


def _rows(work: Work, table: Table, column: str, pk: int) -> list[dict[str, Any]]:
    return [_plain(row) for row in work.of(table, column, pk)]


def _plain(row: Row) -> dict[str, Any]:
    """A row without what is closed, keyed or ours alone."""
    return {
        name: value
        for name, value in row.items()
        if name not in _OURS and not name.endswith("_ct") and not isinstance(value, bytes)
    }


def _bodies(work: Work, table: Table, rows: list[Row]) -> list[dict[str, Any]]:
    """The platform's own records, as text where they are text."""
    return [
        _plain(row)
        | {"body": _text(work.keys.decrypt(table.name, row["id"], "body_ct", row["body_ct"]))}
        for row in rows
    ]


def _text(body: bytes | None) -> str:
    try:
        return (body or b"").decode()
    except UnicodeDecodeError:
        return base64.b64encode(body or b"").decode()


def _kept(work: Work, row: Row) -> list[Row]:
    query = select(kept_aside).where(
        kept_aside.c.channel_id == row["channel_id"],
        kept_aside.c.external_id == row["external_id"],
    )
    return [work.checked(kept_aside, one) for one in work.rows(query)]


def _sheet(told: list[dict[str, Any]], zone: str) -> bytes:
    held = io.StringIO(newline="")
    out = csv.writer(held, quoting=csv.QUOTE_ALL)
    out.writerow((*_SHEET, *_MONEY, *_PERSON))
    for one in told:
        row, who = one["order"], one["receiver"]
        placed = shop_text(row["placed_at"], zone) if row["placed_at"] else ""
        head = (row["number"], row["external_no"], row["shop"], placed, row["state"])
        person = tuple(who[name] for name in _PERSON)
        for item in one["items"] or [dict.fromkeys(("title", "variant"), "")]:
            what = (item["title"], item["variant"], item.get("quantity", 0))
            money = (item.get("total_minor", 0), row["total_minor"], row["currency"])
            out.writerow([harmless(str(cell)) for cell in (*head, *what, *money, *person)])
    return ("\ufeff" + held.getvalue()).encode()
