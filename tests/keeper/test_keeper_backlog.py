"""A day of 47 orders for every 18 the shop can ship: the backlog is counted, and none is silent.

In the suite 240 orders; WAYDESK_BACKLOG_ORDERS=50000 is the whole incident (F104).
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.commands.stock import AdjustStock
from app.domain.states import SENT_BY_PLATFORM
from app.keeper.flow_watch import FlowWatch
from app.keeper.room import Room
from app.operations.sync_watch import NAMED
from app.reads import sync_flow
from app.store.tables_record import case
from sync.records import LineRecord
from tests.operations.carrier_world import AtOnce
from tests.operations.conftest import quick_passphrases
from tests.operations.outbound_world import record
from tests.reads.reading_world import Sight
from tests.worlds import CountingIds, FixedClock, SeededRng

__all__ = ["quick_passphrases"]

ORDERS = int(os.environ.get("WAYDESK_BACKLOG_ORDERS", "240"))
HOURS, LIMIT = 24, 8
HOUR = 3_600_000
CURTAIN = (LineRecord("1", "LN-27", "p1", "亚麻遮光窗帘", "", 1, 25000, 25000),)


class Writes(AtOnce):
    """The writer, who has nobody waiting."""

    def taken(self) -> Any:
        return type("Waits", (), {"writes": 0, "waited": 0, "longest_s": 0.0, "conflicts": 0})()


class Incident:
    """A shop that more orders come to than it ships, and the watch over it."""

    def __init__(self, sight: Sight) -> None:
        self.sight, self.shop, self.clock = sight, sight.shop, sight.clock
        laws = self.shop.door.laws
        rng, writer = SeededRng(), Writes()
        room = Room(self.shop.book, writer, laws, self.clock, rng, lambda _: None)  # type: ignore[arg-type]
        self.watch, self.viewer = FlowWatch(room), sight.viewer("boss")
        self.standing: list[tuple[str, int]] = []
        self.n = 0

    def arrive(self, count: int) -> None:
        now = self.clock.now()
        numbers = [f"L{self.n + k:06}" for k in range(count)]
        self.n += count
        self.shop.receive(*(record(no, version=now, lines=CURTAIN) for no in numbers))
        self.standing += [(no, now) for no in numbers]

    def ship(self, count: int) -> None:
        gone, self.standing = self.standing[:count], self.standing[count:]
        over = {"version": self.clock.now() + 1, "raw_status": "completed", "lines": CURTAIN}
        self.shop.receive(*(record(no, **over) for no, _since in gone))

    def gauge(self) -> int:
        """How many paid orders wait, as the page on the flow of orders shows it last."""
        rows = sync_flow.states(self.sight.read, self.viewer, self.clock.now())
        return sum(row.n for row in rows if row.state in {"paid", "allocated"})

    def late(self) -> list[str]:
        longest = self.clock.now() - LIMIT * HOUR
        return [no for no, since in self.standing if since <= longest]

    def alerts(self) -> list[tuple[str, dict[str, Any]]]:
        found = [row for row in self.shop.all(case) if row["kind"] == "orders_stuck"]
        return [(row["state"], json.loads(row["args_json"])) for row in found]


@pytest.fixture
def incident(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Incident]:
    sight = Sight(tmp_path, clock, ids)
    sight.shop.hire("boss", "owner")
    place = sight.shop.location_id
    sight.shop.do("boss", AdjustStock("LN-27", place, ORDERS + 10, "counted"))
    yield Incident(sight)
    sight.close()


@pytest.mark.req("F104")
async def test_a_days_backlog_is_counted_each_hour_and_none_stands_eight_hours_silently(
    incident: Incident,
) -> None:
    coming, rang = ORDERS // HOURS, 0
    for _hour in range(HOURS):
        incident.arrive(coming)
        incident.ship(coming * 18 // 47)
        await incident.watch.round()
        assert incident.gauge() == len(incident.standing)
        late, alerts = incident.late(), incident.alerts()
        assert [state for state, _args in alerts] == (["open"] if late else [])
        if late:
            told = alerts[0][1]
            assert (told["n"], told["hours"]) == (len(late), LIMIT)
            assert told["ids"].removesuffix(" …").split(", ") == late[:NAMED]
            rang += 1
        incident.clock.advance(HOUR)
    assert rang > HOURS // 3, "the shop fell behind by more than eight hours"
    incident.ship(len(incident.standing))
    await incident.watch.round()
    assert (incident.gauge(), [state for state, _args in incident.alerts()]) == (0, ["settled"])


async def test_what_its_platform_sends_itself_is_nobodys_backlog(incident: Incident) -> None:
    incident.shop.receive(record("F1", hold=SENT_BY_PLATFORM, lines=CURTAIN))
    incident.clock.advance((LIMIT + 1) * HOUR)
    await incident.watch.round()
    assert incident.alerts() == []
    incident.shop.receive(record("M1", hold="check", lines=CURTAIN))
    incident.clock.advance((LIMIT + 1) * HOUR)
    await incident.watch.round()
    assert [args["ids"] for _state, args in incident.alerts()] == ["M1"]
