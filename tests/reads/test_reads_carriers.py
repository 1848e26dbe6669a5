"""The carriers' figures follow from the scans, and are the same when counted another way."""

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.actor import worker
from app.reads import carriers
from app.reads.carriers import Chosen, Span
from app.store import accounts
from app.store.tables import orders, parcel, tracking, waybill
from tests.operations.outbound_world import record
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock

HOUR = 3_600_000
DAY = 24 * HOUR
SEES = {"agent", "packer", "lead"}


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    """Forty parcels of three accounts, some scanned soon, some late, some never."""
    made = Sight(tmp_path, clock, ids)
    shop, chance = made.shop, random.Random(11)
    shop.receive(*(record(str(600 + n)) for n in range(40)))
    pks = [row["id"] for row in shop.all(orders)]
    now = clock.now()
    with shop.book.work(worker("test")) as work:
        mine = {"SF": accounts.carriers(work)[0]["id"]}
        for carrier, name in (("zto", "ZTO East"), ("zto", "ZTO West")):
            mine[name] = accounts.put_carrier(work, carrier, name, {"k": "v"})
        for n, pk in enumerate(pks):
            name = ("SF", "ZTO East", "ZTO West")[n % 3]
            carrier = "sf" if name == "SF" else "zto"
            at = now - chance.randint(1, 60) * HOUR
            delivered = {"logistics": "delivered"} if n % 7 == 0 else {}
            work.update(
                orders,
                pk,
                state="shipped",
                tab="shipped",
                shipped_at=at,
                carrier=carrier,
                **delivered,
            )
            box, label = work.ids.next(), work.ids.next()
            boxed = {"id": box, "order_id": pk, "public_id": f"P{n}", "state": "shipped"}
            work.insert(parcel, boxed)
            account = f"{carrier}:{mine[name]}"
            number = {"carrier_no": f"N{n}", "state": "live", "intent_key": f"k{n}"}
            row = {"id": label, "parcel_id": box, "order_id": pk, "carrier_account": account}
            work.insert(waybill, row | number)
            for k in range(chance.choice((0, 1, 2, 3))):
                seen = at + chance.randint(1, 40) * HOUR
                status = chance.choice(("picked_up", "in_transit", "", "waybilled"))
                key = {"id": work.ids.next(), "parcel_id": box, "waybill_no": f"N{n}"}
                said = {"code": "x", "status": status, "at": seen, "dedupe_key": f"{n}.{k}"}
                work.insert(tracking, key | said)
        work.tell("made")
        work.commit()
    yield made
    made.close()


def whole(sight: Sight) -> Span:
    now = sight.clock.now()
    return Span(now - 90 * DAY, now, now)


def first_scans(sight: Sight) -> dict[int, int | None]:
    """By the rows of the book alone: each parcel's first scan that is one."""
    firsts: dict[int, int | None] = {row["id"]: None for row in sight.shop.all(parcel)}
    for scan in sight.shop.all(tracking):
        if scan["status"] in {"picked_up", "in_transit"}:
            known = firsts[scan["parcel_id"]]
            firsts[scan["parcel_id"]] = min(known or scan["at"], scan["at"])
    return firsts


@pytest.mark.req("F187")
def test_every_figure_is_the_same_when_counted_from_the_events_one_by_one(sight: Sight) -> None:
    now, firsts = sight.clock.now(), first_scans(sight)
    left = {row["id"]: row for row in sight.shop.all(orders)}
    counted: dict[int, list[tuple[int, int | None, bool]]] = defaultdict(list)
    for label in sight.shop.all(waybill):
        order, first = left[label["order_id"]], firsts[label["parcel_id"]]
        if first is not None or now - order["shipped_at"] > DAY:
            account = int(label["carrier_account"].split(":")[1])
            arrived = order["logistics"] == "delivered"
            counted[account].append((order["shipped_at"], first, arrived))
    rows = carriers.standing(sight.read, sight.viewer("lead"), whole(sight))
    assert {row.id for row in rows} == set(counted)
    for row in rows:
        mine = counted[row.id]
        delays = [first - at for at, first, _ in mine if first is not None]
        assert row.parcels == len(mine)
        assert row.scanned == len(delays)
        assert row.taken == sum(delay <= DAY for delay in delays)
        assert row.delay_ms == sum(delays) // len(delays)
        assert row.delivered == sum(arrived for _, _, arrived in mine)
    assert [row.rate for row in rows] == sorted(row.rate for row in rows), "the worst first"


@pytest.mark.req("F187")
def test_the_worst_are_five_at_most_and_none_that_took_over_everything() -> None:
    made = [carriers.CarrierRow(n, "sf", f"B{n}", 10, n, 10, 1, 0) for n in range(4, 11)]
    assert [row.id for row in carriers.worst(tuple(made))] == [4, 5, 6, 7, 8]
    assert [row.id for row in carriers.worst(tuple(made[5:]))] == [9]


@pytest.mark.req("F186")
def test_the_months_list_names_every_parcel_without_a_scan_for_a_day_by_branch(
    sight: Sight,
) -> None:
    now, firsts = sight.clock.now(), first_scans(sight)
    at = {row["id"]: row["shipped_at"] for row in sight.shop.all(orders)}
    waited = {
        label["carrier_no"]: (firsts[label["parcel_id"]] or now) - at[label["order_id"]]
        for label in sight.shop.all(waybill)
    }
    rows = carriers.unscanned(sight.read, sight.viewer("lead"), whole(sight))
    assert {row.waybill_no for row in rows} == {no for no, ms in waited.items() if ms > DAY}
    assert any(row.first_at is None for row in rows)
    assert any(row.first_at is not None for row in rows)
    branches = [(row.carrier, row.branch) for row in rows]
    assert branches == sorted(branches)
    assert {branch for _, branch in branches} == {"SF", "ZTO East", "ZTO West"}
    late = carriers.unscanned(sight.read, sight.viewer("lead"), Span(now - 30 * HOUR, now, now))
    assert {r.waybill_no for r in late} == {
        r.waybill_no for r in rows if now - r.shipped_at <= 30 * HOUR
    }


@pytest.mark.parametrize("role", ["agent", "packer", "lead", "finance", "nobody"])
def test_who_may_not_see_parcels_sees_no_carrier(sight: Sight, role: str) -> None:
    if role not in sight.shop.sessions:
        sight.shop.hire(role)
    viewer, span = sight.viewer(role), whole(sight)
    sees = viewer.may("trace.read")
    assert bool(carriers.standing(sight.read, viewer, span)) == sees
    assert bool(carriers.unscanned(sight.read, viewer, span)) == sees
    assert (carriers.chosen(sight.read, viewer) != Chosen()) == sees
