"""The main job, started as people start it: all counts agree, whatever orders it is given."""

import io
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest

from app.compose import demo, demo_file
from app.compose.demo_book import made_up
from app.compose.demo_folders import DemoThere, NotADemo, OutUnusable, data_folder, results_folder
from app.compose.demo_progress import Progress
from app.domain.errors import ImportUnreadable
from app.store.vault import new_demo
from tests.journeys.demo_process import (
    ROOT,
    command,
    end,
    environment,
    processes_on,
    run_demo,
    wait_until,
)
from tests.journeys.olist_shop import write_shop
from tests.operations.olist_book import olist_folder
from tests.worlds import FixedClock, SeededRng

HEADING = (
    "订单号,状态,下单时间,付款时间,实付金额,运费,商家编码,商品,规格,数量,金额,"
    "收件人,电话,省,市,区,详细地址,买家留言,备注"
)
WHO = "王小满,13812345678,浙江省,杭州市,萧山区,市心中路 9 号,放门口,"
ROWS = (
    f"A-1,待发货,2026-02-16 09:00:00,2026-02-16 09:01:00,98.00,0,CUP-1,茶杯,,2,98.00,{WHO}",
    f"A-2,已完成,2026-02-16 09:10:00,2026-02-16 09:11:00,49.00,0,CUP-1,茶杯,,1,49.00,{WHO}",
    f"A-2,已完成,2026-02-16 09:10:00,2026-02-16 09:11:00,49.00,0,BOX-1,盒子,,3,0,{WHO}",
    f"A-3,待付款,2026-02-16 09:20:00,,49.00,0,CUP-1,茶杯,,1,49.00,{WHO}",
    f"A-4,已取消,2026-02-16 09:30:00,,49.00,0,CUP-1,茶杯,,1,49.00,{WHO}",
    f"A-5,神秘,2026-02-16 09:40:00,,49.00,0,CUP-1,茶杯,,1,49.00,{WHO}",
    f"A-6,待发货,2026-02-16 09:50:00,,49.00,0,CUP-1,茶杯,,many,49.00,{WHO}",
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("\n".join((HEADING, *ROWS)), "utf-8")
    return path


def agree(summary: dict[str, object]) -> None:
    assert summary["orders_booked"] == summary["orders_offered"]
    assert summary["waybills"] == summary["waybills_at_carrier"] == summary["labels_distinct"]
    assert summary["shipped_written_back"] == summary["shipped_at_channel"] == summary["waybills"]
    assert (summary["oversold"], summary["audit_ok"]) == (0, True)


def test_a_made_up_day_ends_with_every_count_equal_and_pictures_of_the_screens(
    tmp_path: Path,
) -> None:
    run = run_demo(tmp_path, "--orders", 10, "--data", tmp_path / "shop")
    assert run.code == 0, run.out + run.errors
    summary = run.summary()
    agree(summary)
    assert (summary["orders_offered"], summary["cases"]) == (10, 4)
    pages = pypdfium2.PdfDocument(run.results / "labels.pdf")
    assert len(pages) == summary["labels"] == 6
    pages.close()
    names = {tuple(path.stem.split("_")[:3]) for path in (run.results / "screens").glob("*.png")}
    for lang in ("zh", "en"):
        for shade in ("light", "dark"):
            assert {("board", lang, shade), ("exceptions", lang, shade)} <= names
    assert (tmp_path / "shop" / "book.db").exists()
    assert "\r" not in run.errors


def test_a_shops_own_file_is_worked_as_orders_of_the_sandbox_shop(
    tmp_path: Path, book: Path
) -> None:
    run = run_demo(tmp_path, "--no-pictures", "--book", book, "--speed", "live")
    assert run.code == 0, run.out + run.errors
    summary = run.summary()
    assert "1 rows of the file are no orders" in run.out
    assert summary["orders_offered"] == 5
    # A-1 and A-2 were paid for; A-5's word means nothing yet and waits as an exception.
    assert (summary["waybills"], summary["shipped_at_channel"]) == (2, 2)
    assert (summary["orders_booked"], summary["orders_pending"], summary["cases"]) == (4, 1, 1)


def test_the_real_book_goes_out_whole(tmp_path: Path) -> None:
    book, mapping, count = write_shop(olist_folder(), tmp_path, 40)
    run = run_demo(tmp_path, "--no-pictures", "--book", book, "--mapping", mapping)
    assert run.code == 0, run.out + run.errors
    agree(run.summary())
    assert run.summary()["orders_offered"] == count == 40


def test_a_day_without_orders_is_a_day_too(tmp_path: Path) -> None:
    run = run_demo(tmp_path, "--no-pictures", "--orders", 0)
    assert run.code == 0, run.out + run.errors
    agree(run.summary())
    assert not (run.results / "screens").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="reads /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_lives_on_when_the_demonstration_is_ended(
    tmp_path: Path, how: signal.Signals
) -> None:
    folder = tmp_path / "shop"
    words = command("--orders", 500, "--out", tmp_path / "out", "--data", folder)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(words, cwd=ROOT, env=environment(), **quiet)
    assert wait_until(lambda: len(processes_on(folder)) >= 3)
    code = end(process, how)
    assert code == (-signal.SIGKILL if how is signal.SIGKILL else 130)
    assert wait_until(lambda: not processes_on(folder), 30), "somebody lives on"


