"""What the shop may ask of any channel or carrier, and what it must hand in."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from sync.records import (
    AfterSaleAsk,
    AfterSaleBatch,
    AfterSaleRecord,
    Batch,
    CheckResult,
    Done,
    ListingPage,
    MemoAsk,
    OrderRecord,
    PushHint,
    ShipAsk,
    StockAsk,
)
from sync.waybill_records import (
    NotFound,
    OutletRecord,
    PrintData,
    TrackingRecord,
    WaybillAnswer,
    WaybillAsk,
)


class Clock(Protocol):
    """Where time comes from; handed in, so that a test or a simulation can turn it."""

    def now(self) -> int:
        """The wall clock in UTC milliseconds."""
        ...

    def mono(self) -> float:
        """Seconds that only ever rise, for durations; its zero means nothing."""
        ...


Sleep = Callable[[float], Awaitable[None]]
"""How to wait this many seconds of the handed-in clock (asyncio.sleep in the real house)."""


class Rng(Protocol):
    """Where chance comes from; handed in, so that a run can be repeated."""

    def uniform(self, a: float, b: float) -> float:
        """A number between `a` and `b`."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, complete. `writes` says that sending it twice may do a thing twice."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: header names in lower case, body whole and decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    """The way out; handed in. Raises only Unreachable, Ambiguous and Malformed."""

    async def send(self, request: Request) -> Answer:
        """Send and wait for the whole answer."""
        ...


