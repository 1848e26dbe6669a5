"""Every word the desk builds from a code is there in both languages."""

import ast
import json
from pathlib import Path

import pytest

from app.desk.actions import ACTIONS
from app.desk.case_cells import case_advice, case_facts
from app.desk.places import PLACES
from app.desk.speech import Speech
from app.desk.timeline import told
from app.domain.board import Tab
from app.domain.states import Held, LogisticsState, OrderState, PrintState, ShipTrigger
from app.reads.panel import EventRow
from app.rulebook import load
from tests.house.sources import dotted, read_all

ONE_OF = {
    "tab": Tab,
    "order": OrderState,
    "logistics": LogisticsState,
    "print": PrintState,
    "scan_step": ShipTrigger,
    "board_held": [held for held in Held if held],
    "flag": ("none", "red", "yellow", "green", "blue", "purple", "pink", "grey"),
    "bar": ("link_starting", "link_ready", "link_restarting", "link_gone"),
    "theme": ("system", "light", "dark"),
}


def event_kinds() -> set[str]:
    """Every kind of event that operations and store write down."""
    found = {f"print_{state}" for state in PrintState} | {f"scan_{step}" for step in ShipTrigger}
    for source in read_all("app/operations", "app/store"):
        for call in source.calls():
            name = dotted(call.func).rpartition(".")[2]
            at = {"note": 2, "_tell": 1}.get(name)
            if at is not None and len(call.args) > at:
                arg = call.args[at]
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
                    found.add(arg.value)
    return found | {"shipped_on_platform", "completed_on_platform", "kept_pending"}


@pytest.mark.parametrize("area", sorted(ONE_OF))
def test_every_code_of_an_area_has_its_word(area: str) -> None:
    words = load().words
    assert [code for code in ONE_OF[area] if not words.has(f"{area}.{code}")] == []


def test_every_exception_has_a_short_word_for_the_board() -> None:
    law = load()
    assert [kind for kind in law.cases if not law.words.has(f"case_word.{kind}")] == []


def test_every_action_and_place_has_its_words() -> None:
    words = load().words
    keys = [key for action in ACTIONS for key in (action.word, action.right)]
    assert [
        key
        for key in (*keys, *(key for place in PLACES for key in (place.word, place.right)))
        if not words.has(key)
    ] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_event_is_told_in_words(lang: str) -> None:
    law = load()
    speech = Speech(law.words, lang, "Asia/Shanghai")
    kinds = event_kinds()
    assert len(kinds) > 40
    for kind in kinds:
        assert law.words.has(f"event.{kind}"), kind
        line = told(EventRow(0, kind, "{}", "lead", "info"), speech)
        assert line
        assert "{" not in line


def test_reasons_and_codes_of_events_are_said() -> None:
    speech = Speech(load().words, "zh", "Asia/Shanghai")
    step = EventRow(0, "step", '{"machine":"order","action":"ship","to":"shipped"}', "x", "info")
    assert "已发货" in told(step, speech)
    held = EventRow(0, "held", '{"reason":"买家要求"}', "x", "info")
    assert told(held, speech) == "挂起：买家要求"
    amount = '{"before":100,"after":250,"currency":"CNY","reason":"x"}'
    assert "¥1.00 → ¥2.50" in told(EventRow(0, "amount", amount, "x", "info"), speech)


def test_the_desk_names_no_module_it_may_not_know() -> None:
    for source in read_all("app/desk"):
        for _, name in source.imports():
            assert not name.startswith(("app.store", "app.operations", "app.keeper", "sync.")), name
    assert Path(__file__).exists()


@pytest.mark.parametrize(
    ("lang", "title", "remedy"),
    [
        ("en", "The carrier refused: SF does not serve this address", "another carrier"),
        ("zh", "快递拒绝出号：顺丰不派送该地址", "改用其他快递"),
    ],
)
def test_a_carriers_no_is_told_in_our_words_where_we_have_some(lang, title, remedy) -> None:
    """SF says "2" of an address it does not serve; nobody at a desk knows what that means."""
    speech = Speech(load().words, lang, "Asia/Shanghai")
    args = json.dumps({"text": "2", "code": "3", "error": "sf_not_deliverable", "waybill_no": ""})
    told = speech.tell("case.waybill_rejected.title", case_facts(args, speech))
    assert told == title
    assert remedy in case_advice("waybill_rejected", args, speech)


def test_a_carriers_no_without_words_of_ours_stays_in_its_own() -> None:
    speech = Speech(load().words, "en", "Asia/Shanghai")
    for error in ("", "no_such_error"):
        args = json.dumps({"text": "Weight over 30 kg", "code": "88", "error": error})
        told = speech.tell("case.waybill_rejected.title", case_facts(args, speech))
        assert told == "The carrier refused: Weight over 30 kg"
        advice = case_advice("waybill_rejected", args, speech)
        assert advice == speech.say("case.waybill_rejected.advice")
