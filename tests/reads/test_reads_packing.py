"""What a station shows is for who packs there, and of no order out of their sight."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.commands.orders import SetMemo
from app.commands.packing import OpenParcel, ScanItem
from app.domain.scan_codes import CodeKind, code_of
from app.reads import packing
from app.store.tables import parcel
from tests.operations.outbound_world import record
from tests.reads.reading_world import Sight
from tests.worlds import NOON, CountingIds, FixedClock

PACKS = {"packer": True, "lead": True, "owner": True, "agent": False, "finance": False}
UNPAID = {"raw_status": "pending", "raw_payment": "unpaid", "payment_proofs": ()}


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    """701 is being packed, with a memo; 702 is unpaid."""
    made = Sight(tmp_path, clock, ids)
    shop = made.shop
    shop.receive(record("701"), record("702", **UNPAID))
    shop.flow()
    for role in (*PACKS, "nobody"):
        if role not in shop.sessions:
            shop.hire(role, *(() if role == "nobody" else (role,)))
    shop.do("lead", SetMemo(shop.order("701")["id"], "a card, please", "red"))
    opened = shop.do("packer", OpenParcel("701", "3"))
    for code in ("LN-27", "NOT-OURS"):
        shop.do("packer", ScanItem(opened["parcel_id"], code, clock.now(), "3"))
    yield made
    made.close()


@pytest.mark.req("F095")
def test_only_who_packs_sees_a_parcel_its_memo_and_the_scans_of_a_station(sight: Sight) -> None:
    (box,) = sight.shop.all(parcel)
    for role, may in {**PACKS, "nobody": False}.items():
        viewer = sight.viewer(role)
        found = packing.bench(sight.read, viewer, box["id"])
        same = packing.bench_of(sight.read, viewer, sight.shop.order("701")["id"])
        assert (found is not None) == may, role
        assert found == same, role
        scans = packing.scans(sight.read, viewer, "3")
        day = packing.day(sight.read, viewer, "3", NOON)
        if may:
            assert found is not None
            assert (found.memo, found.external_no) == ("a card, please", "701")
            assert [one.outcome for one in scans] == ["wrong", "right", "opened"]
            assert (day.parcels, day.stopped, day.since) == (0, 1, NOON)
        else:
            assert (scans, day.parcels, day.stopped) == ((), 0, 0)
    assert packing.scans(sight.read, sight.viewer("packer"), "4") == ()


def test_a_code_of_ours_leads_to_its_order_for_who_may_see_it(sight: Sight) -> None:
    shop, (box,) = sight.shop, sight.shop.all(parcel)
    unpaid = code_of(CodeKind.ORDER, shop.order("702")["number"])
    own = code_of(CodeKind.PARCEL, box["public_id"])
    for role, seen in (("lead", shop.order("702")["id"]), ("packer", 0), ("nobody", 0)):
        assert packing.order_of(sight.read, sight.viewer(role), unpaid) == seen
    assert packing.order_of(sight.read, sight.viewer("packer"), own) == shop.order("701")["id"]
    assert packing.order_of(sight.read, sight.viewer("lead"), "701") == 0
