"""Ten minutes of "slow down" from every platform for real, between ten ordinary ones and the rest.

By hand: ``python -m tests.simulation.slow_down --minutes 10``. A real keeper reads five platforms
on loopback and people write a memo in each shop every half minute, throughout. What counts: how
many requests the platforms saw meanwhile against before, and how soon all memos were there after.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from app.commands.orders import SetMemo
from tests.simulation.real_shop import RealShop, load, real_shop, say
from tests.virtual_loop import comes_true

EVERY_S = 30.0
DRAIN_S = 300.0


class Memos:
    """People who write one memo in each shop every half minute."""

    def __init__(self, shop: RealShop) -> None:
        self._shop, self.written = shop, 0

    async def write(self) -> None:
        began = time.monotonic()
        while True:
            for pk in self.orders():
                self.written += 1
                ask = SetMemo(pk, f"memo {self.written}", "")
                await self._shop.link.ask(ask, type(None))
            ahead = EVERY_S - (time.monotonic() - began) % EVERY_S
            await asyncio.sleep(ahead)

    def orders(self) -> list[int]:
        """One order of each shop."""
        return [pk for (pk,) in self._shop.rows("SELECT min(id) FROM orders GROUP BY channel_id")]


def asked(shop: RealShop, begin: float, end: float) -> dict[str, int]:
    """How many requests each platform saw from one moment to another."""
    return {
        name: sum(begin <= at < end for at in one.asked) for name, one in shop.five.shops.items()
    }


def waiting(shop: RealShop) -> int:
    """How many effects have not reached their platform."""
    (row,) = shop.rows("SELECT count(*) FROM outbox WHERE state <> 'done'")
    return int(row[0])


def not_up(shop: RealShop, since_ms: int) -> int:
    """How many shops were not read since."""
    at = f"SELECT count(*) FROM cursor WHERE stream = 'orders' AND at < {since_ms}"
    (row,) = shop.rows(at)
    return int(row[0])


async def storm(folder: Path, seconds: float) -> bool:
    """The whole day; whether the requests stayed within a tenth of usual and all drained."""
    before = load()
    async with real_shop(folder) as shop:
        for name in shop.five.shops:
            shop.five.sell(name)
        assert await comes_true(lambda: shop.count() >= len(shop.five.shops), 300)
        memos = Memos(shop)
        writing = asyncio.create_task(memos.write())
        await asyncio.sleep(EVERY_S)  # the first memos ask for more than later ones do
        calm = time.monotonic()
        say(begun=True, load=before)
        await asyncio.sleep(seconds)
        slow = time.monotonic()
        shop.served.slow = True
        say(calm=asked(shop, calm, slow), load=load())
        await asyncio.sleep(seconds)
        over, over_ms = time.monotonic(), shop.five.now_ms()
        shop.served.slow = False
        stuck = waiting(shop)
        say(slow=asked(shop, slow, over), waiting=stuck, load=load())
        assert not writing.done(), "nobody writes any more"
        writing.cancel()
        await comes_true(lambda: not (waiting(shop) or not_up(shop, over_ms)), DRAIN_S)
        drained = time.monotonic() - over
        usual, stormy = asked(shop, calm, slow), asked(shop, slow, over)
        left = waiting(shop) + not_up(shop, over_ms)
    share = sum(stormy.values()) / sum(usual.values())
    say(
        usual=usual,
        stormy=stormy,
        share=round(share, 3),
        waiting_at_its_end=stuck,
        drained_s=round(drained, 1),
        left=left,
        memos=memos.written,
        sound=shop.sound(),
        load_before=before,
        load_after=load(),
    )
    return share <= 1.1 and not left


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and tell what it came to; 1 when it asked too often or did not drain."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--keep", type=Path, default=None, help="folder to leave the run in")
    chosen = parser.parse_args(arguments)
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="waydesk-slow-"))
    return int(not asyncio.run(storm(folder, chosen.minutes * 60)))


if __name__ == "__main__":
    sys.exit(main())
