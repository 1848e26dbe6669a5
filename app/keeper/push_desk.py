"""Takes what platforms call with: verified, kept once, and acknowledged only when it is kept.

What is not theirs costs nothing: it is refused before it is parsed, and only counted. The order
itself is read by `HintRound`, from the platform.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.operations import tracking
from app.operations.inbox import receive
from app.store.inbox import Delivery
from app.store.work import Work
from sync.errors import Malformed, Rejected, SyncError, Unreachable
from sync.ports import Acknowledgement, Acknowledges, Carrier, TracksPushed
from sync.records import PushHint
from sync.waybill_records import TrackingRecord

MOST_BYTES = 20 * 1024 * 1024
LONGEST_ID = 200
MINUTE_S = 60.0


@dataclass(slots=True)
class PushDesk:
    """Where a delivery is handed in, whoever received it.

    Attributes:
        wake: called when an order is to be read again.
    """

    room: Room
    outlets: Mapping[int, Outlet]
    carriers: Mapping[int, Carrier]
    wake: Callable[[], None]
    _refused: Counter[tuple[int, str]] = field(default_factory=Counter)

    async def take(
        self, channel_id: int, headers: Mapping[str, str], body: bytes
    ) -> Acknowledgement:
        """Keep one delivery for a shop; when this returns, it stands in the book.

        Raises:
            Rejected: it is not the platform's, not of now, or too big; nothing was written.
            Malformed: it is the platform's, but names no order.
            Unreachable: the shop is not being read now; the platform should try again.
        """
        try:
            told = self._read(channel_id, headers, body)
        except SyncError as no:
            self._refused[channel_id, no.code] += 1
            raise
        channel: object = self.outlets[channel_id].channel
        if told:
            rules = self.room.laws.now
            await self.room.write(lambda work: [receive(work, rules, one) for one in told])
            self.wake()
        return channel.acknowledge() if isinstance(channel, Acknowledges) else Acknowledgement()

    async def take_tracks(
        self, account_id: int, headers: Mapping[str, str], body: bytes
    ) -> Acknowledgement:
        """Keep the scans a carrier called with; when this returns, they stand in the book.

        Raises as `take` does. Scans of parcels that are not ours, or not gone, are acknowledged
        and left: the tracking round asks about ours by itself.
        """
        try:
            carrier, scans = self._scans(account_id, headers, body)
        except SyncError as no:
            self._refused[account_id, no.code] += 1
            raise
        account, told, rules = (carrier.code, account_id), (body, scans), self.room.laws.now
        await self.room.write(lambda work: tracking.pushed(work, rules, account, told))
        return carrier.acknowledge()

    def _scans(
        self, account_id: int, headers: Mapping[str, str], body: bytes
    ) -> tuple[TracksPushed, tuple[TrackingRecord, ...]]:
        carrier: object = self.carriers.get(account_id)
        if not isinstance(carrier, TracksPushed):
            raise Unreachable("push_shop_away")
        if len(body) > MOST_BYTES:
            raise Rejected("push_too_big", size=len(body))
        return carrier, carrier.read_tracks(headers, body)

    def _read(
        self, channel_id: int, headers: Mapping[str, str], body: bytes
    ) -> tuple[Delivery, ...]:
        """What is to be kept: nothing of a greeting, or of what is about else than orders."""
        outlet = self.outlets.get(channel_id)
        if outlet is None:
            raise Unreachable("push_shop_away")
        if len(body) > MOST_BYTES:
            raise Rejected("push_too_big", size=len(body))
        first = outlet.channel.read_push(headers, body)
        told = [hint for hint in (first, *first.others) if hint.external_id]
        if long := next((hint for hint in told if len(hint.external_id) > LONGEST_ID), None):
            raise Malformed("sync_not_an_order", external_id=long.external_id[:80])
        return tuple(_delivery(channel_id, hint, () if first.others else (body,)) for hint in told)

    async def run(self) -> None:
        """Count what is refused until cancelled; a thousand forgeries are one line a minute."""
        while True:
            await asyncio.sleep(MINUTE_S)
            await self.write_down()

    async def write_down(self) -> None:
        """Say in the record how many deliveries were refused since this was last done."""
        refused, self._refused = self._refused, Counter()
        if refused:
            await self.room.write(partial(_tell, refused=refused))


def _tell(work: Work, refused: Counter[tuple[int, str]]) -> None:
    for (channel_id, code), n in sorted(refused.items()):
        work.tell("pushes_refused", "channel", channel_id, n=n, code=code, result="refused")


def _delivery(channel_id: int, hint: PushHint, body: tuple[bytes, ...]) -> Delivery:
    """One of perhaps several events of a call; the same one may come again among others."""
    said = b"".join(body) or f"{hint.topic}|{hint.external_id}".encode()
    whose = f"channel:{channel_id}", hint.event_id, said
    return Delivery(*whose, channel_id, hint.external_id, hint.topic, hint.wait_ms)
