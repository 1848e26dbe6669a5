"""Raw label printers on the network (TCP port 9100): one label, one connection, one clear answer.

A label is never sent again from here. What the caller learns is one of four words:

    sent         every byte was taken and, where the printer answers, it reports no trouble
    unreachable  no connection, or lost before the first byte of the label: nothing was printed
    not_ready    the printer said so (paper, head, pause) before the first byte: nothing printed
    unknown      bytes have left and then something broke: only a person can tell

`sent` is not "on paper": that takes a scan (consistency.md 2.2, print, 3 and 4).
"""

import asyncio
import re
from dataclasses import dataclass
from enum import StrEnum

from printing.errors import PrinterRefused

_PORT = 9100
_ASK = b"~HS\r\n"
_STRING = re.compile(rb"\x02([^\x02\x03]*)\x03")
_STRINGS = 3
_FIRST_FLAGS = {1: "paper_out", 2: "paused", 9: "memory_fault", 11: "too_hot"}
_SECOND_FLAGS = {2: "head_open", 3: "ribbon_out"}
_POLL_MS = 150
_MS = 1000


class Sending(StrEnum):
    """What became of one label."""

    SENT = "sent"
    UNREACHABLE = "unreachable"
    NOT_READY = "not_ready"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RawPrinter:
    """Where a raw printer listens and how long it is waited for, in milliseconds.

    `answers` says that it speaks ZPL's `~HS`; models that only claim to leave the asking out.
    `settle_ms` is how long a label may take to leave the printer's memory.
    """

    host: str
    port: int = _PORT
    answers: bool = True
    connect_ms: int = 3000
    reply_ms: int = 1500
    write_ms: int = 10_000
    settle_ms: int = 8000


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of the four words, and a code that says why, for the person who looks into it."""

    result: Sending
    detail: str


def require_sent(outcome: Outcome, printer: str) -> None:
    """Raise PrinterRefused unless the label was taken whole.

    `printer_not_ready` when nothing was printed, `print_unsure` when bytes had left.
    """
    if outcome.result is Sending.UNKNOWN:
        raise PrinterRefused("print_unsure", printer=printer, why=outcome.detail)
    if outcome.result is not Sending.SENT:
        raise PrinterRefused("printer_not_ready", printer=printer, why=outcome.detail)


@dataclass(frozen=True, slots=True)
class HostStatus:
    """What a printer says of itself: its first trouble or "", and the labels still waiting."""

    trouble: str
    waiting: int


def read_status(answer: bytes) -> HostStatus | None:
    """Return what a `~HS` answer says; None for anything that is not one.

    The three strings and their fields: ZPL II guide, `~HS` Host Status Return.
    """
    strings = [found.split(b",") for found in _STRING.findall(answer)]
    if len(strings) < _STRINGS:
        return None
    try:
        flags = {name: strings[0][at] for at, name in _FIRST_FLAGS.items()}
        flags |= {name: strings[1][at] for at, name in _SECOND_FLAGS.items()}
        waiting = int(strings[0][4]) + int(strings[1][8])
    except (IndexError, ValueError):
        return None
    trouble = next((name for name, flag in flags.items() if flag.strip() == b"1"), "")
    return HostStatus(trouble, waiting)


async def send_label(printer: RawPrinter, label: bytes) -> Outcome:
    """Send one label and return what can be known of it; raises nothing the network does."""
    try:
        async with asyncio.timeout(printer.connect_ms / _MS):
            reader, writer = await asyncio.open_connection(printer.host, printer.port)
    except (OSError, TimeoutError):
        return Outcome(Sending.UNREACHABLE, "no_connection")
    line = _Line(printer, reader, writer)
    try:
        return await line.print_one(label)
    finally:
        await line.close()


async def ask_status(printer: RawPrinter) -> HostStatus | None:
    """Return what the printer says of itself now; None when it cannot be asked."""
    try:
        async with asyncio.timeout(printer.connect_ms / _MS):
            reader, writer = await asyncio.open_connection(printer.host, printer.port)
    except (OSError, TimeoutError):
        return None
    line = _Line(printer, reader, writer)
    try:
        return await line.status()
    except OSError:
        return None
    finally:
        await line.close()


@dataclass(slots=True)
class _Line:
    """One open connection to a printer."""

    printer: RawPrinter
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def print_one(self, label: bytes) -> Outcome:
        try:
            before = await self.status() if self.printer.answers else None
        except OSError:
            return Outcome(Sending.UNREACHABLE, "closed_before_sending")
        if before is not None and before.trouble:
            return Outcome(Sending.NOT_READY, before.trouble)
        return await self._hand_over(label, before is not None)

    async def _hand_over(self, label: bytes, answers: bool) -> Outcome:
        try:
            async with asyncio.timeout(self.printer.write_ms / _MS):
                self.writer.write(label)
                await self.writer.drain()
            return await (self._settled() if answers else self._unasked())
        except TimeoutError:
            return Outcome(Sending.UNKNOWN, "timed_out")
        except OSError:
            return Outcome(Sending.UNKNOWN, "connection_lost")

    async def status(self) -> HostStatus | None:
        """Ask once; None when nothing sensible comes in time. Raises OSError when cut off."""
        self.writer.write(_ASK)
        await self.writer.drain()
        answer = b""
        try:
            async with asyncio.timeout(self.printer.reply_ms / _MS):
                while len(_STRING.findall(answer)) < _STRINGS:
                    part = await self.reader.read(256)
                    if not part:
                        raise ConnectionResetError
                    answer += part
        except TimeoutError:
            return None
        return read_status(answer)

    async def _settled(self) -> Outcome:
        """Ask until nothing waits in the printer; trouble now leaves the label's fate open."""
        rounds = max(1, self.printer.settle_ms // _POLL_MS)
        for _ in range(rounds):
            now = await self.status()
            if now is None:
                return Outcome(Sending.UNKNOWN, "no_answer_after")
            if now.trouble:
                return Outcome(Sending.UNKNOWN, now.trouble)
            if now.waiting == 0:
                return Outcome(Sending.SENT, "printer_idle")
            await asyncio.sleep(_POLL_MS / _MS)
        return Outcome(Sending.SENT, "still_printing")

    async def _unasked(self) -> Outcome:
        """Without answers: a printer that hangs up before we do may have lost the label."""
        try:
            async with asyncio.timeout(self.printer.reply_ms / _MS):
                while await self.reader.read(256):
                    pass
        except TimeoutError:
            return Outcome(Sending.SENT, "no_status")
        return Outcome(Sending.UNKNOWN, "closed_early")

    async def close(self) -> None:
        self.writer.close()
        try:
            async with asyncio.timeout(self.printer.reply_ms / _MS):
                await self.writer.wait_closed()
        except (OSError, TimeoutError):
            self.writer.transport.abort()
