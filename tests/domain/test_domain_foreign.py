"""Foreign words and numbers: mapped by the shop's table, never guessed."""

import re

import pytest

from app import rulebook
from app.domain.errors import BadWaybillNumber, RuleRefused
from app.domain.lifecycle import STATES
from app.domain.states import Machine
from app.domain.status import SKIP, Mapped, Unknown, check_word, status_from
from app.domain.waybill_numbers import luhn, numbers_from, s10

WORD = {"raw": "SUCCESS", "to": "paid", "en": "Paid", "zh": "已付款"}
TABLE = {
    "platform": "wallet",
    "order": [WORD, {"raw": "draft", "to": "skip", "en": "No order yet", "zh": "还不是订单"}],
    "logistics": [{"raw": "201", "to": "in_transit", "en": "Moving", "zh": "运输中"}],
}


@pytest.mark.req("F009")
def test_a_known_word_is_mapped_and_an_unknown_one_opens_a_case():
    known = status_from(TABLE, "status_wallet.toml")
    assert known.read("wallet", Machine.ORDER, "SUCCESS").to == "paid"
    assert known.read("wallet", Machine.ORDER, "draft").to == SKIP
    assert known.read("wallet", Machine.LOGISTICS, "201").to == "in_transit"
    for platform, machine, raw in (
        ("wallet", Machine.ORDER, "success"),
        ("wallet", Machine.ORDER, "201"),
        ("other", Machine.ORDER, "SUCCESS"),
    ):
        unknown = known.read(platform, machine, raw)
        assert unknown == Unknown(platform, machine, raw, "unknown_status")
    assert known.platforms() == {"wallet"}


@pytest.mark.req("F009")
def test_a_row_the_shop_edits_counts_at_once_and_beside_the_shipped_ones():
    known = status_from(TABLE, "status_wallet.toml")
    edited = known.with_rows(
        [
            Mapped("wallet", Machine.ORDER, "SUCCESS", "allocated"),
            Mapped("wallet", Machine.ORDER, "NEWWORD", "cancelled"),
        ]
    )
    assert edited.read("wallet", Machine.ORDER, "SUCCESS").to == "allocated"
    assert edited.read("wallet", Machine.ORDER, "NEWWORD").to == "cancelled"
    assert edited.read("wallet", Machine.LOGISTICS, "201").to == "in_transit"
    assert known.read("wallet", Machine.ORDER, "SUCCESS").to == "paid"


@pytest.mark.parametrize(
    ("table", "word"),
    [
        (TABLE | {"order": [WORD | {"to": "gone"}]}, "gone"),
        (TABLE | {"order": [WORD, WORD]}, "SUCCESS"),
        (TABLE | {"order": [WORD | {"hue": "x"}]}, "hue"),
        (TABLE | {"weather": []}, "weather"),
        (TABLE | {"payment": [WORD | {"to": "shipped"}]}, "shipped"),
        ({}, ""),
    ],
)
def test_a_map_with_a_word_we_do_not_know_is_refused_by_name(table, word):
    with pytest.raises(RuleRefused) as refused:
        status_from(table, "status_wallet.toml")
    assert refused.value.details["word"] == word


def test_an_edited_row_is_checked_like_a_shipped_one():
    for machine, states in STATES.items():
        for state in (*states, SKIP):
            check_word(machine, str(state), "status", "row")
        with pytest.raises(RuleRefused):
            check_word(machine, "nonsense", "status", "row")


@pytest.mark.req("F009")
def test_the_shipped_maps_lead_to_our_states_only():
    for mapped in rulebook.load().status.rows.values():
        assert mapped.to == SKIP or mapped.to in set(STATES[mapped.machine])


def form(**changes):
    base = {"code": "ems", "pattern": r"[A-Z]{2}\d{9}CN", "check": "s10", "en": "e", "zh": "z"}
    return {"carrier": [base | changes]}


@pytest.mark.req("F182", "F253")
def test_a_typed_number_must_have_the_carriers_form_and_check_digit():
    known = numbers_from(form(), "waybill_numbers.toml")
    # RR473124829GB is the worked example of UPU S10: weighted sum 200, check digit 9.
    assert s10("473124829")
    assert known.accept("ems", " rr 473124829-cn ") == "RR473124829CN"
    for wrong in range(10):
        if wrong != 9:
            with pytest.raises(BadWaybillNumber):
                known.accept("ems", f"RR47312482{wrong}CN")
    for typed, carrier in (("RR473124829GB", "ems"), ("", "ems"), ("RR473124829CN", "unknown")):
        with pytest.raises(BadWaybillNumber):
            known.accept(carrier, typed)


def test_check_digits_at_their_edges():
    assert s10("000000005")  # a remainder of 0 checks as 5
    assert s10("003000000")  # a remainder of 1 checks as 0
    assert not s10("000000000")
    assert luhn("79927398713")
    assert not luhn("79927398710")
    assert not s10("12345")


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"check": "tarot"}, "tarot"), ({"pattern": "("}, "("), ({"size": 3}, "size")],
)
def test_a_form_with_an_unknown_word_is_refused_by_name(changes, word):
    with pytest.raises(RuleRefused) as refused:
        numbers_from(form(**changes), "waybill_numbers.toml")
    assert refused.value.details["word"] == word
    with pytest.raises(RuleRefused):
        numbers_from({"planet": []}, "waybill_numbers.toml")


def test_the_shipped_forms_read():
    for one in rulebook.load().waybill_numbers.forms:
        assert isinstance(one.pattern, re.Pattern)
