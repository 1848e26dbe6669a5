"""Where a shop's connector keeps its expiring tokens: the book, sealed (sync.ports.TokenShelf)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.keeper.room import Room
from app.operations import channel_keys
from app.store import shops


@dataclass(frozen=True, slots=True)
class BookShelf:
    """One shop's tokens.

    Attributes:
        kept: hears the version of the shop's row that holds them, for that change is ours.
    """

    room: Room
    channel_id: int
    kept: Callable[[int], None]

    async def read(self) -> Mapping[str, str]:
        """The tokens that stand now: another computer may have renewed them."""
        return await self.room.write(lambda work: shops.tokens_of(work, self.channel_id))

    async def keep(self, before: Mapping[str, str], after: Mapping[str, str]) -> Mapping[str, str]:
        """Store both new tokens in one transaction, before either is used."""
        stands, version = await self.room.write(
            lambda work: channel_keys.renew_tokens(work, self.channel_id, before, after)
        )
        if version:
            self.kept(version)
        return stands
