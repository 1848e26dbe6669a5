"""Each scope sees its own orders in every read, its own counts, and its own money (F175)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.actor import worker
from app.reads import board, exceptions, house, panel, search
from app.reads.board import View
from app.reads.viewer import Viewer
from app.store import cases
from app.store.cases import Notice
from tests.operations.outbound_world import record
from tests.operations.wide_shop import CORNERS, WideShop
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock

SCOPES = ("everywhere", "shop", "department", "warehouse")


class WideSight(Sight):
    """Eyes on a shop with two channels and two warehouses."""

    def __init__(self, folder: Path, clock: FixedClock, ids: CountingIds) -> None:
        super().__init__(folder, clock, ids)
        self.wide = WideShop(self.shop)


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[WideSight]:
    made = WideSight(tmp_path, clock, ids)
    rows = [made.shop.order(name) for name in CORNERS]
    with made.shop.book.work(worker("sync")) as work:
        kinds = made.shop.door.laws.now.cases
        for row in rows:
            cases.open_case(work, kinds, Notice("bad_time", row["id"], row["channel_id"]))
        for shop_id in (0, made.wide.a, made.wide.b):
            cases.open_case(work, kinds, Notice("bad_time", 0, shop_id, subject="the shop's"))
        work.tell("noticed")
        work.commit()
    yield made
    made.close()


def ids_of(sight: WideSight) -> tuple[int, ...]:
    return tuple(sight.wide.id(name) for name in CORNERS)


def panels(sight: WideSight, viewer: Viewer) -> list[Any]:
    found = [panel.order(sight.read, viewer, pk) for pk in ids_of(sight)]
    return [one.order for one in found if one is not None]


def keys(sight: WideSight) -> search.Keys:
    return search.Keys(sight.shop.book.keys.query_tokens("张小满"), b"")


def phone(sight: WideSight) -> search.Keys:
    return search.Keys((), sight.shop.book.keys.blind("phone", "13812345678") or b"")


READS: dict[str, Callable[[WideSight, Viewer], Any]] = {
    "page": lambda s, v: board.page(s.read, v, View()),
    "page of a tab": lambda s, v: [
        row for tab in board.Tab for row in board.page(s.read, v, View(tab=tab.value))
    ],
    "page by amount": lambda s, v: board.page(s.read, v, View(sort="total_minor")),
    "jump": lambda s, v: board.jump(s.read, v, View(), 0),
    "some": lambda s, v: board.some(s.read, v, ids_of(s)),
    "panel": panels,
    "city": lambda s, v: search.plain(s.read, v, "杭州"),
    "phone tail": lambda s, v: search.plain(s.read, v, "5678"),
    "name": lambda s, v: search.keyed(s.read, v, keys(s)),
    "phone": lambda s, v: search.keyed(s.read, v, phone(s)),
    "pasted": lambda s, v: search.pasted(s.read, v, " ".join(CORNERS)),
    "numbers": lambda s, v: [row for n in CORNERS for row in search.plain(s.read, v, n)],
}


@pytest.mark.req("F175")
@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_sees_its_own_orders_in_every_read(sight: WideSight, scope: str) -> None:
    sight.wide.hire("mei", f"agent {scope}")
    viewer, wrong = sight.viewer("mei"), []
    for name, read in READS.items():
        found = {row.external_no for row in read(sight, viewer)}
        if found != sight.wide.scopes[scope][1]:
            wrong.append(f"{name}: {sorted(found)}")
    picked = set(board.ids(sight.read, viewer, View(), 9))
    assert picked == {sight.wide.id(name) for name in sight.wide.scopes[scope][1]}
    assert not wrong, "\n".join(wrong)


@pytest.mark.req("F175")
@pytest.mark.parametrize("scope", SCOPES)
def test_counts_and_exceptions_tell_no_more_than_the_rows(sight: WideSight, scope: str) -> None:
    sight.wide.hire("mei", f"agent {scope}")
    viewer, mine = sight.viewer("mei"), sight.wide.scopes[scope][1]
    assert sum(tab.n for tab in board.tabs(sight.read, viewer)) == len(mine)
    assert board.count(sight.read, viewer, View()) == len(mine)
    for tab in board.Tab:
        n = board.count(sight.read, viewer, View(tab=tab.value))
        assert n == len(board.page(sight.read, viewer, View(tab=tab.value)))
    stand = exceptions.standing(sight.read, viewer)
    assert {row.external_no for row in stand if row.order_id} == mine
    alone = {"everywhere": 3, "shop": 1, "department": 1, "warehouse": 0}[scope]
    assert len([row for row in stand if not row.order_id]) == alone
    assert sum(exceptions.counts(sight.read, viewer).values()) == len(stand)


@pytest.mark.req("F175", "F096")
def test_money_is_shown_only_where_payments_may_be_seen(sight: WideSight) -> None:
    sight.wide.hire("mei", "agent everywhere", "finance shop")
    viewer = sight.viewer("mei")
    shown = {row.external_no: row.total_minor for row in board.page(sight.read, viewer, View())}
    assert {name for name, total in shown.items() if total is not None} == {"am", "ae"}
    assert set(shown) == set(CORNERS)
    sums = [minor for tab in board.tabs(sight.read, viewer) for _, minor in tab.sums]
    assert sum(sums) == sum(total for total in shown.values() if total is not None)
    items = {one.order.external_no: one.items for one in map(_panel(sight, viewer), ids_of(sight))}
    assert {name for name, some in items.items() if some[0].total_minor is not None} == {"am", "ae"}


def _panel(sight: WideSight, viewer: Viewer) -> Callable[[int], Any]:
    return lambda pk: panel.order(sight.read, viewer, pk)


@pytest.mark.req("F175")
def test_scopes_add_up_and_a_packers_part_stays_released_only(sight: WideSight) -> None:
    sight.wide.hire("mei", "agent shop", "packer warehouse")
    viewer = sight.viewer("mei")
    rows = {row.external_no for row in board.page(sight.read, viewer, View())}
    assert rows == {"am", "ae"}  # "be" stands in the packer's warehouse, not released yet
    sight.shop.flow()
    rows = {row.external_no for row in board.page(sight.read, viewer, View())}
    assert rows == {"am", "ae", "be"}
    assert board.count(sight.read, viewer, View()) == 3


def test_a_search_fills_its_page_with_what_is_in_sight(sight: WideSight) -> None:
    """Fifty newer hits of another shop do not take the place of the one that may be seen."""
    sight.wide.receive(sight.wide.b, *(record(f"x{n}") for n in range(60)))
    sight.wide.hire("mei", "agent shop")
    found = {row.external_no for row in search.plain(sight.read, sight.viewer("mei"), "杭州")}
    assert found == {"am", "ae"}


def test_a_warehouse_sees_every_shops_name_and_a_shop_only_its_own(sight: WideSight) -> None:
    sight.wide.hire("a", "agent shop")
    sight.wide.hire("e", "agent warehouse")
    seen = {who: [s.id for s in house.shops_seen(sight.read, sight.viewer(who))] for who in "ae"}
    assert seen == {"a": [sight.wide.a], "e": [sight.wide.a, sight.wide.b]}
