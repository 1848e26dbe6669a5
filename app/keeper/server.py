"""The keeper's side of the pipe: one command at a time, quick questions beside them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from app.commands import wire
from app.domain.errors import Fault, WaydeskError

LOG = logging.getLogger(__name__)

GATHER_S = 0.03
"""How long changes are gathered before screens are told, in seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler gives back: the command's reply, and what screens should read again."""

    result: object = None
    changed: wire.Changed = field(default_factory=wire.Changed)


@dataclass(frozen=True, slots=True)
class Ask:
    """One decoded call: its id, who asks, what, and where to report progress (done, total, key)."""

    call_id: int
    session: str
    command: Any
    progress: Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Surface:
    """What this keeper can be asked.

    Attributes:
        commands: reads any command by its tag (`wire.decoder(union)`).
        handle: does it; raises Refusal or Fault. The table of answered call ids is its own.
        quick: commands that wait for no other: tokens for search, and scans, which may have to wait
            for their platform (F229).
    """

    commands: wire.Unpacker[Any]
    handle: Callable[[Ask], Awaitable[Answer]]
    quick: tuple[type, ...] = ()


class Server:
    """Answers a desk. Commands are done in the order they came; a quick question overtakes."""

    def __init__(self, surface: Surface, send: Callable[[wire.Message], None]) -> None:
        self._surface = surface
        self._send = send
        self._line: asyncio.Queue[Ask | None] = asyncio.Queue()
        self._closed = False
        self._beside: set[asyncio.Task[None]] = set()
        self._gathered: dict[str, tuple[int, ...]] = {}

    async def run(self) -> None:
        """Do the commands in line, one after the other, until `close`."""
        while (ask := await self._line.get()) is not None and not self._closed:
            await self._answer(ask)

    def close(self) -> None:
        """Finish the command in hand and begin no other: the desk asks the next keeper again."""
        self._closed = True
        self._line.put_nowait(None)

    def receive(self, call: wire.Call) -> None:
        """Take one call from the desk."""
        try:
            command = self._surface.commands.read(call.command)
        except wire.FrameError:
            self._send(wire.Refused(call.call_id, "unknown_command", {"kind": ""}))
            return
        ask = Ask(call.call_id, call.session, command, self._reporter(call.call_id))
        if isinstance(command, self._surface.quick):
            task = asyncio.create_task(self._answer(ask))
            self._beside.add(task)
            task.add_done_callback(self._beside.discard)
        else:
            self._line.put_nowait(ask)

    def announce(self, changed: wire.Changed) -> None:
        """Tell the desk what changed by itself (intake, timers), gathered over a short moment."""
        if not self._gathered:
            asyncio.get_running_loop().call_later(GATHER_S, self._tell)
        for kind, ids in changed.rows.items():
            self._gathered[kind] = _joined(self._gathered.get(kind), ids)

    def _tell(self) -> None:
        rows, self._gathered = self._gathered, {}
        self._send(wire.Changed(rows))

    def _reporter(self, call_id: int) -> Callable[[int, int, str], None]:
        def report(done: int, total: int, text_key: str) -> None:
            self._send(wire.Progress(call_id, done, total, text_key))

        return report

    async def _answer(self, ask: Ask) -> None:
        try:
            answer = await self._surface.handle(ask)
            self._send(wire.Reply(ask.call_id, wire.pack(answer.result), answer.changed))
        except WaydeskError as no:
            if isinstance(no, Fault):
                LOG.exception("call failed", extra={"call_id": ask.call_id})
            self._send(wire.Refused(ask.call_id, no.code, no.details, isinstance(no, Fault)))
        except Exception:
            LOG.exception("call failed", extra={"call_id": ask.call_id})
            where = type(ask.command).__name__
            self._send(wire.Refused(ask.call_id, "program_fault", {"where": where}, fault=True))


def _joined(known: tuple[int, ...] | None, more: tuple[int, ...]) -> tuple[int, ...]:
    """Ids of both; no ids at all means every row of the kind, and swallows the others."""
    if known is None:
        return more
    return tuple(dict.fromkeys(known + more)) if known and more else ()
