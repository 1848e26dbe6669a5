"""What every screen is handed: who sits here, how to read, how to ask, and in which words."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Signal

from app.commands.people import SignedIn
from app.desk.freshness import Freshness
from app.desk.link import Link, OnProgress
from app.desk.memory import Memory
from app.desk.reading import Reader
from app.desk.speech import Speech
from app.desk.theme import Look
from app.domain.errors import NotSignedIn, WaydeskError
from app.domain.ports import Clock
from app.reads.book import ReadBook
from app.reads.viewer import Viewer, viewer_of
from app.rulebook import Rulebook

LOG = logging.getLogger(__name__)
T = TypeVar("T")
P = ParamSpec("P")
ENDED = frozenset({"not_signed_in", "session_expired"})


@dataclass(frozen=True, slots=True)
class Ways:
    """The parts a seat is made of."""

    link: Link
    reader: Reader
    law: Rulebook
    clock: Clock
    memory: Memory
    folder: Path = Path()


@dataclass(frozen=True, slots=True)
class News:
    """One line for the person: what happened, what to do, and perhaps a way back."""

    title: str
    remedy: str = ""
    tone: str = "bad"
    undo: Callable[[], None] | None = None


class Then(Enum):
    """How a refusal ended: send the command again, let it be, or tell the person."""

    AGAIN = "again"
    LEFT = "left"
    TELL = "tell"


Between = Callable[[Any, WaydeskError], Awaitable[Then]]
"""What stands between a command and its being done: asks the person for what is missing."""


async def _tell(_command: Any, _error: WaydeskError) -> Then:
    return Then.TELL


class Seat(QObject):
    """A person at the desk. Everything asked or read goes through here.

    Attributes:
        left: commands that wait for somebody's consent, by their request's id.
        between: asks for a fresh proof or somebody's consent; the window's own.
        fresh: when each shop was last read.
    """

    news = Signal(object)
    ended = Signal()
    viewer_changed = Signal()
    chosen = Signal(str)
    """A choice of this computer was made elsewhere than where it is shown: its name."""

    def __init__(self, ways: Ways, speech: Speech, look: Look) -> None:
        super().__init__()
        self.link, self.reader, self.law = ways.link, ways.reader, ways.law
        self.clock, self.memory, self.folder = ways.clock, ways.memory, ways.folder
        self.speech, self.look = speech, look
        self.fresh = Freshness(ways.link.changes, ways.clock)
        self.signed: SignedIn | None = None
        self.viewer: Viewer | None = None
        self.left: dict[int, Any] = {}
        self.between: Between = _tell
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def signed_login(self) -> str:
        """The login of whoever sits here."""
        return self.viewer.login if self.viewer is not None else ""

    def may(self, permission: str) -> bool:
        """Whether the person may do this in some shop; the door asks again."""
        return self.viewer is not None and self.viewer.may(permission)

    def may_ask(self, permission: str) -> bool:
        """Whether the person may do this in some shop, or ask for it where somebody consents."""
        return self.viewer is not None and self.viewer.may_ask(permission)

    def sat(self, signed: SignedIn | None) -> None:
        """Remember who signed in, or that nobody is."""
        self.signed = signed
        self.viewer = None
        self.left.clear()
        self.link.session = signed.session if signed else ""

    async def see(
        self, read: Callable[Concatenate[ReadBook, Viewer, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        """Run a read in this person's sight, which is looked up afresh.

        Raises NotSignedIn, and lets the window know, when the session is over.
        """
        session, now = self.link.session, self.clock.now()
        roles = self.law.roles

        def seen(book: ReadBook) -> tuple[Viewer | None, T | None]:
            viewer = viewer_of(book, roles, session, now)
            return viewer, (read(book, viewer, *args, **more) if viewer is not None else None)

        viewer, found = await self.reader.read(seen)
        if viewer is None:
            if session and session == self.link.session:
                self.ended.emit()
            raise NotSignedIn
        if viewer != self.viewer:
            self.viewer = viewer
            self.viewer_changed.emit()
        return found  # type: ignore[return-value]  # None only beside a missing viewer

    async def ask(
        self, command: Any, reply: type[T], on_progress: OnProgress | None = None
    ) -> T | None:
        """Have something done; a refusal is told to the person and gives None.

        Where a fresh proof or somebody else's consent is missing, it is asked for, and the command
        sent again. `on_progress` hears how far a long one has come.
        """
        done, found = await self._asked(command, reply, on_progress)
        return found if done else None

    async def do(self, command: Any) -> bool:
        """Have something done that answers nothing but yes."""
        return (await self._asked(command, type(None)))[0]

    async def _asked(
        self, command: Any, reply: type[T], on_progress: OnProgress | None = None
    ) -> tuple[bool, T | None]:
        while True:
            try:
                return True, await self.link.ask(command, reply, on_progress)
            except WaydeskError as error:
                if not await self.settled(command, error):
                    return False, None

    async def settled(self, command: Any, error: WaydeskError) -> bool:
        """Whether to send a refused command again; what is not settled is told."""
        try:
            then = await self.between(command, error)
        except WaydeskError as other:
            self.tell(other)
            return False
        if then is Then.TELL:
            self.tell(error)
        return then is Then.AGAIN

    def tell(self, error: WaydeskError) -> None:
        """Say a refusal or fault with its remedy."""
        title, remedy = self.speech.error(error)
        self.news.emit(News(title, remedy))
        if error.code in ENDED:
            self.ended.emit()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let something run beside the screen; what nobody caught is logged and told."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    async def close(self) -> None:
        """End what still runs and the reading thread."""
        self.fresh.let_go()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.reader.close()

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        problem = task.exception()
        if problem is None or isinstance(problem, NotSignedIn):
            return
        if isinstance(problem, WaydeskError):
            self.tell(problem)
            return
        LOG.error("a task of the window failed", exc_info=problem)
        title, remedy = self.speech.refusal("program_fault", {"where": type(problem).__name__})
        self.news.emit(News(title, remedy))
