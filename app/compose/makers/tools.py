"""What a maker of connectors is handed: one shop's fields, and the ways to the world."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.domain.ports import Clock, Ids, Rng
from sync.connector import Turn
from sync.engine import Gear
from sync.limits import Breaker, Bucket, Unlimited
from sync.ports import Carrier, CarrierCaps, Channel, ChannelCaps, Http, OpenLine, TokenShelf
from sync.retry import Budget
from sync.sockets import open_socket

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop on a platform: where it is, which zone its times are in, what its words mean.

    ``shelf`` is where expiring tokens are kept; without one they live as long as the connector.
    """

    platform: str
    zone: str
    fields: Fields
    statuses: frozenset[str] = frozenset()
    shelf: TokenShelf | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One account at a carrier: what was typed for it, and where its expiring tokens are kept."""

    fields: Fields
    shelf: TokenShelf | None = None


@dataclass(slots=True)
class Passing:
    """A shelf for a trial: tokens that are forgotten with it, the old ones being good still."""

    tokens: Fields

    async def read(self) -> Fields:
        """The tokens so far."""
        return self.tokens

    async def keep(self, before: Fields, after: Fields) -> Fields:
        """Hold the new ones for the rest of the trial."""
        del before
        self.tokens = after
        return after


@dataclass(frozen=True, slots=True)
class Tools:
    """What every connector is handed."""

    http: Http
    clock: Clock
    ids: Ids
    rng: Rng
    open_line: OpenLine = open_socket

    def gear(self) -> Gear:
        """The brakes of one host: its breaker and its budget of retries."""
        return Gear(self.clock, self.rng, Breaker(self.clock, self.rng), Budget())


def turn_of(address: str, tools: Tools, caps: ChannelCaps | CarrierCaps) -> Turn:
    """The limiter of one account; a server on this computer sets none."""
    if urlsplit(address).hostname in LOOPBACK:
        return Unlimited()
    return Bucket(tools.clock, caps.limit.a_second, caps.limit.a_second)


@dataclass(frozen=True, slots=True)
class ChannelMaker:
    """One platform: how its connector is made, and what it declares."""

    make: Callable[[Shop, Tools], Channel]
    caps: ChannelCaps


@dataclass(frozen=True, slots=True)
class CarrierMaker:
    """One carrier: how its connector is made, and what it declares."""

    make: Callable[[Account, Tools], Carrier]
    caps: CarrierCaps
