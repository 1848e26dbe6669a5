"""The list of what can be connected refuses a word it does not know, naming the row."""

import copy
import tomllib

import pytest

from app.domain.connections import Asking, Kind, connections_from
from app.domain.errors import BadValue, RuleRefused
from app.rulebook import RESOURCES

TABLE = tomllib.loads((RESOURCES / "rules/connections.toml").read_text("utf-8"))


def test_a_platform_has_its_fields_in_the_order_they_are_asked() -> None:
    served = connections_from(TABLE, "connections.toml")
    woo = served.get(Kind.PLATFORM, "woocommerce")
    assert [each.name for each in woo.way().fields] == ["address", "key", "secret", "push_secret"]
    assert [each.ask for each in woo.way().fields][-1] is Asking.EXPERT
    assert served.words["connection.woocommerce.key_where"][0].startswith("WooCommerce > Settings")


def test_a_way_that_is_not_there_is_refused_by_name() -> None:
    row = connections_from(TABLE, "connections.toml").get(Kind.CARRIER, "sf")
    with pytest.raises(BadValue):
        row.way("pigeon")
    with pytest.raises(BadValue):
        connections_from(TABLE, "connections.toml").get(Kind.CARRIER, "pigeon")


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda t: t["connection"][0]["can"].append("fly"), "fly"),
        (lambda t: t["connection"][0].update(kind="shop"), "shop"),
        (lambda t: t["connection"][0]["field"][0].update(ask="maybe"), "maybe"),
        (lambda t: t["connection"][0]["field"][0].update(hint="x"), "hint"),
        (lambda t: t["connection"][0]["way"][0]["fields"].append("pin"), "pin"),
        (lambda t: t["connection"][0].pop("zh"), "zh"),
        (lambda t: t.update(conections=[]), "conections"),
    ],
)
def test_a_word_without_meaning_is_refused_by_name(spoil, word) -> None:
    table = copy.deepcopy(TABLE)
    spoil(table)
    with pytest.raises(RuleRefused) as refused:
        connections_from(table, "connections.toml")
    assert refused.value.details["word"] == word
