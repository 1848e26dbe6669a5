"""The arithmetic of stock: what can be sold, what is still held, and whether it adds up.

Rules of consistency.md 2.3: ``available = physical - reserved``; a paid reservation never expires;
a release takes back no more than is held; when a count finds less than is promised, the newest
reservations become exceptions and the code stays closed until somebody counts or decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.domain.errors import LockOverdrawn, LockUnknown
from app.domain.states import LockKind, LockState


def available(physical: int, reserved: int) -> int:
    """Return what can still be promised; below zero when a count found less than is promised."""
    return physical - reserved


def can_take(physical: int, reserved: int, quantity: int) -> bool:
    """Return whether ``quantity`` more can be reserved; nothing and less than nothing cannot."""
    return quantity > 0 and available(physical, reserved) >= quantity


@dataclass(frozen=True, slots=True)
class Lock:
    """A quantity of one merchant code held for one line of an order (times in UTC ms)."""

    lock_id: int
    order_id: int
    line_id: int
    sku: str
    quantity: int
    released: int = 0
    used: int = 0
    kind: LockKind = LockKind.FIRM
    state: LockState = LockState.HELD
    expires_at: int | None = None

    @property
    def held(self) -> int:
        """Return how many it still keeps from others."""
        if self.state is not LockState.HELD:
            return 0
        return self.quantity - self.released - self.used

    def release(self, quantity: int) -> Lock:
        """Return it with ``quantity`` given back. Raises LockOverdrawn beyond what it holds."""
        self._afford(quantity)
        left = replace(self, released=self.released + quantity)
        if left.held:
            return left
        return replace(left, state=LockState.USED if left.used else LockState.RELEASED)

    def use(self, quantity: int) -> Lock:
        """Return it with ``quantity`` gone out of the door. Raises LockOverdrawn."""
        self._afford(quantity)
        left = replace(self, used=self.used + quantity)
        return left if left.held else replace(left, state=LockState.USED)

    def firm_up(self) -> Lock:
        """Return it paid: from now on it never expires."""
        return replace(self, kind=LockKind.FIRM, expires_at=None)

    def is_due(self, now: int) -> bool:
        """Return whether it expires now: soft ones only, a paid reservation never."""
        soft = self.state is LockState.HELD and self.kind is LockKind.SOFT
        return soft and self.expires_at is not None and self.expires_at <= now

    def expire(self, now: int) -> Lock:
        """Return it expired if it is due, else as it is."""
        if not self.is_due(now):
            return self
        return replace(self, state=LockState.EXPIRED, released=self.quantity - self.used)

    def _afford(self, quantity: int) -> None:
        if quantity <= 0 or quantity > self.held:
            raise LockOverdrawn(lock_id=self.lock_id, asked=quantity, held=self.held)


def find(locks: Iterable[Lock], lock_id: int, order_id: int) -> Lock:
    """Return this order's held reservation with this id (F191).

    Raises LockUnknown for a made-up id, another order's, or one that is spent: which of them is not
    told, so that ids cannot be guessed at.
    """
    for lock in locks:
        if lock.lock_id == lock_id and lock.order_id == order_id and lock.held:
            return lock
    raise LockUnknown(lock_id=lock_id)


def release_line(locks: Iterable[Lock], line_id: int, quantity: int) -> tuple[Lock, ...]:
    """Return this line's reservations with ``quantity`` given back, the newest first (F192).

    Other lines' are not touched. When the line holds fewer, all of them go.
    """
    changed: list[Lock] = []
    mine = [lock for lock in locks if lock.line_id == line_id and lock.held]
    for lock in sorted(mine, key=lambda one: -one.lock_id):
        part = min(quantity, lock.held)
        if part > 0:
            changed.append(lock.release(part))
            quantity -= part
    return tuple(changed)


@dataclass(frozen=True, slots=True)
class Move:
    """One movement of a code's stock."""

    d_physical: int
    d_reserved: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """A code's figures at one place, with all they should be the sum of."""

    sku: str
    opening: int
    physical: int
    reserved: int
    moves: Sequence[Move] = ()
    locks: Sequence[Lock] = ()

    def drift(self) -> tuple[tuple[str, int, int], ...]:
        """Return (figure, booked, summed) for every figure that does not add up."""
        sums = {
            "physical": self.opening + sum(move.d_physical for move in self.moves),
            "reserved": sum(lock.held for lock in self.locks if lock.sku == self.sku),
            "reserved_moves": sum(move.d_reserved for move in self.moves),
        }
        booked = {"physical": self.physical, "reserved": self.reserved}
        booked["reserved_moves"] = self.reserved
        return tuple((k, booked[k], sums[k]) for k in sums if booked[k] != sums[k])


def newest_in_shortage(physical: int, locks: Iterable[Lock]) -> tuple[Lock, ...]:
    """Return the reservations that cannot be served from ``physical``, the newest first.

    Ids rise with time, so the oldest promises are kept; only as many go as must.
    """
    newest = sorted((one for one in locks if one.held), key=lambda one: -one.lock_id)
    promised, short = sum(one.held for one in newest), []
    for lock in newest:
        if promised <= physical:
            break
        short.append(lock)
        promised -= lock.held
    return tuple(short)
