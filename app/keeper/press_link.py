"""The keeper's side of the press: kept warm, renewed in time, and never asked twice in silence.

One job is in the press's hands at a time; the others wait here. So when the press dies exactly one
job is of unknown fate. It is reported as unknown and never sent again by itself, because a printer
may already have drawn it; the jobs that waited go to the next press untouched.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from app.commands import wire
from app.domain.ports import Clock, Ids
from app.process.child import Child, Hearing
from app.process.errors import PressJobUnknown, PressUnavailable, as_error

LOG = logging.getLogger(__name__)
StartChild = Callable[[Hearing], Child]


@dataclass(frozen=True, slots=True)
class PressRule:
    """When a press is renewed and when it is given up; times in seconds."""

    pages: int = 5000
    job_s: float = 120.0
    start_s: float = 60.0
    eager_crashes: int = 3
    within_s: float = 60.0


@dataclass(slots=True, eq=False)
class _Press:
    """One life of the press."""

    ready: "asyncio.Future[None]"
    child: Child | None = None
    decoder: wire.Decoder = field(default_factory=wire.Decoder)
    job: "asyncio.Future[wire.PressDone] | None" = None
    pages: int = 0


class PressLink:
    """Has pages drawn by the press, across its deaths and renewals."""

    def __init__(
        self, start_child: StartChild, ids: Ids, clock: Clock, rule: PressRule | None = None
    ) -> None:
        self._start_child = start_child
        self._ids = ids
        self._clock = clock
        self._rule = rule or PressRule()
        self._press: _Press | None = None
        self._one_job = asyncio.Lock()
        self._crashes: deque[float] = deque()
        self._living: set[_Press] = set()
        self._renewing: asyncio.Task[None] | None = None
        self._nobody_left = asyncio.Event()
        self._nobody_left.set()
        self._closed = False

    @property
    def pid(self) -> int:
        """The process id of the press that draws now, 0 when none does."""
        press = self._press
        return press.child.pid if press is not None and press.child is not None else 0

    def warm(self) -> None:
        """Start the press before the first job needs it."""
        if self._press is None:
            with contextlib.suppress(PressUnavailable):
                self._press = self._spawn()

    async def run(self, kind: str, payload: bytes = b"") -> bytes:
        """Have one job drawn; give its result.

        Raises PressJobUnknown when the press died or hung over it (it may be on paper),
        PressUnavailable when no press could be started (nothing was drawn), and the press's own
        `process.errors.Refused` or `Failed` when it drew nothing and knows why.
        """
        async with self._one_job:
            press = await self._ready_press()
            done = await self._draw(press, wire.PressJob(self._ids.next(), kind, payload))
            press.pages += done.pages
            if press.pages >= self._rule.pages and self._renewing is None:
                self._renewing = asyncio.create_task(self._renew())
            return done.result

    async def close(self) -> None:
        """End the press: it finishes the job in hand; one that hangs is killed."""
        self._closed = True
        if self._renewing is not None:
            self._renewing.cancel()
        for press in self._living:
            _dismiss(press)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._nobody_left.wait(), self._rule.job_s)
        for press in self._living:
            if press.child is not None:
                press.child.kill()
        await self._nobody_left.wait()

    async def _ready_press(self) -> _Press:
        if self._closed:
            raise PressUnavailable(why="closed")
        press = self._press
        if press is None or press.child is None:
            press = self._press = self._spawn()
        await self._wait_ready(press)
        return press

    async def _wait_ready(self, press: _Press) -> None:
        try:
            await asyncio.wait_for(asyncio.shield(press.ready), self._rule.start_s)
        except TimeoutError:
            self._condemn(press)
            raise PressUnavailable(why="slow") from None

    async def _draw(self, press: _Press, job: wire.PressJob) -> wire.PressDone:
        frame = wire.encode(job)
        if press.child is None:
            raise PressUnavailable(why="ended")
        press.job = asyncio.get_running_loop().create_future()
        press.child.write(frame)
        try:
            return await asyncio.wait_for(press.job, self._rule.job_s)
        except (TimeoutError, EOFError, asyncio.CancelledError) as problem:
            self._condemn(press)
            if isinstance(problem, asyncio.CancelledError):
                raise
            raise PressJobUnknown(job_id=job.job_id, kind=job.kind) from None
        finally:
            press.job = None

    async def _renew(self) -> None:
        """Start the next press while the old one still draws, then change over between jobs."""
        try:
            new = self._spawn()
            await self._wait_ready(new)
            async with self._one_job:
                old, self._press = self._press, new
                if old is not None:
                    _dismiss(old)
        except PressUnavailable:
            LOG.exception("the press could not be renewed")
        finally:
            self._renewing = None

    def _condemn(self, press: _Press) -> None:
        """Kill a press that cannot be trusted; the next job gets another."""
        if self._press is press:
            self._press = None
        if press.child is not None:
            press.child.kill()

    # --- one press's life ----------------------------------------------------------------------

    def _spawn(self) -> _Press:
        loop = asyncio.get_running_loop()
        press = _Press(loop.create_future())

        def soon(act: Callable[[], None]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to tell
                loop.call_soon_threadsafe(act)

        hearing = Hearing(
            piece=lambda data: soon(lambda: self._hear(press, data)),
            ended=lambda _code: soon(lambda: self._ended(press)),
        )
        try:
            press.child = self._start_child(hearing)
        except OSError as problem:
            raise PressUnavailable(why=problem.strerror or "cannot be started") from problem
        self._living.add(press)
        self._nobody_left.clear()
        return press

    def _hear(self, press: _Press, data: bytes) -> None:
        try:
            for message in press.decoder.feed(data):
                _take(press, message)
        except wire.FrameError:
            LOG.exception("the press wrote no frame")
            self._condemn(press)

    def _ended(self, press: _Press) -> None:
        press.child = None
        self._living.discard(press)
        if not self._living:
            self._nobody_left.set()
        if not press.ready.done():
            press.ready.set_exception(PressUnavailable(why="ended"))
            press.ready.exception()  # nobody may be waiting for this one
        if press.job is not None and not press.job.done():
            press.job.set_exception(EOFError())
        if press is self._press and not self._closed:
            self._start_eagerly()

    def _start_eagerly(self) -> None:
        """Have a new press warm for the next job, unless presses keep ending by themselves."""
        now = self._clock.mono()
        self._crashes.append(now)
        while self._crashes[0] < now - self._rule.within_s:
            self._crashes.popleft()
        self._press = None
        if len(self._crashes) < self._rule.eager_crashes:
            self.warm()


def _dismiss(press: _Press) -> None:
    if press.child is not None:
        press.child.write(wire.encode(wire.Goodbye()))
        press.child.close_input()


def _take(press: _Press, message: wire.Message) -> None:
    if isinstance(message, wire.Hello) and not press.ready.done():
        press.ready.set_result(None)
    if press.job is None or press.job.done():
        return
    if isinstance(message, wire.PressDone):
        press.job.set_result(message)
    elif isinstance(message, wire.PressFailed):
        press.job.set_exception(as_error(message.code, message.args, fault=message.fault))
