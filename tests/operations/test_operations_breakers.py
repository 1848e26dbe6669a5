"""Breakers: what oversells, fails or goes back too often stops; a person resumes it."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from app.commands.breakers import BuyerTold, ResumeBreaker
from app.commands.orders import CancelLines, CancelOrder, SetPolicy
from app.commands.stock import AdjustStock, ReleaseLock
from app.domain.actor import worker
from app.domain.errors import NotAllowed, NotInState, ReasonNeeded, RuleRefused
from app.operations.laws import put_choice
from app.store import outbox as box
from app.store.stock_ledger import drifts
from app.store.tables import lock, stock
from app.store.tables_breaker import breaker, buyer_notice, listing_told, waiting_release
from app.store.tables_record import audit, case, event, outbox
from app.store.work import Book
from sync.records import LineRecord
from tests.operations.outbound_world import Shop, open_shop, receive_at, record, second_channel
from tests.worlds import FixedClock

SKU = "LN-27"
SECOND = 1000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book)


def order_of(number: str, quantity: int = 1, sku: str = SKU):
    lines = (LineRecord("1", sku, "p1", "亚麻遮光窗帘", "", quantity, 100, 100 * quantity),)
    return record(number, lines=lines)


def sold_out(shop: Shop) -> None:
    """All ten are promised; whoever comes next finds nothing."""
    shop.receive(order_of("first", 10))


def standing(shop: Shop) -> list[tuple[str, str]]:
    return [(row["kind"], row["state"]) for row in shop.all(breaker)]


def of_kind(shop: Shop, kind: str) -> list[dict[str, Any]]:
    return [row for row in shop.all(breaker) if row["kind"] == kind]


def told(shop: Shop) -> list[tuple[int, int]]:
    """What shops are being told through the outbox: (channel, quantity), oldest first."""
    with shop.book.work(worker("test")) as work:
        rows = work.rows(select(outbox).where(outbox.c.kind == "stock_write").order_by(outbox.c.id))
        waiting = [row for row in rows if row["state"] != "withdrawn"]
        return [(row["channel_id"], box.body_of(work, row)["quantity"]) for row in waiting]


def cases_of(shop: Shop, kind: str) -> list[str]:
    return [row["state"] for row in shop.all(case) if row["kind"] == kind]


def figures(shop: Shop) -> tuple[int, int]:
    row = next(r for r in shop.all(stock) if r["sku"] == SKU)
    return row["physical"], row["reserved"]


@pytest.mark.req("F025")
def test_the_fourth_oversold_order_within_a_minute_turns_the_code_to_presale(
    shop: Shop, clock: FixedClock
) -> None:
    sold_out(shop)
    for n in range(3):
        shop.receive(order_of(f"late {n}"))
        clock.advance(20 * SECOND - 1)
    assert of_kind(shop, "oversell") == []
    shop.receive(order_of("late 3"))
    (row,) = of_kind(shop, "oversell")
    assert (row["sku"], row["state"], row["opened_by"]) == (SKU, "open", "sync")
    assert json.loads(row["why_json"]) == {"n": 4, "seconds": 60}
    assert row["opened_at"] == clock.now()
    assert cases_of(shop, "breaker_oversell") == ["open"]
    assert told(shop)[-1] == (shop.channel_id, 0)
    offers = {r["offer"] for r in shop.all(listing_told)}
    assert offers <= {"presale", "paused"}
    assert ("breaker_opened", "ok") in [(r["action"], r["result"]) for r in shop.all(audit)]


@pytest.mark.req("F025")
def test_the_minute_slides_and_four_that_take_longer_do_not_trip(
    shop: Shop, clock: FixedClock
) -> None:
    sold_out(shop)
    for n in range(8):
        shop.receive(order_of(f"late {n}"))
        clock.advance(20 * SECOND)
    assert of_kind(shop, "oversell") == [], "never more than three within sixty seconds"
    shop.receive(order_of("fast 1"), order_of("fast 2"))
    assert [r["state"] for r in of_kind(shop, "oversell")] == ["open"]


@pytest.mark.req("F025")
def test_every_buyer_of_an_oversold_order_gets_a_draft_with_the_day_it_ships(
    shop: Shop, clock: FixedClock
) -> None:
    sold_out(shop)
    late = [f"late {n}" for n in range(5)]
    shop.receive(*(order_of(number) for number in late))
    rows = shop.all(buyer_notice)
    wanted = sorted(shop.order(number)["id"] for number in late)
    assert sorted(r["order_id"] for r in rows) == wanted
    assert {r["expected_at"] for r in rows} == {clock.now() + 7 * DAY}
    clock.advance(10 * MINUTE)
    shop.receive(order_of("later still"))
    assert len(shop.all(buyer_notice)) == 6, "who buys while it is presale is told too"
    said = [r["kind"] for r in shop.all(event) if r["order_id"] == wanted[0]]
    assert said.count("presale_drafted") == 1
    shop.do("agent", BuyerTold(rows[0]["id"]))
    with pytest.raises(NotInState):
        shop.do("agent", BuyerTold(rows[0]["id"]))
    with pytest.raises(NotAllowed):
        shop.do("packer", BuyerTold(rows[1]["id"]))
    first = shop.all(buyer_notice)[0]
    assert (first["state"], first["told_by"]) == ("told", "agent")
    assert first["told_at"] == clock.now()


@pytest.mark.req("F124")
def test_the_third_failed_reservation_within_five_minutes_stops_the_code_in_all_shops(
    shop: Shop, clock: FixedClock
) -> None:
    other = second_channel(shop)
    sold_out(shop)
    receive_at(shop, other, order_of("elsewhere", 1))
    clock.advance(5 * MINUTE - 2 * SECOND)
    shop.receive(order_of("late 1"))
    assert shop.all(breaker) == []
    clock.advance(SECOND)
    shop.receive(order_of("late 2"))
    assert standing(shop) == [("lock_failures", "open")]
    assert cases_of(shop, "breaker_lock_failures") == ["open"]
    assert sorted(told(shop)) == sorted([(shop.channel_id, 0), (other, 0)])


@pytest.mark.req("F124")
def test_three_failures_that_take_longer_than_five_minutes_stop_nothing(
    shop: Shop, clock: FixedClock
) -> None:
    sold_out(shop)
    for n in range(3):
        shop.receive(order_of(f"late {n}"))
        clock.advance(150 * SECOND)
    assert shop.all(breaker) == []
    assert told(shop) == []


@pytest.mark.req("F124")
def test_a_stopped_code_is_resumed_by_a_lead_with_a_reason_and_told_to_the_shops(
    shop: Shop, clock: FixedClock
) -> None:
    sold_out(shop)
    shop.receive(*(order_of(f"late {n}") for n in range(3)))
    (row,) = shop.all(breaker)
    for who in ("agent", "packer", "finance"):
        with pytest.raises(NotAllowed):
            shop.do(who, ResumeBreaker(row["id"], "because"))
    with pytest.raises(ReasonNeeded):
        shop.do("lead", ResumeBreaker(row["id"], " "))
    assert standing(shop) == [("lock_failures", "open")]
    shop.do("lead", AdjustStock(SKU, shop.location_id, 60, "a pallet came"))
    clock.advance(MINUTE)
    shop.do("lead", ResumeBreaker(row["id"], "a pallet came"))
    (row,) = shop.all(breaker)
    assert (row["state"], row["closed_by"], row["closed_reason"], row["closed_at"]) == (
        *("closed", "lead", "a pallet came"),
        clock.now(),
    )
    assert cases_of(shop, "breaker_lock_failures") == ["settled"]
    assert told(shop) == [(shop.channel_id, 47)], "the 0 had not left and was taken back"
    with pytest.raises(NotInState):
        shop.do("lead", ResumeBreaker(row["id"], "again"))
    resumed = [r for r in shop.all(audit) if r["action"] == "breaker_resumed"]
    assert [(r["actor"], r["reason"]) for r in resumed if r["result"] == "ok"] == [
        ("lead", "a pallet came")
    ]


def test_an_order_that_is_tried_again_is_no_new_failure(shop: Shop) -> None:
    sold_out(shop)
    shop.receive(order_of("late 1", 40), order_of("late 2", 40))
    for n in (11, 12, 13):
        shop.do("lead", AdjustStock(SKU, shop.location_id, n, "some came"))
    assert shop.all(breaker) == []


def test_nothing_is_told_to_shops_that_are_only_watched(shop: Shop) -> None:
    with shop.book.work(worker("setup")) as work:
        put_choice(work, "read_only", value=True)
        work.tell("policy_set")
        work.commit()
    shop.door.laws.renew()
    sold_out(shop)
    shop.receive(*(order_of(f"late {n}") for n in range(3)))
    assert standing(shop) == [("lock_failures", "open")]
    assert told(shop) == []


def test_the_shop_edits_the_limits_and_the_record_keeps_who(shop: Shop) -> None:
    shop.hire("admin", "admin")
    shop.do("admin", SetPolicy("lock_failures", "1", "we sell one piece each"))
    sold_out(shop)
    shop.receive(order_of("late"))
    assert standing(shop) == [("lock_failures", "open")]
    with pytest.raises(ReasonNeeded):
        shop.do("admin", SetPolicy("lock_failures", "2", ""))
    with pytest.raises(RuleRefused):
        shop.do("admin", SetPolicy("lock_failures", "0", "never"))
    assert {r["actor"] for r in shop.all(audit) if r["action"] == "policy_set"} == {"admin"}


def many_of_one(shop: Shop, count: int) -> list[dict[str, Any]]:
    """So many orders of one piece, all held."""
    shop.do("lead", AdjustStock(SKU, shop.location_id, 500, "counted"))
    shop.receive(*(order_of(f"n{n}") for n in range(count)))
    return [shop.order(f"n{n}") for n in range(count)]


def hours_go(clock: FixedClock) -> None:
    """The reservations made so far are not of this hour any more."""
    clock.advance(2 * 60 * MINUTE)


@pytest.mark.req("F193")
def test_the_twenty_first_release_in_an_hour_waits_for_a_person(
    shop: Shop, clock: FixedClock
) -> None:
    made = many_of_one(shop, 24)
    hours_go(clock)
    for row in made[:20]:
        shop.do("lead", CancelOrder(row["id"], "not wanted"))
    assert (shop.all(breaker), figures(shop)) == ([], (500, 4))
    for row in made[20:23]:
        shop.do("lead", CancelOrder(row["id"], "not wanted"))
    assert standing(shop) == [("releases", "open")]
    assert figures(shop) == (500, 4), "they are cancelled, and their goods wait"
    assert shop.order("n20")["state"] == "cancelled"
    assert len(shop.all(waiting_release)) == 3
    assert cases_of(shop, "breaker_releases") == ["open"]
    (row,) = shop.all(breaker)
    assert json.loads(row["why_json"]) == {"n": 20, "locks": 0, "limit": 20}
    shop.do("lead", ResumeBreaker(row["id"], "a sale was called off"))
    assert figures(shop) == (500, 1)
    assert {r["state"] for r in shop.all(lock)} == {"released", "held"}
    with shop.book.work(worker("test")) as work:
        assert drifts(work) == ()


@pytest.mark.req("F193")
def test_a_busy_hour_lets_three_in_ten_of_its_reservations_go_back(
    shop: Shop, clock: FixedClock
) -> None:
    made = many_of_one(shop, 100)
    clock.advance(MINUTE)
    for row in made[:30]:
        shop.do("lead", CancelOrder(row["id"], "not wanted"))
    assert shop.all(breaker) == []
    shop.do("lead", CancelOrder(made[30]["id"], "not wanted"))
    assert standing(shop) == [("releases", "open")]
    assert figures(shop) == (500, 70)


@pytest.mark.req("F193")
def test_the_hour_slides_and_a_persons_own_release_waits_too(shop: Shop, clock: FixedClock) -> None:
    made = many_of_one(shop, 25)
    hours_go(clock)
    for row in made[:20]:
        shop.do("lead", CancelOrder(row["id"], "not wanted"))
    clock.advance(60 * MINUTE)
    shop.do("lead", CancelOrder(made[20]["id"], "not wanted"))
    assert shop.all(breaker) == []
    held = next(r for r in shop.all(lock) if r["state"] == "held")
    assert shop.do("lead", ReleaseLock(held["id"], 1, "broken")) == {"waits": False}


@pytest.mark.req("F193")
def test_items_taken_off_an_order_wait_as_well_and_go_back_exactly(
    shop: Shop, clock: FixedClock
) -> None:
    made = many_of_one(shop, 20)
    shop.receive(order_of("five", 5))
    hours_go(clock)
    for row in made:
        shop.do("lead", CancelOrder(row["id"], "not wanted"))
    five = shop.order("five")["id"]
    (held,) = [r for r in shop.all(lock) if r["order_id"] == five]
    for _ in range(2):
        shop.do("lead", CancelLines(five, ((held["line_id"], 1, held["id"]),), "less"))
    assert figures(shop) == (500, 5)
    (row,) = shop.all(breaker)
    assert shop.do("lead", ReleaseLock(held["id"], 1, "broken")) == {"waits": True}
    shop.do("lead", ResumeBreaker(row["id"], "looked at each"))
    assert figures(shop) == (500, 3), "the two cancelled, and not the one only asked for"
    assert {r["done_at"] for r in shop.all(waiting_release)} == {clock.now()}
