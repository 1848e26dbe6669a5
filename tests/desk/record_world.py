"""A desk whose questions about the whole record are answered by the keeper's own record desk."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from app.commands import wire
from app.keeper.press_link import PressLink
from app.keeper.record_desk import ASKS, RecordDesk
from app.keeper.room import Room
from app.keeper.server import Ask
from tests.desk.desk_world import DeskWorld
from tests.operations.press_world import AtOnce
from tests.worlds import SeededRng

T = TypeVar("T")


class NoPress:
    """A press that draws nothing; sheets are drawn in the keeper's tests."""

    async def run(self, _kind: str, _payload: bytes = b"") -> bytes:
        await asyncio.sleep(0)
        return b""


def with_record(desk: DeskWorld, folder: Path) -> RecordDesk:
    """Let the desk's link reach the record desk, past the door as in the keeper."""
    shop, clock = desk.shop, desk.behind.clock
    room = Room(shop.book, AtOnce(), shop.door.laws, clock, SeededRng(), desk.link.changes.tell)  # type: ignore[arg-type]
    record = RecordDesk(room, cast("PressLink", NoPress()), folder)
    through_the_door = desk.link.ask

    async def ask(
        command: Any, reply: type[T], on_progress: Callable[[wire.Progress], None] | None = None
    ) -> T:
        if not isinstance(command, ASKS):
            return await through_the_door(command, reply)
        await through_the_door(command, type(None))

        def report(done: int, total: int, words: str) -> None:
            if on_progress is not None:
                on_progress(wire.Progress(0, done, total, words))

        answered = await record.answer(Ask(0, desk.link.session, command, report))
        return wire.unpack(wire.pack(answered), reply)

    desk.link.ask = ask  # type: ignore[method-assign]
    return record
