"""Where a connector keeps its expiring tokens: the book, sealed (sync.ports.TokenShelf)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.keeper.room import Room
from app.operations import channel_keys
from app.operations.channel_keys import SHOPS, Drawer


@dataclass(frozen=True, slots=True)
class BookShelf:
    """The tokens of one shop, or of one account at a carrier.

    Attributes:
        kept: hears the version of the row that holds them, for that change is ours.
        drawer: whether they are a shop's or a carrier account's.
    """

    room: Room
    owner_id: int
    kept: Callable[[int], None]
    drawer: Drawer = SHOPS

    async def read(self) -> Mapping[str, str]:
        """The tokens that stand now: another computer may have renewed them."""
        return await self.room.write(lambda work: self.drawer.tokens_of(work, self.owner_id))

    async def keep(self, before: Mapping[str, str], after: Mapping[str, str]) -> Mapping[str, str]:
        """Store both new tokens in one transaction, before either is used."""
        stands, version = await self.room.write(
            lambda work: channel_keys.renew_tokens(work, self.owner_id, before, after, self.drawer)
        )
        if version:
            self.kept(version)
        return stands
