"""`waydesk setup`: `app.cli.setup` on this computer, with the connectors it tries."""

import asyncio
import getpass
import sys
from collections.abc import Callable, Mapping

from app.cli.setup import Probes, SetupPart
from app.cli.setup_answers import Person
from app.compose.clock import Snowflakes, SystemClock, SystemRng
from app.compose.connectors import Shop, Tools, carrier_of, channel_of
from app.compose.terminal import main_of
from app.process.errors import Refused
from sync.ports import Carrier, Channel
from sync.transport import Transport

TRIAL_DESK = 0


def person() -> Person | None:
    """Whoever sits at the terminal, when one is there."""
    if not sys.stdin.isatty():
        return None
    return Person(input, getpass.getpass)


def try_shop(platform: str, zone: str, fields: Mapping[str, str]) -> dict[str, str]:
    """Try a shop's address and keys; what to keep of them. Raises Refused with what is wrong."""
    _try(lambda tools: channel_of(Shop(platform, zone, fields), tools))
    return dict(fields)


def try_carrier(carrier: str, fields: Mapping[str, str]) -> None:
    """Try a carrier account. Raises Refused with the code of what is wrong."""
    _try(lambda tools: carrier_of(carrier, fields, tools))


def _try(make: Callable[[Tools], Channel | Carrier]) -> None:
    asyncio.run(_checked(make))


async def _checked(make: Callable[[Tools], Channel | Carrier]) -> None:
    clock, transport = SystemClock(), Transport()
    try:
        tools = Tools(transport, clock, Snowflakes(clock, TRIAL_DESK), SystemRng())
        found = await make(tools).check()
    finally:
        await transport.close()
    if not found.ok:
        raise Refused(found.code, **found.details)


main = main_of("setup", SetupPart(Probes(try_shop, try_carrier), person))
