"""A month of parcels at four accounts, some of which their carriers never scanned."""

from app.domain.actor import worker
from app.store import accounts
from app.store.tables import orders, parcel, tracking, waybill
from tests.desk.desk_world import DeskWorld
from tests.operations.outbound_world import record

HOUR = 3_600_000
BRANCHES = (("sf", "SF"), ("zto", "ZTO 萧山网点"), ("yto", "YTO 余杭"), ("zto", "ZTO West"))


def carried(desk: DeskWorld, parcels: int = 24) -> dict[str, int]:
    """Let parcels leave over ten days; the second account's carrier is late, the third absent."""
    desk.shop.receive(*(record(str(7000 + n)) for n in range(parcels)))
    new = [row["id"] for row in desk.shop.all(orders) if row["external_id"].startswith("7")]
    now, made = desk.behind.clock.now(), {}
    with desk.shop.book.work(worker("test")) as work:
        for carrier, name in BRANCHES:
            found = [row["id"] for row in accounts.carriers(work) if row["name"] == name]
            made[name] = (
                found[0] if found else accounts.put_carrier(work, carrier, name, {"k": "v"})
            )
        for n, pk in enumerate(new):
            carrier, name = BRANCHES[n % 4]
            at = now - (240 - 9 * n) * HOUR
            left = {"state": "shipped", "tab": "shipped", "shipped_at": at, "carrier": carrier}
            work.update(orders, pk, **left)
            box = work.ids.next()
            public = {"public_id": f"P{n}", "state": "shipped"}
            work.insert(parcel, {"id": box, "order_id": pk} | public)
            number = {"carrier_no": f"{carrier.upper()}14260087{n:05}", "state": "live"}
            account = {"carrier_account": f"{carrier}:{made[name]}", "intent_key": f"k{n}"}
            row = {"id": work.ids.next(), "parcel_id": box, "order_id": pk}
            work.insert(waybill, row | number | account)
            delay = (3, 30, 0, 20)[n % 4]
            if delay and at + delay * HOUR < now:
                seen = {"at": at + delay * HOUR, "status": "picked_up", "code": "x"}
                key = {"id": work.ids.next(), "parcel_id": box, "waybill_no": number["carrier_no"]}
                work.insert(tracking, key | seen | {"dedupe_key": f"{n}"})
        work.tell("carried")
        work.commit()
    return made
