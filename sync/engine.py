"""The pull loop of one channel, the push of one effect, and how healthy the channel is.

Pure of the app: it gets a channel, a book that commits a batch with its cursor in one transaction,
and what it needs to wait and to draw lots. Nothing is lost when it is killed anywhere, because the
cursor only moves inside the book's own transaction (consistency.md 2.1, 2.5, 2.6).
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
    Unreachable,
)
from sync.limits import Breaker
from sync.ports import AfterSales, Channel, Clock, Rng, Sleep
from sync.records import AfterSaleAsk, Batch, Done, MemoAsk, ShipAsk, StockAsk
from sync.retry import Again, Attempt, Budget, Never, decide, decide_outbox
from sync.tally import Tally

SPREAD_S = 30.0
PERSON_WAIT_MS = 900_000
LONGEST_HELD_MS = 60_000
Ask = ShipAsk | StockAsk | MemoAsk | AfterSaleAsk
ORDERS = "orders"
LINKS: Mapping[type, str] = {
    ShipAsk: "ship",
    StockAsk: "stock",
    MemoAsk: "memo",
    AfterSaleAsk: "after_sale",
}
"""The link each upload goes over, as the tally names it."""


class Book(Protocol):
    """Where orders go; the app's side of the pull."""

    async def cursor(self) -> str:
        """The cursor last committed for this channel ("" when none is)."""
        ...

    async def take(self, batch: Batch) -> None:
        """Commit the records, what was kept aside, and the cursor, in one transaction.

        A record that cannot be booked becomes a case inside; an exception out of here means that
        nothing was committed, ends the round and leaves the cursor where it was.
        """
        ...


@dataclass(frozen=True, slots=True)
class Health:
    """How a channel is doing. Times in UTC milliseconds.

    `needs_person` is set where polling stopped until somebody renews or widens the key; `error` is
    the code whose sentence says why, "" while up.
    """

    source: str
    up: bool = True
    needs_person: bool = False
    error: str = ""
    last_success_ms: int | None = None
    down_since_ms: int | None = None
    failures: int = 0
    orders: int = 0
    kept_aside: int = 0

    def lag_ms(self, now_ms: int) -> int | None:
        """How old the newest complete round is; None before the first."""
        return None if self.last_success_ms is None else max(0, now_ms - self.last_success_ms)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one effect.

    `outcome`: done | rejected (final, a case) | unknown (may have happened: sent again only after
    a look-up, at `retry_at_ms`) | retry_at (nothing happened; again at `retry_at_ms`).
    `answered` says that the other side failed at it: a few of those, and trying on is no use.
    """

    outcome: str
    done: Done | None = None
    error: str = ""
    details: tuple[tuple[str, str | int], ...] = ()
    retry_at_ms: int | None = None
    needs_person: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Gear:
    """What a loop is handed: clock, chance, waiting, the two brakes of its host, and its tally."""

    clock: Clock
    rng: Rng
    breaker: Breaker
    budget: Budget
    sleep: Sleep = asyncio.sleep
    tally: Tally = field(default_factory=Tally)


class Source:
    """Pulls one channel while it runs; says once when it goes down and once when it is up."""

    def __init__(
        self, name: str, channel: Channel, book: Book, gear: Gear, told: Callable[[Health], None]
    ) -> None:
        """Start up and silent; `told` hears every change of health, not every failure.

        `health` may be set before the first round: to that of the reader this one takes over from.
        """
        self._channel = channel
        self._book = book
        self._gear = gear
        self._told = told
        self._woken = asyncio.Event()
        self._not_before = 0.0
        self.health = Health(name)

    async def run(self, every_s: float, spread_s: float = SPREAD_S, rest_s: float = 0.0) -> None:
        """Pull every `every_s` seconds until cancelled.

        The first pull comes after `rest_s`, what is left of a pause that was cut short, and is
        spread by chance over `spread_s` more.
        """
        await self._gear.sleep(rest_s + self._gear.rng.uniform(0, spread_s))
        while True:
            await self.round()
            await self._pause(every_s)

    def wake(self) -> None:
        """Pull now: after a push hint, or after a person renewed the key."""
        self._woken.set()

    async def round(self) -> Health:
        """Walk all pages that wait now; a failure ends the round and shows in the health.

        While the other side has asked for a long pause, nothing is asked.
        """
        if self._gear.clock.mono() < self._not_before:
            return self.health
        try:
            cursor = await self._book.cursor()
            more = True
            while more:
                batch = await self._page(cursor)
                if batch.more and batch.next_cursor == cursor:
                    raise Malformed("sync_stuck", source=self.health.source)
                await self._book.take(batch)
                self._count(batch)
                cursor, more = batch.next_cursor, batch.more
        except SyncError as error:
            self._down(error)
        else:
            self._up()
        return self.health

    async def _page(self, cursor: str) -> Batch:
        tries = 0
        while True:
            self._pass_breaker()
            try:
                return await self._asked(cursor, again=tries > 0)
            except SyncError as error:
                tries += 1
                wait_s = self._wait_s(error, tries)
                if wait_s is None:
                    raise
            await self._gear.sleep(wait_s)

    async def _asked(self, cursor: str, *, again: bool) -> Batch:
        """One request for one page, counted."""
        gear = self._gear
        gear.budget.sent(gear.clock.mono())
        gear.tally.asked(ORDERS, gear.clock.mono(), again=again)
        try:
            batch = await self._channel.pull(cursor)
        except SyncError as error:
            note(gear.breaker, error)
            gear.tally.failed(ORDERS)
            raise
        except BaseException:
            gear.breaker.released()
            raise
        gear.breaker.worked()
        return batch

    def _wait_s(self, error: SyncError, tries: int) -> float | None:
        """Seconds until the same page is asked for again; None ends the round."""
        gear = self._gear
        decision = decide(error, Attempt(tries), gear.rng)
        if isinstance(decision, Never):
            return None
        if isinstance(error, Throttled):
            # Who was told to slow down waits until anybody may ask again.
            decision = Again(round(gear.breaker.left_s() * 1000))
        if self._too_long(decision) or not gear.budget.spend(gear.clock.mono()):
            return None
        return decision.after_ms / 1000

    def _too_long(self, again: Again) -> bool:
        """Whether to end the round, since no screen should say "reading" for an hour."""
        if again.after_ms <= LONGEST_HELD_MS:
            return False
        self._not_before = self._gear.clock.mono() + again.after_ms / 1000
        return True

    def _pass_breaker(self) -> None:
        wait_s = self._gear.breaker.wait_s()
        if wait_s > 0:
            raise Unreachable("sync_breaker_open", seconds=round(wait_s))

    async def _pause(self, every_s: float) -> None:
        waiting: list[asyncio.Future[object]] = [asyncio.ensure_future(self._until_woken())]
        if not self.health.needs_person:
            waiting.append(asyncio.ensure_future(self._until_next(every_s)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        self._woken.clear()

    async def _until_woken(self) -> object:
        return await self._woken.wait()

    async def _until_next(self, every_s: float) -> object:
        await self._gear.sleep(every_s)
        return None

    def _count(self, batch: Batch) -> None:
        self.health = replace(
            self.health,
            orders=self.health.orders + len(batch.records),
            kept_aside=self.health.kept_aside + len(batch.kept_aside),
        )

    def _down(self, error: SyncError) -> None:
        before = self.health
        self.health = replace(
            before,
            up=False,
            needs_person=isinstance(error, TokenExpired | PermissionMissing),
            error=_cause(before, error),
            down_since_ms=before.down_since_ms or self._gear.clock.now(),
            failures=before.failures + 1,
        )
        if before.up or before.needs_person != self.health.needs_person:
            self._told(self.health)

    def _up(self) -> None:
        before = self.health
        self.health = replace(
            before,
            up=True,
            needs_person=False,
            error="",
            last_success_ms=self._gear.clock.now(),
            down_since_ms=None,
            failures=0,
        )
        if not before.up or before.last_success_ms is None:
            self._told(self.health)


def _cause(before: Health, error: SyncError) -> str:
    """The code people should read: a pause of our own must not hide what led to it."""
    paused = error.code == "sync_breaker_open"
    return before.error if paused and before.error else error.code


def note(breaker: Breaker, error: SyncError) -> None:
    """Tell the breaker what an error says about the other side: down, up, or neither."""
    if isinstance(error, Unreachable | Ambiguous | Malformed):
        breaker.failed()
    elif isinstance(error, Throttled):
        breaker.throttled(error.retry_after_ms)
    else:
        breaker.worked()


def _answered(error: SyncError) -> bool:
    """Whether an answer came that says that it failed there; silence and "slow down" do not."""
    silent = error.code in {Ambiguous.code, "sync_timeout"}
    return isinstance(error, Malformed) or (isinstance(error, Ambiguous) and not silent)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the outbox row knows of an effect: tries made before this one, and when the first was.

    `looked_up` says that the other side is asked before a repeat, so that a repeat is harmless.
    """

    tries: int
    first_sent_ms: int
    looked_up: bool = True


