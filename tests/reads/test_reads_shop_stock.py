"""One merchant code in every shop: each platform's figure, its moment, and the warehouse's."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.actor import worker
from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.stock_snapshots import StockSnapshots
from app.keeper.sync_loop import Reading
from app.reads import shop_stock
from app.store import shops
from app.store.listings import Listings, Told
from app.store.tables import lock, stock
from sync.engine import Gear, Health
from sync.errors import Unreachable
from sync.limits import Breaker
from sync.records import ListingPage, ListingRecord
from sync.retry import Budget
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import record
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock, SeededRng

SEES = {
    "agent": True,
    "packer": True,
    "lead": True,
    "finance": True,
    "auditor": False,
    "admin": True,
    "owner": True,
    "nobody": False,
}


class ListedShop:
    """A platform that lists what it sells, two on a page."""

    def __init__(self, *listings: ListingRecord) -> None:
        self.all, self.failure = list(listings), False

    async def listings(self, cursor: str) -> ListingPage:
        if self.failure:
            raise Unreachable
        at = int(cursor or 0)
        more = at + 2 < len(self.all)
        some = tuple(self.all[at : at + 2])
        return ListingPage(some, (), str(at + 2), more, len(self.all))


class Shelves:
    """The shop, two platforms that sell LN-27, and who asks them what is there."""

    def __init__(self, sight: Sight) -> None:
        self.sight, self.shop = sight, sight.shop
        with self.shop.book.work(worker("test")) as work:
            row = {"platform": "shopify", "name": "South", "zone": "UTC", "currency": "CNY"}
            self.south = shops.put_shop(work, row, {"key": "k"})
            for pk, ref in ((self.shop.channel_id, "p1"), (self.south, "s9")):
                Listings(work, pk, [Told(ref, "LN-27", "亚麻遮光窗帘", "", 1)])
            work.tell("listings_learned")
            work.commit()
        other = ListingRecord("zz", "OTHER", "not ours", quantity=5)
        self.north = ListedShop(other, ListingRecord("p9", "", "x"), told("p1", 38))
        self.far = ListedShop(told("s9", None))
        laws = self.shop.door.laws
        self.room = Room(
            *(self.shop.book, AtOnce(), laws, sight.clock, SeededRng(), lambda _: None)  # type: ignore[arg-type]
        )

    def readings(self) -> tuple[tuple[int, Reading], ...]:
        both = ((self.shop.channel_id, self.north), (self.south, self.far))
        return tuple((pk, self._reading(platform)) for pk, platform in both)

    def _reading(self, platform: ListedShop) -> Reading:
        clock = self.sight.clock
        gear = Gear(clock, SeededRng(), Breaker(clock, SeededRng()), Budget())
        outlet = Outlet(platform, gear)  # type: ignore[arg-type]  # only its list is asked
        return Reading("Shop", 60.0, 0, Health("1"), outlet, None)

    def look(self) -> None:
        shops_: Any = SimpleNamespace(readings=self.readings)
        asyncio.run(StockSnapshots(self.room, shops_).round())

    def figures(self, who: str = "lead") -> dict[str, tuple[int | None, int | None]]:
        rows = shop_stock.figures(self.sight.read, self.sight.viewer(who), "LN-27")
        return {row.shop: (row.quantity, row.at) for row in rows}


def told(ref: str, quantity: int | None) -> ListingRecord:
    return ListingRecord(ref, "LN-27", "亚麻遮光窗帘", quantity=quantity)


@pytest.fixture
def shelves(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Shelves]:
    sight = Sight(tmp_path, clock, ids)
    for role in SEES:
        if role not in sight.shop.sessions:
            sight.shop.hire(role, *(() if role == "nobody" else (role,)))
    yield Shelves(sight)
    sight.close()


@pytest.mark.req("F066")
def test_every_shop_shows_its_own_figure_with_the_moment_it_was_told(shelves: Shelves) -> None:
    clock = shelves.sight.clock
    assert shelves.figures() == {"Shop": (None, None), "South": (None, None)}, "nobody told yet"
    shelves.look()
    first = clock.now()
    assert shelves.figures() == {"Shop": (38, first), "South": (None, first)}
    clock.advance(3_600_000)
    shelves.north.failure, shelves.far.all = True, [told("s9", 4)]
    shelves.look()
    assert shelves.figures() == {"Shop": (38, first), "South": (4, clock.now())}
    here = shop_stock.places(shelves.sight.read, shelves.sight.viewer("lead"), "LN-27")
    assert [(row.name, row.physical, row.reserved) for row in here] == [("Main", 10, 0)]


@pytest.mark.req("F125")
@pytest.mark.parametrize("figure", [0, 1_000_000])
def test_a_shops_figure_holds_nothing_and_decides_nothing(shelves: Shelves, figure: int) -> None:
    shelves.north.all = [told("p1", figure)]
    shelves.look()
    assert shelves.shop.all(lock) == []
    shelves.shop.receive(record("501"))
    held = [(row["sku"], row["quantity"]) for row in shelves.shop.all(lock)]
    assert sorted(held) == [("HK-01", 1), ("LN-27", 2)], "the warehouse has ten, whatever it says"
    rows = {row["sku"]: (row["physical"], row["reserved"]) for row in shelves.shop.all(stock)}
    assert rows["LN-27"] == (10, 2)


@pytest.mark.parametrize("role", list(SEES))
def test_each_role_sees_stock_everywhere_or_nowhere(shelves: Shelves, role: str) -> None:
    shelves.look()
    viewer, read = shelves.sight.viewer(role), shelves.sight.read
    found = (shop_stock.figures(read, viewer, "LN-27"), shop_stock.places(read, viewer, "LN-27"))
    assert [bool(rows) for rows in found] == [SEES[role]] * 2
