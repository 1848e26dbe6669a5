"""A day at the desk with every process killed -9 on the way ends as a day without: nothing lost,
nothing doubled."""

import os
from pathlib import Path

import pytest

from tests.simulation.demo_kills import ROLES, day

# A longer day is asked for by these: orders, kills of each role, seconds at most.
ORDERS = int(os.environ.get("WAYDESK_KILL_ORDERS", "60"))
KILLS = int(os.environ.get("WAYDESK_KILLS", "2"))
MOST_S = float(os.environ.get("WAYDESK_KILL_SECONDS", "180"))


@pytest.mark.req("F183", "F190")
def test_a_day_with_desk_keeper_and_press_killed_adds_up_at_its_end(tmp_path: Path) -> None:
    done = day(tmp_path, ORDERS, KILLS, seed=7, most_s=MOST_S)
    assert done.summary, done.said
    assert done.broken() == [], done.said
    assert done.summary["orders_offered"] == ORDERS
    assert done.killed == dict.fromkeys(ROLES, KILLS)
