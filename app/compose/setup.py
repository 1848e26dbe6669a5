"""`waydesk setup`: `app.cli.setup` on this computer, with the connectors it tries."""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from app.cli.setup import Probes, SetupPart
from app.cli.setup_answers import Person
from app.commands.founding import TryCarrier, TryChannel
from app.compose.clock import Snowflakes, SystemClock, SystemRng
from app.compose.makers.tools import Tools
from app.compose.terminal import main_of
from app.compose.trials import Trials
from sync.transport import Transport

TRIAL_DESK = 0
T = TypeVar("T")


def person() -> Person | None:
    """Whoever sits at the terminal, when one is there."""
    if not sys.stdin.isatty():
        return None
    return Person(input, getpass.getpass)


def try_shop(platform: str, zone: str, fields: Mapping[str, str]) -> tuple[str, ...]:
    """Try a shop's address and keys; codes of what is worth knowing though they work.

    Raises Refused with the code of what is wrong.
    """
    ask = TryChannel(platform, zone, dict(fields))
    return asyncio.run(_with_tools(lambda trials: trials.channel(ask)))


def try_carrier(carrier: str, fields: Mapping[str, str]) -> None:
    """Try a carrier account. Raises Refused with the code of what is wrong."""
    ask = TryCarrier(carrier, dict(fields))
    asyncio.run(_with_tools(lambda trials: trials.carrier(ask)))


async def _with_tools(attempt: Callable[[Trials], Awaitable[T]]) -> T:
    clock, transport = SystemClock(), Transport()
    try:
        tools = Tools(transport, clock, Snowflakes(clock, TRIAL_DESK), SystemRng())
        return await attempt(Trials(tools))
    finally:
        await transport.close()


main = main_of("setup", SetupPart(Probes(try_shop, try_carrier), person))
