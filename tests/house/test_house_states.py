"""Every status on a screen is a word of our own hub (F002): no platform's code stands there."""

import ast
import tomllib
from pathlib import Path

import pytest

from app.domain import states
from app.domain.states import StrEnum

ROOT = Path(__file__).resolve().parents[2]
VIEWS = ("app/desk", "app/reads")


def our_words() -> set[str]:
    kinds = (kind for kind in vars(states).values() if isinstance(kind, type))
    return {str(word) for kind in kinds if issubclass(kind, StrEnum) for word in kind}


def platform_words() -> set[str]:
    found: set[str] = set()
    for file in (ROOT / "resources/rules").glob("status_*.toml"):
        tables = tomllib.loads(file.read_text("utf-8")).values()
        found |= {row["raw"] for table in tables if isinstance(table, list) for row in table}
    plain = {"pending", "new", "none"}  # English words that screens use in other senses
    return found - our_words() - plain


def said_in(source: str) -> set[str]:
    nodes = ast.walk(ast.parse(source))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


@pytest.mark.req("F002")
def test_no_screen_and_no_read_knows_a_platforms_code() -> None:
    foreign = platform_words()
    assert {"on-hold", "processing"} <= foreign
    for folder in VIEWS:
        for file in (ROOT / folder).rglob("*.py"):
            known = said_in(file.read_text("utf-8")) & foreign
            assert not known, f"{file.relative_to(ROOT)} says {sorted(known)}"


def test_the_check_finds_a_code_that_was_slipped_in() -> None:
    assert said_in('if row.state == "on-hold": pass') & platform_words() == {"on-hold"}
