"""A person chooses this computer's label printer at the desk, by keys, and sees what it is."""

import asyncio
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.commands.channels import PrinterChoice
from app.commands.parcels import PrintLabels
from app.desk.printer import chosen
from app.domain.actor import worker
from app.process.errors import Refused
from app.reads.board import BoardRow, View
from app.store.tables import print_job
from tests.desk.desk_world import TURNS, DeskWorld
from tests.desk.test_desk_work import give_number, shown, texts

THERMAL = PrinterChoice("Thermal 2", "bench 2", True, "idle")
JAMMED = PrinterChoice("Zebra <b>ZD</b> & Co", "", False, "error")


async def answer(desk: DeskWorld, values: dict[str, str] | None) -> list[str]:
    """Answer the card that is shown (None puts it away) and wait until it is gone."""
    sheet = await shown(desk)
    said = texts(sheet)
    for name, value in (values or {}).items():
        sheet.fill(name, value)
    if values is None:
        sheet.put_away()
    else:
        sheet.done.click()
    for _ in range(TURNS):
        if not (shiboken6.isValid(sheet) and sheet.isVisible()):
            return said
        await asyncio.sleep(0)
    raise AssertionError("the card stayed")


def play(desk: DeskWorld, *answers: dict[str, str] | None) -> list[list[str]]:
    """Open the card and answer each one that follows; what they said."""
    said: list[list[str]] = []

    async def go() -> None:
        for values in answers:
            said.append(await answer(desk, values))

    desk.during(desk.window.bar.choose_printer, go)
    return said


def bar(desk: DeskWorld) -> str:
    return str(desk.window.bar.choice.accessibleName())


def sit_at_labels(desk: DeskWorld, who: str) -> BoardRow:
    """Sign in before an order that has its number; its row."""
    give_number(desk, "900")
    desk.sit(who, View(tab="to_print"))
    return next(row for row in desk.rows() if row.external_no == "900")


def printed(desk: DeskWorld, row: BoardRow) -> str:
    """Print the order; the printer its label was queued for."""
    desk.act(lambda: desk.seat.spawn(desk.window.orders.doer._print((row,))))
    return str(desk.shop.all(print_job)[-1]["printer"])


def test_the_bar_names_the_printer_and_its_state_from_the_first_look(desk: DeskWorld) -> None:
    desk.link.printers = (THERMAL,)
    desk.seat.memory.keep("label_printer", "Thermal 2")
    desk.sit("packer")
    assert bar(desk) == "Label printer: Thermal 2 · ready"
    desk.act(lambda: desk.seat.speech.choose("zh"))
    assert bar(desk) == "面单打印机：Thermal 2 · 就绪"


def test_without_a_choice_the_shops_own_printer_is_named(desk: DeskWorld) -> None:
    desk.link.usual = "raw:10.0.0.9:9100"
    desk.sit("packer")
    assert bar(desk) == "Label printer: the shop's usual, 10.0.0.9:9100"


def test_a_chosen_printer_is_kept_and_takes_the_labels(desk: DeskWorld) -> None:
    desk.link.printers = (THERMAL, JAMMED)
    row = sit_at_labels(desk, "lead")
    said = play(desk, {"printer": "=Thermal 2"}, None)
    assert "Label printer of this computer" in said[0]
    assert chosen(desk.seat.memory) == "Thermal 2"
    assert bar(desk) == "Label printer: Thermal 2 · ready"
    assert printed(desk, row) == "Thermal 2"


def test_a_network_printer_is_asked_for_until_its_address_is_one(desk: DeskWorld) -> None:
    desk.sit("packer")
    wrong = {"host": "no host!", "port": "9100"}
    also = {"host": "10.0.0.9", "port": "99999"}
    right = {"host": "10.0.0.9", "port": "9101", "language": "raw-tspl:"}
    said = play(desk, {"printer": "network"}, wrong, also, right, None)
    assert [any("no address" in text for text in card) for card in said[1:4]] == [False, True, True]
    assert chosen(desk.seat.memory) == "raw-tspl:10.0.0.9:9101"
    assert bar(desk) == "Label printer: 10.0.0.9:9101"


def test_a_folder_needs_its_whole_path(desk: DeskWorld, tmp_path: Any) -> None:
    desk.sit("packer")
    folder = str(tmp_path / "my labels")
    play(desk, {"printer": "folder"}, {"folder": "labels"}, {"folder": folder}, None)
    assert chosen(desk.seat.memory) == f"pdf:{folder}"
    play(desk, {"printer": "usual"}, None)
    assert chosen(desk.seat.memory) == ""


