"""Who looks after the sync sees how each of their shops is read, and nobody sees another's."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.actor import worker
from app.reads import sync_health
from app.store import intake_rows, outbox, shops, sync_history
from app.store.outbox import Effect
from app.store.sync_history import Counted
from app.store.tables_record import kept_aside
from app.store.tables_record import outbox as out
from tests.operations.outbound_world import record
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock

DAY = 86_400_000
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
SHOWN = {"radar", "samples", "passes", "dead_letters"}
ASIDE = {"sight"}


def sample(channel_id: int, link: str, asked: int, failed: int) -> dict:
    figures = {"asked": asked, "failed": failed, "again": 0, "came": 3}
    return {"channel_id": channel_id, "link": link, "span_ms": 300_000, "p95_ms": 9000, **figures}


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    """A shop that does well but for its uploads, and one on the other side of the town."""
    made = Sight(tmp_path, clock, ids)
    shop = made.shop
    shop.receive(record("501"))
    with shop.book.work(worker("sync")) as work:
        row = {"platform": "shopify", "name": "South", "zone": "UTC", "currency": "CNY"}
        south = shops.put_shop(work, row, {"key": "k"})
        mine = shop.channel_id
        state = {"up": 1, "needs_person": 0, "error": "", "offset_ms": 400, "last_event_at": 7}
        sync_history.put_state(work, mine, state)
        sync_history.put_state(work, mine, state | {"limit_left": 12})
        links = [sample(mine, "orders", 1000, 8), sample(mine, "ship", 1000, 9)]
        sync_history.put_samples(work, [*links, sample(south, "orders", 5, 0)])
        sync_history.put_count(work, Counted(mine, "hour", 3, ()))
        sync_history.put_count(work, Counted(mine, "day", 40, ("77", "78")))
        aside = {"channel_id": mine, "external_id": "77", "code": "unreadable", "field": "order"}
        kept = intake_rows.keep_aside(work, aside, b"{")
        work.update(kept_aside, kept, state="dead", fail_count=5, last_error="sync_malformed")
        pk = outbox.put(work, Effect("memo_write", "m:1", south))
        work.update(out, pk, state="dead", last_error="sync_rejected", attempts=1)
        work.tell("measured")
        work.commit()
    for role in SEES:
        if role not in shop.sessions:
            shop.hire(role, *(() if role == "nobody" else (role,)))
    yield made
    made.close()


@pytest.mark.parametrize("role", list(SEES))
def test_each_role_sees_all_of_it_or_nothing(sight: Sight, role: str) -> None:
    viewer, read = sight.viewer(role), sight.read
    found = {
        "radar": sync_health.radar(read, viewer),
        "samples": sync_health.samples(read, viewer, 0, "orders"),
        "passes": sync_health.passes(read, viewer, 0, 2**60),
        "dead_letters": sync_health.dead_letters(read, viewer),
    }
    assert set(found) == SHOWN == public(), "whoever adds a read names it here"
    sizes = {name: len(rows) for name, rows in found.items()}
    whole = {"radar": 2, "samples": 2, "passes": 3, "dead_letters": 2}
    assert sizes == (whole if SEES[role] else dict.fromkeys(SHOWN, 0))


def public() -> set[str]:
    return {
        name
        for name, read in inspect.getmembers(sync_health, inspect.isfunction)
        if read.__module__ == sync_health.__name__ and name[0] != "_" and name not in ASIDE
    }


@pytest.mark.req("F011")
def test_a_link_below_99_2_percent_is_red_and_one_at_it_is_not(sight: Sight) -> None:
    viewer, now = sight.viewer("lead"), sight.clock.now()
    rows = sync_health.passes(sight.read, viewer, now - DAY, now + 1)
    mine = {one.link: one for one in rows if one.channel_id == sight.shop.channel_id}
    assert (mine["orders"].rate, mine["orders"].is_red) == (0.992, False)
    assert (mine["ship"].rate, mine["ship"].is_red) == (0.991, True)
    assert sync_health.passes(sight.read, viewer, now - DAY, now) == (), "another day's report"


def test_the_radar_shows_how_a_shop_stands_what_is_missing_and_how_old_its_key_is(
    sight: Sight,
) -> None:
    found = {one.name: one for one in sync_health.radar(sight.read, sight.viewer("owner"))}
    mine, south = found["Shop"], found["South"]
    assert (mine.up, mine.offset_ms, mine.last_event_at, mine.limit_left) == (1, 400, 7, 12)
    assert (mine.day_there, mine.day_here, mine.hour_there, mine.hour_here) == (40, 38, 3, 3)
    assert mine.missing == ("77", "78")
    assert (south.up, south.day_there, south.missing) == (None, None, ())
    put = sight.clock.now()
    assert [south.key_is_old(put + days * DAY) for days in (89, 90)] == [False, True]
    assert [south.is_unused(put + days * DAY) for days in (30, 31)] == [False, True]


def test_the_dead_letters_say_what_way_they_were_going_and_why_they_stopped(sight: Sight) -> None:
    rows = sync_health.dead_letters(sight.read, sight.viewer("lead"))
    told = {(r.way, r.shop, r.about, r.kind, r.code, r.failures) for r in rows}
    assert told == {
        ("in", "Shop", "77", "record", "sync_malformed", 5),
        ("out", "South", "", "memo_write", "sync_rejected", 1),
    }
