"""What every worker of the keeper is handed: the book, its writer, the law and the tools."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from app.commands import wire
from app.domain.actor import Actor, worker
from app.domain.pieces import PieceSize
from app.domain.ports import Clock, Rng
from app.keeper.writer import Turn, Writer
from app.operations.laws import Laws
from app.store import orders
from app.store.work import Book, Work

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Room:
    """The keeper's common room.

    Attributes:
        announce: tells the screens which rows to read again.
    """

    book: Book
    writer: Writer
    laws: Laws
    clock: Clock
    rng: Rng
    announce: Callable[[wire.Changed], None]
    actor: Actor = field(default_factory=lambda: worker("sync"))

    async def write(self, act: Callable[[Work], T], turn: Turn = Turn.ANSWER) -> T:
        """Do ``act`` in one transaction on the writer's thread and tell the screens.

        ``act`` writes its own audit entry (``work.tell``); one that changed nothing and told
        nothing is rolled back, which costs nothing.
        """
        result, changed = await self.writer.do(turn, lambda: self._transact(act))
        if changed:
            self.announce(wire.Changed(changed))
        return result

    async def piece(self, act: Callable[[Work, int], int], size: PieceSize) -> int:
        """Do a piece of long work behind every command; how many rows it did.

        ``act`` is told how many rows it may do; the size of the next piece follows from how long
        this one held the writer, its commit included.
        """

        def timed() -> tuple[int, dict[str, tuple[int, ...]]]:
            began, worked = self.clock.mono(), self.clock.busy()
            done, changed = self._transact(lambda work: act(work, size.rows))
            size.took(done, self.clock.mono() - began, self.clock.busy() - worked)
            return done, changed

        done, changed = await self.writer.do(Turn.INTAKE, timed)
        if changed:
            self.announce(wire.Changed(changed))
        return done

    def _transact(self, act: Callable[[Work], T]) -> tuple[T, dict[str, tuple[int, ...]]]:
        with self.book.work(self.actor) as work:
            result = act(work)
            if not work.has_told:
                return result, {}
            for order_id in sorted(work.marked.get("orders", ())):
                orders.refresh(work, order_id)
            work.commit()
            return result, {kind: tuple(sorted(ids)) for kind, ids in work.marked.items()}

    def spread(self) -> float:
        """A fifth up or down, so that retries do not march in step."""
        return self.rng.uniform(-0.2, 0.2)
