"""How far a shop has been set up, and what it is: a demonstration, watching only, or live."""

import json
from dataclasses import dataclass

from app.reads.book import ReadBook
from app.reads.viewer import Viewer

STEP = "setup."
DONE = "done"


@dataclass(frozen=True, slots=True)
class Standing:
    """What of the first day is done.

    Attributes:
        begun: the shop was founded step by step; others need no first day.
        warehouse: the id of the first one, 0 while there is none.
        end: the owner went through to the end, whatever was left for later.
        later: the steps left for later, by their names.
    """

    begun: bool = False
    kit: bool = False
    warehouse: int = 0
    sender: bool = False
    printer: bool = False
    shop: bool = False
    stock: bool = False
    carrier: bool = False
    end: bool = False
    later: frozenset[str] = frozenset()


def standing(book: ReadBook, _viewer: Viewer) -> Standing:
    """Look at what is there; a shop made for order files is no connected one."""
    said = _said(book)
    there = book.row(
        "SELECT coalesce((SELECT min(id) FROM location), 0) AS warehouse,"
        " EXISTS (SELECT 1 FROM setting WHERE key = 'sender') AS sender,"
        " EXISTS (SELECT 1 FROM channel WHERE platform NOT LIKE 'file:%') AS shop,"
        " EXISTS (SELECT 1 FROM product) AS stock,"
        " EXISTS (SELECT 1 FROM carrier_account) AS carrier"
    )
    assert there is not None  # noqa: S101 - a query without FROM has one row
    return Standing(
        begun=bool(said),
        kit=said.get("kit") == DONE,
        warehouse=int(there["warehouse"]),
        sender=bool(there["sender"]),
        printer=said.get("printer") == DONE,
        shop=bool(there["shop"]),
        stock=bool(there["stock"]),
        carrier=bool(there["carrier"]),
        end=said.get("end") == DONE,
        later=frozenset(step for step, state in said.items() if state != DONE),
    )


def is_demo(book: ReadBook) -> bool:
    """Whether this book is a demonstration's."""
    return book.row("SELECT 1 AS yes FROM setting WHERE key = 'demo'") is not None


def _said(book: ReadBook) -> dict[str, str]:
    sql = "SELECT substr(key, ?) AS step, value_json FROM setting WHERE key LIKE ?"
    rows = book.rows(sql, (len(STEP) + 1, f"{STEP}%"))
    return {row["step"]: json.loads(row["value_json"]) for row in rows}
