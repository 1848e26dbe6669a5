"""What a shop's line did is counted where it happens, and a rising share of repeats is seen."""

import pytest

from sync.engine import Gear, Sent, send
from sync.errors import Unreachable
from sync.limits import Breaker
from sync.records import MemoAsk, ShipAsk
from sync.retry import Budget
from sync.tally import Tally, rank
from tests.sync.sync_world import Middle
from tests.sync.test_sync_engine import Pages, source


@pytest.mark.req("F209")
@pytest.mark.parametrize(
    ("again", "minutes", "alarm"), [(4, 5, True), (3, 5, False), (4, 4, False), (100, 4, False)]
)
def test_more_than_three_percent_asked_again_for_five_minutes_is_an_alarm(
    again: int, minutes: int, alarm: bool
) -> None:
    tally = Tally()
    for minute in range(10, 15):
        over = minute >= 15 - minutes
        for n in range(100):
            tally.asked("orders", minute * 60 + n / 2, again=over and n < again)
    assert tally.is_retrying(15 * 60) is alarm
    assert not tally.is_retrying(17 * 60), "a minute in which nothing was asked ends it"


async def test_every_page_and_every_upload_is_counted_on_its_own_link(clock) -> None:
    pulling, _, _, _ = source([Unreachable(), 1, 0], clock)
    gear, ship = pulling._gear, ShipAsk("1", "sf", "SF", "SF1", (), "k")
    await pulling.round()
    await send(Pages([Unreachable()]), ship, Sent(0, clock.now()), gear)
    await send(Pages([0]), ship, Sent(1, clock.now()), gear)
    await send(Pages([0]), MemoAsk("1", "t", "", "k"), Sent(0, clock.now()), gear)
    told = gear.tally.taken()
    figures = {link: (one.asked, one.failed, one.again) for link, one in told.items()}
    assert figures == {"orders": (3, 1, 1), "ship": (2, 1, 1), "memo": (1, 0, 0)}
    assert gear.tally.taken() == {}


def test_what_came_late_is_kept_until_it_is_taken_out(clock) -> None:
    gear = Gear(clock, Middle(), Breaker(clock, Middle()), Budget(), clock.sleep)
    gear.tally.came("orders", (5, 7))
    gear.tally.came("orders", (1,))
    assert gear.tally.taken()["orders"].delays_ms == [5, 7, 1]


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [([], 0.5, 0), ([3], 0.95, 3), ([1, 2, 3, 4], 0.5, 2), (list(range(1, 101)), 0.95, 95)],
)
def test_a_rank_is_the_value_that_this_share_does_not_exceed(values, share, found) -> None:
    assert rank(values, share) == found
