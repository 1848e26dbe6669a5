"""Every state, rule and refusal has its words in both languages, and no word is left over."""

import re
import shutil
import string
import tomllib

import pytest

from app import rulebook
from app.domain import audit, board, errors, guards, numbers, states, times
from app.domain.cases import cases_from
from app.domain.errors import Fault, MissingProofs, Refusal, RuleRefused, WaydeskError
from app.domain.guards import GUARDS, check
from app.domain.order import Line, ReceiverView
from app.domain.policy import policy_from
from app.domain.states import Held, OrderState, PaidPolicy, PaymentState, ShipTrigger
from app.domain.words import Words, sentences_from
from tests.domain.shop_facts import facts, policy

AREAS = {
    "machine": states.Machine,
    "order": states.OrderState,
    "payment": states.PaymentState,
    "logistics": states.LogisticsState,
    "kind": states.OrderKind,
    "intake": states.IntakeState,
    "lock_kind": states.LockKind,
    "lock_state": states.LockState,
    "waybill": states.WaybillState,
    "print": states.PrintState,
    "print_confirmed": states.PrintConfirmed,
    "parcel": states.ParcelState,
    "outbox": states.OutboxState,
    "proof": states.ProofKind,
    "paid_policy": states.PaidPolicy,
    "ship_trigger": states.ShipTrigger,
    "part_shipment": states.PartShipment,
    "lock_moment": states.LockMoment,
    "case_state": states.CaseState,
    "priority": states.Priority,
    "responsible": states.Responsible,
    "audit_result": states.AuditResult,
    "breach": audit.Breach,
    "reading": times.Reading,
    "number": numbers.NumberKind,
    "tab": board.Tab,
}


@pytest.fixture(scope="module")
def rules():
    return rulebook.load()


@pytest.fixture(scope="module")
def spoken():
    with (rulebook.RESOURCES / "words" / "states.toml").open("rb") as file:
        return tomllib.load(file)


@pytest.mark.parametrize("area", list(AREAS))
def test_the_words_of_a_state_are_exactly_its_values(spoken, area):
    assert set(spoken[area]) - {"waybill"} == {str(one) for one in AREAS[area]} - {"waybill"}


@pytest.mark.req("F111")
def test_an_order_is_of_one_of_the_kinds_the_shop_knows(spoken):
    assert {"normal", "rush", "sample"} <= set(spoken["kind"]) == {*states.OrderKind}
    assert [spoken["kind"][kind]["zh"] for kind in ("normal", "rush", "sample")] == [
        "普通单",
        "加急单",
        "样品单",
    ]


def test_each_way_of_standing_still_has_a_word(spoken):
    assert set(spoken["held"]) == {held.value for held in Held if held}


FAMILY = [
    cls
    for cls in vars(errors).values()
    if isinstance(cls, type)
    and issubclass(cls, WaydeskError)
    and cls not in {WaydeskError, Refusal, Fault}
]


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("cls", FAMILY, ids=lambda cls: cls.__name__)
def test_every_refusal_says_what_happened_and_what_to_do(rules, cls):
    for part in ("title", "remedy"):
        forms = rules.words.sentences[f"errors.{cls.code}.{part}"]
        for lang in ("en", "zh"):
            assert placeholders(forms[lang]) <= set(cls.takes)
    both = [
        placeholders(rules.words.sentences[f"errors.{cls.code}.title"][lang])
        | placeholders(rules.words.sentences[f"errors.{cls.code}.remedy"][lang])
        for lang in ("en", "zh")
    ]
    assert both[0] == both[1]


def test_no_words_are_kept_for_a_refusal_that_does_not_exist():
    with (rulebook.RESOURCES / "words" / "errors_shop.toml").open("rb") as file:
        assert set(tomllib.load(file)["errors"]) == {cls.code for cls in FAMILY}


def test_codes_are_stable_and_the_drawing_at_the_top_shows_the_whole_family():
    assert len({cls.code for cls in FAMILY}) == len(FAMILY)
    assert errors.NotSignedIn.code == "not_signed_in"
    drawn = set(re.findall(r"\b[A-Z]\w+", errors.__doc__ or ""))
    assert {cls.__name__ for cls in FAMILY} <= drawn
    assert all(issubclass(cls, Refusal) != issubclass(cls, Fault) for cls in FAMILY)


