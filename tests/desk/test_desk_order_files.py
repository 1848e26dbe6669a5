"""Orders taken in from a file in the window: looked at first, refused rows told and saved."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.commands.channels import Imported, ImportOrders, RowRefused, StopOrderImport
from app.commands.ship_files import SayUploaded, ShipFile, WriteShipFile
from app.commands.wire import Progress
from app.desk import ship_files
from app.desk.dialogs import Sheet
from app.desk.order_files import stated_in
from app.reads.board import View
from tests.desk.desk_world import DeskWorld

LOOKED = Imported(
    4, 3, 2, 0, 0, 1, (RowRefused(5, "not_a_quantity", "数量", "x"),), "taobao", "杭州店"
)


def card(desk: DeskWorld) -> Any:
    return desk.window.orders.board._files


def answered(desk: DeskWorld, monkeypatch: pytest.MonkeyPatch, *told: Imported) -> list[Any]:
    asked, answers = [], list(told)

    async def keeper(command: Any, reply: Any, on_progress: Any = None) -> Any:
        asked.append(command)
        on_progress(Progress(1, 1, 2, "import.taking"))
        return answers.pop(0)

    monkeypatch.setattr(desk.link, "ask", keeper)
    return asked


@pytest.mark.req("F228")
def test_a_file_is_looked_at_before_it_is_taken_in_and_refused_rows_say_why(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sit("lead", View(tab="to_print"))
    mine = card(desk)
    asked = answered(desk, monkeypatch, LOOKED, Imported(4, 3, 2, 0, 0, 1))
    desk.act(lambda: desk.seat.spawn(mine.look(ImportOrders("/x/orders.csv", "", "杭州店"))))
    desk.until(mine.take.isEnabled)
    assert "Taobao / Tmall order export, into the shop “杭州店”" in mine.note.text()
    assert "3 orders in 4 rows: 2 new, 0 changed, 0 as they are; 1 rows refused" in mine.note.text()
    assert mine.take.text() == "Take in 2 orders"
    row = mine.model.row(0)
    assert [c.cell(row).text for c in mine.model.columns] == [
        "5",
        "Row 5, 数量: “x” is no whole number of at least one.",
    ]
    desk.act(lambda: QTest.keyClick(mine, Qt.Key.Key_Return))
    desk.until(lambda: not mine.isVisible())
    assert [command.preview for command in asked] == [True, False]
    assert desk.news[-1].title == "2 orders taken in, 0 changed"


def test_the_refused_rows_are_saved_to_a_file_that_is_named(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk.sit("lead", View(tab="to_print"))
    mine = card(desk)
    asked = answered(desk, monkeypatch, LOOKED, LOOKED)
    desk.act(lambda: desk.seat.spawn(mine.look(ImportOrders("/x/orders.csv"))))
    desk.until(mine.save.isVisible)
    desk.act(mine.save.click)
    desk.until(lambda: len(desk.news) and "written to" in desk.news[-1].title)
    assert (asked[1].preview, Path(asked[1].rejects).name) == (
        True,
        "orders-refused-2026-02-16.csv",
    )


def test_putting_the_card_away_while_orders_come_in_stops_it(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sit("lead", View(tab="to_print"))
    mine, asked, ends = card(desk), [], asyncio.Event()

    async def keeper(command: Any, reply: Any, on_progress: Any = None) -> Any:
        asked.append(command)
        if isinstance(command, StopOrderImport):
            ends.set()
            return None
        if command.preview:
            return Imported(3, 3, 3, 0, 0, mapping="taobao", shop="taobao")
        on_progress(Progress(1, 1, 3, "import.taking"))
        await ends.wait()
        return Imported(3, 3, 1, 0, 0, stopped=True)

    monkeypatch.setattr(desk.link, "ask", keeper)
    desk.act(lambda: desk.seat.spawn(mine.look(ImportOrders("/x/orders.csv"))))
    desk.until(mine.take.isEnabled)
    assert not mine.table.isVisible()

    async def stop() -> None:
        for _ in range(200):
            await asyncio.sleep(0.01)
            if mine.note.text() == "Taking in · 1 of 3":
                QTest.keyClick(mine, Qt.Key.Key_Escape)
                return
        raise AssertionError(mine.note.text())

    desk.during(mine.take.click, stop)
    assert [type(one) for one in asked] == [ImportOrders, ImportOrders, StopOrderImport]
    assert desk.news[-1].title.startswith("Stopped after 1 orders")


@pytest.mark.req("F224")
def test_a_burst_whose_count_differs_is_told_before_and_after_with_the_missing_numbers(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sit("lead", View(tab="to_print"))
    mine = card(desk)
    short = msgspec.structs.replace(
        LOOKED, stated=5, here=2, not_here=1, lacking=("A7",), unnamed=2
    )
    answered(desk, monkeypatch, short, short)
    desk.act(lambda: desk.seat.spawn(mine.look(ImportOrders("/x/orders.csv", stated=5))))
    desk.until(mine.take.isEnabled)
    assert (
        "The count differs: the platform says 5, 2 stand here once this is taken in."
        " Not taken in: A7. 2 are not in the file at all."
    ) in mine.note.text()
    desk.act(mine.take.click)
    desk.until(lambda: not mine.isVisible())
    news = desk.news[-1]
    assert news.tone == "bad"
    assert news.title == "The count differs: the platform says 5, 2 stand here"
    assert news.remedy == "Not taken in: A7. 2 are not in the file at all."


@pytest.mark.parametrize(
    ("typed", "stated"), [("", 0), (" 1,200 ", 1200), ("３００", 300), ("many", None), ("-3", None)]
)
def test_a_count_is_read_as_people_type_it_and_never_guessed(
    typed: str, stated: int | None
) -> None:
    assert stated_in(typed) == stated


@pytest.mark.parametrize(("who", "open_to"), [("agent", False), ("packer", True), ("lead", True)])
def test_the_way_in_is_locked_for_whoever_may_not(desk: DeskWorld, who: str, open_to: bool) -> None:
    desk.sit(who, View(tab="to_print"))
    board = desk.window.orders.board
    assert board._import.isEnabled() is open_to
    if not open_to:
        desk.act(desk.window.orders.shortcuts()["I"])
        assert desk.window.findChildren(Sheet) == []


@pytest.mark.req("F228")
def test_a_bulk_ship_file_is_written_and_said_to_be_uploaded(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sit("lead", View(tab="to_print"))
    ships, asked, cards = card(desk)._ships, [], []

    async def keeper(command: Any, reply: Any, on_progress: Any = None) -> Any:
        asked.append(command)
        return ShipFile(3, 1) if isinstance(command, WriteShipFile) else ShipFile(3)

    async def shops(read: Any) -> Any:
        return (SimpleNamespace(id=7, name="杭州店", platform="file:taobao"),)

    async def answer(_host: Any, _speech: Any, form: Any) -> dict[str, str]:
        cards.append(form)
        return {"shop": "7", "path": "/x/ship.csv"}

    monkeypatch.setattr(desk.seat, "see", shops)
    monkeypatch.setattr(desk.link, "ask", keeper)
    monkeypatch.setattr(ship_files, "ask", answer)
    for what in ("ship", "again", "uploaded"):
        desk.run(ships.ask(what))
    assert asked == [
        WriteShipFile(7, "/x/ship.csv"),
        WriteShipFile(7, "/x/ship.csv", again=True),
        SayUploaded(7),
    ]
    assert [len(one.fields) for one in cards] == [2, 2, 1]
    assert [n.title for n in desk.news][-2:] == [
        "3 parcels written to ship.csv",
        "3 parcels count as told to the platform",
    ]
