"""Every label that leaves Waydesk is read by two scanners as exactly the number it was made for."""

from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageOps

from printing.documents import LabelDocument
from printing.layout import lay_out
from printing.metrics import Fonts
from printing.paint import Brush, render_pdf
from printing.raster import Raster
from printing.templates import Template
from tests.printing.label_orders import orders
from tests.printing.symbol_readers import Read, read_zbar, read_zxing

CODES = ("sf_100x150", "sf_76x130", "us_4x6")
LABELS = 100


def scanned(images: list[Image.Image], folder: Path) -> list[tuple[Read, Read]]:
    return list(zip(map(read_zxing, images), read_zbar(images, folder), strict=True))


def expected(documents: list[LabelDocument]) -> list[tuple[Read, Read]]:
    told = [{"Code128": each.waybill_no, "QRCode": each.two_dimension_code} for each in documents]
    return list(zip(told, told, strict=True))


@pytest.mark.parametrize("code", CODES)
def test_each_label_of_a_pdf_reads_back_from_one_bit_at_203_dpi(
    code: str, templates: dict[str, Template], fonts: Fonts, brush: Brush, tmp_path: Path
) -> None:
    documents = orders(LABELS)
    pages = (lay_out(each, templates[code], fonts) for each in documents)
    out = tmp_path / "labels.pdf"
    assert render_pdf(pages, out, brush) == LABELS
    with pypdfium2.PdfDocument(out) as pdf:
        images = [
            page.render(scale=203 / 72, grayscale=True)
            .to_pil()
            .point(lambda v: 255 * (v > 127), "1")
            for page in pdf
        ]
    assert scanned(images, tmp_path) == expected(documents)


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("code", CODES)
def test_each_bitmap_of_a_raw_printer_reads_back(  # noqa: PLR0917 - fixtures
    code: str,
    dpi: int,
    templates: dict[str, Template],
    fonts: Fonts,
    raster: Raster,
    tmp_path: Path,
) -> None:
    documents = orders(LABELS if dpi == 203 else 20, seed=11)
    images = [
        ImageOps.invert(raster.image(lay_out(each, templates[code], fonts, dpi)).convert("L"))
        for each in documents
    ]
    assert scanned(images, tmp_path) == expected(documents)
