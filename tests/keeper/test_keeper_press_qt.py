"""What the shop is promised of the real press: whole files, drawn without any window."""

from collections.abc import AsyncIterator
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest

from app.compose.clock import Snowflakes, SystemClock
from app.keeper.press_jobs import (
    PDF,
    PRINTER,
    PRINTERS,
    SHEET_PRINT,
    Label,
    PdfJob,
    PrinterJob,
    PrinterSeen,
    SheetPrint,
    written,
)
from app.keeper.press_jobs import read as read_back
from app.keeper.press_link import PressLink
from app.process.child import Child, Hearing, role_command
from app.process.errors import Refused
from printing.documents import LabelDocument, Party
from printing.sheet import SheetDocument


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[PressLink]:
    def start(hearing: Hearing) -> Child:
        return Child(role_command("press", tmp_path / "data"), hearing)

    clock = SystemClock()
    press = PressLink(start, Snowflakes(clock, desk=6), clock)
    press.warm()
    yield press
    await press.close()


def label(no: int, name: str = "韩梅梅") -> Label:
    receiver = Party(name, "138****5678", ("广东省深圳市南山区", "科技园南路 1 号"))
    sender = Party("李雷", "021-***", ("上海市徐汇区",))
    document = LabelDocument(
        f"SF1234567890{no:03}",
        "755W-A1-3",
        "SF-1",
        f"MMM={{{no}}}",
        "顺丰速运",
        "标快",
        sender,
        receiver,
    )
    return Label("sf_100x150", document)


async def test_labels_sent_to_the_press_become_one_pdf_with_a_page_each(
    press: PressLink, tmp_path: Path
) -> None:
    out = tmp_path / "labels.pdf"
    job = PdfJob(tuple(label(no) for no in range(3)), str(out))
    assert read_back(await press.run(PDF, written(job)), int) == 3
    with pypdfium2.PdfDocument(out) as drawn:
        assert len(drawn) == 3
        assert "韩梅梅" in drawn[0].get_textpage().get_text_bounded()


async def test_a_label_that_cannot_be_drawn_whole_is_refused_and_leaves_no_file(
    press: PressLink, tmp_path: Path
) -> None:
    out = tmp_path / "labels.pdf"
    job = PdfJob((label(1), label(2, "\U00013000")), str(out))
    with pytest.raises(Refused) as refused:
        await press.run(PDF, written(job))
    assert refused.value.code == "missing_glyphs"
    assert not out.exists()
    with pytest.raises(Refused) as unknown:
        await press.run(PDF, written(PdfJob((Label("none", label(1).document),), str(out))))
    assert unknown.value.code == "unknown_template"


async def test_printers_are_listed_and_a_missing_one_is_refused(press: PressLink) -> None:
    seen = read_back(await press.run(PRINTERS), tuple[PrinterSeen, ...])
    assert isinstance(seen, tuple)
    with pytest.raises(Refused) as refused:
        await press.run(PRINTER, written(PrinterJob(label(1), "no such printer", 7)))
    assert refused.value.code == "printer_missing"


async def test_a_sheet_for_a_printer_that_is_gone_is_refused_by_its_name(press: PressLink) -> None:
    sheet = SheetDocument("日结单", "2026-02-16", (("已发货订单", "3"),), "", ("fault boil",), "")
    with pytest.raises(Refused) as no:
        await press.run(SHEET_PRINT, written(SheetPrint(sheet, "Gone", 7)))
    assert (no.value.code, no.value.details) == ("printer_missing", {"printer": "Gone"})
