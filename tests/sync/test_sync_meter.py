"""A shop's line tells by itself whose clock is off, how fast it answers and what is left."""

from email.utils import formatdate

import pytest

from sync.meter import Meter
from sync.ports import Answer, Request
from tests.sync.sync_world import HandClock


class Line:
    """Answers after some time, dated by a clock that is off."""

    def __init__(self, clock: HandClock, **headers: str) -> None:
        self.clock, self.headers = clock, headers
        self.took_s, self.offset_s = 0.2, 0.0

    async def send(self, _request: Request) -> Answer:
        self.clock.turn(self.took_s / 2)
        date = formatdate(self.clock.ms / 1000 + self.offset_s, usegmt=True)
        self.clock.turn(self.took_s / 2)
        return Answer(200, {"date": date, **self.headers}, b"")


async def ask(meter: Meter, times: int = 3) -> Meter:
    for _ in range(times):
        await meter.send(Request("GET", "https://shop.example/"))
    return meter


@pytest.mark.req("F203")
@pytest.mark.parametrize("offset_s", [301, 300, 0, -301, 3600])
async def test_the_other_sides_clock_is_measured_by_its_own_date(clock, offset_s: int) -> None:
    line = Line(clock)
    line.offset_s = offset_s
    assert (await ask(Meter(line, clock), 2)).offset_ms is None, "two answers say too little"
    assert (await ask(Meter(line, clock))).offset_ms == offset_s * 1000


async def test_one_odd_answer_a_copy_and_an_answer_without_a_date_say_nothing(clock) -> None:
    line = Line(clock)
    meter = await ask(Meter(line, clock), 6)
    line.offset_s = 9000
    await ask(meter, 1)
    line.headers = {"age": "8000"}
    await ask(meter, 20)
    line.headers = {"date": "next Tuesday"}
    await ask(meter, 20)
    assert meter.offset_ms == 0


async def test_how_long_an_answer_takes_and_what_is_left_are_known(clock) -> None:
    line = Line(clock, **{"x-ratelimit-remaining": "37"})
    meter = await ask(Meter(line, clock))
    assert (meter.answer_ms, meter.limit_left) == (200, 37)
    line.headers = {"x-ratelimit-remaining": "many"}
    assert (await ask(meter)).limit_left == 37
