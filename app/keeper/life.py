"""How a keeper lives: it takes the folder's lock, serves one desk, and ends when the desk does.

Whatever ends the desk (closing it, a crash, kill -9) closes the keeper's standard input; then the
command in hand is finished and the keeper ends. Should anything hang, a watchdog ends the process:
the book is safe, because a transaction either committed or did not.
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from app.commands import wire
from app.domain.errors import BookInUse, Fault, WaydeskError
from app.keeper.server import Server, Surface
from app.process.errors import VersionsDiffer
from app.process.locks import wait_lock
from app.process.pipes import PipeWriter, own_pipes, read_on_thread

LOG = logging.getLogger(__name__)

LOCK_FILE = "keeper.lock"
PREDECESSOR_S = 5.0
"""How long a new keeper waits for the one before it, in seconds."""
LAST_COMMAND_S = 8.0
"""How long the command in hand may take once the desk is gone, in seconds."""
WATCHDOG_S = 10.0
"""When a keeper that should have ended is ended by force, in seconds."""

Announce = Callable[[wire.Changed], None]
OpenHouse = Callable[[Announce], AbstractAsyncContextManager[Surface]]
"""Opens the book and everything behind it; leaving it closes them. Given what to announce with."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a keeper ended: the exit code of the process and the last word to the desk."""

    code: int
    word: wire.Goodbye


CLEAN = Ending(0, wire.Goodbye())


def serve_desk(folder: Path, open_house: OpenHouse, wait_s: float = PREDECESSOR_S) -> int:
    """Serve the desk at the other end of standard input and output; give the exit code.

    0 after an orderly end, 1 after a fault, 3 when refused (the book is in use, too new, locked).
    """
    source, target = own_pipes()
    writer = PipeWriter(target)
    held = wait_lock(folder / LOCK_FILE, wait_s)
    if held is None:
        ending = ending_of(BookInUse(folder=str(folder)))
    else:
        ending = asyncio.run(_life(Line(folder, source, writer), open_house))
        held.release()
    writer.write(wire.encode(ending.word))
    writer.close()
    return ending.code


def serve_alone(folder: Path, open_house: OpenHouse, wait_s: float = PREDECESSOR_S) -> Ending:
    """Work without a desk (a server, the back room) until SIGTERM or Ctrl-C; tell how it ended."""
    held = wait_lock(folder / LOCK_FILE, wait_s)
    if held is None:
        return ending_of(BookInUse(folder=str(folder)))
    try:
        return asyncio.run(_life(None, open_house))
    finally:
        held.release()


def ending_of(problem: Exception) -> Ending:
    """Give the exit code and last word for what kept the keeper from serving."""
    if isinstance(problem, WaydeskError):
        fault = isinstance(problem, Fault)
        return Ending(1 if fault else 3, wire.Goodbye(problem.code, problem.details, fault))
    where = type(problem).__name__
    return Ending(1, wire.Goodbye("program_fault", {"where": where}, fault=True))


@dataclass(frozen=True, slots=True)
class Line:
    """The way to the desk: which folder it asked for, and both ends of the pipe."""

    folder: Path
    source: int
    writer: PipeWriter

    def send(self, message: wire.Message) -> None:
        """Send one message; one that is too long is logged and refused by the codec."""
        self.writer.write(wire.encode(message))


async def _life(line: Line | None, open_house: OpenHouse) -> Ending:
    ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
    _on_signals(lambda: _settle(ended, CLEAN), interrupt=line is None)
    announcer = Announcer()
    try:
        async with open_house(announcer) as surface:
            if line is None:
                return await ended
            server = Server(surface, line.send)
            announcer.server = server
            return await _serve(line, server, ended)
    except Exception as problem:
        ending = ending_of(problem)
        if ending.word.fault:
            LOG.exception("cannot serve")
        else:
            LOG.warning("not served: %s", ending.word.code)
        return ending


class Announcer:
    """Tells the desk what changed by itself; before the desk is served there is nobody to tell."""

    server: Server | None = None

    def __call__(self, changed: wire.Changed) -> None:
        """Announce rows that changed."""
        if self.server is not None:
            self.server.announce(changed)


async def _serve(line: Line, server: Server, ended: asyncio.Future[Ending]) -> Ending:
    line.send(wire.Hello("keeper", str(line.folder), os.getpid()))
    listener = Listener(line, server, ended)
    work = asyncio.create_task(server.run())
    listener.start()
    ending = await ended
    server.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(work, LAST_COMMAND_S)
    return ending


class Listener:
    """Hears the desk on a thread and hands each message to the server, on the loop."""

    def __init__(self, line: Line, server: Server, ended: asyncio.Future[Ending]) -> None:
        self._line = line
        self._server = server
        self._ended = ended
        self._decoder = wire.Decoder()
        self._loop = asyncio.get_running_loop()

    def start(self) -> None:
        """Begin to read."""
        read_on_thread(
            self._line.source,
            lambda data: self._on_loop(lambda: self._hear(data)),
            self._pipe_closed,
        )

    def _pipe_closed(self) -> None:
        guard = threading.Timer(WATCHDOG_S, os._exit, (1,))
        guard.daemon = True
        guard.start()
        self._on_loop(lambda: _settle(self._ended, CLEAN))

    def _on_loop(self, act: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to tell
            self._loop.call_soon_threadsafe(act)

    def _hear(self, data: bytes) -> None:
        try:
            for message in self._decoder.feed(data):
                self._take(message)
        except wire.FrameError as problem:
            LOG.exception("the desk wrote no frame")
            _settle(self._ended, ending_of(problem))

    def _take(self, message: wire.Message) -> None:
        if isinstance(message, wire.Call):
            self._server.receive(message)
        elif isinstance(message, wire.Ping):
            self._line.send(wire.Pong(message.mark))
        elif isinstance(message, wire.Goodbye):
            _settle(self._ended, CLEAN)
        elif isinstance(message, wire.Hello) and message.version != wire.VERSION:
            differ = VersionsDiffer(ours=wire.VERSION, theirs=message.version)
            _settle(self._ended, ending_of(differ))


def _settle(ended: asyncio.Future[Ending], ending: Ending) -> None:
    if not ended.done():
        ended.set_result(ending)


def _on_signals(end: Callable[[], None], *, interrupt: bool) -> None:
    """End in order on SIGTERM, and on Ctrl-C where no desk is there to answer it."""
    loop = asyncio.get_running_loop()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGINT) if interrupt else (signal.SIGTERM,):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end))
        else:
            loop.add_signal_handler(number, end)
