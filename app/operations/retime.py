"""A shop's zone was wrong: the times of the orders that waited for it are read once more.

What was read is kept word for word beside each order (F087), so that nothing has to be asked of
the platform; the first reading stays beside the second.
"""

from app.domain import times
from app.operations import intake, stock
from app.operations.intake_change import settle_stock
from app.operations.intake_read import AHEAD_MS, FUTURE
from app.rulebook import Rulebook
from app.store import cases, events, intake_rows
from app.store import orders as book
from app.store.seal import Row
from app.store.tables import channel, orders
from app.store.tables_record import time_reading
from app.store.work import Work

COLUMNS = {"placed": "placed_at", "paid": "paid_at", "modified": "external_version"}
HAPPENED = ("placed", "paid", "modified", "completed")


def read_again(work: Work, rules: Rulebook, channel_id: int, before: str) -> int:
    """Read the times of the shop's waiting orders in the zone it has now; how many go on.

    Only what was read in the zone ``before`` is read anew: a time that names its own stays.
    """
    ground = intake.ground_of(work, rules, channel_id)
    zone, gone_on = str(work.row(channel, channel_id)["zone"]), 0
    for order_id in cases.orders_of(work, channel_id, FUTURE):
        found = _moments(work, order_id, before, zone)
        new = {COLUMNS[name]: utc for name, utc in found.items() if name in COLUMNS}
        since = found.get("paid") or found.get("placed")
        if since and "promise" not in found:
            new["promise_at"] = ground.calendar.ship_by(since, rules.policy.ship_within_hours)
        if new:
            work.update(orders, order_id, **new)
            events.note(work, order_id, "times_read_again", zone=zone, before=before)
        if any(found.get(name, 0) > work.now + AHEAD_MS for name in HAPPENED):
            continue
        stock.go_on(work, order_id, FUTURE)
        settle_stock(work, ground, order_id)
        book.refresh(work, order_id)
        gone_on += 1
    return gone_on


def _moments(work: Work, order_id: int, before: str, zone: str) -> dict[str, int]:
    """Each of an order's times as it is read now, its new readings written beside the old ones."""
    newest: dict[str, Row] = {}
    for row in intake_rows.rows_of(work, time_reading, order_id):
        newest[row["field"]] = row
    found: dict[str, int] = {}
    for name, row in newest.items():
        utc = row["utc"]
        if row["zone"] == before:
            utc = times.read(row["raw"], zone).utc_ms
            place = {"id": work.ids.next(), "order_id": order_id, "field": name}
            work.insert(time_reading, {**place, "raw": row["raw"], "zone": zone, "utc": utc})
        if utc is not None:
            found[name] = utc
    return found
