"""The label fonts are measured rightly, and they cover the names of the whole country."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from printing.errors import Fault
from printing.flow import Style, lines_in, set_text, wrap
from printing.metrics import Fonts, load_fonts


def test_widths_are_those_of_the_font_files(fonts: Fonts) -> None:
    for face in fonts.faces.values():
        with TTFont(face.path) as font:
            unit = font["head"].unitsPerEm
            advances = font["hmtx"].metrics
            known = {
                chr(code): advances[name][0] / unit for code, name in font.getBestCmap().items()
            }
        assert face.widths == known


def test_every_character_of_gbk_is_drawn(fonts: Fonts) -> None:
    rows = (bytes((high, low)) for high in range(0x81, 0xFF) for low in range(0x40, 0xFF))
    ideographs = [
        char
        for row in rows
        if len(char := row.decode("gbk", "ignore")) == 1 and "\u4e00" <= char <= "\u9fa5"
    ]
    assert len(ideographs) == 20902
    assert fonts.missing(ideographs) == ()


def test_licence_and_origin_stand_beside_the_fonts(fonts: Fonts) -> None:
    folder = fonts.faces["regular"].path.parent
    for name in ("OFL-han.txt", "OFL-latin.txt"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / name).read_text(encoding="utf-8")


def test_a_rare_character_dresses_the_whole_name_alike(fonts: Fonts) -> None:
    assert fonts.dress("张三", "bold") == (("bold", "张三"),)
    assert fonts.dress("张䶮", "bold") == (("regular", "张䶮"),)
    assert fonts.dress("Łukasz", "bold") == (("latin-bold", "Łukasz"),)
    assert "".join(part for _, part in fonts.dress("䶮Ł张", "bold")) == "䶮Ł张"


def test_a_damaged_font_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault) as fault:
        load_fonts(tmp_path)
    assert fault.value.code == "font_unreadable"
    assert fault.value.details == {"file": "WaydeskLabelHan-Bold.ttf"}


def lines_of(text: str, room: float, fonts: Fonts) -> list[str]:
    return ["".join(part for _, part in line.parts) for line in wrap(text, room, "regular", fonts)]


def test_chinese_breaks_anywhere_and_latin_at_blanks(fonts: Fonts) -> None:
    assert lines_of("广东省深圳市南山区", 4, fonts) == ["广东省深", "圳市南山", "区"]
    assert lines_of("Market Street Apt", 4.4, fonts) == ["Market", "Street", "Apt"]
    assert "".join(lines_of("Donaudampfschifffahrt", 3, fonts)) == "Donaudampfschifffahrt"


def test_a_line_does_not_begin_with_closing_punctuation(fonts: Fonts) -> None:
    assert lines_of("广东省深，圳市", 4, fonts) == ["广东省", "深，圳市"]


def test_text_shrinks_in_the_allowed_steps_only(fonts: Fonts) -> None:
    style = Style("regular", (30, 20, 10), 1.2)
    fit = set_text("一二三四五六七八九十", (100, 12), style, fonts)
    assert fit is not None
    assert fit.size == 10
    assert set_text("一二三四五六七八九十零", (100, 12), style, fonts) is None
    assert lines_in(32, 10, 1.1) == 3
    assert lines_in(9, 10, 1.1) == 0
