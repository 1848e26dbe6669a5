"""A desk that starts its keeper, says its process id, and works until somebody kills it."""

import asyncio
import sys
from pathlib import Path

from tests.keeper.counting_keeper import Count, Hang
from tests.keeper.processes import counting_keeper, link_to


async def work() -> None:
    link = link_to(counting_keeper(Path(sys.argv[1])))
    link.start()
    await link.ready()
    print(link.keeper_pid, flush=True)
    if sys.argv[2:] == ["hang"]:
        await link.ask(Hang(600.0), type(None))
    for n in range(1_000_000):
        await link.ask(Count(n), int)


def main() -> int:
    asyncio.run(work())
    return 0
