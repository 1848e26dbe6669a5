"""A platform tells again of an order whose buyer's data was erased here: the buyer stays away.

Status, money and items follow as ever; whatever is about the person is taken out of the record
before anything looks at it. A new order of the same person is a new matter and comes in whole.
"""

from dataclasses import replace

from app.store import erasure, intake_rows
from app.store.seal import Row
from app.store.work import Work
from sync.records import KeptAside, OrderRecord, ReceiverRecord


def faceless(record: OrderRecord, row: Row) -> OrderRecord:
    """The record without its buyer; ``row`` is the order as it stands, whose region is kept."""
    return replace(
        record,
        receiver=ReceiverRecord(country=row["country"], province=row["province"], city=row["city"]),
        buyer_nick="",
        buyer_message="",
        seller_memo="",
        refunds=tuple(replace(told, reason="") for told in record.refunds),
        raw=b"",
    )


def without_body(work: Work, channel_id: int, one: KeptAside) -> KeptAside:
    """Something unreadable; of an order that was erased, its content is not kept again."""
    known = intake_rows.known_orders(work, channel_id, (one.external_id,))
    gone = erasure.erased(work, (row["id"] for row in known.values()))
    return replace(one, raw=b"") if gone else one
