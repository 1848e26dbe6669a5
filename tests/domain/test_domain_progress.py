"""Where the money and the parcels are, and the one line that says so."""

from functools import cache
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import rulebook
from app.domain import tracking
from app.domain.headline import Tone, headline, paid_strip, shipped_strip
from app.domain.lifecycle import By
from app.domain.order import Line, Parcel
from app.domain.payment import payment_state
from app.domain.states import (
    Held,
    LogisticsState,
    Machine,
    OrderState,
    PaidPolicy,
    PaymentState,
    ProofKind,
    WaybillState,
)
from app.domain.tracking import RANK, Track, fold, of_order
from tests.domain.shop_facts import facts, policy

SCANS = st.lists(st.tuples(st.sampled_from(LogisticsState), st.integers(0, 20)), max_size=8)
START = st.sampled_from([LogisticsState.NONE, LogisticsState.WAYBILLED])


@given(SCANS, START, st.randoms(use_true_random=False))
def test_scans_amount_to_the_same_in_any_order_and_any_number_of_times(scans, start, chance):
    shuffled = scans + chance.choices(scans, k=3) if scans else []
    chance.shuffle(shuffled)
    assert fold(shuffled, start) == fold(scans, start)


@given(SCANS, START)
def test_each_new_scan_is_a_step_the_table_draws_and_never_a_step_back(scans, start):
    law = rulebook_rows()
    track = Track(start)
    for status, at in scans:
        was, track = track, track.heard(status, at)
        assert RANK[track.furthest] >= RANK[was.furthest]
        if track.state is not was.state:
            assert (was.state.value, track.state.value) in law


@cache
def rulebook_rows():
    rows = rulebook.load().lifecycle.rows.values()
    mine = [row for row in rows if row.machine is Machine.LOGISTICS and row.by is By.PLATFORM]
    return {(row.source, row.to) for row in mine}


L = LogisticsState


@pytest.mark.parametrize(
    ("scans", "state"),
    [
        ([(L.DELIVERED, 9), (L.IN_TRANSIT, 3)], L.DELIVERED),
        ([(L.DELIVERED, 9), (L.IN_TRANSIT, 12)], L.DELIVERED),
        ([(L.IN_TRANSIT, 3), (L.TROUBLE, 5)], L.TROUBLE),
        ([(L.IN_TRANSIT, 3), (L.TROUBLE, 5), (L.DELIVERING, 7)], L.DELIVERING),
        ([(L.IN_TRANSIT, 8), (L.TROUBLE, 5)], L.IN_TRANSIT),
        ([(L.DELIVERED, 3), (L.TROUBLE, 5)], L.DELIVERED),
        ([(L.TROUBLE, 5), (L.RETURNING, 6), (L.DELIVERED, 9)], L.RETURNING),
        ([(L.RETURNING, 6), (L.RETURNED, 9)], L.RETURNED),
        ([(L.WAYBILLED, 6), (L.NONE, 9)], L.WAYBILLED),
    ],
)
def test_a_late_or_repeated_scan_never_takes_a_parcel_back(scans, state):
    for order in permutations(scans):
        assert fold(order, L.WAYBILLED).state is state


@pytest.mark.req("F004")
def test_any_scan_of_the_carriers_proves_its_acceptance_and_our_own_number_does_not():
    assert not fold([(L.WAYBILLED, 4)], L.NONE).accepted
    assert fold([(L.TROUBLE, 0)], L.WAYBILLED).accepted
    assert fold([(L.DELIVERED, 0)], L.WAYBILLED).accepted


def test_an_order_of_several_parcels_is_where_the_slowest_is_and_trouble_shows_first():
    assert of_order([]) is L.NONE
    assert of_order([L.DELIVERED, L.PICKED_UP]) is L.PICKED_UP
    assert of_order([L.DELIVERED, L.TROUBLE]) is L.TROUBLE
    assert of_order([L.RETURNING, L.PICKED_UP]) is L.RETURNING
    assert of_order([L.RETURNED, L.RETURNED]) is L.RETURNED


def money(proofs=(), **amounts):
    owed = {"total_minor": 100, "paid_minor": 0, "refunded_minor": 0} | amounts
    return facts(proofs=frozenset(ProofKind(p) for p in proofs), **owed)


@pytest.mark.req("F003")
@pytest.mark.parametrize(
    ("looked_at", "state"),
    [
        (money(), PaymentState.UNPAID),
        (money(["payment_callback"]), PaymentState.UNCONFIRMED),
        (money(["bank_serial"]), PaymentState.UNCONFIRMED),
        (money(paid_minor=100), PaymentState.UNCONFIRMED),
        (money(["payment_callback", "bank_serial"]), PaymentState.PAID),
        (money(["platform_settled"]), PaymentState.PAID),
        (money(["waybill", "outbound_scan"]), PaymentState.UNPAID),
        (money(total_minor=0), PaymentState.PAID),
        (money(["platform_settled"], refunded_minor=1), PaymentState.PARTLY_REFUNDED),
        (money(["platform_settled"], refunded_minor=100), PaymentState.REFUNDED),
        (
            money(["platform_settled"], paid_minor=120, refunded_minor=100),
            PaymentState.PARTLY_REFUNDED,
        ),
    ],
)
def test_proofs_and_amounts_decide_about_the_money(looked_at, state):
    assert payment_state(looked_at) is state


