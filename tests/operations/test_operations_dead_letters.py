"""What fails five times at itself is put where a person sees it; everything else goes on."""

from dataclasses import replace

import pytest

from app.commands.cases import ReplayEffect
from app.commands.intake import RetakeRecord
from app.commands.people import SignIn
from app.domain.actor import worker
from app.operations import intake, retake
from app.store import intake_rows
from app.store.tables import orders
from app.store.tables_record import case, kept_aside, outbox
from app.store.work import Book
from sync.records import Batch, KeptAside, Problem
from tests.operations.outbound_world import PASSPHRASE, Shop, open_shop, record
from tests.operations.press_world import number_of
from tests.operations.upload_world import uploads
from tests.worlds import FixedClock

MINUTE = 60_000
BROKEN = KeptAside("77", Problem("unreadable", "order", "cut"), b'{"name": "Zhang"')


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book)


def sign_in_again(shop: Shop) -> None:
    shop.sessions["lead"] = shop.do("", SignIn("lead", PASSPHRASE))["session"]


def receive(shop: Shop, *kept: KeptAside) -> None:
    way = intake.Way(shop.book, shop.door.laws.now, shop.channel_id)
    intake.take(way, Batch((record(),), kept, "next", False))


def due(shop: Shop) -> list[str]:
    with shop.book.work(worker("test")) as work:
        return [row["external_id"] for row in intake_rows.wanted_records(work)]


def settle(shop: Shop, code: str) -> None:
    """End a second reading of the oldest kept record."""
    kept_id = shop.all(kept_aside)[0]["id"]
    with shop.book.work(worker("sync")) as work:
        retake.settle(work, kept_id, code)
        work.commit()


@pytest.mark.req("F061")
def test_a_record_that_fails_five_times_is_a_dead_letter_kept_whole_and_is_replayed_by_a_person(
    shop: Shop, clock: FixedClock
) -> None:
    receive(shop, BROKEN)
    assert shop.order()["intake"] == "booked", "the others of the page are in"
    assert due(shop) == []
    waits = []
    for _ in range(4):
        row = shop.all(kept_aside)[0]
        waits.append((row["next_at"] - clock.now()) // MINUTE)
        clock.advance(row["next_at"] - clock.now())
        assert due(shop) == ["77"]
        settle(shop, "sync_malformed")
    assert waits == [1, 4, 16, 64]
    dead = shop.all(kept_aside)[0]
    assert (dead["state"], dead["fail_count"]) == ("dead", 5)
    clock.advance(30 * 24 * 60 * MINUTE)
    assert due(shop) == [], "a sixth reading never happens by itself"
    with shop.book.work(worker("test")) as work:
        body = work.keys.decrypt("kept_aside", dead["id"], "body_ct", dead["body_ct"])
    assert body == BROKEN.raw
    assert b"Zhang" not in bytes(dead["body_ct"])
    assert [r["state"] for r in shop.all(case) if r["kind"] == "kept_aside"] == ["open"]
    sign_in_again(shop)
    shop.do("lead", RetakeRecord(dead["id"]))
    assert due(shop) == ["77"]
    settle(shop, "")
    assert shop.all(kept_aside)[0]["state"] == "taken_in"
    assert [r["state"] for r in shop.all(case) if r["kind"] == "kept_aside"] == ["settled"]


def test_a_platform_that_is_away_makes_no_dead_letter(shop: Shop, clock: FixedClock) -> None:
    receive(shop, BROKEN)
    for _ in range(50):
        clock.advance(10 * MINUTE)
        settle(shop, "sync_unreachable")
    row = shop.all(kept_aside)[0]
    assert (row["state"], row["fail_count"]) == ("kept", 1)


def test_one_order_that_is_broken_in_three_ways_is_asked_for_once_and_settles_as_one(
    shop: Shop, clock: FixedClock
) -> None:
    receive(shop, *(replace(BROKEN, raw=b"{" * n) for n in (1, 2, 3)))
    clock.advance(MINUTE)
    assert due(shop) == ["77"]
    settle(shop, "")
    assert {row["state"] for row in shop.all(kept_aside)} == {"taken_in"}
    assert {r["state"] for r in shop.all(case) if r["kind"] == "kept_aside"} == {"settled"}


@pytest.mark.req("F061")
async def test_an_upload_that_failed_there_five_times_is_not_tried_a_sixth_time_until_replayed(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        await desk.order(501)
        desk.ship(501)
        desk.sandbox.faults._rates = {"garbage": 1.0}
        await desk.until("dead", most_s=24 * 3600, step_s=60)
        row, calls = desk.effect(), desk.sandbox.calls
        assert row["attempts"] == 5
        assert desk.open_cases() == {"writeback_failed"}
        for _ in range(100):
            await desk.pump().round()
            clock.advance(900_000)
        assert desk.sandbox.calls == calls
        desk.sandbox.faults._rates = {}
        sign_in_again(desk.shop)
        desk.shop.do("lead", ReplayEffect(row["id"]))
        await desk.until("done")
        assert desk.shipped() == {"501": [number_of("501")]}
        assert [r["intent_key"] for r in desk.shop.all(outbox)] == [row["intent_key"]]
        assert len(desk.shop.all(orders)) == 1
