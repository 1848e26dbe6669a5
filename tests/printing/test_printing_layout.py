"""A label shows everything it was given, in whole dots, or it is refused before printing."""

import re
from dataclasses import replace
from itertools import groupby

import pytest

from printing import symbols
from printing.documents import Party
from printing.errors import LayoutRefused
from printing.layout import lay_out
from printing.metrics import Fonts
from printing.page import Bars, Page
from printing.raster import Raster
from printing.templates import Template
from tests.printing.label_orders import orders

LONG_ADDRESS = "新疆维吾尔自治区巴音郭楞蒙古自治州若羌县罗布泊镇国投罗钾公司生活区第十二栋" * 3
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2


def letters(text: str) -> str:
    return "".join(sorted(re.sub(r"\s", "", text)))


def written_in(page: Page, template: Template, name: str) -> str:
    """Return what stands in the box of one element, as one text."""
    element = next(each for each in template.elements if each.name == name)
    left, top, _, bottom = (round(mm * page.dpi / 25.4) for mm in element.box)
    return "".join(run.text for run in page.runs if run.x >= left and top < run.y <= bottom)


@pytest.mark.parametrize("address", [LONG_ADDRESS, LONG_WORD, f"{LONG_WORD} 三楼，东侧"])
@pytest.mark.parametrize("code", ["sf_100x150", "sf_76x130", "us_4x6"])
def test_every_character_of_a_long_address_is_on_the_page(
    code: str, address: str, templates: dict[str, Template], fonts: Fonts
) -> None:
    document = replace(orders(1)[0], receiver=Party("张三", "138****5678", (address,)))
    page = lay_out(document, templates[code], fonts)
    assert letters(written_in(page, templates[code], "receiver_address")) == letters(address)
    assert all(run.x >= 0 and 0 < run.y <= page.height for run in page.runs)
    for run in page.runs:
        width = fonts.faces[run.face].width(run.text) * run.size
        assert run.x + width <= page.width


@pytest.mark.parametrize("code", ["sf_100x150", "sf_76x130", "us_4x6"])
def test_an_address_that_cannot_fit_is_refused_and_never_cut(
    code: str, templates: dict[str, Template], fonts: Fonts
) -> None:
    document = replace(orders(1)[0], receiver=Party("张三", "1", (LONG_ADDRESS * 9,)))
    with pytest.raises(LayoutRefused) as refused:
        lay_out(document, templates[code], fonts)
    assert refused.value.code == "address_too_long"
    assert refused.value.details["waybill_no"] == document.waybill_no


def test_goods_stand_whole_or_are_counted(templates: dict[str, Template], fonts: Fonts) -> None:
    goods = tuple(f"SKU-{number:02d} 户外防风冲锋衣 黑色 L ×1" for number in range(30))
    page = lay_out(replace(orders(1)[0], goods=goods, remark=""), templates["sf_100x150"], fonts)
    shown = [item for item in goods if item in page.text]
    told = re.search(r"另有 (\d+) 项", page.text)
    assert told is not None
    assert shown == list(goods[: len(shown)])
    assert len(shown) + int(told.group(1)) == len(goods)


def test_a_reprint_says_so_and_a_first_print_does_not(labels: list[Template], fonts: Fonts) -> None:
    first, second = (replace(orders(1)[0], copy_no=copy_no) for copy_no in (1, 2))
    for template in labels:
        assert "COPY" not in lay_out(first, template, fonts).text
        assert "COPY 2" in lay_out(second, template, fonts).text


@pytest.mark.parametrize(
    ("mm", "dpi", "dots"),
    [
        (0.25, 203, 2),
        (0.375, 203, 3),
        (0.5, 203, 4),
        (0.25, 300, 3),
        (0.339, 300, 4),
        (0.423, 300, 5),
        (0.1, 203, 2),
    ],
)
def test_modules_are_whole_dots_and_never_under_two(mm: float, dpi: int, dots: int) -> None:
    assert symbols.module_dots(mm, dpi) == dots


