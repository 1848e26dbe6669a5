"""The list of what can be connected refuses a word it does not know, naming the row."""

import copy
import shutil
import tomllib
from pathlib import Path

import pytest

from app.domain.connections import Asking, Kind, connections_from
from app.domain.errors import BadValue, RuleRefused
from app.rulebook import RESOURCES, load

FOLDER = RESOURCES / "rules/connections"
FILES = ("capabilities", "woocommerce", "sf")
TABLE = tomllib.loads("\n".join((FOLDER / f"{n}.toml").read_text("utf-8") for n in FILES))
del TABLE["offered"]


def test_a_platform_has_its_fields_in_the_order_they_are_asked() -> None:
    served = connections_from(TABLE, "sf.toml")
    woo = served.get(Kind.PLATFORM, "woocommerce")
    assert [each.name for each in woo.way().fields] == ["address", "key", "secret", "push_secret"]
    assert [each.ask for each in woo.way().fields][-1] is Asking.EXPERT
    assert served.words["connection.woocommerce.key_where"][0].startswith("WooCommerce > Settings")


def test_a_sentence_may_stand_before_everything_that_is_asked() -> None:
    served = connections_from(TABLE, "sf.toml")
    assert served.get(Kind.PLATFORM, "woocommerce").first
    assert served.words["connection.woocommerce.first"][0].startswith("Any WooCommerce shop")
    table = copy.deepcopy(TABLE)
    for key in ("first_en", "first_zh"):
        del table["connection"][0][key]
    bare = connections_from(table, "sf.toml")
    assert not bare.get(Kind.PLATFORM, "woocommerce").first
    assert "connection.woocommerce.first" not in bare.words


def test_a_way_that_is_not_there_is_refused_by_name() -> None:
    row = connections_from(TABLE, "sf.toml").get(Kind.CARRIER, "sf")
    with pytest.raises(BadValue):
        row.way("pigeon")
    with pytest.raises(BadValue):
        connections_from(TABLE, "sf.toml").get(Kind.CARRIER, "pigeon")


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda t: t["connection"][0]["can"].append("fly"), "fly"),
        (lambda t: t["connection"][0].update(kind="shop"), "shop"),
        (lambda t: t["connection"][0]["field"][0].update(ask="maybe"), "maybe"),
        (lambda t: t["connection"][0]["field"][0].update(hint="x"), "hint"),
        (lambda t: t["connection"][0]["way"][0]["fields"].append("pin"), "pin"),
        (lambda t: t["connection"][0].pop("zh"), "zh"),
        (lambda t: t["connection"][0].pop("first_zh"), "first_zh"),
        (lambda t: t.update(conections=[]), "conections"),
    ],
)
def test_a_word_without_meaning_is_refused_by_name(spoil, word) -> None:
    table = copy.deepcopy(TABLE)
    spoil(table)
    with pytest.raises(RuleRefused) as refused:
        connections_from(table, "sf.toml")
    assert refused.value.details["word"] == word


def test_a_file_nobody_is_offered_is_refused_by_name(tmp_path: Path) -> None:
    shutil.copytree(RESOURCES / "rules", tmp_path / "rules")
    for name in ("words", "heads"):
        (tmp_path / name).symlink_to(RESOURCES / name)
    folder = tmp_path / "rules/connections"
    offered = [row.name for row in load(tmp_path).connections.rows]
    assert offered.index("woocommerce") < offered.index("shopify")
    shutil.copy(folder / "sf.toml", folder / "pigeon.toml")
    with pytest.raises(RuleRefused) as refused:
        load(tmp_path)
    assert refused.value.details["word"] == "pigeon"
