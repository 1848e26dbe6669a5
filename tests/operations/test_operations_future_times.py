"""A time read in a wrong zone costs no order: it waits, and goes on when the zone is right."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.commands.schedule import SetSchedule
from app.domain.actor import worker
from app.store import intake_rows
from app.store.tables import lock, orders
from app.store.tables_record import case, kept_aside, time_reading
from app.store.work import Book
from sync.reading import moment_ms
from sync.records import Moment, OrderRecord
from tests.operations.outbound_world import Shop, open_shop, record
from tests.worlds import NOON, FixedClock

MINUTE = 60_000
PACIFIC, SHANGHAI = "America/Los_Angeles", "Asia/Shanghai"


@pytest.fixture
def shop(book: Book) -> Shop:
    opened = open_shop(book)
    opened.hire("boss", "admin")
    return opened


def sold(number: int, zone: str) -> OrderRecord:
    """An order placed `number` minutes ago, told in Chinese local time and read in `zone`."""
    local = datetime.fromtimestamp(NOON / 1000, UTC).astimezone(ZoneInfo(SHANGHAI))
    raw = (local - timedelta(minutes=number)).strftime("%Y-%m-%d %H:%M:%S")
    at = Moment(moment_ms(raw, zone), raw, zone)
    line = record().lines[1]
    return record(
        f"US{number:03}", placed=at, paid=at, modified=at, version=at.utc_ms, lines=(line,)
    )


def set_zone(shop: Shop, zone: str) -> None:
    shop.do("boss", SetSchedule(shop.channel_id, 0, zone))


def waiting(shop: Shop) -> list[str]:
    return [r["kind"] for r in shop.all(case) if r["state"] != "settled"]


@pytest.mark.req("F085")
@pytest.mark.req("F086")
@pytest.mark.req("F087")
def test_237_orders_read_in_the_wrong_zone_are_all_kept_and_all_go_on_when_it_is_set_right(
    shop: Shop,
) -> None:
    set_zone(shop, PACIFIC)
    shop.receive(*(sold(n, PACIFIC) for n in range(1, 238)))
    rows = shop.all(orders)
    assert len(rows) == 237
    assert {(r["intake"], r["held"], r["held_reason"]) for r in rows} == {
        ("booked", "locked", "future_time")
    }
    assert waiting(shop) == ["future_time"] * 237
    assert (shop.all(kept_aside), shop.all(lock)) == ([], [])
    set_zone(shop, SHANGHAI)
    rows = {r["external_id"]: r for r in shop.all(orders)}
    assert len(rows) == 237
    stopped = {"breaker_oversell", "breaker_lock_failures"}  # 237 orders for ten curtains
    assert set(waiting(shop)) == {"short_stock", *stopped}
    for n in range(1, 238):
        row = rows[f"US{n:03}"]
        assert row["placed_at"] == row["paid_at"] == NOON - n * MINUTE
        assert row["external_version"] == NOON - n * MINUTE
        assert row["promise_at"] - row["paid_at"] < 10 * 24 * 60 * MINUTE
        assert row["held_reason"] in ("", "short_stock")
    mine = [r for r in shop.all(time_reading) if r["order_id"] == rows["US001"]["id"]]
    placed = [(r["zone"], r["utc"]) for r in mine if r["field"] == "placed"]
    told = sold(1, PACIFIC).placed
    assert placed == [(PACIFIC, told.utc_ms), (SHANGHAI, NOON - MINUTE)]
    shop.receive(*(sold(n, SHANGHAI) for n in range(1, 238)))
    assert len(shop.all(orders)) == 237, "told again in the right zone, they are the same orders"


def test_a_shop_whose_zone_changed_is_read_from_its_beginning(shop: Shop) -> None:
    shop.receive(record())

    def cursor() -> str:
        with shop.book.work(worker("test")) as work:
            return intake_rows.cursor_of(work, shop.channel_id)

    assert cursor() == "cursor"
    set_zone(shop, SHANGHAI)
    assert cursor() == "cursor", "the same zone again is no change"
    set_zone(shop, PACIFIC)
    assert cursor() == ""


@pytest.mark.req("F086")
@pytest.mark.parametrize(("minutes", "held"), [(10, ""), (11, "locked")])
def test_a_time_a_little_ahead_is_a_clocks_and_one_far_ahead_waits_for_a_person(
    shop: Shop, minutes: int, held: str
) -> None:
    at = Moment(NOON + minutes * MINUTE, "2026-02-16T12:10:00", SHANGHAI)
    shop.receive(record(placed=at))
    row = shop.order()
    assert (row["placed_at"], row["held"]) == (at.utc_ms, held)


def test_a_time_that_names_its_own_zone_stays_and_waits_for_its_platform(
    shop: Shop, clock: FixedClock
) -> None:
    at = Moment(NOON + 60 * MINUTE, "2026-02-16T05:00:00Z", "UTC")
    shop.receive(record(placed=at, paid=at, modified=at, version=at.utc_ms))
    set_zone(shop, PACIFIC)
    assert shop.order()["held_reason"] == "future_time"
    sane = Moment(NOON, "2026-02-16T04:00:00Z", "UTC")
    shop.receive(record(placed=sane, paid=sane, modified=sane, version=NOON, raw=b"[]"))
    assert (shop.order()["held"], waiting(shop)) == ("", [])