def test_code_128_is_the_shortest_known() -> None:
    bars = symbols.code128("SF1334467816034", (0, 0, 700, 50), (0.5,), 203)
    assert sum(bars.runs) == 145
    assert sum(symbols.code128("73111392234604", (0, 0, 700, 50), (0.5,), 203).runs) == 112


def test_a_symbol_too_wide_is_refused_and_never_squeezed() -> None:
    with pytest.raises(LayoutRefused) as refused:
        symbols.code128("SF1334467816034", (0, 0, 329, 50), (0.5, 0.25), 203)
    assert refused.value.code == "symbol_too_wide"
    assert symbols.code128("SF1334467816034", (0, 0, 330, 50), (0.5, 0.25), 203).module == 2
    with pytest.raises(LayoutRefused, match="symbol_too_wide"):
        symbols.qr("x" * 400, (0, 0, 60, 60), (0.25,), 203)


@pytest.mark.parametrize("waybill_no", ["", "SF1^XA", "sf133", "SF 133", "SF１３", "A" * 41])
def test_only_plain_capitals_digits_and_hyphens_become_bars(waybill_no: str) -> None:
    with pytest.raises(LayoutRefused, match="bad_waybill_no"):
        symbols.code128(waybill_no, (0, 0, 9999, 50), (0.25,), 203)


def scan_line(page: Page, bars: Bars, raster: Raster) -> str:
    """Return one row of dots through the bars as the printer would burn them, "1" black."""
    image = raster.image(page).convert("L")
    row = bars.y + bars.height // 2
    return "".join("1" if image.getpixel((x, row)) else "0" for x in range(page.width))


@pytest.mark.parametrize("dpi", [203, 300])
def test_bars_on_the_bitmap_are_whole_modules_between_quiet_zones(
    dpi: int, labels: list[Template], fonts: Fonts, raster: Raster
) -> None:
    for template in labels:
        page = lay_out(orders(1)[0], template, fonts, dpi)
        (bars,) = page.bars
        quiet = 10 * bars.module
        line = scan_line(page, bars, raster)[bars.x - quiet : bars.x + bars.width + quiet]
        runs = [len(list(run)) for _, run in groupby(line.strip("0"))]
        assert runs == [run * bars.module for run in bars.runs]
        assert line.startswith("0" * quiet + "1")
        assert line.endswith("1" + "0" * quiet)


def test_qr_modules_are_whole_dots_with_four_modules_of_quiet(
    labels: list[Template], fonts: Fonts, raster: Raster
) -> None:
    for template in labels:
        page = lay_out(orders(1)[0], template, fonts)
        (matrix,) = page.matrices
        image = raster.image(page)
        step, quiet = matrix.module, 4 * matrix.module
        for y, row in enumerate(matrix.rows):
            for x, module in enumerate(row):
                left, top = matrix.x + x * step, matrix.y + y * step
                dots = set(image.crop((left, top, left + step, top + step)).tobytes())
                assert (dots != {0}) == (module == "1")
        left, top, side = matrix.x, matrix.y, matrix.width
        around = (left - quiet, top - quiet, left + side + quiet, top + side + quiet)
        framed = image.crop(around)
        framed.paste(0, (quiet, quiet, quiet + side, quiet + side))
        assert framed.getbbox() is None


def test_the_same_label_is_the_same_page(templates: dict[str, Template], fonts: Fonts) -> None:
    document = orders(3)[2]
    page = lay_out(document, templates["sf_76x130"], fonts)
    assert page == lay_out(document, templates["sf_76x130"], fonts)
    assert (page.width, page.height) == (607, 1039)
    assert (page.paper_width_dmm, page.paper_height_dmm) == (760, 1300)


def test_a_label_without_a_number_is_refused(labels: list[Template], fonts: Fonts) -> None:
    for template in labels:
        with pytest.raises(LayoutRefused, match="bad_waybill_no"):
            lay_out(replace(orders(1)[0], waybill_no=""), template, fonts)
