"""PDF and system printers: text stays text, a file is whole or absent, a job bears its name."""

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from printing.documents import Party
from printing.errors import Fault, PrinterRefused
from printing.layout import lay_out
from printing.metrics import Face, Fonts
from printing.page import Page
from printing.paint import Brush, picture, render_pdf
from printing.printers_qt import print_page, print_to_file, system_printers
from printing.templates import Template
from tests.printing.label_orders import orders
from tests.printing.symbol_readers import read_zxing


@pytest.fixture
def page(templates: dict[str, Template], fonts: Fonts) -> Page:
    party = Party("方䶮", "138****5678", ("广东省", "西乡街道 Łódź 12 号"))
    return lay_out(replace(orders(1)[0], receiver=party), templates["sf_100x150"], fonts)


def test_the_text_of_a_pdf_can_be_searched_and_copied(
    page: Page, brush: Brush, tmp_path: Path
) -> None:
    render_pdf([page], tmp_path / "one.pdf", brush)
    with pypdfium2.PdfDocument(tmp_path / "one.pdf") as pdf:
        told = pdf[0].get_textpage().get_text_range()
    for word in ("方䶮", "广东省", "西乡街道", "Łódź"):
        assert word in told
    assert unicodedata.is_normalized("NFKC", re.sub("[^\u2e80-\u2fdf]", "", told))


def test_pages_of_different_paper_keep_their_sizes(
    templates: dict[str, Template], fonts: Fonts, brush: Brush, tmp_path: Path
) -> None:
    pages = [lay_out(orders(1)[0], each, fonts, 300) for each in templates.values()]
    assert render_pdf(iter(pages), tmp_path / "all.pdf", brush) == len(pages)
    with pypdfium2.PdfDocument(tmp_path / "all.pdf") as pdf:
        sizes = [pdf.get_page_size(number) for number in range(len(pdf))]
    for (width, height), each in zip(sizes, templates.values(), strict=True):
        assert width == pytest.approx(each.width_mm * 72 / 25.4, abs=0.6)
        assert height == pytest.approx(each.height_mm * 72 / 25.4, abs=0.6)


def test_a_pdf_that_fails_half_way_is_not_left_behind(
    page: Page, brush: Brush, tmp_path: Path
) -> None:
    def broken() -> object:
        yield page
        raise KeyError(page.dpi)

    with pytest.raises(KeyError):
        render_pdf(broken(), tmp_path / "half.pdf", brush)  # type: ignore[arg-type]
    assert not (tmp_path / "half.pdf").exists()
    assert render_pdf([], tmp_path / "none.pdf", brush) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_fault_with_the_file_named(
    page: Page, brush: Brush, tmp_path: Path
) -> None:
    with pytest.raises(Fault) as fault:
        render_pdf([page], tmp_path / "absent" / "x.pdf", brush)
    assert (fault.value.code, fault.value.details) == ("pdf_not_written", {"file": "x.pdf"})


def test_a_preview_shows_the_same_label(page: Page, brush: Brush, tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415 - only this test opens a picture

    path = tmp_path / "preview.png"
    assert picture(page, brush, 2.0).save(str(path))
    with Image.open(path) as shown:
        assert shown.size == (2 * page.width, 2 * page.height)
        assert read_zxing(shown)["Code128"] == orders(1)[0].waybill_no


def test_a_job_bears_the_number_of_its_print(page: Page, brush: Brush, tmp_path: Path) -> None:
    out = tmp_path / "job.pdf"
    assert print_to_file(page, out, 4821, brush) == "WD-4821"
    with pypdfium2.PdfDocument(out) as pdf:
        assert pdf.get_metadata_value("Title") == "WD-4821"
        shown = pdf[0].render(scale=203 / 72, grayscale=True).to_pil()
    assert read_zxing(shown)["Code128"] == orders(1)[0].waybill_no


def test_a_printer_that_is_not_there_is_refused(page: Page, brush: Brush) -> None:
    assert all(printer.name for printer in system_printers())
    with pytest.raises(PrinterRefused) as refused:
        print_page(page, "No such printer", 1, brush)
    assert refused.value.details == {"printer": "No such printer"}


def test_a_font_that_qt_does_not_take_is_a_fault(
    fonts: Fonts, brush: Brush, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"\x00\x01\x00\x00" + bytes(64))
    with pytest.raises(Fault, match="font_unreadable"):
        Brush(Fonts({"bold": Face("bold", broken, {})}))
