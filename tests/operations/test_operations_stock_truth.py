"""Cancellations are held against stock movements; differences are reported and explained."""

import json
from typing import Any

import pytest
from sqlalchemy import update

from app.commands.orders import CancelLines, CancelOrder
from app.commands.people import SignIn
from app.commands.stock import AdjustStock, ReleaseLock
from app.commands.stock_truth import ExplainVariance, FinishVariance
from app.domain.actor import worker
from app.domain.errors import BadValue, NotAllowed, NotInState, ReasonNeeded
from app.operations import stock_truth
from app.store import stock_release
from app.store.tables import lock, stock_move
from app.store.tables_record import audit, case
from app.store.tables_stock_truth import stock_day, variance
from app.store.work import Book
from sync.records import LineRecord
from tests.operations.outbound_world import PASSPHRASE, Shop, open_shop, record
from tests.worlds import NOON, FixedClock

SKU = "LN-27"
HOUR = 3_600_000
DAY = 24 * HOUR
MIDNIGHT = NOON - 12 * HOUR
NIGHT = MIDNIGHT + 20 * 60_000
"""When the report of the day before is due."""


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book)


def order_of(number: str, quantity: int = 1):
    lines = (LineRecord("1", SKU, "p1", "亚麻遮光窗帘", "", quantity, 100, 100 * quantity),)
    return record(number, lines=lines)


def next_day(shop: Shop, clock: FixedClock) -> None:
    """The next day; the lead signs in again."""
    clock.advance(DAY)
    shop.sessions["lead"] = shop.do("", SignIn("lead", PASSPHRASE))["session"]


def look(shop: Shop) -> int:
    """What the keeper does every quarter of an hour."""
    with shop.book.work(worker("sync")) as work:
        changed = stock_truth.match(work, shop.door.laws.now, stock_truth.mismatches(work))
        if changed:
            work.commit()
        return changed


def report(shop: Shop, slot: int) -> tuple[str, ...]:
    with shop.book.work(worker("sync")) as work:
        made = stock_truth.report(work, shop.door.laws.now, slot)
        work.commit()
    return made


def unmatched(shop: Shop) -> list[tuple[str, str, int, str]]:
    kinds = set(stock_truth.KINDS)
    return [
        (row["kind"], row["subject"], json.loads(row["args_json"])["n"], row["state"])
        for row in shop.all(case)
        if row["kind"] in kinds
    ]


def behind_our_back(shop: Shop, change: Any) -> None:
    """Change the book as a fault of ours would, sealed all the same."""
    with shop.book.work(worker("fault")) as work:
        change(work)
        work.tell("fault")
        work.commit()


@pytest.mark.req("F196")
def test_what_was_cancelled_and_given_back_as_it_should_is_no_mismatch(shop: Shop) -> None:
    shop.receive(order_of("1", 3), order_of("2"), record("3"))
    shop.do("lead", CancelOrder(shop.order("2")["id"], "not wanted"))
    held = next(r for r in shop.all(lock) if r["order_id"] == shop.order("1")["id"])
    two = ((held["line_id"], 2, held["id"]),)
    shop.do("lead", CancelLines(shop.order("1")["id"], two, "less"))
    assert look(shop) == 0
    assert unmatched(shop) == []


@pytest.mark.req("F196")
def test_a_cancelled_order_that_still_holds_goods_is_flagged_until_it_gives_them_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.receive(order_of("1", 3))
    order_id = shop.order("1")["id"]
    with monkeypatch.context() as fault:
        fault.setattr(stock_release, "release_order", lambda *_args, **_more: 0)
        shop.do("lead", CancelOrder(order_id, "not wanted"))
    assert look(shop) == 1
    assert unmatched(shop) == [("cancel_not_released", SKU, 3, "open")]
    assert look(shop) == 0, "one exception for one thing"
    (held,) = shop.all(lock)
    shop.do("lead", ReleaseLock(held["id"], 3, "it was cancelled"))
    assert look(shop) == 1
    assert unmatched(shop) == [("cancel_not_released", SKU, 3, "settled")]


@pytest.mark.req("F196")
def test_goods_given_back_that_the_order_still_owes_are_flagged(shop: Shop) -> None:
    shop.receive(order_of("1", 3))
    (held,) = shop.all(lock)
    shop.do("lead", ReleaseLock(held["id"], 2, "somebody else needs them"))
    assert look(shop) == 1
    assert unmatched(shop) == [("release_not_cancelled", SKU, 2, "open")]


@pytest.mark.req("F196")
def test_a_release_without_its_movement_is_flagged(shop: Shop) -> None:
    shop.receive(order_of("1", 3), order_of("2"))
    shop.do("lead", CancelOrder(shop.order("1")["id"], "not wanted"))
    moves = [r for r in shop.all(stock_move) if r["cause_kind"] == "released"]

    def lose(work: Any) -> None:
        work.execute(
            update(stock_move).where(stock_move.c.id == moves[0]["id"]).values(d_reserved=-1)
        )
        work.touch(stock_move, moves[0]["id"])

    behind_our_back(shop, lose)
    assert look(shop) == 1
    assert unmatched(shop) == [("release_not_moved", SKU, 2, "open")]


