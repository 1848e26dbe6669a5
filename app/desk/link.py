"""The desk's side of the pipe: it starts the keeper, asks it, and starts it again when it dies.

No Qt here: the window runs this core under qasync, the demo without a display under plain asyncio.
Every call carries an id of its own. When the keeper dies, what was not answered is sent again to
the next one under the same ids, and the keeper's table of answered ids makes the repeat harmless.
"""

import asyncio
import contextlib
import enum
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from app.commands import wire
from app.domain.errors import WaydeskError
from app.domain.ports import Clock, Ids
from app.process.child import Child, Hearing
from app.process.errors import KeeperGone, KeeperKeepsEnding, VersionsDiffer, as_error

T = TypeVar("T")
StartChild = Callable[[Hearing], Child]
OnProgress = Callable[[wire.Progress], None]


class LinkState(enum.StrEnum):
    """What the status bar says about the background service."""

    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class RestartRule:
    """When a dead keeper is started again, and when Waydesk stops trying; all in seconds."""

    crashes: int = 3
    within_s: float = 60.0
    waits_s: tuple[float, ...] = (0.0, 0.5, 2.0)

    def wait(self, crash: int) -> float:
        """Seconds before the restart after the `crash`-th crash of late (counted from 1)."""
        return self.waits_s[min(crash, len(self.waits_s)) - 1]


