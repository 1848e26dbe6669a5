"""Whatever the book holds of a buyer is erased with them, or stands here as nothing of theirs.

A new column of text, or a closed one, in a table that names its order is decided about once: into
`app/store/erasure.py` when it may hold a name, a phone, an address or what somebody said; into
``OURS`` below when it is a number, a code or a word of the shop's own.
"""

from sqlalchemy import LargeBinary, Table, Text

from app.store import erasure
from app.store.changes import is_closed
from app.store.schema import metadata
from app.store.seal import Shape
from app.store.tables import orders, receiver, tracking
from app.store.tables_record import case, event, kept_aside

OURS = {
    "orders": "number external_id external_no kind intake state payment logistics tab raw_status"
    " platform_state ends held currency summary summary_variant summary_sku country province flag"
    " carrier waybill_no print_state counted_tab stood_as",
    "line": "external_id sku listing_ref title variant",
    "stock_lock": "sku state kind",
    "parcel": "public_id state carrier",
    "waybill": "intent_key carrier_account request_digest state carrier_no route_json source"
    " rejected_code",
    "print_data": "component template_url",
    "packing": "state station by reason",
    "pack_scan": "code sku outcome station by",
    "print_job": "reason state desk printer template batch spool_job confirmed_by",
    "proof": "kind source reference",
    "tracking": "waybill_no code status dedupe_key",
    "refund": "external_id currency",
    "after_sale": "external_id kind raw_status told_version currency may return_carrier return_no"
    " answer answer_state answer_code",
    "receivable": "currency cause reference",
    "event": "kind actor tone",
    "cases": "number kind priority state subject party currency settled_by dedupe_key",
    "kept_aside": "external_id code field body_digest state last_error",
    "time_reading": "field raw zone",
    "outbox": "kind intent_key state last_error result_json",
    "erasure": "state cause asked_by",
    "waiting_release": "sku",
    "inspection": "by",
    "buyer_notice": "sku kind state told_by",
}
GOES = {
    orders: erasure.ORDER,
    receiver: erasure.RECEIVER,
    tracking: erasure.OF_PARCELS[tracking],
    event: {"args_json": ""},
    kept_aside: {"body_ct": None},
}


def undecided(tables: tuple[Table, ...]) -> list[str]:
    """Columns about an order that nobody decided about."""
    found = []
    for table in tables:
        goes = set(GOES.get(table, ())) | set(erasure.BESIDE.get(table, ()))
        goes |= {"args_json"} if table is case else set()
        known = goes | set(OURS.get(table.name, "").split()) | {"row_mac"}
        found += [
            f"{table.name}.{column.name}: app/store/erasure.py erases it, or OURS says why not"
            for column in table.columns
            if isinstance(column.type, Text | LargeBinary) and column.name not in known
        ]
    return found


def of_orders() -> tuple[Table, ...]:
    names = {"order_id", "parcel_id"}
    also = {orders, kept_aside}
    return tuple(t for t in metadata.sorted_tables if t in also or names & set(t.columns.keys()))


def test_every_text_the_book_holds_about_an_order_is_decided_about() -> None:
    assert undecided(of_orders()) == []


def test_the_record_repeats_nothing_that_is_erased() -> None:
    for table in of_orders():
        goes = {*GOES.get(table, ()), *erasure.BESIDE.get(table, ())}
        goes |= {"args_json"} if table is case else set()
        shape = Shape(table)
        assert [name for name in goes if not is_closed(shape, name)] == [], table.name


def test_what_is_listed_is_there() -> None:
    there = {f"{t.name}.{c.name}" for t in metadata.sorted_tables for c in t.columns}
    listed = {f"{table}.{name}" for table, names in OURS.items() for name in names.split()}
    assert listed <= there


def test_a_column_nobody_decided_about_is_named() -> None:
    forgotten = {table: values for table, values in GOES.items() if table is not tracking}
    kept = dict(GOES)
    GOES.clear()
    GOES.update(forgotten)
    try:
        assert [one.split(":")[0] for one in undecided((tracking,))] == [
            "tracking.place",
            "tracking.said",
        ]
    finally:
        GOES.update(kept)
