"""Who may sync sees what is connected and what its words mean, and nobody sees another's shop."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.commands.orders import MapStatus
from app.domain.actor import worker
from app.domain.roles import Reach
from app.reads import connections
from app.store import accounts, outlets, shops, sync_history
from app.store.outlets import OutletFigure
from app.store.tables import carrier_account
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock

SEES = {
    "agent": True,
    "packer": False,
    "lead": True,
    "finance": False,
    "auditor": False,
    "admin": True,
    "owner": True,
    "nobody": False,
}


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    """A shop with a word of its own, another that refuses us, and a carrier."""
    made = Sight(tmp_path, clock, ids)
    shop = made.shop
    with shop.book.work(worker("sync")) as work:
        row = {"platform": "woocommerce", "name": "South", "zone": "UTC", "currency": "CNY"}
        south = shops.put_shop(work, row, {"key": "k"})
        sync_history.put_state(work, south, {"up": 0, "needs_person": 1, "error": "sync_failed"})
        told = (OutletFigure("ZTO", "57101", "萧山一部", 37), OutletFigure("SF", "", "", None))
        outlets.replace_all(work, accounts.carriers(work)[0]["id"], told)
        work.tell("measured")
        work.commit()
    word = ("woocommerce", "order", "completed", "completed", "we close by hand")
    shop.do("lead", MapStatus(*word, channel_id=shop.channel_id))
    for role in SEES:
        if role not in shop.sessions:
            shop.hire(role, *(() if role == "nobody" else (role,)))
    yield made
    made.close()


def carrier_of(sight: Sight) -> int:
    return int(sight.shop.all(carrier_account)[0]["id"])


def public() -> set[str]:
    found = inspect.getmembers(connections, inspect.isfunction)
    return {n for n, one in found if one.__module__ == connections.__name__ and n[0] != "_"}


@pytest.mark.parametrize("role", list(SEES))
def test_each_role_sees_all_of_it_or_nothing(sight: Sight, role: str) -> None:
    viewer, read = sight.viewer(role), sight.read
    found = {
        "connected": len(connections.connected(read, viewer)),
        "meanings": len(connections.meanings(read, viewer, sight.shop.channel_id)) > 5,
        "refused": connections.refused(read, viewer),
        "outlets": len(connections.outlets(read, viewer, carrier_of(sight))),
    }
    assert set(found) == public(), "whoever adds a read names it here"
    whole = {"connected": 3, "meanings": True, "refused": 1, "outlets": 2}
    nothing = {"connected": 0, "meanings": False, "refused": 0, "outlets": 0}
    assert found == (whole if SEES[role] else nothing)


def test_who_looks_after_one_shop_sees_no_other_and_no_carrier(sight: Sight) -> None:
    mine, whole = sight.shop.channel_id, sight.viewer("lead")
    here = Reach(shops=frozenset({mine}))
    viewer = type(whole)(7, "south", whole.permissions, {connections.RIGHT: here})
    rows = connections.connected(sight.read, viewer)
    assert [(row.id, row.kind) for row in rows] == [(mine, "channel")]
    assert connections.outlets(sight.read, viewer, carrier_of(sight)) == ()
    south = next(r.id for r in connections.connected(sight.read, whole) if r.name == "South")
    assert connections.meanings(sight.read, viewer, south) == ()


def test_the_fewest_numbers_left_anywhere_are_what_warns(sight: Sight) -> None:
    viewer = sight.viewer("lead")
    row = next(r for r in connections.connected(sight.read, viewer) if r.kind == "carrier")
    assert (row.least, row.warn_below, row.is_low) == (37, 100, True)
    first, second = connections.outlets(sight.read, viewer, row.id)
    assert (first.name, first.remaining, second.remaining) == ("萧山一部", 37, None)


def test_a_shops_own_meaning_stands_in_place_of_its_platforms(sight: Sight) -> None:
    viewer, mine = sight.viewer("lead"), sight.shop.channel_id
    rows = connections.connected(sight.read, viewer)
    south = next(row.id for row in rows if row.name == "South")
    found = {}
    for shop in (mine, south):
        words = connections.meanings(sight.read, viewer, shop)
        found[shop] = [(w.status, w.own) for w in words if (w.machine, w.raw) == WORD]
    assert found == {mine: [("completed", 1)], south: [("shipped", 0)]}


WORD = ("order", "completed")