def said(**changes):
    return headline(facts(**changes)).key.removeprefix("headline.")


ALL = frozenset(ProofKind)
GONE = (Line(1, "A", 2, shipped=2),)


@pytest.mark.req("F001")
@pytest.mark.parametrize(
    "gone", [ProofKind.WAYBILL, ProofKind.OUTBOUND_SCAN, ProofKind.CARRIER_ACCEPTANCE]
)
def test_a_shipped_order_without_all_proofs_says_two_of_three_and_is_not_green(gone):
    looked_at = facts(state=OrderState.SHIPPED, proofs=ALL - {gone}, lines=GONE)
    line = headline(looked_at)
    assert (line.key, line.tone) == ("headline.shipped_unproven", Tone.WARNING)
    assert line.args == {"have": 2, "need": 3, "missing": gone.value}
    assert shipped_strip(looked_at).missing == (gone,)
    assert not shipped_strip(looked_at).whole


@pytest.mark.req("F001")
def test_an_unconfirmed_payment_says_one_of_two():
    looked_at = facts(
        policy(paid_policy=PaidPolicy.CALLBACK_AND_SERIAL),
        state=OrderState.AWAITING_PAYMENT,
        payment=PaymentState.UNCONFIRMED,
        proofs=frozenset({ProofKind.PAYMENT_CALLBACK}),
    )
    line = headline(looked_at)
    assert line.key == "headline.unconfirmed"
    assert line.args == {"have": 1, "need": 2, "missing": "bank_serial"}
    assert paid_strip(looked_at).there == (ProofKind.PAYMENT_CALLBACK,)


def test_the_first_thing_that_matters_is_said_first():
    paid = {"state": OrderState.PAID}
    assert said(**paid, reviewed=False) == "to_review"
    assert said(**paid, reviewed=True) == "to_allocate"
    assert said(**paid, lines=(Line(1, "A", 1),)) == "short"
    assert said(**paid, held=Held.RISK) == "held_risk"
    assert said(**paid, held=Held.RISK, open_refund=True) == "refund_open"
    assert said(**paid, platform_cancelled=True, open_refund=True) == "platform_cancelled"
    assert said(state=OrderState.AWAITING_PAYMENT, payment=PaymentState.UNPAID) == (
        "awaiting_payment"
    )
    assert said(parcels=()) == "to_label"
    assert said(parcels=(Parcel(1),)) == "to_label"
    assert said(parcels=(Parcel(1, waybill=WaybillState.UNKNOWN),)) == "waybill_unknown"
    assert said(parcels=(Parcel(1, waybill=WaybillState.LIVE),)) == "to_print"
    assert said() == "to_ship"
    assert said(logistics=L.TROUBLE) == "trouble"
    shipped = {"state": OrderState.SHIPPED, "proofs": ALL, "lines": GONE}
    assert said(**shipped) == "shipped"
    assert said(**shipped, logistics=L.DELIVERING) == "delivering"
    for state in (OrderState.COMPLETED, OrderState.CANCELLED, OrderState.CLOSED):
        assert said(state=state, held=Held.LOCKED, open_refund=True, lines=GONE) == state.value


# The four nodes of one truth; the order itself is the first and always there.
NODES = {
    "payment": {"payment": PaymentState.UNCONFIRMED},
    "stock": {"lines": (Line(1, "A", 2, shipped=1, firmly_locked=1),)},
    "carrier_acceptance": {"proofs": ALL - {ProofKind.CARRIER_ACCEPTANCE}},
}


@pytest.mark.req("F001")
@pytest.mark.parametrize("state", [OrderState.SHIPPED, OrderState.COMPLETED])
@pytest.mark.parametrize("node", list(NODES))
def test_an_order_that_left_without_one_of_the_nodes_names_it_and_is_not_green(state, node):
    whole = {"state": state, "lines": GONE, "proofs": ALL}
    assert headline(facts(**whole)).tone is Tone.GOOD
    line = headline(facts(**whole | NODES[node]))
    assert line.args["missing"] == node
    assert line.tone is not Tone.GOOD


STATES = st.builds(
    facts,
    state=st.sampled_from(OrderState),
    payment=st.sampled_from(PaymentState),
    logistics=st.sampled_from(LogisticsState),
    held=st.sampled_from(Held),
    reviewed=st.booleans(),
    open_refund=st.booleans(),
    platform_cancelled=st.booleans(),
    proofs=st.frozensets(st.sampled_from(ProofKind)),
    parcels=st.sampled_from([(), (Parcel(1),), (Parcel(1, waybill=WaybillState.LIVE),)]),
)


@pytest.fixture(scope="module")
def words():
    return rulebook.load().words


def test_every_headline_has_its_words(words):
    @given(STATES)
    def every(looked_at):
        line = headline(looked_at)
        for lang in ("en", "zh"):
            text = words.tell(line.key, lang, line.args)
            assert text != line.key
            assert "–" not in text

    every()


def test_ranks_are_a_strict_order_of_all_states():
    assert sorted(RANK.values()) == list(range(len(LogisticsState)))
    assert set(tracking.RANK) == set(LogisticsState)