async def send(channel: Channel, ask: Ask, sent: Sent, gear: Gear) -> Settled:
    """Try one due effect once; the row itself is the app's, and so is the time of the next try."""
    wait_s = gear.breaker.wait_s()
    if wait_s > 0:
        at = gear.clock.now() + round(wait_s * 1000)
        return Settled("retry_at", error="sync_breaker_open", retry_at_ms=at)
    link = LINKS[type(ask)]
    gear.budget.sent(gear.clock.mono())
    gear.tally.asked(link, gear.clock.mono(), again=sent.tries > 0)
    try:
        done = await _carry_out(channel, ask)
    except SyncError as error:
        note(gear.breaker, error)
        gear.tally.failed(link)
        return settle(error, replace(sent, tries=sent.tries + 1), gear)
    except BaseException:
        gear.breaker.released()
        raise
    gear.breaker.worked()
    return Settled("done", done)


async def _carry_out(channel: Channel, ask: Ask) -> Done:
    match ask:
        case ShipAsk():
            return await channel.ship(ask)
        case StockAsk():
            return await channel.set_stock(ask)
        case MemoAsk():
            return await channel.write_memo(ask)
        case AfterSaleAsk():
            if not isinstance(channel, AfterSales):
                raise Rejected(text="no after-sales here")
            return await channel.answer(ask)


def settle(error: SyncError, sent: Sent, gear: Gear) -> Settled:
    """What a failed write means for its outbox row; the waybill flow uses it too."""
    now = gear.clock.now()
    details = tuple(error.details.items())
    attempt = Attempt(sent.tries, writes=True, looked_up=sent.looked_up)
    decision = decide_outbox(error, attempt, sent.first_sent_ms, now, gear.rng)
    unknown = isinstance(error, Ambiguous)
    if isinstance(decision, Again):
        outcome = "unknown" if unknown else "retry_at"
        at = now + max(decision.after_ms, round(gear.breaker.left_s() * 1000))
        return Settled(outcome, None, error.code, details, at, answered=_answered(error))
    if decision.why == "person":
        return Settled("retry_at", None, error.code, details, now + PERSON_WAIT_MS, True)
    if unknown:
        return Settled("unknown", None, error.code, details)
    return Settled("rejected", None, error.code, details)
