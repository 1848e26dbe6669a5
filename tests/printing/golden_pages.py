"""The golden pages: one known label on each paper, kept as values.

After a wanted change of a template, look at the label, then write them anew with
`python -m tests.printing.golden_pages`.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from printing.documents import LabelDocument, Party
from printing.layout import lay_out
from printing.metrics import load_fonts
from printing.page import Page
from printing.templates import load_templates

FOLDER = Path(__file__).parent / "golden"
RESOURCES = Path(__file__).resolve().parents[2] / "resources"
KNOWN = LabelDocument(
    waybill_no="SF1334467816034",
    routing_mark="755WE-571A3",
    sort_code="K42",
    two_dimension_code="MMM={'k1':'755WE','k2':'571A3','k3':'','k4':'T4','k5':'SF1334467816034'}",
    carrier_name="顺丰速运",
    product_name="顺丰标快",
    sender=Party("远行服饰", "0755-8663****", ("广东省深圳市宝安区", "福永街道兴围路12栋3楼")),
    receiver=Party("欧阳**", "138****5678", ("浙江省杭州市余杭区", "文一西路1999号6幢东楼801室")),
    goods=("T2046-BLK-L 冲锋衣 黑色 L ×1", "K9001 羊毛袜 三双装 ×2"),
    order_no="SO20260216000892",
    parcel_no="1/2",
    copy_no=2,
    printed_at_text="2026-11-23 10:42",
    remark="易碎，请勿重压",
    payment="寄付月结",
    weight="1.25 kg",
)


def as_value(page: Page) -> Any:
    """Return the page as plain JSON values, symbols and runs a line each."""
    return json.loads(json.dumps(asdict(page)))


def main() -> None:
    """Write every golden page anew."""
    fonts = load_fonts(RESOURCES / "fonts")
    for code, template in load_templates(RESOURCES / "labels").items():
        value = as_value(lay_out(KNOWN, template, fonts))
        text = json.dumps(value, ensure_ascii=False, indent=1)
        (FOLDER / f"{code}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
