"""What can be connected stands in one list, and the list says what the connectors can do."""

import io
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.channels import ChannelsPart, firsts_of, registry, table_of
from app.cli.hands import Hands
from app.compose.channels import declared
from app.compose.clock import Snowflakes, SystemClock, SystemRng
from app.compose.connectors import CARRIERS, CHANNELS, caps
from app.config import Settings
from app.domain.connections import Connections, Kind
from app.rulebook import load

ROOT = Path(__file__).resolve().parents[2]
RULES = load()


def unlike(served: Connections) -> list[str]:
    """Names whose row and connector do not say the same."""
    told = {(row.kind, row.name): row.can for row in served.rows}
    made = {name: each.flags for name, each in caps().items()}
    return sorted(n for _, n in (k for k in told.keys() | made if told.get(k) != made.get(k)))


@pytest.mark.req("F058")
def test_every_connector_stands_in_the_registry_with_what_it_can_do() -> None:
    served = RULES.connections
    assert {row.name for row in served.of(Kind.PLATFORM)} == set(CHANNELS)
    assert {row.name for row in served.of(Kind.CARRIER)} == set(CARRIERS)
    assert unlike(served) == []
    assert len(registry(served, declared())) == len(caps())


def test_a_flag_too_many_is_found() -> None:
    served = RULES.connections
    row = served.get(Kind.PLATFORM, "woocommerce")
    others = tuple(each for each in served.rows if each is not row)
    boasting = replace(served, rows=(replace(row, can=row.can | {"ewaybill"}), *others))
    assert "woocommerce" in unlike(boasting)


@pytest.mark.req("F058")
def test_the_table_in_the_docs_is_the_registry() -> None:
    page = (ROOT / "docs/channels.md").read_text("utf-8")
    rows = registry(RULES.connections, declared())
    for kind in Kind:
        mine = [row for row in rows if row.connection.kind is kind]
        assert table_of(mine, RULES.connections, RULES.words, "en") in page
        assert firsts_of(mine, RULES.words, "en") in page


def test_the_terminal_lists_the_registry(tmp_path: Path) -> None:
    clock = SystemClock()
    hands = Hands(
        Settings(tmp_path),
        clock,
        Snowflakes(clock, 1),
        SystemRng(),
        RULES.words,
        "zh",
        io.StringIO(),
    )
    assert ChannelsPart(declared()).run(Namespace(), hands) == 0
    assert isinstance(hands.out, io.StringIO)
    assert "顺丰速运" in hands.out.getvalue()


def test_a_secret_is_never_shown_in_clear_by_its_example() -> None:
    fields = [each for row in RULES.connections.rows for each in row.fields if each.secret]
    assert fields
    assert all(len(each.example) <= 8 for each in fields)
