"""The board shows each person their orders, in whole pages, with counts that add up."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.commands.parcels import ScanLabel, TakeWaybills
from app.commands.people import Tokenise
from app.domain.actor import worker
from app.operations import waybill_answers
from app.reads import board, exceptions, panel, search
from app.reads.board import SORTS, View
from app.store.tables import orders
from sync.records import Moment, ReceiverRecord
from tests.operations.outbound_world import answer, record
from tests.operations.press_world import make_live, number_of
from tests.reads.reading_world import Sight
from tests.worlds import NOON, CountingIds, FixedClock

HOUR = 3_600_000
NAMES = ("张小满", "李四", "欧阳静", "张伟", "王五", "张小雨", "Ann Lee")


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    made = Sight(tmp_path, clock, ids)
    records = []
    for at, name in enumerate(NAMES):
        when = Moment(NOON + at // 2 * 1000, "x", "UTC")
        to = ReceiverRecord(name, f"1381234{5670 + at}", "", "CN", "浙江省", "杭州市", "", "路 1")
        number = str(900 + at)
        unpaid = {"raw_status": "pending", "raw_payment": "unpaid", "payment_proofs": ()}
        more = unpaid if at == 6 else {}
        records.append(record(number, placed=when, paid=when, receiver=to, **more))
    made.shop.receive(*records)
    made.shop.flow()
    yield made
    made.close()


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("descending", [True, False])
def test_pages_show_every_order_once_however_they_are_sorted(
    sight: Sight, sort: str, descending: bool
) -> None:
    viewer, view = sight.viewer("lead"), View(sort=sort, descending=descending)
    whole = board.page(sight.read, viewer, view, None, 100)
    walked, last = [], None
    while part := board.page(sight.read, viewer, view, last, 2):
        walked += part
        last = part[-1]
    assert walked == list(whole)
    assert len({row.id for row in walked}) == len(NAMES)
    jumped = [row for at in range(0, 8, 3) for row in board.jump(sight.read, viewer, view, at, 3)]
    assert jumped == list(whole)


def test_tabs_add_up_to_all_orders_and_to_their_money(sight: Sight) -> None:
    tabs = {t.tab: t for t in board.tabs(sight.read, sight.viewer("finance"))}
    assert sum(t.n for t in tabs.values()) == len(NAMES)
    assert tabs["awaiting_payment"].n == 1
    assert sum(minor for t in tabs.values() for _, minor in t.sums) == 25800 * len(NAMES)
    for tab, told in tabs.items():
        view = View(tab=tab)
        rows = board.page(sight.read, sight.viewer("finance"), view)
        assert len(rows) == told.n == board.count(sight.read, sight.viewer("finance"), view)


NODES = {
    "new": ("pending", "awaiting_payment", "to_review"),
    "to process": ("to_print", "to_ship"),
    "shipped": ("shipped",),
}


def nodes(sight: Sight, who: str, channel_id: int = 0) -> dict[str, int]:
    """What each node counts, each count held against the length of its own lists."""
    viewer, found = sight.viewer(who), {}
    told = {one.tab: one.n for one in board.tabs(sight.read, viewer, channel_id)}
    for node, tabs in NODES.items():
        for tab in tabs:
            view = View(tab=tab, channel_id=channel_id)
            rows = board.page(sight.read, viewer, view, None, 100)
            assert told.get(tab, 0) == len(rows) == len({row.id for row in rows}), (node, tab)
        found[node] = sum(told.get(tab, 0) for tab in tabs)
    return found


@pytest.mark.req("F146")
def test_new_to_process_and_shipped_count_what_their_lists_have_as_orders_move(
    sight: Sight,
) -> None:
    shop = sight.shop
    assert nodes(sight, "lead") == {"new": 2, "to process": 5, "shipped": 0}
    shop.receive(record("950", raw_status="sent-to-moon"), record("951"))
    assert nodes(sight, "lead") == {"new": 4, "to process": 5, "shipped": 0}
    assert nodes(sight, "packer") == {"new": 0, "to process": 5, "shipped": 0}, "only released ones"
    shop.flow()
    for number in ("900", "901"):
        make_live(shop, number)
        assert shop.do("packer", ScanLabel(number_of(number), "weigh_out"))["shipped"]
    expected = {"new": 4, "to process": 3, "shipped": 2}
    assert nodes(sight, "lead") == nodes(sight, "lead", shop.channel_id) == expected
    assert nodes(sight, "lead", 77) == {"new": 0, "to process": 0, "shipped": 0}


def test_a_packer_sees_released_orders_only_and_no_money(sight: Sight) -> None:
    rows = board.page(sight.read, sight.viewer("packer"), View())
    assert {row.tab for row in rows} == {"to_print"}
    assert {row.total_minor for row in rows} == {None}
    unpaid = board.page(sight.read, sight.viewer("lead"), View(tab="awaiting_payment"))
    assert panel.order(sight.read, sight.viewer("packer"), unpaid[0].id) is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("903", {"903"}),
        ("90", set()),
        ("5672", {"902"}),
        ("HK-01", {str(900 + n) for n in range(7)}),
        ("杭州", {str(900 + n) for n in range(7)}),
        ("' OR 1=1 --", set()),
    ],
)
def test_one_box_finds_numbers_tails_codes_and_cities(
    sight: Sight, typed: str, found: set[str]
) -> None:
    rows = search.plain(sight.read, sight.viewer("agent"), typed)
    assert {row.external_no for row in rows} == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("小满", {"900"}),
        ("张小", {"900", "905"}),
        ("zhangwei", {"903"}),
        ("欧阳静", {"902"}),
        ("13812345671", {"901"}),
        ("没有", set()),
    ],
)
def test_names_and_phones_are_found_without_the_key_at_the_desk(
    sight: Sight, typed: str, found: set[str]
) -> None:
    tokens = sight.shop.do("agent", Tokenise(typed))
    keys = search.Keys(tuple(tokens["names"]), tokens["phone"])
    rows = search.keyed(sight.read, sight.viewer("agent"), keys)
    assert {row.external_no for row in rows} == found


def test_many_pasted_numbers_come_back_in_one_list(sight: Sight) -> None:
    rows = search.pasted(sight.read, sight.viewer("agent"), "900, 904\n906；900 SO-none")
    assert {row.external_no for row in rows} == {"900", "904", "906"}


@pytest.mark.parametrize(("told", "shown"), [("zto", "zto"), ("", "sf")])
def test_a_parcel_shows_its_courier_and_not_the_aggregator(
    sight: Sight, told: str, shown: str
) -> None:
    shop = sight.shop
    order_id = shop.order("900")["id"]
    shop.do("lead", TakeWaybills((order_id,)))
    with shop.book.work(worker("sync")) as work:
        row = waybill_answers.due(work, 5)[0]
        made = replace(answer(row["intent_key"]), courier=told)
        waybill_answers.made_live(work, shop.door.laws.now, row["id"], made)
        work.tell("live")
        work.commit()
    seen = panel.order(sight.read, sight.viewer("lead"), order_id)
    assert seen is not None
    assert [box.carrier for box in seen.parcels] == [shown]


def test_short_stock_stands_among_the_exceptions_of_its_order(sight: Sight) -> None:
    cases = exceptions.standing(sight.read, sight.viewer("lead"))
    assert {case.kind for case in cases} <= {"short_stock", "missing_proofs"}
    assert cases
    one = panel.order(sight.read, sight.viewer("lead"), cases[0].order_id)
    assert one is not None
    assert cases[0].id in {case.id for case in one.cases}
    assert sum(exceptions.counts(sight.read, sight.viewer("lead")).values()) == len(cases)


@pytest.mark.req("F180")
def test_what_left_and_shows_as_pending_is_counted_with_how_long_it_lags(sight: Sight) -> None:
    now = sight.clock.now()
    marks = [("platform_behind", now - 10 * HOUR), ("platform_behind", now - 26 * HOUR)]
    known = [row["id"] for row in sight.shop.all(orders)]
    with sight.shop.book.work(worker("test")) as work:
        for pk, (word, at) in zip(known, [*marks, ("open_there", now - 90 * HOUR)], strict=False):
            work.update(orders, pk, ends=word, shipped_at=at)
        work.tell("marked")
        work.commit()
    lead = sight.viewer("lead")
    assert board.gap(sight.read, lead, now) == board.Gap(3, 2, 18 * HOUR)
    shown = board.page(sight.read, lead, View(apart=True))
    assert {row.ends for row in shown} == {"platform_behind", "open_there"}
    assert board.count(sight.read, lead, View(apart=True)) == len(shown) == 3
    packer = board.gap(sight.read, sight.viewer("packer"), now)
    assert packer.n == board.count(sight.read, sight.viewer("packer"), View(apart=True))