def test_a_refusal_is_told_in_the_persons_words_not_in_codes(rules):
    told = MissingProofs(action="ship", missing="carrier_acceptance,weigh_out", case_kind="x")
    assert rules.words.told(told, "zh")[0] == "“发货”暂不能进行：快递揽收、称重出库"
    assert rules.words.told(told, "en")[0] == "“Ship” must wait: carrier's pickup, weigh-out"
    told = errors.NotInState(machine="order", state="paid", action="ship")
    assert rules.words.told(told, "zh")[0] == "当前为“已付款”，不能“发货”"
    assert rules.words.told(errors.OrderOnHold(order_no="1", why="risk"), "en")[0] == (
        "Order 1 is held: Platform risk review"
    )
    assert "paid" in str(told)


def test_a_missing_word_shows_its_key_and_a_missing_value_a_dash():
    words = Words({"a.b": {"en": "{n} of {who.__class__} {n[0]}"}})
    assert words.say("x.y", "zh") == "x.y"
    assert words.say("a.b", "zh", n=3) == "3 of – –"
    assert words.say("a.b", "en", n="") == "– of – –"
    assert Words({"a.b": {"en": "{key} {lang}"}}).say("a.b", "en", key="k", lang="l") == "k l"


FACTS = (
    facts(
        policy(paid_policy=rule, ship_trigger=trigger),
        state=OrderState.PAID,
        held=held,
        payment=PaymentState.UNPAID,
        proofs=frozenset(),
        parcels=(),
        open_refund=True,
        lines=lines,
        receiver=ReceiverView(),
        platform_cancelled=True,
    )
    for rule in PaidPolicy
    for trigger in ShipTrigger
    for held in Held
    for lines in ((), (Line(1, "A", 2, sku_known=False),))
)


def test_whatever_is_missing_is_said_in_full_and_has_a_short_word(rules, spoken):
    seen = set()
    for looked_at in FACTS:
        for missing in check(tuple(GUARDS), looked_at):
            seen.add(missing.guard)
            for lang in ("en", "zh"):
                text = rules.words.say(missing.key, lang, **missing.args)
                assert text != missing.key
                assert "–" not in text
            assert missing.proof in spoken["proof"] or missing.proof in spoken["missing_word"]
    assert seen == set(GUARDS)


def test_every_case_a_guard_opens_has_a_short_word(rules, spoken):
    for guard in rules.lifecycle.guards.values():
        assert guard.case_kind in rules.cases
        assert guard.case_kind in spoken["case_word"]


def test_every_rule_has_its_sentence_in_both_languages(rules):
    law = rules.lifecycle
    keys = [f"permission.{name}" for name in rules.roles.permissions]
    keys += [f"role.{name}" for name in rules.roles.roles]
    keys += [f"step.{r.machine}.{r.action}" for r in law.rows.values()]
    keys += [f"step.{r.machine}.{r.action}.why" for r in law.rows.values()]
    keys += [f"case.{name}.{part}" for name in rules.cases for part in ("title", "advice")]
    keys += [f"guard.{name}" for name in guards.GUARDS]
    keys += [f"policy.{name}" for name in type(rules.policy).__slots__]
    for key in keys:
        en, zh = (rules.words.say(key, lang) for lang in ("en", "zh"))
        assert en != key
        assert zh != key
        assert re.search(r"[\u4e00-\u9fff]", zh)


def test_both_languages_of_a_case_ask_for_the_same_facts(rules):
    for kind in rules.cases.values():
        assert placeholders(kind.title_en) == placeholders(kind.title_zh)
        assert placeholders(kind.advice_en) == placeholders(kind.advice_zh)
        assert kind.due_at(1000) == 1000 + kind.due_minutes * 60_000


def test_a_words_file_that_lacks_a_language_or_is_no_text_is_refused():
    for bad, word in (({"en": "x"}, "zh"), ({"en": "x", "fr": "y"}, "fr"), ({"en": 3}, "en")):
        with pytest.raises(RuleRefused) as refused:
            list(sentences_from({"area": {"key": bad}}, "f.toml"))
        assert refused.value.details["word"] == word
    with pytest.raises(RuleRefused):
        list(sentences_from({"area": 3}, "f.toml"))


