"""How fast labels are made: the figures `waydesk bench` prints, measured on synthetic labels.

A benchmark, never a timed test (speed.md). Time is read with the clock that is handed in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from printing.documents import LabelDocument, Party
from printing.layout import lay_out
from printing.metrics import Fonts
from printing.page import Page
from printing.paint import Brush, render_pdf
from printing.raster import Raster
from printing.templates import Template
from printing.zpl import zpl_label

_LABELS = 1000
_STREETS = ("解放西路", "文一西路", "科技园南路", "世纪大道", "福永街道凤凰社区兴围路")
_GOODS = ("男士户外防风冲锋衣 黑色 L ×1", "轻量越野跑鞋 灰色 42 ×1", "羊毛袜 三双装 ×2")

Seconds = Callable[[], float]
"""A clock that only goes forward, such as `time.perf_counter`."""


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """`labels_1000_s`, `label_first_ms` and `zpl_1000_s` of speed.md, in seconds and ms."""

    labels_1000_s: float
    label_first_ms: float
    zpl_1000_s: float


@dataclass(frozen=True, slots=True)
class LabelBench:
    """What is needed to print, warm as the press keeps it."""

    fonts: Fonts
    template: Template
    brush: Brush
    folder: Path
    seconds: Seconds

    def run(self) -> LabelFigures:
        """Measure once; each label is laid out, encoded and drawn afresh. Files are removed."""
        out = self.folder / "bench-labels.pdf"
        first = self._timed(lambda: render_pdf(self._pages(1), out, self.brush))
        thousand = self._timed(lambda: render_pdf(self._pages(_LABELS), out, self.brush))
        out.unlink()
        raster = Raster(self.fonts)
        raw = self._timed(
            lambda: sum(len(zpl_label(page, raster)) for page in self._pages(_LABELS))
        )
        return LabelFigures(thousand, 1000 * first, raw)

    def _pages(self, count: int) -> Iterator[Page]:
        for number in range(count):
            yield lay_out(_label(number), self.template, self.fonts)

    def _timed(self, work: Callable[[], int]) -> float:
        start = self.seconds()
        work()
        return self.seconds() - start


def _label(number: int) -> LabelDocument:
    waybill = f"SF{1_334_467_800_000 + 7 * number}"
    street = f"{_STREETS[number % len(_STREETS)]}{number}号深圳湾科技生态园{number % 30}栋B座"
    return LabelDocument(
        waybill_no=waybill,
        routing_mark=f"755WE-{number:03d}A3",
        sort_code=f"K{number % 90}",
        two_dimension_code=f"MMM={{'k1':'755WE','k2':'571A3','k4':'T4','k5':'{waybill}'}}",
        carrier_name="顺丰速运",
        product_name="顺丰标快",
        sender=Party("远行服饰有限公司", "0755-8663****", ("广东省深圳市宝安区", "福永街道12栋")),
        receiver=Party("欧阳**", f"138****{number:04d}", ("广东省深圳市南山区", street)),
        goods=_GOODS,
        order_no=f"SO20260216{number:06d}",
        printed_at_text="2026-11-23 10:42",
        payment="寄付月结",
    )
