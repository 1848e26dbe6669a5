"""A shop and a carrier on loopback, on a thread of their own, and somebody at the terminal."""

import asyncio
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.cli.hands import Hands
from app.cli.setup_answers import Person
from app.compose.clock import Snowflakes, SystemClock, SystemRng
from app.compose.demo_world import World
from app.config import Settings
from app.rulebook import load
from sync.sandbox.http import LocalServer


@contextmanager
def world_running() -> Iterator[World]:
    """The sandboxes of the demonstration, serving until the block ends."""
    loop, world = asyncio.new_event_loop(), World(7)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(world.start(), loop).result(10)
        yield world
    finally:
        asyncio.run_coroutine_threadsafe(world.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@contextmanager
def serving(server: LocalServer) -> Iterator[str]:
    """A sandbox's server on a thread of its own until the block ends; its address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@dataclass
class Typist:
    """Answers each question with the first answer whose words stand in it, in turn."""

    answers: dict[str, list[str]]
    asked: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    def person(self) -> Person:
        return Person(self._ask, self._ask_secret)

    def _ask(self, prompt: str) -> str:
        self.asked.append(prompt)
        return self._answer(prompt)

    def _ask_secret(self, prompt: str) -> str:
        self.hidden.append(prompt)
        return self._answer(prompt)

    def _answer(self, prompt: str) -> str:
        for words, answers in self.answers.items():
            if words in prompt:
                return answers.pop(0) if len(answers) > 1 else answers[0]
        return ""


def hands(folder: Path, passphrase: str | None = None, lang: str = "en") -> Hands:
    clock = SystemClock()
    settings = Settings(folder, desk=3, passphrase=passphrase)
    ids = Snowflakes(clock, 3)
    return Hands(settings, clock, ids, SystemRng(), load().words, lang, io.StringIO())


def said(at: Hands) -> str:
    assert isinstance(at.out, io.StringIO)
    return at.out.getvalue()
