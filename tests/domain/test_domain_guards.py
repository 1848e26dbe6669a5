"""What must be there before a step, and that exactly what is missing is named."""

from dataclasses import replace
from itertools import combinations, product

import pytest

from app.domain import guards
from app.domain.order import Line, Parcel, ReceiverView
from app.domain.states import (
    Held,
    OrderState,
    PaidPolicy,
    ParcelState,
    PaymentState,
    ProofKind,
    ShipTrigger,
    WaybillState,
)
from tests.domain.shop_facts import READY, facts, policy

SHIPPED = ("waybill", "outbound_scan", "carrier_acceptance")
PAID = ("payment_callback", "bank_serial", "platform_settled")


def subsets(names):
    return [frozenset(c) for n in range(len(names) + 1) for c in combinations(names, n)]


def proofs(names):
    return frozenset(ProofKind(name) for name in names)


@pytest.mark.req("F004")
@pytest.mark.parametrize("there", subsets(SHIPPED), ids=lambda s: "+".join(sorted(s)) or "none")
def test_a_shipment_is_proven_by_all_three_and_each_missing_one_is_named(there):
    missing = guards.shipped_proofs(facts(proofs=proofs(there)))
    assert {m.proof for m in missing} == set(SHIPPED) - there
    assert len(subsets(SHIPPED)) == 8
    assert (not missing) == (there == set(SHIPPED))


PAID_BY = {
    "callback_and_serial": lambda s: {"payment_callback", "bank_serial"} <= s,
    "settled": lambda s: "platform_settled" in s,
    "either": lambda s: "platform_settled" in s or {"payment_callback", "bank_serial"} <= s,
}


@pytest.mark.req("F003")
@pytest.mark.parametrize("rule", list(PaidPolicy))
@pytest.mark.parametrize("there", subsets(PAID), ids=lambda s: "+".join(sorted(s)) or "none")
def test_a_payment_is_proven_as_the_shop_decided(rule, there):
    missing = guards.paid_proofs(facts(policy(paid_policy=rule), proofs=proofs(there)))
    assert (not missing) == PAID_BY[rule.value](there)


@pytest.mark.req("F003")
def test_a_callback_alone_lacks_the_bank_serial_and_nothing_else():
    for rule in (PaidPolicy.CALLBACK_AND_SERIAL, PaidPolicy.EITHER):
        got = guards.paid_proofs(
            facts(policy(paid_policy=rule), proofs=proofs({"payment_callback"}))
        )
        assert [m.proof for m in got] == ["bank_serial"]


@pytest.mark.req("F006")
def test_stock_held_for_one_item_less_than_owed_stops_the_step_and_names_the_item():
    short = (Line(1, "TEE-RED-M", 2, firmly_locked=1), Line(2, "CUP-01", 1, firmly_locked=1))
    (missing,) = guards.stock_frozen(facts(lines=short))
    assert (missing.guard, missing.proof) == ("stock_frozen", "stock")
    assert missing.args == {"sku": "TEE-RED-M", "need": 2, "have": 1}


def test_what_was_cancelled_or_has_left_needs_no_reservation():
    lines = (Line(1, "A", 3, cancelled=2, firmly_locked=1), Line(2, "B", 2, shipped=2))
    assert guards.stock_frozen(facts(lines=lines)) == ()


def test_an_order_with_nothing_left_to_ship_or_an_unknown_code_is_not_allocated():
    nothing = (Line(1, "A", 2, cancelled=2),)
    strange = (Line(1, "A", 1, firmly_locked=1, sku_known=False),)
    assert [m.proof for m in guards.skus_known(facts(lines=nothing))] == ["items"]
    assert [m.proof for m in guards.skus_known(facts(lines=()))] == ["items"]
    assert [m.args["sku"] for m in guards.skus_known(facts(lines=strange))] == ["A"]
    assert guards.skus_known(facts()) == ()


def test_each_way_of_standing_still_is_told_apart():
    def said(held):
        return [m.proof for m in guards.check(("not_held", "no_risk_hold"), facts(held=held))]

    assert {held: said(held) for held in Held} == {
        Held.NOT: [],
        Held.HOLD: ["hold"],
        Held.LOCKED: ["locked"],
        Held.RISK: ["risk"],
    }