def test_a_card_that_is_put_away_changes_nothing(desk: DeskWorld) -> None:
    desk.seat.memory.keep("label_printer", "Thermal 2")
    desk.sit("packer")
    play(desk, None)
    play(desk, {"printer": "network"}, None)
    assert chosen(desk.seat.memory) == "Thermal 2"


def test_a_test_page_is_believed_only_when_its_code_comes_back(desk: DeskWorld) -> None:
    desk.link.printers = (THERMAL,)
    desk.sit("packer")
    codes: list[str] = []
    ask = desk.link.ask

    async def heard(command: Any, reply: Any, on_progress: Any = None) -> Any:
        found = await ask(command, reply, on_progress)
        codes.extend([found.code] if hasattr(found, "code") else [])
        return found

    desk.link.ask = heard  # type: ignore[method-assign]

    async def go() -> None:
        await answer(desk, {"printer": "=Thermal 2"})
        await answer(desk, {})
        await answer(desk, {"code": "WD-NOTIT"})
        assert not any("scan" in news.title for news in desk.news)
        await answer(desk, {"code": codes[0].lower()})

    desk.during(desk.window.bar.choose_printer, go)
    assert desk.news[-1].title == "Thermal 2 prints labels that scan"


def test_a_test_page_that_was_refused_says_why(desk: DeskWorld) -> None:
    desk.link.printers = (THERMAL,)
    desk.sit("packer")

    async def go() -> None:
        await answer(desk, {"printer": "=Thermal 2"})
        await shown(desk)
        no = Refused("printer_not_ready", printer="Thermal 2", why="paper_out")
        desk.link.refusing.append(no)
        await answer(desk, {})

    desk.during(desk.window.bar.choose_printer, go)
    assert desk.news[-1].title == "The printer Thermal 2 is not ready: No paper"


def test_a_printer_that_is_gone_is_said_in_the_bar_and_can_still_be_seen(desk: DeskWorld) -> None:
    desk.link.printers = (JAMMED,)
    desk.seat.memory.keep("label_printer", "Thermal 2")
    desk.sit("packer")
    assert bar(desk) == "Label printer: Thermal 2 · not on this computer"
    assert desk.window.bar.choice.property("ink") == "bad"
    play(desk, None)
    desk.link.printers = None
    desk.act(lambda: desk.seat.spawn(desk.window.bar.printer.look()))
    desk.window.bar.say()
    assert bar(desk) == "Label printer: Thermal 2"


def test_a_printing_service_that_is_away_is_told_and_the_other_ways_stay(desk: DeskWorld) -> None:
    desk.link.printers = None
    desk.sit("packer")
    said = play(desk, {"printer": "usual"}, None)
    assert any("printing service does not answer" in text for text in said[0])


def test_who_may_not_set_this_computer_up_is_told_so(desk: DeskWorld) -> None:
    desk.sit("agent")
    desk.act(desk.window.bar.choose_printer)
    assert desk.news[-1].title == "This cannot be done now"
    assert not desk.window.bar.choice.isVisible()


def test_the_card_opens_by_its_key_and_the_keyboard_goes_back(desk: DeskWorld) -> None:
    desk.sit("packer")
    table = desk.window.orders.board.table
    table.setFocus()

    async def go() -> None:
        sheet = await shown(desk)
        QTest.keyClick(sheet, Qt.Key.Key_Escape)

    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    desk.during(lambda: QTest.keyClick(desk.window, Qt.Key.Key_P, modifiers), go)
    assert table.hasFocus()


@pytest.mark.parametrize("error", ["printer_missing", "no_connection", "pdf_not_written"])
def test_a_label_that_failed_names_its_printer_in_the_progress(desk: DeskWorld, error: str) -> None:
    desk.seat.memory.keep("label_printer", "Thermal 2")
    printed(desk, sit_at_labels(desk, "lead"))
    job = desk.shop.all(print_job)[-1]
    with desk.shop.book.work(worker("press")) as work:
        work.update(print_job, job["id"], state="failed", error=error)
        work.tell("prints_refused")
        work.commit()
    desk.act(lambda: desk.link.hear({"prints": ()}))
    said = " ".join(texts(desk.window.orders.prints))
    assert not {"{", "–"} & set(said)
    assert "Thermal 2" in said or "No connection" in said


def test_the_reprint_goes_to_the_chosen_printer(desk: DeskWorld) -> None:
    desk.seat.memory.keep("label_printer", "Thermal 2")
    row = sit_at_labels(desk, "lead")
    desk.shop.do("lead", PrintLabels((row.id,), ""))

    async def go() -> None:
        await answer(desk, {"reason": "torn"})

    desk.during(lambda: desk.seat.spawn(desk.window.orders.doer._reprint((row,))), go)
    assert [job["printer"] for job in desk.shop.all(print_job)] == ["", "Thermal 2"]
