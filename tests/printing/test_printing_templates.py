"""A template that says something wrong is refused, naming the file, the line and the element."""

from pathlib import Path

import pytest

from printing.errors import TemplateRefused
from printing.templates import Template, load_template

HEAD = """[template]
code = "mine"
name_en = "Mine"
name_zh = "我的"
why = "For the test."
width_mm = 76
height_mm = 130

"""
BARS = """[[element]]
name = "bars"
kind = "bars"
why = "The number."
x = 3
y = 3
width = 70
height = 12
text = "{waybill_no}"
modules = [0.375]

"""
TEXT = """[[element]]
name = "note"
kind = "text"
why = "A note."
x = 3
y = 20
width = 70
height = 8
text = "{remark}"
sizes = [9, 7]
"""


def refusal_of(tmp_path: Path, source: str) -> TemplateRefused:
    path = tmp_path / "mine.toml"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(TemplateRefused) as refused:
        load_template(path)
    return refused.value


def test_the_shipped_templates_are_understood(templates: dict[str, Template]) -> None:
    assert {"sf_100x150", "sf_76x130", "us_4x6"} <= {*templates}
    assert all(element.why for each in templates.values() for element in each.elements)


def test_a_template_of_the_shop_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + BARS + TEXT, encoding="utf-8")
    template = load_template(path)
    assert [element.name for element in template.elements] == ["bars", "note"]
    assert template.elements[1].sizes == (9.0, 7.0)


@pytest.mark.parametrize(
    ("old", "new", "code", "word"),
    [
        ('kind = "text"', 'kind = "texte"', "template_unknown_word", "texte"),
        ("sizes =", "size =", "template_unknown_word", "size"),
        ("{remark}", "{remrk}", "template_unknown_word", "{remrk}"),
        ("sizes = [9, 7]", 'sizes = [9]\nalign = "middel"', "template_unknown_word", "middel"),
        ("sizes = [9, 7]", 'sizes = [9]\nwhen = "rain"', "template_unknown_word", "rain"),
        ('why = "A note."\n', "", "template_missing_word", "why"),
        ("sizes = [9, 7]\n", "", "template_missing_word", "sizes"),
        ("sizes = [9, 7]", "sizes = [7, 9]", "template_bad_value", "sizes"),
        ("sizes = [9, 7]", "sizes = [3]", "template_bad_value", "sizes"),
        ("width = 70\nheight = 8", 'width = "wide"\nheight = 8', "template_bad_value", "width"),
        ("y = 20", "y = 125", "template_off_paper", "note"),
        ("y = 20", "y = 20\nwhite = true", "template_white_on_white", "note"),
    ],
)
def test_a_wrong_word_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, code: str, word: str
) -> None:
    refusal = refusal_of(tmp_path, HEAD + BARS + TEXT.replace(old, new))
    line = (HEAD + BARS).count("\n") + 1
    assert refusal.code == code
    assert refusal.details == {"file": "mine.toml", "row": line, "element": "note", "word": word}


def test_ink_beside_a_code_is_refused(tmp_path: Path) -> None:
    refusal = refusal_of(tmp_path, HEAD + BARS + TEXT.replace("y = 20", "y = 14"))
    assert refusal.code == "template_ink_in_quiet_zone"
    assert (refusal.details["element"], refusal.details["word"]) == ("bars", "note")


@pytest.mark.parametrize(
    ("source", "code", "word"),
    [
        (HEAD.replace("why", "because"), "template_unknown_word", "because"),
        (HEAD.replace("= 76", '= "76"'), "template_bad_value", "width_mm"),
        (HEAD + "[extra]\n", "template_unknown_word", "extra"),
    ],
)
def test_a_wrong_head_is_refused(tmp_path: Path, source: str, code: str, word: str) -> None:
    refusal = refusal_of(tmp_path, source)
    assert (refusal.code, refusal.details["word"]) == (code, word)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, "[template\n").code == "template_unreadable"