def test_a_refund_asked_for_or_a_cancellation_on_the_platform_stops_the_goods():
    gone = guards.no_open_refund(facts(open_refund=True, platform_cancelled=True))
    assert [m.proof for m in gone] == ["refund", "cancelled"]
    assert guards.no_open_refund(facts()) == ()


def test_an_address_lacks_exactly_its_empty_parts_unless_the_platform_seals_it():
    whole = READY.receiver
    for part in ("name", "phone", "address"):
        gone = guards.address_complete(facts(receiver=replace(whole, **{part: " "})))
        assert [m.proof for m in gone] == [f"address_{part}"]
    nowhere = replace(whole, province="", city="")
    assert [m.proof for m in guards.address_complete(facts(receiver=nowhere))] == ["address_city"]
    assert guards.address_complete(facts(receiver=replace(whole, province=""))) == ()
    assert guards.address_complete(facts(receiver=ReceiverView(sealed=True))) == ()


@pytest.mark.req("F109")
def test_one_machine_waits_for_another():
    good = {PaymentState.PAID, PaymentState.PARTLY_REFUNDED}
    for payment in PaymentState:
        assert (not guards.payment_settled(facts(payment=payment))) == (payment in good)
    far = {OrderState.ALLOCATED, OrderState.SHIPPED}
    for state in OrderState:
        assert (not guards.order_allocated(facts(state=state))) == (state in far)


@pytest.mark.parametrize("state", [None, *WaybillState])
def test_only_a_live_waybill_lets_a_parcel_go(state):
    boxes = (Parcel(7, waybill=WaybillState.LIVE), Parcel(8, waybill=state))
    missing = guards.waybill_live(facts(parcels=boxes))
    if state is WaybillState.LIVE:
        assert missing == ()
    else:
        assert missing[0].args == {"have": 1, "need": 2}


def test_an_order_without_a_box_has_neither_waybill_nor_trigger():
    given_up = (Parcel(7, state=ParcelState.VOID, waybill=WaybillState.LIVE, weighed_at=1),)
    for boxes in ((), given_up):
        assert guards.waybill_live(facts(parcels=boxes))
        assert guards.trigger_reached(facts(parcels=boxes))


MOMENTS = ("printed_at", "verified_at", "weighed_at", "handed_at")
NEEDS = {
    ShipTrigger.PRINT: "printed_at",
    ShipTrigger.VERIFY: "verified_at",
    ShipTrigger.WEIGH_OUT: "weighed_at",
    ShipTrigger.HAND_OVER: "handed_at",
}


def named(part):
    """The same name on every run: a set's own order is chance."""
    return "+".join(sorted(part)) or "none" if isinstance(part, frozenset) else str(part)


@pytest.mark.req("F230")
@pytest.mark.parametrize(
    ("trigger", "done"), list(product(ShipTrigger, subsets(MOMENTS))), ids=named
)
def test_the_shops_trigger_decides_and_the_pickup_never_does(trigger, done):
    for picked_up in (None, 99):
        box = Parcel(7, waybill=WaybillState.LIVE, picked_up_at=picked_up)
        box = replace(box, **dict.fromkeys(done, 5))
        missing = guards.trigger_reached(facts(policy(ship_trigger=trigger), parcels=(box,)))
        assert (not missing) == (NEEDS[trigger] in done or "handed_at" in done)
        if missing:
            assert missing[0].proof == trigger.value


@pytest.mark.req("F230")
def test_with_two_boxes_the_order_waits_for_the_second():
    boxes = (Parcel(7, weighed_at=1), Parcel(8))
    (missing,) = guards.trigger_reached(facts(parcels=boxes))
    assert missing.args == {"have": 1, "need": 2}
    there = (Parcel(7, weighed_at=1), Parcel(8, weighed_at=2))
    assert guards.trigger_reached(facts(parcels=there)) == ()


def test_all_that_is_missing_is_told_at_once_in_the_tables_order():
    names = ("payment_settled", "stock_frozen")
    got = guards.check(names, facts(payment=PaymentState.UNPAID, lines=(Line(1, "A", 1),)))
    assert [m.guard for m in got] == list(names)