def test_results_are_promised_only_where_they_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(OutUnusable):
        results_folder(tmp_path / "file" / "out")
    assert results_folder(tmp_path / "out").is_dir()
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "book.db").write_bytes(b"a real shop's")
    with pytest.raises(NotADemo), data_folder(tmp_path):
        pass
    assert (tmp_path / "book.db").read_bytes() == b"a real shop's"


def test_an_earlier_demonstration_is_not_worked_over(tmp_path: Path) -> None:
    new_demo(tmp_path, SeededRng())
    with data_folder(tmp_path) as folder:
        assert folder == tmp_path
    (tmp_path / "book.db").write_bytes(b"")
    with pytest.raises(DemoThere), data_folder(tmp_path):
        pass


def test_a_folder_of_its_own_is_gone_afterwards() -> None:
    with data_folder(None) as folder:
        (folder / "book.db").write_bytes(b"")
    assert not folder.exists()


def test_refusals_are_sentences_and_nothing_is_started(tmp_path: Path) -> None:
    run = run_demo(tmp_path, "--book", tmp_path / "nowhere.csv", "--language", "zh")
    assert run.code == 3
    assert "nowhere.csv" in run.errors
    assert "Traceback" not in run.errors
    assert run.out == ""


def test_orders_that_were_paid_for_are_placed_as_paid_and_the_stock_is_enough(book: Path) -> None:
    offer = demo_file.offer_of(book, demo_file.STANDARD)
    assert Counter(seed["status"] for seed in offer.seeds) == {
        "processing": 2,
        "pending": 1,
        "cancelled": 1,
        "神秘": 1,
    }
    assert {code[0]: code[2] for code in offer.codes} == {"CUP-1": 6, "BOX-1": 3}
    assert (offer.currency, offer.zone, offer.refused) == ("CNY", "Asia/Shanghai", 1)
    assert offer.seeds[0]["total"] == "98.00"
    assert offer.seeds[0]["as_told"] == {"number": "A-1"}


def test_only_as_many_orders_of_a_file_as_are_asked_for(book: Path) -> None:
    assert len(demo_file.offer_of(book, demo_file.STANDARD, 2).seeds) == 2


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportUnreadable):
        demo_file.offer_of(tmp_path / "nowhere.csv", demo_file.STANDARD)


def test_the_made_up_book_is_the_same_on_every_run() -> None:
    assert made_up(30, 1_771_214_400) == made_up(30, 1_771_214_400)


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen:enable_fonts"}, False),
    ],
)
def test_a_window_is_opened_only_where_there_is_a_display(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], shown: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert demo.has_display() is shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_one_line_that_changes() -> None:
    out = Terminal()
    progress = Progress(out, FixedClock())
    for sentence in ("1 of 2", "1 of 2", "2 of 2"):
        progress.show(sentence)
    progress.end()
    assert out.getvalue() == "\r1 of 2\x1b[K\r2 of 2\x1b[K\n"


def test_a_log_gets_a_line_now_and_then() -> None:
    out, clock = io.StringIO(), FixedClock()
    progress = Progress(out, clock)
    progress.show("1 of 3")
    progress.show("2 of 3")
    clock.advance(6_000)
    progress.show("3 of 3")
    progress.note("order 7 did not go out")
    progress.end()
    assert out.getvalue() == "1 of 3\n3 of 3\norder 7 did not go out\n"
