"""Every cell of the three machines: allowed as written down here, refused otherwise."""

from dataclasses import replace

import pytest

from app import rulebook
from app.domain.errors import NotInState, RuleRefused
from app.domain.guards import GUARDS
from app.domain.lifecycle import STATES, Blocked, By, Transition, lifecycle_from
from app.domain.states import Held, LogisticsState, Machine, OrderState, PaymentState
from tests.domain.shop_facts import facts

# Written by hand, apart from lifecycle.toml: (action, to, from …).
ORDER = """
confirm_payment paid awaiting_payment
platform_pay paid awaiting_payment
expire closed awaiting_payment
review paid paid
allocate allocated paid
take_back paid allocated
ship shipped allocated
platform_ship shipped awaiting_payment paid allocated
carrier_ship shipped paid allocated
complete completed shipped
platform_complete completed awaiting_payment paid allocated shipped
cancel cancelled awaiting_payment paid allocated
platform_cancel cancelled awaiting_payment paid allocated
platform_reopen paid cancelled closed
platform_reopen_unpaid awaiting_payment cancelled closed
platform_close closed awaiting_payment paid allocated shipped completed
close closed shipped completed
"""
PAYMENT = """
report_paid unconfirmed unpaid
confirm paid unpaid unconfirmed
settle paid unpaid unconfirmed
retract unpaid unconfirmed
refund_part partly_refunded paid partly_refunded
refund_all refunded paid partly_refunded
"""
LOGISTICS = """
take_number waybilled none
type_number waybilled none
change_number waybilled waybilled
void_number none waybilled
pick_up picked_up none waybilled trouble
move in_transit none waybilled picked_up trouble
bring delivering none waybilled picked_up in_transit trouble
sign delivered none waybilled picked_up in_transit delivering trouble
strand trouble none waybilled picked_up in_transit delivering
turn_back returning none waybilled picked_up in_transit delivering trouble delivered
take_in returned none waybilled picked_up in_transit delivering trouble delivered returning
"""


def drawn(text):
    cells = {}
    for line in text.split("\n"):
        action, to, *sources = line.split() or ("", "")
        cells.update({(source, action): to for source in sources})
    return cells


ALLOWED = {
    Machine.ORDER: drawn(ORDER),
    Machine.PAYMENT: drawn(PAYMENT),
    Machine.LOGISTICS: drawn(LOGISTICS),
}
CELLS = [
    (machine, state.value, action)
    for machine in Machine
    for state in STATES[machine]
    for action in sorted({action for cells in ALLOWED.values() for _, action in cells})
]


@pytest.fixture(scope="module")
def rules():
    return rulebook.load()


@pytest.mark.req("F005", "F109")
@pytest.mark.parametrize(("machine", "state", "action"), CELLS)
def test_a_step_is_allowed_where_the_table_draws_it_and_nowhere_else(rules, machine, state, action):
    to = ALLOWED[machine].get((state, action))
    if to is not None:
        assert rules.lifecycle.step(machine, state, action).to == to
        return
    with pytest.raises(NotInState) as refused:
        rules.lifecycle.step(machine, state, action)
    assert refused.value.details == {"machine": machine, "state": state, "action": action}


@pytest.mark.req("F005")
def test_the_table_holds_no_step_that_is_not_drawn_here(rules):
    drawn_here = {(m, s, a) for m, cells in ALLOWED.items() for s, a in cells}
    assert set(rules.lifecycle.rows) == drawn_here


def test_goods_that_left_are_never_simply_cancelled(rules):
    for state in (OrderState.SHIPPED, OrderState.COMPLETED):
        gone = {row.to for row in rules.lifecycle.actions(Machine.ORDER, state)}
        assert "cancelled" not in gone


GUARDED = {
    ("order", "confirm_payment"): {"paid_proofs"},
    ("order", "platform_pay"): {"paid_proofs"},
    ("order", "platform_reopen"): {"paid_proofs"},
    ("order", "review"): {
        *("payment_settled", "skus_known", "no_risk_hold", "no_open_refund", "address_complete"),
    },
    ("order", "allocate"): {
        *("payment_settled", "skus_known", "not_held", "no_risk_hold", "no_open_refund"),
        *("address_complete", "stock_frozen"),
    },
    ("order", "ship"): {
        *("payment_settled", "not_held", "no_risk_hold", "no_open_refund", "stock_frozen"),
        *("waybill_live", "trigger_reached"),
    },
    ("order", "complete"): {"shipped_proofs"},
    ("payment", "confirm"): {"paid_proofs"},
    ("payment", "settle"): {"paid_proofs"},
    ("logistics", "take_number"): {
        *("order_allocated", "payment_settled", "not_held", "no_risk_hold", "no_open_refund"),
        "address_complete",
    },
    ("logistics", "change_number"): {
        *("order_allocated", "payment_settled", "not_held", "no_risk_hold"),
    },
    ("logistics", "type_number"): {
        *("order_allocated", "payment_settled", "not_held", "no_risk_hold", "no_open_refund"),
    },
}


@pytest.mark.req("F006")
def test_each_step_runs_the_checks_written_down_here(rules):
    found = {}
    for row in rules.lifecycle.rows.values():
        if row.guards:
            found[(row.machine.value, row.action)] = set(row.guards)
    assert found == GUARDED


