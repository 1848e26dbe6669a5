"""A desk that says the process ids of its keeper and press, and works until it is killed."""

import asyncio
import sys
from pathlib import Path

from tests.keeper.counting_keeper import Count, Nothing
from tests.keeper.processes import link_to, program


async def work() -> None:
    link = link_to(program("tests.simulation.pressing_keeper", str(Path(sys.argv[1]))))
    link.start()
    await link.ready()
    await link.ask(Count(0), int)
    print(link.keeper_pid, await link.ask(Nothing(), int), flush=True)
    for n in range(1, 1_000_000):
        await link.ask(Count(n), int)


def main() -> int:
    asyncio.run(work())
    return 0
