"""Trying a shop's or carrier's keys before they are kept: one sentence says what is wrong."""

from dataclasses import dataclass

from app.commands.founding import TryCarrier, TryChannel
from app.compose.connectors import carrier_of, channel_of
from app.compose.makers.tools import Account, Shop, Tools
from app.process.errors import Refused
from sync.ports import Carrier, Channel


@dataclass(frozen=True, slots=True)
class Trials:
    """Asks the other end a question that changes nothing."""

    tools: Tools

    async def channel(self, ask: TryChannel) -> tuple[str, ...]:
        """Try a shop; the codes of what is worth knowing though it works.

        Raises Refused with the code of what is wrong.
        """
        return await self._try(channel_of(Shop(ask.platform, ask.zone, ask.fields), self.tools))

    async def carrier(self, ask: TryCarrier) -> None:
        """Try a carrier account. Raises Refused with the code of what is wrong."""
        await self._try(carrier_of(ask.carrier, Account(ask.fields), self.tools))

    @staticmethod
    async def _try(other_end: Channel | Carrier) -> tuple[str, ...]:
        found = await other_end.check()
        if not found.ok:
            raise Refused(found.code, **found.details)
        return found.notes
