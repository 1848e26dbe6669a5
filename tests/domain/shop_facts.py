"""Orders at a given point of their life, for the tests of the rules."""

from dataclasses import replace

from app.domain.guards import Facts
from app.domain.order import Line, Order, Parcel, ReceiverView
from app.domain.policy import ShopPolicy
from app.domain.states import OrderState, PaymentState, ProofKind, WaybillState

POLICY = ShopPolicy()

READY = Order(
    number="SO20260216000892",
    currency="CNY",
    state=OrderState.ALLOCATED,
    payment=PaymentState.PAID,
    total_minor=9_900,
    paid_minor=9_900,
    reviewed=True,
    lines=(Line(1, "TEE-RED-M", 2, firmly_locked=2), Line(2, "CUP-01", 1, firmly_locked=1)),
    parcels=(Parcel(7, waybill=WaybillState.LIVE, printed_at=1, verified_at=2, weighed_at=3),),
    receiver=ReceiverView("张**", "138****5678", "广东省深圳市****", "CN", "广东省", "深圳市"),
    proofs=frozenset(ProofKind),
)


def facts(policy=POLICY, **changes):
    return Facts(replace(READY, **changes), policy)


def policy(**changes):
    return replace(POLICY, **changes)
