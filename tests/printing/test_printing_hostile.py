"""What a buyer writes can neither command a printer nor hide on paper."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from printing.documents import LabelDocument, Party
from printing.errors import LayoutRefused
from printing.layout import lay_out, missing_glyphs
from printing.legible import MARK, grouped, legible
from printing.metrics import Fonts
from printing.raster import Raster
from printing.templates import Template
from printing.tspl import tspl_label
from printing.zpl import zpl_label
from tests.printing.label_orders import orders
from tests.printing.symbol_readers import read_zxing
from tests.printing.zpl_lexer import commands, drawn

OWN_COMMANDS = ["^XA", "^PW", "^LL", "^LH", "^FO", "^GF", "^FS", "^PQ", "^XZ"]
HOSTILE = st.one_of(
    st.sampled_from(
        ["^XZ^XA^FDowned^FS", "~JR", "^DFE:X.ZPL^FS", '"\r\nPRINT 9,9\r\n', "\x1b@\x02\x03", "_5E"]
    ),
    st.text(alphabet=st.sampled_from('^~_XAZFDGS,:"\\\r\n\x00\x02\x03\x1b 张三Ab1'), max_size=40),
    st.text(max_size=30),
)
FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def addressed(text: str) -> LabelDocument:
    return replace(
        orders(1)[0], receiver=Party(text, text, (text, text)), remark=text, goods=(text,)
    )


@FEW
@given(text=HOSTILE)
def test_no_address_adds_a_command_to_a_zpl_job(
    text: str, templates: dict[str, Template], fonts: Fonts, raster: Raster
) -> None:
    try:
        page = lay_out(addressed(text), templates["sf_100x150"], fonts)
    except LayoutRefused as refusal:
        assert refusal.code in {"missing_glyphs", "address_too_long", "name_too_long"}  # noqa: PT017
        return
    assert [name for name, _ in commands(zpl_label(page, raster))] == OWN_COMMANDS


@FEW
@given(text=HOSTILE)
def test_no_address_adds_a_line_to_a_tspl_job(
    text: str, templates: dict[str, Template], fonts: Fonts, raster: Raster
) -> None:
    try:
        page = lay_out(addressed(text), templates["sf_76x130"], fonts)
    except LayoutRefused:
        return
    job = tspl_label(page, raster)
    head, body = job.split(b",0,", 1)[0], job
    words = [line.split(b" ")[0] for line in head.split(b"\r\n")]
    assert words == [b"SIZE", b"DIRECTION", b"REFERENCE", b"CLS", b"BITMAP"]
    row_bytes, height = map(int, head.rsplit(b",", 2)[1:])
    assert len(body) == len(head) + 3 + row_bytes * height + len(b"\r\nPRINT 1,1\r\n")


@pytest.mark.parametrize("packing", ["z64", "acs"])
def test_a_zpl_job_draws_the_very_bitmap_that_was_laid_out(
    packing: str, templates: dict[str, Template], fonts: Fonts, raster: Raster
) -> None:
    for document in orders(6, seed=3):
        page = lay_out(document, templates["sf_100x150"], fonts)
        picture = drawn(zpl_label(page, raster, packing))  # type: ignore[arg-type]
        laid_out = raster.image(page).convert("L").point(lambda level: 255 - level)
        assert ImageChops.difference(picture, laid_out).getbbox() is None
        assert read_zxing(picture)["Code128"] == document.waybill_no


def test_control_and_direction_characters_stand_on_paper_as_a_mark() -> None:
    assert legible("张\u202e三\x1b[2J") == f"张{MARK}三{MARK}[2J"
    assert legible("a\u2066b\u2069c\u200fd\x07") == f"a{MARK}b{MARK}c{MARK}d{MARK}"


def test_blanks_become_one_space_and_invisible_characters_vanish() -> None:
    assert legible(" 北京市\r\n\t朝阳区\u3000三里屯\u200b\ufeff ") == "北京市 朝阳区 三里屯"
    assert legible("e\u0301") == "é"
    assert legible("\u2f45") == "方"


def test_a_waybill_number_is_grouped_for_reading_out() -> None:
    assert grouped("SF1334467816034") == "SF 133 446 781 6034"
    assert grouped("94001118992231974281") == "9400 1118 9922 3197 4281"
    assert grouped("1Z-99") == "1Z-99"


def test_a_name_no_font_can_draw_is_found_before_printing(
    templates: dict[str, Template], fonts: Fonts
) -> None:
    document = addressed("小仙女🌸𪚥")
    assert missing_glyphs(document, fonts) == ("🌸", "𪚥")
    with pytest.raises(LayoutRefused) as refused:
        lay_out(document, templates["sf_100x150"], fonts)
    assert refused.value.code == "missing_glyphs"
    assert refused.value.details["glyphs"] == "🌸 𪚥"


def test_rare_name_characters_are_drawn(fonts: Fonts) -> None:
    assert missing_glyphs(addressed("䶮㛃㙘𬭚𬍛𪟝𠅤喆堃犇頔龑"), fonts) == ()
    assert missing_glyphs(addressed("Łukasz Žižka Ærøskøbing Ђорђе Ελλάδα"), fonts) == ()
