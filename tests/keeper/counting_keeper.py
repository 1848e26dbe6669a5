"""A real keeper over a small real book: each call id has one effect, however often it is asked.

It answers from the table of call ids it has already done, as the door does, and commits with
synchronous FULL before it answers.
"""

import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from app.commands import wire
from app.domain.errors import NotFound
from app.keeper.life import Announce, serve_alone, serve_desk
from app.keeper.server import Answer, Ask, Surface


class Count(msgspec.Struct, frozen=True, tag="count"):
    value: int


class Slow(msgspec.Struct, frozen=True, tag="slow"):
    seconds: float


class Hang(msgspec.Struct, frozen=True, tag="hang"):
    seconds: float


class Print(msgspec.Struct, frozen=True, tag="print"):
    text: str


class Break(msgspec.Struct, frozen=True, tag="break"):
    pass


class Miss(msgspec.Struct, frozen=True, tag="miss"):
    pass


class Nothing(msgspec.Struct, frozen=True, tag="nothing"):
    pass


class Tokens(msgspec.Struct, frozen=True, tag="tokens"):
    text: str


Commands = Count | Slow | Hang | Print | Break | Miss | Nothing | Tokens


class CountingBook:
    def __init__(self, path: Path, announce: Announce) -> None:
        self._announce = announce
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("CREATE TABLE IF NOT EXISTS answered (call_id INTEGER PRIMARY KEY, n INT)")
        self._db.execute("CREATE TABLE IF NOT EXISTS effects (call_id INT, value INT)")

    async def handle(self, ask: Ask) -> Answer:
        match ask.command:
            case Count(value=value):
                return self._count(ask.call_id, value)
            case Slow(seconds=seconds):
                ask.progress(1, 2, "test.half")
                await asyncio.sleep(seconds)
                self._announce(wire.Changed({"order": (1,)}))
                self._announce(wire.Changed({"order": (2,), "case": ()}))
            case Hang(seconds=seconds):
                time.sleep(seconds)  # noqa: ASYNC251 - a handler that blocks everything is the point
            case Print(text=text):
                print(text, flush=True)
                sys.stdout.buffer.write(b"\x00\x00\x00\x02no")
                sys.stdout.flush()
            case Break():
                raise ZeroDivisionError("told to nobody 13912345678")
            case Miss():
                raise NotFound(what="order", id=7)
            case Tokens(text=text):
                return Answer([len(text)])
        return Answer()

    def _count(self, call_id: int, value: int) -> Answer:
        row = self._db.execute("SELECT n FROM answered WHERE call_id=?", (call_id,)).fetchone()
        if row is None:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("INSERT INTO effects VALUES (?, ?)", (call_id, value))
            row = self._db.execute("SELECT count(*) FROM effects").fetchone()
            self._db.execute("INSERT INTO answered VALUES (?, ?)", (call_id, row[0]))
            self._db.execute("COMMIT")
        return Answer(row[0], wire.Changed({"effect": (value,)}))


def main() -> int:
    folder = Path(sys.argv[1])
    wait_s = float(sys.argv[2]) if len(sys.argv) > 2 else 5.0

    @asynccontextmanager
    async def open_house(announce: Announce) -> AsyncIterator[Surface]:
        book = CountingBook(folder / "counts.db", announce)
        yield Surface(wire.decoder(Commands), book.handle, quick=(Tokens,))

    if sys.argv[3:] == ["alone"]:
        print("open", flush=True)
        return serve_alone(folder, open_house, wait_s).code
    return serve_desk(folder, open_house, wait_s)
