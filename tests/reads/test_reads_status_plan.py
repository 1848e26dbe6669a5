"""Where is this order? is answered by indexes alone, so that a million orders slow it by little.

The figure at a million orders is measured by hand; here every statement of the answer shows its
plan: none reads a growing table from end to end.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.reads import panel, search
from app.reads.book import ReadBook
from tests.operations.outbound_world import record
from tests.operations.press_world import make_live
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock

FEW = frozenset({"channel", "carrier_account", "location", "operator", "c", "a", "s"})


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    made = Sight(tmp_path, clock, ids)
    made.shop.receive(record("501"), record("502"))
    made.shop.flow()
    make_live(made.shop, "501")
    yield made
    made.close()


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Every step of every statement read meanwhile, with its statement."""
    steps: list[tuple[str, str]] = []
    explain = ReadBook.rows

    def explained(read: Callable[..., Any]) -> Callable[..., Any]:
        def told(book: ReadBook, sql: str, values: Any = ()) -> Any:
            plan = explain(book, f"EXPLAIN QUERY PLAN {sql}", values)
            steps.extend((str(one["detail"]), sql) for one in plan)
            return read(book, sql, values)

        return told

    for name in ("rows", "row"):
        monkeypatch.setattr(ReadBook, name, explained(getattr(ReadBook, name)))
    return steps


@pytest.mark.req("F210")
def test_no_question_about_one_order_reads_a_growing_table_from_end_to_end(
    sight: Sight, plans: list[tuple[str, str]]
) -> None:
    viewer = sight.viewer("agent")
    order = sight.shop.order("501")
    for typed in ("501", order["number"], order["waybill_no"], "5678", "LN-27", "杭州", "50199"):
        search.plain(sight.read, viewer, typed)
    assert search.plain(sight.read, viewer, "501")
    assert search.pasted(sight.read, viewer, f"501 {order['number']}")
    search.keyed(sight.read, viewer, search.Keys(names=(1, 2), phone=b"x" * 32))
    assert panel.order(sight.read, viewer, order["id"]) is not None
    assert len(plans) > 30
    scans = [
        (step, sql)
        for step, sql in plans
        for table in re.findall(r"^SCAN (\w+)", step)
        if table not in FEW and "CONSTANT" not in step
    ]
    assert not scans
