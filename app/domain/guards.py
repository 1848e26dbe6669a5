"""What must be true before a step, each a named function that returns what is missing.

The names are what ``resources/rules/lifecycle.toml`` lists in ``guards``; a name there without a
function here, or the other way round, is refused at start. A guard never changes anything and
never raises: an empty tuple is its yes (F003, F004, F006).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app.domain.errors import Detail
from app.domain.order import Order
from app.domain.policy import ShopPolicy
from app.domain.states import (
    Held,
    OrderState,
    PaidPolicy,
    PaymentState,
    ProofKind,
    WaybillState,
)


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not there: which rule asks, for what, and the sentence that says it."""

    guard: str
    proof: str
    key: str
    args: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a guard looks at: the order and the shop's choices."""

    order: Order
    policy: ShopPolicy


Guard = Callable[[Facts], tuple[Missing, ...]]

SHIPPED_PROOFS = (ProofKind.WAYBILL, ProofKind.OUTBOUND_SCAN, ProofKind.CARRIER_ACCEPTANCE)
_BOTH = (ProofKind.PAYMENT_CALLBACK, ProofKind.BANK_SERIAL)
_SETTLED = (ProofKind.PLATFORM_SETTLED,)


def paid_ways(policy: PaidPolicy) -> tuple[tuple[ProofKind, ...], ...]:
    """Return the sets of proofs of which one must be whole, by the shop's policy."""
    return {
        PaidPolicy.CALLBACK_AND_SERIAL: (_BOTH,),
        PaidPolicy.SETTLED: (_SETTLED,),
        PaidPolicy.EITHER: (_BOTH, _SETTLED),
    }[policy]


def paid_needs(facts: Facts) -> tuple[ProofKind, ...]:
    """Return the set of proofs this order is nearest to, which is the one to show."""
    have = facts.order.proofs
    ways = paid_ways(facts.policy.paid_policy)
    return min(ways, key=lambda way: (len(set(way) - have), not (set(way) & have), -len(way)))


def paid_proofs(facts: Facts) -> tuple[Missing, ...]:
    """The payment has arrived: callback and bank serial, or the platform settled it (F003)."""
    return _proofs("paid_proofs", paid_needs(facts), facts.order.proofs)


def shipped_proofs(facts: Facts) -> tuple[Missing, ...]:
    """The goods have left: waybill, outbound scan and the carrier's acceptance (F004)."""
    return _proofs("shipped_proofs", SHIPPED_PROOFS, facts.order.proofs)


def payment_settled(facts: Facts) -> tuple[Missing, ...]:
    """The payment machine says paid; nothing is packed for money that is not there (F109)."""
    good = {PaymentState.PAID, PaymentState.PARTLY_REFUNDED}
    if facts.order.payment in good:
        return ()
    return (_missing("payment_settled", "payment"),)


def stock_frozen(facts: Facts) -> tuple[Missing, ...]:
    """Everything still owed is held by firm reservations of this order (F006)."""
    return tuple(
        _missing("stock_frozen", "stock", sku=ln.sku, need=ln.to_ship, have=ln.firmly_locked)
        for ln in facts.order.lines
        if ln.firmly_locked < ln.to_ship
    )


def skus_known(facts: Facts) -> tuple[Missing, ...]:
    """Every item is one of the shop's merchant codes, and there is something to ship."""
    lines = facts.order.lines
    if not any(line.to_ship for line in lines):
        return (_missing("skus_known", "items"),)
    return tuple(
        _missing("skus_known", "sku", sku=line.sku) for line in lines if not line.sku_known
    )


def not_held(facts: Facts) -> tuple[Missing, ...]:
    """Nobody holds the order: no person, no failed guard."""
    if facts.order.held in {Held.HOLD, Held.LOCKED}:
        return (_missing("not_held", facts.order.held.value),)
    return ()


def no_risk_hold(facts: Facts) -> tuple[Missing, ...]:
    """The platform's risk review does not say: do not ship yet."""
    if facts.order.held is Held.RISK:
        return (_missing("no_risk_hold", "risk"),)
    return ()


def no_open_refund(facts: Facts) -> tuple[Missing, ...]:
    """The buyer does not want the money back, and the platform did not cancel."""
    order = facts.order
    gone = []
    if order.open_refund:
        gone.append(_missing("no_open_refund", "refund"))
    if order.platform_cancelled:
        gone.append(_missing("no_open_refund", "cancelled"))
    return tuple(gone)


def address_complete(facts: Facts) -> tuple[Missing, ...]:
    """There is a name, a phone and a place a courier can find."""
    return tuple(
        _missing("address_complete", f"address_{part}") for part in facts.order.receiver.missing()
    )


def order_allocated(facts: Facts) -> tuple[Missing, ...]:
    """The order machine has come as far as allocated, and no further than the door (F109)."""
    if facts.order.state in {OrderState.ALLOCATED, OrderState.SHIPPED}:
        return ()
    return (_missing("order_allocated", "allocation"),)


def waybill_live(facts: Facts) -> tuple[Missing, ...]:
    """Every box has a waybill the carrier knows of."""
    boxes = facts.order.boxes
    live = sum(box.waybill is WaybillState.LIVE for box in boxes)
    if boxes and live == len(boxes):
        return ()
    return (_missing("waybill_live", "live_waybill", have=live, need=max(1, len(boxes))),)


def trigger_reached(facts: Facts) -> tuple[Missing, ...]:
    """Every box is as far as the shop wants before it says "shipped" on the platform (F230)."""
    boxes, trigger = facts.order.boxes, facts.policy.ship_trigger
    there = sum(box.reached(trigger) for box in boxes)
    if boxes and there == len(boxes):
        return ()
    return (_missing("trigger_reached", trigger.value, have=there, need=max(1, len(boxes))),)


GUARDS: Mapping[str, Guard] = MappingProxyType(
    {
        guard.__name__: guard
        for guard in (
            paid_proofs,
            shipped_proofs,
            payment_settled,
            stock_frozen,
            skus_known,
            not_held,
            no_risk_hold,
            no_open_refund,
            address_complete,
            order_allocated,
            waybill_live,
            trigger_reached,
        )
    }
)


def check(names: tuple[str, ...], facts: Facts) -> tuple[Missing, ...]:
    """Return all that is missing for these guards, in their order; empty when all agree."""
    return tuple(missing for name in names for missing in GUARDS[name](facts))


def _proofs(
    guard: str, needed: tuple[ProofKind, ...], have: frozenset[ProofKind]
) -> tuple[Missing, ...]:
    return tuple(_missing(guard, proof.value) for proof in needed if proof not in have)


def _missing(guard: str, proof: str, **args: Detail) -> Missing:
    return Missing(guard, proof, f"missing.{proof}", args)
