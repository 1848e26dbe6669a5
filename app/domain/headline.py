"""One line that says how an order is, derived from the three machines and its proofs.

It is what an agent reads out to a customer, so it names the first thing that matters: why the order
stands still, else how far it is, with "n of 3" while a proof is missing (F001, F230).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.errors import Detail
from app.domain.guards import SHIPPED_PROOFS, Facts, paid_needs, payment_settled
from app.domain.states import (
    Held,
    LogisticsState,
    OrderState,
    PaymentState,
    ProofKind,
    WaybillState,
)


class Tone(StrEnum):
    """How the line is coloured; the word never rests on the colour alone."""

    INFO = "info"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Proofs:
    """One strip of milestones: which were asked for and which are there."""

    needed: tuple[ProofKind, ...]
    there: tuple[ProofKind, ...]

    @property
    def missing(self) -> tuple[ProofKind, ...]:
        """Return what is not there, in the order people look for it."""
        return tuple(proof for proof in self.needed if proof not in self.there)

    @property
    def whole(self) -> bool:
        """Return whether all are there; only then does the status count as proven."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Headline:
    """A sentence key with what fills it, and how good the news is."""

    key: str
    tone: Tone
    args: Mapping[str, Detail] = field(default_factory=dict)


def paid_strip(facts: Facts) -> Proofs:
    """Return the milestones of the payment, by the shop's policy."""
    return _strip(paid_needs(facts), facts)


def shipped_strip(facts: Facts) -> Proofs:
    """Return the three milestones of the shipment."""
    return _strip(SHIPPED_PROOFS, facts)


def headline(facts: Facts) -> Headline:
    """Return the order's one line."""
    order = facts.order
    if order.state in _ENDED:
        return _ENDED[order.state](facts)
    for stopped in _STOPPED:
        found = stopped(facts)
        if found is not None:
            return found
    return _PROGRESS[order.state](facts)


def _strip(needed: tuple[ProofKind, ...], facts: Facts) -> Proofs:
    return Proofs(needed, tuple(proof for proof in needed if proof in facts.order.proofs))


def _counted(key: str, tone: Tone, strip: Proofs, also: tuple[str, ...] = ()) -> Headline:
    missing = ",".join((*strip.missing, *also))
    args: dict[str, Detail] = {
        "have": len(strip.there),
        "need": len(strip.needed),
        "missing": missing,
    }
    return Headline(key, tone, args)


def _withdrawn(facts: Facts) -> Headline | None:
    if facts.order.platform_cancelled:
        return Headline("headline.platform_cancelled", Tone.BAD)
    return Headline("headline.refund_open", Tone.BAD) if facts.order.open_refund else None


def _held(facts: Facts) -> Headline | None:
    held = facts.order.held
    return None if held is Held.NOT else Headline(f"headline.held_{held.value}", Tone.WARNING)


def _astray(facts: Facts) -> Headline | None:
    off = {LogisticsState.TROUBLE: Tone.BAD, LogisticsState.RETURNING: Tone.WARNING}
    off[LogisticsState.RETURNED] = Tone.WARNING
    at = facts.order.logistics
    return Headline(f"headline.{at.value}", off[at]) if at in off else None


def _awaiting(facts: Facts) -> Headline:
    if facts.order.payment is PaymentState.UNCONFIRMED:
        return _counted("headline.unconfirmed", Tone.WARNING, paid_strip(facts))
    return Headline("headline.awaiting_payment", Tone.INFO)


def _paid(facts: Facts) -> Headline:
    order = facts.order
    short = next((ln for ln in order.lines if ln.firmly_locked < ln.to_ship), None)
    if not order.reviewed:
        return Headline("headline.to_review", Tone.INFO)
    if short is not None:
        return Headline("headline.short", Tone.WARNING, {"sku": short.sku})
    return Headline("headline.to_allocate", Tone.INFO)


def _allocated(facts: Facts) -> Headline:
    boxes = facts.order.boxes
    if any(box.waybill is WaybillState.UNKNOWN for box in boxes):
        return Headline("headline.waybill_unknown", Tone.WARNING)
    if not boxes or any(box.waybill is not WaybillState.LIVE for box in boxes):
        return Headline("headline.to_label", Tone.INFO)
    if any(box.printed_at is None for box in boxes):
        return Headline("headline.to_print", Tone.INFO)
    return Headline("headline.to_ship", Tone.INFO)


def _shipped(facts: Facts) -> Headline:
    strip, gaps = shipped_strip(facts), _gaps(facts)
    if not strip.whole or gaps:
        return _counted("headline.shipped_unproven", Tone.WARNING, strip, gaps)
    on_way = {LogisticsState.NONE: "shipped", LogisticsState.WAYBILLED: "shipped"}
    word = on_way.get(facts.order.logistics, facts.order.logistics.value)
    return _counted(f"headline.{word}", Tone.GOOD, strip)


def _completed(facts: Facts) -> Headline:
    strip, gaps = shipped_strip(facts), _gaps(facts)
    if strip.whole and not gaps:
        return Headline("headline.completed", Tone.GOOD)
    return _counted("headline.completed_unproven", Tone.INFO, strip, gaps)


def _gaps(facts: Facts) -> tuple[str, ...]:
    """Return which other nodes are missing once goods left: the money, the stock taken off."""
    payment = tuple(missing.proof for missing in payment_settled(facts))
    owed = any(line.to_ship for line in facts.order.lines)
    return (*payment, *(("stock",) if owed else ()))


_ENDED: Mapping[OrderState, Callable[[Facts], Headline]] = {
    OrderState.COMPLETED: _completed,
    OrderState.CANCELLED: lambda _facts: Headline("headline.cancelled", Tone.BAD),
    OrderState.CLOSED: lambda _facts: Headline("headline.closed", Tone.INFO),
}
_STOPPED: tuple[Callable[[Facts], Headline | None], ...] = (_withdrawn, _held, _astray)
_PROGRESS: Mapping[OrderState, Callable[[Facts], Headline]] = {
    OrderState.AWAITING_PAYMENT: _awaiting,
    OrderState.PAID: _paid,
    OrderState.ALLOCATED: _allocated,
    OrderState.SHIPPED: _shipped,
}
