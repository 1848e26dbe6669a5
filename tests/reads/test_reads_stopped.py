"""Who sees what is stopped and low, what shops were told, and which buyers are to be told."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.commands.stock import AdjustStock
from app.domain.actor import worker
from app.domain.roles import Reach
from app.operations import exposure, replenishment, stock_truth
from app.reads import stock_truth as truth
from app.reads import stopped
from app.store.exposure import all_figures
from sync.records import LineRecord
from tests.operations.outbound_world import receive_at, record, second_channel
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock

SKU = "LN-27"
DAY = 86_400_000
# May see stock; may see every order, those released to the warehouse, or none.
SIGHT = {
    "agent": (True, "all"),
    "packer": (True, "released"),
    "lead": (True, "all"),
    "finance": (True, "all"),
    "auditor": (False, "all"),
    "admin": (True, "all"),
    "owner": (True, "all"),
    "nobody": (False, "none"),
}


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    """Five orders, in two shops, that found no curtain left."""
    made = Sight(tmp_path, clock, ids)
    shop = made.shop
    lines = (LineRecord("1", SKU, "p1", "亚麻遮光窗帘", "", 60, 100, 6000),)
    shop.receive(*(record(f"L{n}", lines=lines) for n in range(4)))
    receive_at(shop, second_channel(shop), record("S1", lines=lines))
    rules = shop.door.laws.now
    with shop.book.work(worker("sync")) as work:
        replenishment.follow(work, replenishment.low_of(rules, all_figures(work)))
        exposure.tell(work, rules, [SKU])
        work.tell("shops_told_stock", "stock")
        work.commit()
    for role in SIGHT:
        if role not in shop.sessions:
            shop.hire(role, *(() if role == "nobody" else (role,)))
    yield made
    made.close()


@pytest.mark.req("F095")
@pytest.mark.parametrize("role", list(SIGHT))
def test_each_role_sees_what_is_stopped_and_only_the_buyers_of_its_orders(
    sight: Sight, role: str
) -> None:
    may, orders = SIGHT[role]
    viewer = sight.viewer(role)
    found = stopped.breakers(sight.read, viewer)
    kinds = ["oversell", "lock_failures"] if may else []
    assert sorted(row.kind for row in found) == sorted(kinds)
    assert [row.drafts for row in found if row.kind == "oversell"] == ([5] if may else [])
    assert stopped.open_breakers(sight.read, viewer) == len(kinds)
    low = stopped.tickets(sight.read, viewer)
    assert sorted(row.sku for row in low) == (["HK-01", "LN-27"] if may else [])
    shops = [row.shop for row in stopped.told(sight.read, viewer, SKU)]
    assert shops == (["Second", "Shop"] if may else [])
    buyers = {row.external_no for row in stopped.notices(sight.read, viewer, SKU)}
    everyone = {"L0", "L1", "L2", "L3", "S1"}
    assert buyers == (everyone if may and orders == "all" else set())


@pytest.mark.req("F095")
def test_who_serves_one_shop_sees_no_buyer_and_no_figure_of_another(sight: Sight) -> None:
    whole = sight.viewer("agent")
    here = Reach(shops=frozenset({sight.shop.channel_id}))
    viewer = replace(whole, reaches={**whole.reaches, "order.read": here}, orders=here)
    assert {row.shop for row in stopped.told(sight.read, viewer, SKU)} == {"Shop"}
    found = {row.external_no for row in stopped.notices(sight.read, viewer, SKU)}
    assert found == {"L0", "L1", "L2", "L3"}


@pytest.mark.req("F095")
@pytest.mark.parametrize("role", list(SIGHT))
def test_reports_and_differences_are_for_who_may_see_stock(
    sight: Sight, clock: FixedClock, role: str
) -> None:
    shop, may = sight.shop, SIGHT[role][0]
    shop.do("lead", AdjustStock("HK-01", shop.location_id, 7, "three are missing"))
    with shop.book.work(worker("sync")) as work:
        stock_truth.report(work, shop.door.laws.now, clock.now() + DAY)
        work.commit()
    viewer = sight.viewer(role)
    assert [row.differences for row in truth.days(sight.read, viewer)] == ([1] if may else [])
    assert truth.month(sight.read, viewer, "2026-02").units_off == (3 if may else 0)
    assert truth.month(sight.read, viewer, "2026-01").units_off == 0
    found = truth.differences(sight.read, viewer, clock.now() - DAY, clock.now() + DAY)
    assert [(row.units, row.counted_by) for row in found] == ([(-3, "lead")] if may else [])
