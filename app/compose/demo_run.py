"""Runs the demonstration: shop and carrier on loopback, buyers who order, people who work."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.compose import demo_day
from app.compose.clock import SystemClock
from app.compose.demo_book import SEED, Offer
from app.compose.demo_world import World
from app.config import Settings
from app.process.child import role_command

MOST_STARTS = 200
MOST_FAILURES = 3
LIVE_A_SECOND = 4
GRACE_S = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """One demonstration.

    Attributes:
        live: orders come in over time, four a second, instead of all before the day begins.
        environment: what its processes are started with.
    """

    settings: Settings
    offer: Offer
    live: bool
    environment: Mapping[str, str]


class Stage:
    """The sandboxes while they run, and what is done with them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._clock = SystemClock()
        self.world = World(SEED, plan.offer.currency, plan.offer.zone)

    async def open(self) -> None:
        """Start shop and carrier; the goods are on sale, nobody has ordered."""
        await self.world.start()
        self.world.stock(self._plan.offer.codes)

    async def close(self) -> None:
        """End shop and carrier."""
        await self.world.stop()

    async def day(self, *, whole: bool = True) -> tuple[int, float]:
        """Let buyers order and the day be worked; (exit code of the day, seconds).

        With ``whole`` false the shop is only set up. A day that is killed is begun again.
        """
        began = self._clock.mono()
        words = demo_day.told(len(self._plan.offer.seeds), self._told(), whole=whole)
        buyers = asyncio.create_task(self.orders(live=self._plan.live)) if whole else None
        try:
            code = await self._days(words)
        finally:
            if buyers is not None:
                buyers.cancel()
        return code, self._clock.mono() - began

    async def orders(self, *, live: bool) -> None:
        """Let every buyer order: at once, or four a second, as of now."""
        for seed in self._plan.offer.seeds:
            if live:
                await asyncio.sleep(1 / LIVE_A_SECOND)
                now_s = self._clock.now() // 1000
                seed = seed | {"created_s": now_s, "modified_s": now_s}  # noqa: PLW2901
            self.world.place(seed)

    async def desk(self) -> int:
        """Open the window on the demonstration's shop; gives its exit code when it is closed."""
        settings = self._plan.settings
        looks = ("--language", settings.language, "--theme", settings.theme)
        return await _child((*role_command("desk", settings.folder), *looks), self._plan, b"")

    async def pictures(self, out: Path) -> int:
        """Draw the daily screens into a folder; gives the exit code."""
        command = role_command("pictures", self._plan.settings.folder)
        more = ("--out", str(out), "--screens", "orders", "cases")
        return await _child((*command, *more), self._plan, b"")

    def _told(self) -> dict[str, object]:
        settings = self._plan.settings
        codes = list(self._plan.offer.codes)
        return {"codes": codes, "language": settings.language, **self.world.connections()}

    async def _days(self, words: bytes) -> int:
        code, failures = -1, 0
        command = role_command("demo-day", self._plan.settings.folder)
        for _ in range(MOST_STARTS):
            code = await _child(command, self._plan, words)
            failures = failures + 1 if code > 0 else 0
            if code in (demo_day.DONE, demo_day.STUCK) or failures == MOST_FAILURES:
                break
        return code


async def _child(command: Sequence[str], plan: Plan, words: bytes) -> int:
    """One child until it ends. Its input stays open: where that closes, the child ends itself."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, env=dict(plan.environment)
    )
    into = process.stdin
    assert into is not None  # noqa: S101 - asked for above
    try:
        with suppress(OSError):
            into.write(words)
            await into.drain()
        return await process.wait()
    finally:
        into.close()
        if process.returncode is None:
            await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    try:
        await asyncio.wait_for(process.wait(), GRACE_S)
    except TimeoutError:
        process.kill()
        await process.wait()


def environment(*, display: bool) -> dict[str, str]:
    """What children are started with; without a display Qt draws into memory."""
    return {**os.environ} if display else {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
