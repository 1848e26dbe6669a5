"""Who looks after the sync reads its reports and gauges; who looks after one shop, that shop's."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.actor import worker
from app.reads import sync_flow
from app.store import flow_figures, shops, sync_history
from app.store.tables_notice import notice_route
from tests.reads.reading_world import Sight
from tests.reads.test_reads_sync_health import SEES
from tests.worlds import CountingIds, FixedClock

SHOWN = {"reports": 3, "states": 4, "locks": 1, "retries": 1, "told": 1}


def figures(channel_id: int, link: str, failed: int) -> dict:
    row = {"channel_id": channel_id, "link": link, "asked": 1000, "failed": failed, "again": 20}
    return row | {"came": 3, "median_ms": 9000, "p95_ms": 20_000}


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    """Two shops with a day's report, one look at the flow, and somebody who gets the mail."""
    made = Sight(tmp_path, clock, ids)
    shop = made.shop
    with shop.book.work(worker("sync")) as work:
        row = {"platform": "shopify", "name": "South", "zone": "UTC", "currency": "CNY"}
        south, mine = shops.put_shop(work, row, {"key": "k"}), shop.channel_id
        rows = [figures(mine, "orders", 8), figures(mine, "ship", 9), figures(south, "orders", 0)]
        sync_history.put_day(work, "2026-02-15", rows)
        sync_history.put_samples(work, [figures(mine, "orders", 0), figures(mine, "reserve", 0)])
        locks = {"holding": 6, "waiting": 2, "writes": 100, "waited": 25}
        flow_figures.put(work, flow_figures.dwells(work), locks)
        for kind, state in (("mail", "on"), ("wecom", "off")):
            work.insert(notice_route, {"id": work.ids.next(), "kind": kind, "state": state})
        work.tell("sync_reported")
        work.commit()
    for role in SEES:
        if role not in shop.sessions:
            shop.hire(role, *(() if role == "nobody" else (role,)))
    yield made
    made.close()


def found(sight: Sight, who: str) -> dict[str, tuple]:
    viewer, read = sight.viewer(who), sight.read
    return {
        "reports": sync_flow.reports(read, viewer),
        "states": sync_flow.states(read, viewer, 0),
        "locks": sync_flow.locks(read, viewer, 0),
        "retries": sync_flow.retries(read, viewer, 0),
        "told": sync_flow.told(read, viewer),
    }


@pytest.mark.parametrize("role", list(SEES))
def test_each_role_reads_all_of_it_or_nothing(sight: Sight, role: str) -> None:
    rows = found(sight, role)
    named = {n for n, f in inspect.getmembers(sync_flow, inspect.isfunction)}
    here = {n for n in named if getattr(sync_flow, n).__module__ == sync_flow.__name__}
    assert here == set(rows) == set(SHOWN), "whoever adds a read names it here"
    sizes = {name: len(some) for name, some in rows.items()}
    assert sizes == (SHOWN if SEES[role] else dict.fromkeys(SHOWN, 0))


@pytest.mark.req("F011")
def test_a_report_names_the_worst_link_first_and_draws_the_line_at_99_2(sight: Sight) -> None:
    rows = found(sight, "lead")["reports"]
    assert [(row.shop, row.link, row.is_red) for row in rows] == [
        ("Shop", "ship", True),
        ("Shop", "orders", False),
        ("South", "orders", False),
    ]


@pytest.mark.req("F225")
def test_shares_are_of_what_they_are_shares_of(sight: Sight) -> None:
    rows = found(sight, "lead")
    assert (rows["locks"][0].index, rows["locks"][0].busy) == (0.25, 0.25)
    assert rows["retries"][0].rate == 0.02, "payments to stock are no requests"
    assert rows["told"] == ("mail",), "never an address"
