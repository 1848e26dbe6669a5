"""What holds up a shop's syncing is counted of that shop alone, for who looks after its sync."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.actor import worker
from app.domain.sync_causes import Cause, causes_of
from app.reads import sync_causes
from app.store import inbox, intake_rows, outbox, shops, sync_history
from app.store.inbox import Delivery
from app.store.outbox import Effect
from app.store.tables import channel
from app.store.tables_record import inbox as told
from app.store.tables_record import kept_aside
from app.store.tables_record import outbox as out
from app.store.work import Work
from tests.reads.reading_world import Sight
from tests.reads.test_reads_sync_health import SEES
from tests.worlds import CountingIds, FixedClock

UP = {"up": 1, "needs_person": 0, "error": ""}
LATE_MS = 61_000


@pytest.fixture
def sight(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Sight]:
    """Two shops that are read well, the second on a platform that pushes and did."""
    made = Sight(tmp_path, clock, ids)
    with made.shop.book.work(worker("sync")) as work:
        row = {"platform": "shopify", "name": "South", "zone": "UTC", "currency": "CNY"}
        south = shops.put_shop(work, row, {"key": "k"})
        for pk in (made.shop.channel_id, south):
            sync_history.put_state(work, pk, UP)
        inbox.put(work, Delivery(f"channel:{south}", "e1", b"{}"))
        work.tell("measured")
        work.commit()
    for role in SEES:
        if role not in made.shop.sessions:
            made.shop.hire(role, *(() if role == "nobody" else (role,)))
    yield made
    made.close()


def found(sight: Sight, role: str = "lead") -> dict[str, tuple[Cause, ...]]:
    rows = sync_causes.strains(sight.read, sight.viewer(role))
    now = sight.clock.now()
    return {one.platform: causes_of(one.strain({"shopify"}), now) for one in rows}


def south(sight: Sight) -> int:
    return next(r["id"] for r in sight.shop.all(channel) if r["platform"] == "shopify")


def _limit(work: Work, pk: int) -> None:
    sync_history.put_state(work, pk, {**UP, "up": 0, "error": "sync_throttled"})


def _slow_upload(work: Work, pk: int) -> None:
    effect = outbox.put(work, Effect("memo_write", "m:1", pk))
    work.update(out, effect, last_error="sync_throttled", next_at=work.now + LATE_MS)


def _due_upload(work: Work, pk: int) -> None:
    outbox.put(work, Effect("memo_write", "m:2", pk))


def _due_order(work: Work, pk: int) -> None:
    inbox.put(work, Delivery(f"channel:{pk}", "e2", b"{}", pk, "501"))


def _silence(work: Work, pk: int) -> None:
    work.execute(told.delete())


def _dead_upload(work: Work, pk: int) -> None:
    work.update(out, outbox.put(work, Effect("memo_write", "m:3", pk)), state="dead")


def _dead_record(work: Work, pk: int) -> None:
    aside: dict[str, Any] = {"channel_id": pk, "external_id": "77", "code": "unreadable"}
    kept = intake_rows.keep_aside(work, {**aside, "field": "order"}, b"{")
    work.update(kept_aside, kept, state="dead")


@pytest.mark.req("F060")
@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (_limit, Cause.CALL_LIMITS),
        (_slow_upload, Cause.CALL_LIMITS),
        (_due_upload, Cause.CAPACITY),
        (_due_order, Cause.CAPACITY),
        (_silence, Cause.NO_LISTENER),
        (_dead_upload, Cause.NO_RETRY),
        (_dead_record, Cause.NO_RETRY),
    ],
)
def test_a_shop_that_is_held_up_says_by_which_of_the_four(
    sight: Sight, spoil: Any, cause: Cause
) -> None:
    first = next(name for name in found(sight) if name != "shopify")
    assert found(sight) == {first: (), "shopify": ()}
    pk = south(sight)
    with sight.shop.book.work(worker("sync")) as work:
        spoil(work, pk)
        work.tell("measured")
        work.commit()
    sight.clock.advance(LATE_MS)
    assert found(sight) == {first: (), "shopify": (cause,)}


def test_a_memo_behind_an_older_one_that_is_tried_again_is_no_backlog(sight: Sight) -> None:
    pk = south(sight)
    with sight.shop.book.work(worker("sync")) as work:
        older = outbox.put(work, Effect("memo_write", "m:1", pk, order_id=9))
        outbox.put(work, Effect("memo_write", "m:2", pk, order_id=9))
        work.update(out, older, last_error="sync_timeout", next_at=work.now + 900_000)
        work.tell("measured")
        work.commit()
    sight.clock.advance(LATE_MS)
    assert found(sight)["shopify"] == ()


@pytest.mark.parametrize("role", list(SEES))
def test_each_role_sees_all_of_it_or_nothing(sight: Sight, role: str) -> None:
    assert len(found(sight, role)) == (2 if SEES[role] else 0)


def test_a_paused_shop_is_held_up_by_nothing_but_its_pause(sight: Sight) -> None:
    pk = south(sight)
    with sight.shop.book.work(worker("sync")) as work:
        work.update(channel, pk, state="paused")
        work.tell("measured")
        work.commit()
    assert "shopify" not in found(sight)
