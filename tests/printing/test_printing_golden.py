"""A known label looks as it looked when a person last approved it."""

import json

import pytest

from printing.layout import lay_out
from printing.metrics import Fonts
from printing.templates import Template
from tests.printing.golden_pages import FOLDER, KNOWN, as_value

PAPERS = ("sf_100x150", "sf_76x130", "us_4x6", "test_page", "recovery_kit", "printed_codes")


@pytest.mark.parametrize("code", PAPERS)
def test_the_known_label_is_unchanged(
    code: str, templates: dict[str, Template], fonts: Fonts
) -> None:
    golden = json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    assert as_value(lay_out(KNOWN, templates[code], fonts)) == golden


def test_every_template_has_its_golden_page(templates: dict[str, Template]) -> None:
    assert {*templates} == {*PAPERS} == {path.stem for path in FOLDER.glob("*.json")}
