"""Whatever can go wrong in printing has a title and a remedy in both languages."""

import re
import tomllib
from enum import StrEnum

from printing import printers_raw
from printing.templates import _CHOICES
from tests.printing.conftest import RESOURCES

SOURCES = sorted((RESOURCES.parent / "printing").glob("*.py"))
RAISED = re.compile(
    r"""(?:LayoutRefused|TemplateRefused|PrinterRefused|Fault|refuse)\(\s*"([a-z0-9_]+)\"""",
    re.DOTALL,
)


def words() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((RESOURCES / "words" / "errors_printing.toml").read_text(encoding="utf-8"))


def test_every_code_has_words_and_every_word_a_code() -> None:
    raised = {code for path in SOURCES for code in RAISED.findall(path.read_text("utf-8"))}
    assert {*words()["errors"]} == raised | _CHOICES["refusal"]


def test_titles_and_remedies_stand_in_both_languages() -> None:
    for code, said in words()["errors"].items():
        assert {*said} == {"title_en", "title_zh", "remedy_en", "remedy_zh"}, code
        braces = [{*re.findall(r"\{(\w+)\}", said[f"title_{tongue}"])} for tongue in ("en", "zh")]
        assert braces[0] == braces[1], code


def test_every_fate_and_cause_of_a_raw_print_has_words() -> None:
    source = (RESOURCES.parent / "printing" / "printers_raw.py").read_text("utf-8")
    causes = {*re.findall(r'Outcome\(Sending\.\w+, "(\w+)"\)', source)}
    flags = {*printers_raw._FIRST_FLAGS.values(), *printers_raw._SECOND_FLAGS.values()}
    fates: type[StrEnum] = printers_raw.Sending
    assert {*words()["printing"]} == causes | flags | {*map(str, fates)}
