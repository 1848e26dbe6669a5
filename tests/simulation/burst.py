"""A sale day for real: a burst of orders over five platforms, the keeper killed -9 on the way.

By hand: ``python -m tests.simulation.burst --orders 10000 --minutes 10 --kills 20``. Delays are
from when the platform took the order until its row was written here; "push" are those of the two
platforms that call, all of them, whether their call was heard or not.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sync.tally import rank
from tests.simulation.real_shop import RealShop, load, real_shop, say
from tests.virtual_loop import comes_true

DRAIN_S = 1200.0
CALLERS = ("woocommerce", "shopify")


async def trade(shop: RealShop, orders: int, seconds: float) -> None:
    """Let buyers order evenly over the time, turn about at the five."""
    names, began = tuple(shop.five.shops), time.monotonic()
    for n in range(orders):
        await asyncio.sleep(max(0.0, began + n * seconds / orders - time.monotonic()))
        name = names[n % len(names)]
        told = shop.five.sell(name)
        if told:
            shop.call(name, next(reversed(shop.five.shops[name].placed)), told)


async def kill(shop: RealShop, kills: int, seconds: float, chance: random.Random) -> int:
    """Kill the keeper so many times, at moments chance names."""
    moments = sorted(chance.uniform(5.0, seconds) for _ in range(kills))
    began, done = time.monotonic(), 0
    for at in moments:
        await asyncio.sleep(max(0.0, began + at - time.monotonic()))
        done += await comes_true(shop.kill, 60, 0.2)
        await asyncio.sleep(0.5)
    return done


async def drained(shop: RealShop) -> float:
    """Seconds until every order placed is in the book, at most twenty minutes."""
    began, wanted = time.monotonic(), len(shop.five.placed())
    await comes_true(lambda: shop.count() >= wanted, DRAIN_S)
    return time.monotonic() - began


def told(shop: RealShop) -> dict[str, object]:
    """Lost, doubled, and how late."""
    placed, rows = shop.five.placed(), shop.booked()
    count = Counter((name, number) for name, number, _ in rows)
    late = {
        (name, number): at - placed[name, number]
        for name, number, at in rows
        if (name, number) in placed
    }
    pushed = [late[key] for key in late if key[0] in CALLERS]
    heard = [late[key] for key in late if key in shop.acknowledged]
    by_shop = {
        name: [rank(each, 0.5), rank(each, 0.95), max(each, default=0)]
        for name in shop.five.shops
        for each in [[ms for (whose, _), ms in late.items() if whose == name]]
    }
    return {
        "placed": len(placed),
        "booked": len(rows),
        "lost": len(placed.keys() - count.keys()),
        "foreign": len(count.keys() - placed.keys()),
        "doubled": sum(n > 1 for n in count.values()),
        "p95_ms": rank(list(late.values()), 0.95),
        "median_ms": rank(list(late.values()), 0.5),
        "longest_ms": max(late.values(), default=0),
        "push_p95_ms": rank(pushed, 0.95),
        "push_heard_p95_ms": rank(heard, 0.95),
        "push_heard": len(heard),
        "push_unheard": shop.unheard,
        "median_p95_longest_ms": by_shop,
        "requests": {name: len(one.asked) for name, one in shop.five.shops.items()},
    }


async def burst(folder: Path, orders: int, seconds: float, kills: int, seed: int) -> bool:
    """The whole sale; whether nothing was lost or doubled and the book is sound."""
    before = load()
    async with real_shop(folder) as shop:
        say(begun=True, load=before)
        trading = asyncio.create_task(trade(shop, orders, seconds))
        killed = await kill(shop, kills, seconds, random.Random(seed))
        await trading
        took = await drained(shop)
        figures = told(shop) | {"killed": killed, "drained_s": round(took, 1)}
    sound = shop.sound()
    say(**figures, sound=sound, load_before=before, load_after=load())
    return sound and not (figures["lost"] or figures["doubled"] or figures["foreign"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one burst and tell what it came to; 1 when an order was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, default=None, help="folder to leave the run in")
    chosen = parser.parse_args(arguments)
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="waydesk-burst-"))
    well = asyncio.run(burst(folder, chosen.orders, chosen.minutes * 60, chosen.kills, chosen.seed))
    return int(not well)


if __name__ == "__main__":
    sys.exit(main())
