"""A desk whose exports are written by the keeper's own export desk, as behind the pipe."""

from collections.abc import Callable
from typing import Any, TypeVar

from app.commands import wire
from app.keeper.export_desk import ASKS, ExportDesk
from app.keeper.server import Ask
from tests.desk.desk_world import DeskWorld
from tests.operations.export_world import export_desk

T = TypeVar("T")


def with_exports(desk: DeskWorld) -> ExportDesk:
    """Let the desk's link reach the export desk, past the door as in the keeper."""
    exports, through_the_door = export_desk(desk.shop), desk.link.ask

    async def ask(
        command: Any, reply: type[T], on_progress: Callable[[wire.Progress], None] | None = None
    ) -> T:
        if not isinstance(command, ASKS):
            return await through_the_door(command, reply, on_progress)
        let_in = await through_the_door(command, Any)

        def report(done: int, total: int, words: str) -> None:
            if on_progress is not None:
                on_progress(wire.Progress(0, done, total, words))

        asked = Ask(0, desk.link.session, command, report)
        answered = await exports.answer(asked, bytes(wire.pack(let_in)))
        return wire.unpack(wire.pack(answered), reply)

    desk.link.ask = ask  # type: ignore[method-assign]
    return exports
