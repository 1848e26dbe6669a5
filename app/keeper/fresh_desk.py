"""Reads orders again on their platforms: for an answer, and at the gates before they leave (F229).

A gate is passed often, so an order read a minute ago is not asked about again, and none is waited
for longer than a person at a bench would: the book's word then counts, and its age is said.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from app.commands.packing import FinishPacking, OpenParcel, Packing
from app.commands.parcels import ScanLabel, Scanned
from app.commands.shippable import AskShippable, Shippable
from app.domain.errors import Refusal
from app.domain.states import ShipTrigger
from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import SyncLoop
from app.operations import packing_find, sessions, shipping
from app.operations.shippable import answer_of, read_at
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables import orders, parcel
from app.store.work import Work
from sync.engine import note
from sync.errors import SyncError, Throttled
from sync.records import Batch, OrderRecord

LONGEST_S = 5.0
"""Who asks for an answer does not wait longer; it then is what the book holds, with its age."""
AT_GATE_S = 2.0
YOUNG_MS = 60_000
"""An order read so lately passes the next gate without being read again."""
AT_ONCE = 8
MOST = 5_000
AWAY = "sync_unreachable"
Passing = ScanLabel | OpenParcel | FinishPacking
"""What a parcel passes the gate with, at the bench."""
STEPS = frozenset({ShipTrigger.VERIFY, ShipTrigger.WEIGH_OUT})

Gate = Callable[[tuple[int, ...]], Awaitable[object]]
"""What orders pass before something of them leaves."""


async def no_gate(_order_ids: tuple[int, ...]) -> None:
    """No platform is asked: where no shop can be (tests, a keeper without the network)."""


@dataclass(frozen=True, slots=True)
class Known:
    """As of when an order's refunds are known (UTC ms, 0 never), and why no later."""

    read_at: int
    fresh: bool = True
    code: str = ""


@dataclass(frozen=True, slots=True)
class FreshDesk:
    """Reads again; what it read lately it remembers until the keeper ends."""

    room: Room
    shops: SyncLoop
    seen: dict[int, int] = field(default_factory=dict)

    @property
    def outlets(self) -> Mapping[int, Outlet]:
        """The shops that are connected now."""
        return self.shops.outlets

    async def answer(self, ask: AskShippable, known: bytes) -> Shippable:
        """The order as its platform tells it now, or as the book holds it and since when."""
        told = msgspec.msgpack.decode(known, type=Shippable)
        row = await self.room.write(lambda work: work.row(orders, ask.order_id))
        code = await self._read(row, LONGEST_S)
        if code:
            return msgspec.structs.replace(told, code=code)
        now = self.room.clock.now()
        return await self.room.write(lambda work: answer_of(work, ask.order_id, now, fresh=True))

    async def gate(self, order_ids: tuple[int, ...]) -> dict[int, Known]:
        """Read those again that were not read lately; as of when each is known."""
        now = self.room.clock.now()
        young = {pk: self.seen[pk] for pk in order_ids if now - self.seen.get(pk, 0) <= YOUNG_MS}
        old = [pk for pk in dict.fromkeys(order_ids) if pk not in young]
        rows = await self.room.write(lambda work: work.of(orders, "id", *old)) if old else []
        found = {pk: Known(at) for pk, at in young.items()}
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            codes = await asyncio.gather(*(self._read(row, AT_GATE_S) for row in some))
            for row, code in zip(some, codes, strict=True):
                found[row["id"]] = await self._known(row["id"], code)
        return found

    async def scanned(
        self, ask: Passing, session: str, scan: Callable[[], Awaitable[bytes]]
    ) -> Scanned | Packing:
        """Take a scan once its order was read again; only for who may scan at all."""
        order_id = await self.room.write(lambda work: self._of_scan(work, ask, session))
        known = (await self.gate((order_id,)))[order_id] if order_id else Known(0)
        reply: type[Scanned | Packing] = Scanned if isinstance(ask, ScanLabel) else Packing
        done = msgspec.msgpack.decode(await scan(), type=reply)
        as_of = {"read_at": known.read_at, "fresh": known.fresh, "code": known.code}
        return msgspec.structs.replace(done, **as_of)

    def _of_scan(self, work: Work, ask: Passing, session: str) -> int:
        """The order that a scan packs, verifies or weighs out; 0 for whatever the door refuses."""
        if isinstance(ask, ScanLabel) and ask.step not in STEPS:
            return 0
        rules = self.room.laws.now
        try:
            work.actor = sessions.actor_of(work, session)
            if sessions.may(work, rules, "pack.scan"):
                return _order_of(work, rules, ask)
        except Refusal:
            return 0
        return 0

    async def _known(self, order_id: int, code: str) -> Known:
        if not code:
            return Known(self.seen[order_id])
        at = await self.room.write(lambda work: read_at(work, order_id))
        return replace(Known(max(at, self.seen.get(order_id, 0))), fresh=False, code=code)

    async def _read(self, row: Row, longest_s: float) -> str:
        """Take the order in as it is now; the code of why not, "" when it was."""
        outlet = self.outlets.get(row["channel_id"])
        if outlet is None or outlet.gear.breaker.left_s():
            return AWAY if outlet is None else Throttled.code
        try:
            async with asyncio.timeout(longest_s):
                record = await outlet.channel.detail(row["external_id"])
        except TimeoutError:
            return "sync_timeout"
        except SyncError as error:
            note(outlet.gear.breaker, error)
            return error.code
        return await self._take(row, record)

    async def _take(self, row: Row, record: OrderRecord) -> str:
        book = self.shops.book_of(row["channel_id"])
        taken = await book.take_piece(Batch((record,), (), "", False))
        if not taken.understood:
            return "unreadable"
        if len(self.seen) >= MOST:
            self.seen.clear()
        self.seen[row["id"]] = self.room.clock.now()
        return ""


def _order_of(work: Work, rules: Rulebook, ask: Passing) -> int:
    if isinstance(ask, ScanLabel):
        return int(shipping.label_of(work, ask.code)["order_id"])
    if isinstance(ask, OpenParcel):
        return int(packing_find.parcel_of(work, rules, ask.code).box["order_id"])
    return int(work.row(parcel, ask.parcel_id)["order_id"])