class Line(Protocol):
    """An open line to a platform that tells by itself (a WebSocket); handed in.

    `send` and `receive` raise Unreachable when it is cut.
    """

    async def send(self, words: str) -> None:
        """Send one text."""
        ...

    async def receive(self, within_s: float) -> str | None:
        """The next text, or None when none came within so many seconds."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


OpenLine = Callable[[str], Awaitable[Line]]
"""Opens a line to an address; raises Unreachable, Rejected or Throttled."""


class TokenShelf(Protocol):
    """Where one account's expiring tokens are kept; the app's side, sealed in its book."""

    async def read(self) -> Mapping[str, str]:
        """The tokens that stand now: another computer may have renewed them."""
        ...

    async def keep(self, before: Mapping[str, str], after: Mapping[str, str]) -> Mapping[str, str]:
        """Store `after` in place of `before`, whole or not at all; returns what stands then.

        Where something else than `before` stands by now, that stays and is returned. An exception
        out of here means that nothing was stored.
        """
        ...


@dataclass(frozen=True, slots=True)
class Limit:
    """How fast a side may be asked: `a_second` of `unit` ("calls", or the side's own "points")."""

    a_second: float
    unit: str = "calls"


@dataclass(frozen=True, slots=True)
class ChannelCaps:
    """What a channel can do, so that a screen can lock what it cannot, with the reason.

    `flags` are names of resources/rules/connections: poll (orders are asked for), push,
    refunds (come with the order), trashed (deleted orders are listed), holds (the platform's "do
    not ship yet"), ship, ship_lines (a part of an order can be shipped), ship_lookup (a lost answer
    can be looked up), memo, flag (memos carry one), stock (set, never added to), stock_compare (set
    only over the figure last seen), ewaybill.
    """

    page_size: int
    limit: Limit
    flags: frozenset[str]


class Channel(Protocol):
    """One shop on one platform. Raises only sync.errors."""

    platform: str
    caps: ChannelCaps

    async def pull(self, cursor: str) -> Batch:
        """The next page of changed orders after `cursor` ("" = from the configured start)."""
        ...

    async def detail(self, external_id: str) -> OrderRecord:
        """One order, as it stands on the platform now, with its refunds."""
        ...

    async def ship(self, ask: ShipAsk) -> Done:
        """Tell the platform that the parcel left; safe to repeat with the same key."""
        ...

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set what may be sold of a listing; safe to repeat."""
        ...

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Write the seller's memo; safe to repeat with the same key."""
        ...

    async def check(self) -> CheckResult:
        """Try the key and the address; says in one sentence what is wrong."""
        ...

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """Verify a webhook; raises Rejected where the signature does not fit."""
        ...


@runtime_checkable
class AfterSales(Protocol):
    """What a channel can do besides whose buyers' refunds and returns can be listed and answered.

    Raises only sync.errors.
    """

    async def after_sales(self, cursor: str) -> AfterSaleBatch:
        """The next page of what changed after `cursor` ("" = from the configured start)."""
        ...

    async def after_sale(self, external_id: str) -> AfterSaleRecord:
        """One after-sale, as it stands on the platform now."""
        ...

    async def answer(self, ask: AfterSaleAsk) -> Done:
        """Answer it, where it still stands as the seller saw it; safe to repeat."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """What a platform keeps until it is confirmed by `id`; `content` is its text as it came."""

    id: str
    hint: PushHint
    content: bytes


@runtime_checkable
class Messages(Protocol):
    """What a channel can do besides whose platform keeps messages until they are confirmed.

    `listens` says whether this shop's are to be asked for. Raises only sync.errors.
    """

    listens: bool

    async def messages(self) -> tuple[Message, ...]:
        """Some that were not confirmed; each is a hint which order to read, never the truth."""
        ...

    async def confirm(self, ids: tuple[str, ...]) -> None:
        """Let these go for ever: only once they are kept; safe to repeat."""
        ...


@runtime_checkable
class ProductList(Protocol):
    """What a channel can do besides whose shop's products can be read; not every platform's can."""

    async def listings(self, cursor: str) -> ListingPage:
        """The next page of what the shop sells, "" from the first; raises only sync.errors."""
        ...


@runtime_checkable
class Presence(Protocol):
    """What a channel that lists no deleted orders can do: say which of them are there no more.

    `sees_back_ms` is how old an order may be for "not found" to mean that it was deleted.
    """

    sees_back_ms: int

    async def gone(self, external_ids: tuple[str, ...]) -> frozenset[str]:
        """Those of at most 100 orders that the platform has no more; raises only sync.errors."""
        ...


@runtime_checkable
class OrderIds(Protocol):
    """What a channel can do besides that lists orders by when they were placed: for counting."""

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The ids of all orders placed from `since_ms` to before `until_ms`, of whatever status.

        UTC milliseconds; the ids are `OrderRecord.external_id`. Raises only sync.errors.
        """
        ...


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The words a sender waits for; without them it sends the same again.

    As they stand they are what most ask for: any good answer, or one that says "success".
    """

    body: bytes = b'{"code":0,"msg":"success"}'
    media: str = "application/json"


@runtime_checkable
class Acknowledges(Protocol):
    """What a channel or carrier can do besides that waits for words of its own when it calls."""

    def acknowledge(self) -> Acknowledgement:
        """What it waits for, at this moment."""
        ...


@dataclass(frozen=True, slots=True)
class CarrierCaps:
    """How a carrier treats repeats, lookups and voids (times in milliseconds).

    `idem_window_ms` is how long the same reference gives the same waybill (0 = never);
    `not_found_is_final_after_ms` is how long after a lost request a lookup's "not found" is
    believed. `track_every_ms` is how long one number is left alone after its scans were read
    (0 = as often as the shop goes round): carriers lock numbers that are asked about too often.
    `ewaybill` says that it is a platform's own, which takes that platform's orders alone and prints
    the receivers the platform hides; `outlets` that its balance can be read (`Outlets`).
    """

    idem_window_ms: int
    lookup_by_ref: bool
    not_found_is_final_after_ms: int
    void: bool
    void_window_ms: int
    limit: Limit
    track_every_ms: int = 0
    ewaybill: bool = False
    outlets: bool = False
    tracking: bool = True

    @property
    def flags(self) -> frozenset[str]:
        """What it can do, by the names of resources/rules/connections."""
        told = {
            "lookup": self.lookup_by_ref,
            "void": self.void,
            "tracking": self.tracking,
            "ewaybill": self.ewaybill,
            "outlets": self.outlets,
        }
        return frozenset(name for name, can in told.items() if can)


class Carrier(Protocol):
    """One account at one carrier. Raises only sync.errors."""

    code: str
    caps: CarrierCaps

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact request text, to be stored before the first byte is sent."""
        ...

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Send a prepared request; Ambiguous means: look it up before anything else."""
        ...

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """What the carrier has under our reference."""
        ...

    async def void(self, reference: str, waybill_no: str) -> None:
        """Give a waybill back; returns when it is void, also when it already was."""
        ...

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """The scans so far, oldest first."""
        ...

    async def check(self) -> CheckResult:
        """Try the key and the address; says in one sentence what is wrong."""
        ...


@runtime_checkable
class Outlets(Protocol):
    """What a carrier can do besides where numbers are bought ahead, of branches near the shop."""

    async def outlets(self) -> tuple[OutletRecord, ...]:
        """The branches this account may take numbers of, with what is left at each.

        Raises only sync.errors.
        """
        ...


@runtime_checkable
class LabelSource(Protocol):
    """What a platform's e-waybill can do besides that gives a label apart from its number."""

    async def print_data(self, reference: str, waybill_no: str) -> PrintData:
        """What its print component draws this waybill from; safe to repeat.

        Raises only sync.errors.
        """
        ...


@runtime_checkable
class TracksPushed(Acknowledges, Protocol):
    """What a carrier can do besides that calls with the scans of parcels, signed."""

    code: str

    def read_tracks(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingRecord, ...]:
        """The scans of one delivery, oldest first; what names no waybill is left out.

        Raises Rejected where it is not signed with the account's key, Malformed where it is
        signed and holds no tracks.
        """
        ...


@runtime_checkable
class TracksFollowed(Protocol):
    """What a carrier can do besides that calls only about numbers it was asked to follow."""

    async def follow(self, waybill_nos: tuple[str, ...], phone_tail: str) -> None:
        """Ask to be called about these, each once; nothing where no address to call is named."""
        ...
