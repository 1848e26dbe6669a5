"""Labels of couriers that name a bag's place where SF has a code: whole, and read back."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import ImageOps

from printing.layout import lay_out
from printing.metrics import Fonts
from printing.raster import Raster
from printing.templates import Template
from tests.printing.label_orders import orders
from tests.printing.symbol_readers import read_zbar, read_zxing

# (number, routing mark, bag place, courier): the shapes of real answers of ZTO, YTO, STO, Yunda.
TOLD = (
    ("73111392234604", "220-001-0A1", "杭州转", "中通快递"),
    ("YT2600227881409", "290-1204-0712", "西安转运中心包", "圆通速递"),
    ("772002014605245", "113 C107 M07", "北京顺义集散包", "申通快递"),
    ("4317000000000012", "891- 16-02 03", "内蒙古呼和浩特集散中心包", "韵达快递"),
)


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("code", ["sf_100x150", "sf_76x130", "us_4x6"])
def test_a_bag_place_stands_whole_on_the_label_and_both_scanners_read_the_number(  # noqa: PLR0917
    code: str,
    dpi: int,
    templates: dict[str, Template],
    fonts: Fonts,
    raster: Raster,
    tmp_path: Path,
) -> None:
    documents = [
        replace(
            order,
            waybill_no=number,
            two_dimension_code=number,
            routing_mark=mark,
            sort_code=bag,
            carrier_name=courier,
        )
        for order, (number, mark, bag, courier) in zip(orders(4), TOLD, strict=True)
    ]
    pages = [lay_out(each, templates[code], fonts, dpi) for each in documents]
    said = ["".join(run.text for run in page.runs) for page in pages]
    for text, (_, mark, bag, courier) in zip(said, TOLD, strict=True):
        assert all(word in text for word in (mark, bag, courier))
    images = [ImageOps.invert(raster.image(page).convert("L")) for page in pages]
    told = [{"Code128": one.waybill_no, "QRCode": one.waybill_no} for one in documents]
    assert list(map(read_zxing, images)) == list(read_zbar(images, tmp_path)) == told
