"""Tracking numbers are given beside the writer: with progress, a stop, and in a person's name."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.commands.numbers import LookAtNumbers, NumbersSeen, StopNumbers
from app.keeper.number_desk import READING, TAKING, NumberDesk
from app.keeper.room import Room
from app.keeper.server import Ask
from app.keeper.writer import Writer
from app.store.tables import waybill
from app.store.tables_record import audit
from app.store.work import Book
from tests.operations.number_world import number_of, text, waiting, wanted
from tests.operations.outbound_world import Shop
from tests.worlds import FixedClock, SeededRng

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ROWS = text(*(f"{600 + n},顺丰,{number_of(n)}" for n in range(24)))


@dataclass
class Desk:
    shop: Shop
    desk: NumberDesk
    told: list[tuple[int, int, str]] = field(default_factory=list)
    stops: bool = False

    async def ask(self, command: Any) -> Any:
        self.shop.commands += 1
        session = self.shop.sessions["lead"]
        let_in = self.shop.door.do(self.shop.commands, command, session).result
        return await self.desk.answer(Ask(1, session, command, self._hear), let_in)

    def _hear(self, done: int, total: int, key: str) -> None:
        self.told.append((done, total, key))
        if self.stops and key == TAKING and done:
            self.stops = False
            self.desk._stops[self.shop.sessions["lead"]].set()


@pytest.fixture
def desk(book: Book, clock: FixedClock) -> Iterator[Desk]:
    shop, writer = waiting(book, 24), Writer()
    room = Room(book, writer, shop.door.laws, clock, SeededRng(), lambda _: None)
    yield Desk(shop, NumberDesk(room))
    writer.close()


@pytest.mark.req("F244")
async def test_who_stops_it_keeps_whole_orders_and_the_same_list_goes_on(desk: Desk) -> None:
    seen: NumbersSeen = await desk.ask(LookAtNumbers(text=ROWS))
    assert (len(seen.rows), desk.told[0]) == (24, (0, 0, READING))
    desk.stops = True
    first = await desk.ask(wanted(seen))
    assert first.stopped
    assert 0 < first.done < 24 == len(seen.rows)
    assert len(desk.shop.all(waybill)) == first.done
    again = await desk.ask(wanted(seen))
    assert (again.done, again.same, again.stopped) == (24 - first.done, first.done, False)
    assert [t for t in desk.told if t[2] == TAKING][-1] == (24, 24, TAKING)
    given = [row for row in desk.shop.all(audit) if row["action"] == "numbers_given"]
    assert {row["actor"] for row in given} == {"lead"}
    assert await desk.ask(StopNumbers()) is None
