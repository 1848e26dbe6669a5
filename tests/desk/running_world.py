"""What stands beside the door in a test of the desk: backups, logs and reports of a real folder."""

from pathlib import Path
from typing import Any, TypeVar

from app.commands import wire
from app.config import Settings
from app.domain.actor import worker
from app.domain.errors import Refusal
from app.keeper.room import Room
from app.keeper.running_desk import ASKS, RunningDesk
from app.keeper.server import Ask
from app.keeper.writer import Writer
from app.operations.laws import Laws
from app.process.errors import as_error
from app.store.opening import Opener
from app.store.tables_record import keyring_row
from app.store.vault import new_demo, wrap
from tests.desk.desk_world import DeskWorld
from tests.worlds import CountingIds, SeededRng

T = TypeVar("T")


class Beside:
    """Puts a running desk behind the link of a desk's world."""

    def __init__(self, desk: DeskWorld, folder: Path) -> None:
        kek, rng = new_demo(folder, SeededRng()), SeededRng()
        book = desk.shop.book
        _give_key(desk, kek, rng)
        self.writer = Writer()
        self.room = Room(book, self.writer, Laws(book), desk.behind.clock, rng, self._told)
        opener = Opener(kek, desk.behind.clock, CountingIds(9_000_000), rng)
        self.running = RunningDesk(self.room, Settings(folder), kek, opener, self._nobody)
        self._link, self._door = desk.link, desk.link.ask
        self.steps: list[str] = []
        desk.link.ask = self.ask  # type: ignore[method-assign]
        desk.seat.folder = folder

    async def ask(self, command: Any, reply: type[T], on_progress: Any = None) -> T:
        """The door first; then, for what it only lets in, the desk beside it."""
        if not isinstance(command, ASKS):
            return await self._door(command, reply)
        await self._door(command, type(None))

        def step(done: int, total: int, key: str) -> None:
            self.steps.append(key)
            if on_progress is not None:
                on_progress(wire.Progress(1, done, total, key))

        try:
            answer = await self.running.answer(Ask(1, self._link.session, command, step))
        except Refusal as no:
            raise as_error(no.code, dict(no.details), fault=False) from no
        return wire.unpack(wire.pack(answer), reply)

    def close(self) -> None:
        """End the writer's thread."""
        self.writer.close()

    def _told(self, changed: wire.Changed) -> None:
        self._link.changes.tell(changed)

    async def _nobody(self) -> None:
        return None


def _give_key(desk: DeskWorld, kek: bytes, rng: SeededRng) -> None:
    """Wrap the shop's data key into its book, as a book that was begun has it."""
    data_key = SeededRng().random_bytes(32)  # as tests.worlds.shop_keys makes it
    with desk.shop.book.work(worker("test")) as work:
        row = {"id": 1, "wrapped": wrap(kek, 1, data_key, rng), "state": "current"}
        work.insert(keyring_row, row | {"made_at": work.now})
        work.tell("book_begun", "book", 1)
        work.commit()
