"""Every way syncing can fail has its sentence and its remedy, in both languages."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from sync import errors
from sync.channels.woocommerce_read import CORE_STATUSES

HOUSE = Path(__file__).parents[2]
WORDS = tomllib.loads((HOUSE / "resources/words/errors_sync.toml").read_text("utf-8"))["errors"]
FORMS = {"title_en", "title_zh", "remedy_en", "remedy_zh"}
CODE = re.compile(r"(sync|woo|push)_[a-z_]+")
TREE = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.SyncError)
]


def codes_raised() -> set[str]:
    """Codes given to an error in sync or by the keeper, who takes pushes; and the classes' own."""
    names = {kind.__name__ for kind in TREE} | {"CheckResult"}
    found = {kind.code for kind in TREE}
    for path in (*(HOUSE / "sync").rglob("*.py"), *(HOUSE / "app/keeper").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                strings = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
                found |= {s for s in strings if isinstance(s, str) and CODE.fullmatch(s)}
    return found


def test_every_code_has_its_words_in_both_languages() -> None:
    missing = sorted(codes_raised() - set(WORDS))
    assert missing == []
    assert all(set(row) >= FORMS for row in WORDS.values())


def test_no_words_stand_for_a_code_nobody_raises() -> None:
    own = {code for code in WORDS if CODE.fullmatch(code)}
    assert sorted(own - codes_raised()) == []


@pytest.mark.parametrize("code", sorted(WORDS))
def test_both_languages_use_the_same_placeholders(code) -> None:
    row = WORDS[code]
    for part in ("title", "remedy"):
        marks = [set(re.findall(r"{(\w+)}", row[f"{part}_{lang}"])) for lang in ("en", "zh")]
        assert marks[0] == marks[1]


@pytest.mark.parametrize("kind", TREE)
def test_every_error_stands_in_the_tree_and_says_its_sentence(kind) -> None:
    assert kind.__name__ in (errors.__doc__ or "")
    sentence = str(kind(host="shop.example"))
    assert sentence.endswith(
        "]" if issubclass(kind, errors.Rejected) else f"[{kind.code}: host=shop.example]"
    )
    assert not sentence.startswith("[")


def test_a_refusal_keeps_their_words_but_not_a_whole_page_of_them() -> None:
    refused = errors.Rejected(foreign_code="bad", text="x" * 9000)
    assert len(refused.text) == 500
    assert refused.details["foreign_code"] == "bad"


@pytest.mark.req("F009")
def test_every_status_of_the_platform_has_a_row_in_the_editable_map() -> None:
    rules = tomllib.loads((HOUSE / "resources/rules/status_woocommerce.toml").read_text("utf-8"))
    assert {row["raw"] for row in rules["order"]} == CORE_STATUSES
    told = {"paid", "unpaid", "cod", "partly_refunded", "refunded"}
    assert {row["raw"] for row in rules["payment"]} == told