class Hooks(Generic[T]):
    """Those who want to hear of something; each stays until it takes itself off."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def add(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Let `listener` hear from now on; gives what takes it off again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, news: T) -> None:
        """Tell everyone."""
        for listener in tuple(self._listeners):
            listener(news)


@dataclass(slots=True)
class _Pending:
    frame: bytes
    answer: asyncio.Future[wire.Reply]
    on_progress: OnProgress | None = None


@dataclass(slots=True)
class _Run:
    """One life of the keeper: its process and the reader of what it writes."""

    child: Child | None = None
    decoder: wire.Decoder = field(default_factory=wire.Decoder)
    last_word: wire.Goodbye = field(default_factory=wire.Goodbye)
    said_version: int = wire.VERSION


class Link:
    """Asks the keeper and waits for its answers, across its deaths.

    Attributes:
        state: what to show; `states` tells when it changes.
        reason: why the keeper is gone, to be shown with its remedy.
        session: goes with every call; set it after signing in, empty it after signing out.
        changes: tells what screens should read again.
    """

    def __init__(
        self, start_child: StartChild, ids: Ids, clock: Clock, rule: RestartRule | None = None
    ) -> None:
        self.state = LinkState.STARTING
        self.reason: WaydeskError | None = None
        self.session = ""
        self.changes: Hooks[wire.Changed] = Hooks()
        self.states: Hooks[LinkState] = Hooks()
        self._start_child = start_child
        self._ids = ids
        self._clock = clock
        self._rule = rule or RestartRule()
        self._pending: dict[int, _Pending] = {}
        self._crashes: deque[float] = deque()
        self._run = _Run()
        self._closing: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def keeper_pid(self) -> int:
        """The process id of the keeper that runs now, 0 when none does."""
        return self._run.child.pid if self._run.child is not None else 0

    @property
    def unanswered(self) -> int:
        """How many calls wait for their answer."""
        return len(self._pending)

    def start(self) -> None:
        """Start the keeper; call it once, inside the running loop."""
        self._spawn()

    async def ready(self) -> None:
        """Wait until the keeper serves; raises why it never will."""
        arrived: asyncio.Event = asyncio.Event()
        forget = self.states.add(lambda _: arrived.set())
        try:
            while self.state is not LinkState.READY:
                if self.reason is not None:
                    raise self.reason
                arrived.clear()
                await arrived.wait()
        finally:
            forget()

    async def ask(self, command: Any, reply: type[T], on_progress: OnProgress | None = None) -> T:
        """Have the keeper do `command`; give its reply, read as `reply`.

        Raises `process.errors.Refused` or `Failed` with the keeper's own code, and KeeperGone when
        nobody is left to answer. Cancelling the wait does not take the command back.
        """
        if self.reason is not None:
            raise self.reason
        call_id = self._ids.next()
        frame = wire.encode(wire.Call(call_id, wire.pack(command), self.session))
        pending = _Pending(frame, asyncio.get_running_loop().create_future(), on_progress)
        self._pending[call_id] = pending
        if self.state is LinkState.READY:
            self._write(frame)
        answer = await pending.answer
        return wire.unpack(answer.result, reply)

    async def close(self, seconds: float = 15.0) -> None:
        """End the keeper in order: it finishes the command in hand, and is killed if it hangs."""
        await self._end(seconds)
        self._give_up(KeeperGone(why="closed"))

    async def pause(self, seconds: float = 15.0) -> None:
        """End the keeper for a while, so that its folder is free; `resume` starts the next one.

        What is asked meanwhile waits for the next keeper.
        """
        await self._end(seconds)
        self.reason, self._closing = None, None
        self._turn(LinkState.STARTING)

    def resume(self) -> None:
        """Start a keeper after a pause, or after one that could not serve; crashes are forgiven."""
        self.reason = None
        self._crashes.clear()
        self._turn(LinkState.STARTING)
        self._spawn()

    async def _end(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._run.child is not None and self._closing is None:
            self._closing = asyncio.get_running_loop().create_future()
            self._write(wire.encode(wire.Goodbye()))
            self._run.child.close_input()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._closing), seconds)
            if not self._closing.done():
                self._run.child.kill()
                await self._closing

    # --- the keeper's life ---------------------------------------------------------------------

    def _spawn(self) -> None:
        loop = asyncio.get_running_loop()
        run = self._run = _Run()

        def soon(act: Callable[[], None]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to tell
                loop.call_soon_threadsafe(act)

        hearing = Hearing(
            piece=lambda data: soon(lambda: self._hear(run, data)),
            ended=lambda _code: soon(lambda: self._ended(run)),
        )
        try:
            run.child = self._start_child(hearing)
        except OSError as problem:
            self._give_up(KeeperGone(why=problem.strerror or "cannot be started"))

    def _ended(self, run: _Run) -> None:
        run.child = None
        if self._closing is not None:
            self._closing.set_result(None)
        elif run.last_word.code and not run.last_word.fault:
            word = run.last_word
            self._give_up(as_error(word.code, word.args, fault=False))
        elif run.said_version != wire.VERSION:
            self._give_up(VersionsDiffer(ours=wire.VERSION, theirs=run.said_version))
        else:
            self._start_again()

    def _start_again(self) -> None:
        now = self._clock.mono()
        self._crashes.append(now)
        while self._crashes[0] < now - self._rule.within_s:
            self._crashes.popleft()
        if len(self._crashes) >= self._rule.crashes:
            times, seconds = len(self._crashes), int(self._rule.within_s)
            self._give_up(KeeperKeepsEnding(times=times, seconds=seconds))
            return
        self._turn(LinkState.RESTARTING)
        wait = self._rule.wait(len(self._crashes))
        self._timer = asyncio.get_running_loop().call_later(wait, self._spawn)

    def _give_up(self, reason: WaydeskError) -> None:
        self.reason = reason
        waiting, self._pending = self._pending, {}
        for pending in waiting.values():
            if not pending.answer.done():
                pending.answer.set_exception(reason)
                pending.answer.exception()  # an asker that went away is no unheard error
        self._turn(LinkState.GONE)

    def _turn(self, state: LinkState) -> None:
        if state is not self.state:
            self.state = state
            self.states.tell(state)

    # --- what is said --------------------------------------------------------------------------

    def _write(self, frame: bytes) -> None:
        if self._run.child is not None:
            self._run.child.write(frame)

    def _hear(self, run: _Run, data: bytes) -> None:
        if run is not self._run:
            return
        try:
            for message in run.decoder.feed(data):
                self._take(run, message)
        except wire.FrameError:
            if run.child is not None:
                run.child.kill()

    def _take(self, run: _Run, message: wire.Message) -> None:
        match message:
            case wire.Reply() | wire.Refused():
                self._answered(message)
            case wire.Progress(call_id=call_id):
                pending = self._pending.get(call_id)
                if pending is not None and pending.on_progress is not None:
                    pending.on_progress(message)
            case wire.Changed():
                self.changes.tell(message)
            case wire.Goodbye():
                run.last_word = message
            case wire.Hello():
                self._greeted(run, message)

    def _greeted(self, run: _Run, hello: wire.Hello) -> None:
        run.said_version = hello.version
        if hello.version != wire.VERSION:
            if run.child is not None:
                run.child.close_input()
            return
        for pending in self._pending.values():
            self._write(pending.frame)
        self._turn(LinkState.READY)

    def _answered(self, message: wire.Reply | wire.Refused) -> None:
        pending = self._pending.pop(message.call_id, None)
        if pending is not None and not pending.answer.done():
            if isinstance(message, wire.Reply):
                pending.answer.set_result(message)
            else:
                error = as_error(message.code, message.args, fault=message.fault)
                pending.answer.set_exception(error)
        if isinstance(message, wire.Reply) and message.changed.rows:
            self.changes.tell(message.changed)
