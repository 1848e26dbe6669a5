"""Four signs that a shop needs its systems joined, computed from the book (F148)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.actor import worker
from app.reads import needs
from app.reads.needs import DAY_MS, Sign
from app.store.cases import Notice, open_case
from app.store.tables import channel, orders
from app.store.tables_approval import export_file
from tests.operations.outbound_world import record
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    made = Sight(tmp_path, clock, ids)
    made.shop.receive(record("701"), record("702"))
    made.shop.flow()
    yield made
    made.close()


def signs(sight: Sight, who: str = "owner") -> dict[str, Sign]:
    if who not in sight.shop.sessions:
        sight.shop.hire(who, who)
    viewer = sight.viewer(who)
    return {one.name: one for one in needs.signs(sight.read, viewer, sight.clock.now())}


def exported(sight: Sight, *days_ago: float, state: str = "written") -> None:
    with sight.shop.book.work(worker("test")) as work:
        for ago in days_ago:
            row = {"id": work.ids.next(), "at": int(work.now - ago * DAY_MS), "state": state}
            row |= {"operator_id": 1, "tab": "to_print", "row_count": 1, "digest": b""}
            work.insert(export_file, row)
        work.tell("test")
        work.commit()


@pytest.mark.req("F148")
def test_more_than_three_exports_on_one_day_of_the_week_are_a_sign(sight: Sight) -> None:
    exported(sight, 1.1, 1.2, 1.3, 2.1, 3.1, 4.1, 5.1)
    assert (signs(sight)["exports"].shows, signs(sight)["exports"].n) == (False, 3)
    exported(sight, 1.25, 1.26, state="stopped")
    exported(sight, 9.1, 9.2, 9.3, 9.4)
    assert signs(sight)["exports"].shows is False
    exported(sight, 1.4)
    assert (signs(sight)["exports"].shows, signs(sight)["exports"].n) == (True, 4)


@pytest.mark.req("F148")
def test_two_shops_in_conflict_are_a_sign_and_named(sight: Sight) -> None:
    assert signs(sight)["conflicts"] == Sign("conflicts", False, 0, 2)
    shop = sight.shop
    with shop.book.work(worker("test")) as work:
        other = work.ids.next()
        row = {"id": other, "platform": "shopify", "name": "Second", "zone": "UTC"}
        work.insert(channel, row | {"currency": "CNY"})
        rules = shop.door.laws.now
        open_case(work, rules.cases, Notice("gap_found", channel_id=other, subject="x"))
        work.tell("test")
        work.commit()
    assert signs(sight)["conflicts"].shows is False
    apart(sight, "701")
    found = signs(sight)["conflicts"]
    assert (found.shows, found.names) == (True, ("Second", "Shop"))


def apart(sight: Sight, external_id: str) -> None:
    pk = sight.shop.order(external_id)["id"]
    with sight.shop.book.work(worker("test")) as work:
        work.update(orders, pk, ends="platform_behind")
        work.tell("test")
        work.commit()


@pytest.mark.req("F148")
def test_paid_orders_that_have_not_left_and_are_late_are_a_sign(
    sight: Sight, clock: FixedClock
) -> None:
    assert signs(sight)["complaints"] == Sign("complaints", False)
    pk = sight.shop.order("701")["id"]
    with sight.shop.book.work(worker("test")) as work:
        work.update(orders, pk, promise_at=work.now + 3_600_000)
        work.tell("test")
        work.commit()
    assert signs(sight)["complaints"].n == 0
    clock.advance(2 * 3_600_000)
    assert (signs(sight)["complaints"].shows, signs(sight)["complaints"].n) == (True, 1)


@pytest.mark.req("F148")
def test_what_cannot_be_known_is_never_said_to_be_fine(sight: Sight) -> None:
    assert signs(sight)["statements"].shows is None


@pytest.mark.parametrize(
    ("who", "count"), [("owner", 4), ("lead", 4), ("admin", 4), ("agent", 0), ("packer", 0)]
)
def test_only_who_looks_after_the_whole_shop_sees_them(sight: Sight, who: str, count: int) -> None:
    assert len(signs(sight, who)) == count