@pytest.mark.req("F071")
def test_each_day_has_its_report_also_one_where_nothing_was_counted_or_differed(
    shop: Shop, clock: FixedClock
) -> None:
    assert report(shop, NIGHT) == ("2026-02-15",)
    (row,) = shop.all(stock_day)
    assert (row["counts"], row["differences"], row["units_off"]) == (0, 0, 0)
    assert row["accuracy_ppm"] is None, "nobody counted, so nobody knows"
    assert report(shop, NIGHT) == (), "a day has one report"
    shop.do("lead", AdjustStock(SKU, shop.location_id, 10, "counted"))
    clock.advance(HOUR)
    shop.do("lead", AdjustStock("HK-01", shop.location_id, 7, "three are missing"))
    assert report(shop, NIGHT + 3 * DAY) == ("2026-02-16", "2026-02-17", "2026-02-18")
    days = {r["day"]: r for r in shop.all(stock_day)}
    row = days["2026-02-16"]
    assert (row["counts"], row["differences"], row["units"], row["units_off"]) == (2, 1, 20, 3)
    assert (row["drifts"], row["unmatched"]) == (0, 0)
    assert days["2026-02-17"]["counts"] == 0


@pytest.mark.req("F028")
@pytest.mark.parametrize(
    ("found", "ppm"),
    [(10_000, 1_000_000), (9_999, 999_900), (9_998, 999_800), (10_002, 999_800)],
)
def test_accuracy_is_what_a_count_finds_of_what_the_book_has(
    shop: Shop, clock: FixedClock, found: int, ppm: int
) -> None:
    shop.do("lead", AdjustStock("HK-01", shop.location_id, 10_000, "a pallet came"))
    next_day(shop, clock)
    shop.do("lead", AdjustStock("HK-01", shop.location_id, found, "counted"))
    report(shop, NIGHT + 2 * DAY)
    row = shop.all(stock_day)[-1]
    assert (row["counts"], row["units_off"]) == (1, abs(found - 10_000))
    assert row["accuracy_ppm"] == ppm


def test_the_oversell_rate_of_a_day_is_its_orders_that_found_nothing_of_all_that_came(
    shop: Shop,
) -> None:
    shop.receive(
        order_of("1", 10), *(order_of(f"late {n}") for n in range(2)), record("x", lines=())
    )
    report(shop, NIGHT + DAY)
    (row,) = shop.all(stock_day)
    assert (row["orders_in"], row["oversold"]) == (4, 2)


def a_difference(shop: Shop) -> int:
    shop.do("lead", AdjustStock(SKU, shop.location_id, 7, "counted"))
    return next(r["id"] for r in shop.all(stock_move) if r["d_physical"] == -3)


@pytest.mark.req("F026")
def test_a_difference_gets_its_cause_an_owner_and_what_is_done_about_it(
    shop: Shop, clock: FixedClock
) -> None:
    move = a_difference(shop)
    why = ExplainVariance(move, "late_outbound", "Lin", "scan out before the truck", "2026-02-20")
    with pytest.raises(NotAllowed):
        shop.do("packer", why)
    with pytest.raises(ReasonNeeded):
        shop.do("lead", ExplainVariance(move, "late_outbound", "Lin", " "))
    for wrong in (
        ExplainVariance(move, "ghosts", "Lin", "look"),
        ExplainVariance(move, "other", " ", "look"),
        ExplainVariance(move, "other", "Lin", "look", "soon"),
    ):
        with pytest.raises(BadValue):
            shop.do("lead", wrong)
    with pytest.raises(NotInState):
        shop.do("lead", FinishVariance(move, "done"))
    shop.do("lead", why)
    (row,) = shop.all(variance)
    assert (row["cause"], row["owner"], row["action"], row["due"], row["explained_by"]) == (
        *("late_outbound", "Lin", "scan out before the truck", "2026-02-20"),
        "lead",
    )
    shop.do("lead", ExplainVariance(move, "missed_deduction", "Lin", "ask the makers"))
    next_day(shop, clock)
    shop.do("lead", FinishVariance(move, "mended"))
    (row,) = shop.all(variance)
    assert (row["cause"], row["done_by"], row["done_at"]) == (
        *("missed_deduction", "lead"),
        clock.now(),
    )
    told = [r["action"] for r in shop.all(audit) if r["result"] == "ok"]
    assert told.count("variance_explained") == 2


def test_what_is_no_difference_of_a_count_cannot_be_explained(shop: Shop) -> None:
    shop.receive(order_of("1"))
    taken = next(r["id"] for r in shop.all(stock_move) if r["cause_kind"] == "lock")
    shop.do("lead", AdjustStock("HK-01", shop.location_id, 10, "counted"))
    right = next(r["id"] for r in shop.all(stock_move) if r["cause_kind"] == "count")
    for move in (taken, right):
        with pytest.raises(BadValue):
            shop.do("lead", ExplainVariance(move, "other", "Lin", "look"))
