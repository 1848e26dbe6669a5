"""Six things that happen to an order, told in any order: the end is the one they came to there.

WAYDESK_EVENT_ORDERS=720 tells them in every order there is; the suite in 12 of them.
"""

import itertools
import os
import random
import shutil
from pathlib import Path

from app.store.engine import sqlite_engine
from app.store.tables import orders, stock
from app.store.work import Book, Place
from sync.records import NO_MOMENT, OrderRecord
from tests.operations.outbound_world import open_shop, record
from tests.worlds import NOON, CountingIds, FixedClock, shop_keys

ORDERS = int(os.environ.get("WAYDESK_EVENT_ORDERS", "12"))
EVENTS = (
    {"raw_status": "pending", "raw_payment": "unpaid", "paid": NO_MOMENT, "payment_proofs": ()},
    {"raw_status": "processing"},
    {"raw_status": "processing", "seller_memo": "call first"},
    {"raw_status": "on-hold"},
    {"raw_status": "processing", "seller_memo": "call again"},
    {"raw_status": "cancelled"},
)


def told(event: int) -> OrderRecord:
    """The order as its platform has it after so many events, each a second after the last."""
    return record(version=NOON + event * 1000, raw=b"%d" % event, **EVENTS[event])


def end(folder: Path, template: Path, sequence: tuple[int, ...]) -> tuple[object, ...]:
    """What the order came to: its state, money and memo, what it holds, and how many there are."""
    shutil.copy(template, folder / "book.db")
    engine = sqlite_engine(folder / "book.db")
    book = Book(engine, shop_keys(), FixedClock(), CountingIds(), Place(1, "desk", "test"))
    shop = open_shop(book, "lead")
    for event in sequence:
        shop.receive(told(event))
    row = shop.order()
    names = ("state", "payment", "raw_status", "external_version", "seller_memo", "total_minor")
    held = sorted((one["sku"], one["reserved"]) for one in shop.all(stock))
    found = (*(row[name] for name in names), tuple(held), len(shop.all(orders)))
    engine.dispose()
    (folder / "book.db").unlink()
    return found


def test_an_order_ends_alike_in_whatever_order_it_is_told_of(
    tmp_path: Path, sqlite_template: Path
) -> None:
    sequences = list(itertools.permutations(range(len(EVENTS))))
    straight, ends = sequences[0], {}
    for sequence in [straight, *random.Random(7).sample(sequences, ORDERS)]:
        ends.setdefault(end(tmp_path, sqlite_template, sequence), sequence)
    assert len(sequences) == 720
    assert list(ends.values()) == [straight], ends
    (only,) = ends
    assert only[0] == "cancelled"
    assert only[-2] == (("HK-01", 0), ("LN-27", 0))
