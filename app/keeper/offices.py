"""The keeper's offices: one for each shop and carrier in the book, opened as they are connected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.keeper.after_sale_round import AfterSaleRound
from app.keeper.bell import Bell
from app.keeper.effect_pump import EffectPump
from app.keeper.fresh_desk import FreshDesk
from app.keeper.hint_round import HintRound
from app.keeper.label_round import LabelRound
from app.keeper.message_round import MessageRound
from app.keeper.outlet_round import OutletRound
from app.keeper.presence_round import PresenceRound
from app.keeper.push_desk import PushDesk
from app.keeper.push_doors import PushDoors
from app.keeper.room import Room
from app.keeper.sync_loop import EVERY_S, Connect, SyncLoop
from app.keeper.token_shelf import BookShelf
from app.keeper.tracking_round import TrackingRound
from app.keeper.waybill_pump import WaybillPump
from app.operations.channel_keys import ACCOUNTS
from app.store import accounts
from app.store.seal import Row
from app.store.work import Work
from sync.engine import SPREAD_S
from sync.ports import Carrier

LOOK_S = 5.0


@dataclass(frozen=True, slots=True)
class Makers:
    """How a row becomes a connector; handed in, so that the keeper names no platform."""

    channel: Connect
    carrier: Callable[[Row, Mapping[str, str], BookShelf], Carrier]


@dataclass(frozen=True, slots=True)
class Pace:
    """How often shops are read, over how long first reads are spread, and a tracking round."""

    every_s: float = EVERY_S
    spread_s: float = SPREAD_S
    round_s: float = 600.0


class Offices:
    """Opens an office for every new row, and wakes those who may have work."""

    def __init__(self, room: Room, makers: Makers, pace: Pace) -> None:
        self._room, self._makers = room, makers
        self._carriers: dict[int, Carrier] = {}
        self._versions: dict[int, int] = {}
        self._bell = Bell(LOOK_S)
        self.wakers: list[Callable[[], None]] = []
        self.shops = SyncLoop(
            room, makers.channel, self.wake, every_s=pace.every_s, spread_s=pace.spread_s
        )
        self.fresh = FreshDesk(room, self.shops)
        self.waybills = WaybillPump(room, self._carriers, self.fresh.gate)
        self.labels = LabelRound(room, self._carriers)
        self.effects = EffectPump(room, self.shops.outlets)
        self.hints = HintRound(room, self.shops)
        self.pushes = PushDesk(room, self.shops.outlets, self._carriers, self.hints.wake)
        self.doors = PushDoors(room, self.pushes)
        self.shops.opened = self.doors.bell.ring
        self.messages = MessageRound(room, self.shops.outlets, self.hints.wake)
        self.presence = PresenceRound(room, self.shops.outlets)
        self.outlets = OutletRound(room, self._carriers)
        self.after_sales = AfterSaleRound(room, self.shops.outlets)
        self.tracking = TrackingRound(room, self._carriers, pace.round_s)

    def wake(self) -> None:
        """Something changed: whoever may have work looks now."""
        self._bell.ring()
        self.shops.wake()
        self.waybills.wake()
        self.labels.wake()
        self.outlets.wake()
        self.effects.wake()
        for waker in self.wakers:
            waker()

    async def run(self) -> None:
        """Look for new carrier accounts, and for new keys of old ones, until cancelled."""
        while True:
            await self._look()
            await self._bell.rest()

    async def _look(self) -> None:
        standing = await self._room.write(self._read)
        for gone in self._carriers.keys() - {row["id"] for row, _fields in standing}:
            del self._carriers[gone], self._versions[gone]
        for row, fields in standing:
            if self._versions.get(row["id"], 0) < row["version"]:
                shelf = self._shelf(row["id"])
                self._carriers[row["id"]] = self._makers.carrier(row, fields, shelf)
                self._versions[row["id"]] = row["version"]
                self.doors.bell.ring()

    def _shelf(self, pk: int) -> BookShelf:
        def kept(version: int) -> None:
            # A token renewed by the connector itself is no reason to make it anew.
            if pk in self._versions:
                self._versions[pk] = max(self._versions[pk], version)

        return BookShelf(self._room, pk, kept, ACCOUNTS)

    @staticmethod
    def _read(work: Work) -> list[tuple[Row, dict[str, str]]]:
        return [(row, accounts.credentials_of(work, row)) for row in accounts.carriers(work)]