@pytest.fixture
def own(tmp_path):
    for part in ("rules", "words"):
        shutil.copytree(rulebook.RESOURCES / part, tmp_path / part)
    return tmp_path


def test_two_files_that_speak_for_one_key_are_refused(own):
    (own / "words" / "zz.toml").write_text('[order.paid]\nen = "x"\nzh = "y"\n', "utf-8")
    with pytest.raises(RuleRefused) as refused:
        rulebook.load(own)
    assert refused.value.details == {"file": "zz.toml", "row": "states.toml", "word": "order.paid"}


def test_a_rule_file_that_is_gone_or_no_toml_is_refused_by_name(own):
    (own / "rules" / "cases.toml").write_text("[[case", "utf-8")
    with pytest.raises(RuleRefused) as refused:
        rulebook.load(own)
    assert refused.value.details["file"] == "cases.toml"
    (own / "rules" / "cases.toml").unlink()
    with pytest.raises(RuleRefused) as refused:
        rulebook.load(own)
    assert refused.value.details == {"file": "cases.toml", "row": "", "word": "missing"}


def test_a_guards_case_must_be_a_kind_of_case(own):
    file = own / "rules" / "lifecycle.toml"
    text = file.read_text("utf-8").replace('case = "short_stock"', 'case = "sold_out"')
    file.write_text(text, "utf-8")
    with pytest.raises(RuleRefused) as refused:
        rulebook.load(own)
    assert refused.value.details == {
        "file": "lifecycle.toml",
        "row": "stock_frozen",
        "word": "sold_out",
    }


@pytest.mark.req("F230")
def test_the_shops_own_choice_stands_above_the_default(rules):
    assert rules.policy.ship_trigger is ShipTrigger.WEIGH_OUT
    for trigger in ShipTrigger:
        chosen = rulebook.load(choices={"ship_trigger": trigger.value}).policy
        assert chosen.ship_trigger is trigger


@pytest.mark.parametrize(
    ("choices", "word"),
    [
        ({"ship_trigger": "telepathy"}, "telepathy"),
        ({"soft_lock_minutes": "30"}, "30"),
        ({"soft_lock_minutes": True}, "True"),
        ({"soft_lock_minutes": -1}, "-1"),
        ({"auto_print": 1}, "1"),
        ({"favourite_colour": "red"}, "favourite_colour"),
    ],
)
def test_a_choice_that_does_not_exist_is_refused_by_name(choices, word):
    with pytest.raises(RuleRefused) as refused:
        policy_from(choices, "settings")
    assert refused.value.details == {"file": "settings", "row": next(iter(choices)), "word": word}


def test_every_choice_has_a_row_in_the_shops_file(rules):
    with (rulebook.RESOURCES / "rules" / "shop.toml").open("rb") as file:
        assert set(tomllib.load(file)) == set(type(rules.policy).__slots__)


CASE = {
    "name": "n",
    "priority": "P1",
    "due_minutes": 5,
    "party": "shop",
    "title_en": "a",
    "title_zh": "b",
    "advice_en": "c",
    "advice_zh": "d",
}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"priority": "P9"}, "P9"),
        ({"party": "fate"}, "fate"),
        ({"due_minutes": 0}, "0"),
        ({"due_minutes": "5"}, "5"),
        ({"smell": "odd"}, "smell"),
        ({"advice_zh": ""}, "advice_zh"),
    ],
)
def test_a_case_kind_with_an_unknown_word_is_refused_by_name(changes, word):
    with pytest.raises(RuleRefused) as refused:
        cases_from({"case": [CASE | changes]}, "cases.toml")
    assert refused.value.details == {"file": "cases.toml", "row": "n", "word": word}
    for table in ({"case": [CASE, CASE]}, {"case": [CASE], "cats": []}):
        with pytest.raises(RuleRefused):
            cases_from(table, "cases.toml")
    assert cases_from({"case": [CASE]}, "cases.toml")["n"].blocks is False