@pytest.mark.req("F006")
def test_an_order_that_has_everything_ships_and_without_frozen_stock_does_not(rules):
    ready = facts()
    assert isinstance(rules.lifecycle.attempt(Machine.ORDER, "ship", ready), Transition)
    loose = tuple(replace(line, firmly_locked=0) for line in ready.order.lines)
    blocked = rules.lifecycle.attempt(Machine.ORDER, "ship", facts(lines=loose))
    assert isinstance(blocked, Blocked)
    assert {m.guard for m in blocked.missing} == {"stock_frozen"}
    assert blocked.case_kind == "short_stock"


@pytest.mark.req("F230")
def test_no_step_before_the_write_back_waits_for_the_carriers_pickup(rules):
    for row in rules.lifecycle.rows.values():
        if row.to == "shipped":
            assert "shipped_proofs" not in row.guards


def test_a_blocked_step_says_lock_the_order_and_which_case(rules):
    blocked = rules.lifecycle.attempt(
        Machine.ORDER, "complete", facts(state=OrderState.SHIPPED, proofs=frozenset())
    )
    assert isinstance(blocked, Blocked)
    assert (blocked.held, blocked.state) == (Held.LOCKED, "shipped")
    assert blocked.refusal().details == {
        "action": "complete",
        "missing": "waybill,outbound_scan,carrier_acceptance",
        "case_kind": "missing_proofs",
    }


@pytest.mark.req("F109")
def test_payment_and_parcels_hold_the_order_back_across_machines(rules):
    unpaid = facts(payment=PaymentState.UNCONFIRMED)
    assert isinstance(rules.lifecycle.attempt(Machine.ORDER, "ship", unpaid), Blocked)
    assert isinstance(rules.lifecycle.attempt(Machine.LOGISTICS, "take_number", unpaid), Blocked)
    early = facts(state=OrderState.PAID)
    assert isinstance(rules.lifecycle.attempt(Machine.LOGISTICS, "take_number", early), Blocked)
    assert isinstance(
        rules.lifecycle.attempt(Machine.LOGISTICS, "take_number", facts()), Transition
    )


def test_a_late_word_of_the_platform_never_takes_an_order_back(rules):
    order = rules.lifecycle
    assert order.towards(Machine.ORDER, "shipped", "paid") is None
    assert order.towards(Machine.ORDER, "allocated", "paid") is None
    assert order.towards(Machine.ORDER, "allocated", "shipped").action == "platform_ship"
    for claimed in OrderState:
        for state in OrderState:
            row = order.towards(Machine.ORDER, state, claimed)
            assert row is None or (row.by is By.PLATFORM and row.to == claimed)


def test_every_machine_has_at_most_one_platform_row_between_two_states(rules):
    seen = set()
    for row in rules.lifecycle.rows.values():
        if row.by is By.PLATFORM:
            cell = (row.machine, row.source, row.to)
            assert cell not in seen
            seen.add(cell)


def row(**changes):
    base = {
        "from": ["paid"],
        "action": "go",
        "to": "shipped",
        "permission": "p",
        "label_en": "a",
        "label_zh": "b",
        "why_en": "c",
        "why_zh": "d",
    }
    return base | changes


@pytest.fixture
def table(rules):
    def cells(machine):
        return [
            row(**{"from": [r.source], "action": r.action, "to": r.to})
            for r in rules.lifecycle.rows.values()
            if r.machine is machine
        ]

    guard = [{"name": name, "case": "c", "en": "e", "zh": "z"} for name in GUARDS]
    return {machine.value: cells(machine) for machine in Machine} | {"guard": guard}


def refused(table):
    with pytest.raises(RuleRefused) as told:
        lifecycle_from(table, {"p": None}, "lifecycle.toml")
    return told.value.details["row"], told.value.details["word"]


def test_a_good_table_is_taken(table):
    assert lifecycle_from(table, {"p": None}, "lifecycle.toml").rows


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"to": "posted"}, "posted"),
        ({"from": ["packed"]}, "packed"),
        ({"permission": "order.magic"}, "order.magic"),
        ({"guards": ["moon_is_full"]}, "moon_is_full"),
        ({"by": "cat"}, "cat"),
        ({"colour": "red"}, "colour"),
        ({"why_zh": ""}, "why_zh"),
    ],
)
def test_an_unknown_word_in_a_row_is_refused_by_name(table, changes, word):
    table["order"].append(row(**changes))
    assert refused(table) == ("order.go", word)


def test_the_same_cell_twice_an_unknown_machine_and_an_unreached_state_are_refused(table):
    assert refused(table | {"order": [*table["order"], row(), row(to="paid")]}) == (
        "order.go",
        "paid",
    )
    assert refused(table | {"stars": []}) == ("stars", "stars")
    fewer = [r for r in table["payment"] if "refunded" not in (r["to"], *r["from"])]
    assert refused(table | {"payment": fewer}) == ("payment", "refunded")


def test_a_guard_is_explained_exactly_once(table):
    assert refused(table | {"guard": table["guard"][1:]}) == ("guard", "paid_proofs")
    assert refused(table | {"guard": [*table["guard"], table["guard"][0]]})[0] == "guard"


def test_every_state_of_every_machine_is_in_the_drawing(rules):
    for machine, states in (
        (Machine.ORDER, OrderState),
        (Machine.PAYMENT, PaymentState),
        (Machine.LOGISTICS, LogisticsState),
    ):
        used = {r.source for r in rules.lifecycle.rows.values() if r.machine is machine}
        used |= {r.to for r in rules.lifecycle.rows.values() if r.machine is machine}
        assert used == set(states)
