"""Tracking numbers in the window: pasted, looked at, changed columns, given at one yes, undone."""

import asyncio
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.commands.numbers import LookAtNumbers, TakeBackNumbers, TakeNumbers
from app.desk.dialogs import Sheet
from app.desk.number_card import NumberCard
from app.keeper.number_desk import ASKS, NumberDesk
from app.keeper.room import Room
from app.keeper.server import Ask
from app.reads.board import View
from app.store.tables import orders, waybill
from tests.desk.desk_world import DeskWorld
from tests.operations.carrier_world import AtOnce
from tests.worlds import SeededRng

GOOD = "SF1426008700001"


def card(desk: DeskWorld) -> NumberCard:
    found: NumberCard = desk.window.orders.board._files._numbers.card
    return found


def kept(desk: DeskWorld, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The desk of numbers stands behind the link, as in the keeper; what it was asked."""
    asked, plain = [], desk.link.ask
    shop = desk.shop
    room = Room(
        *(shop.book, AtOnce(), shop.door.laws, desk.behind.clock, SeededRng()),
        announce=lambda _: None,
    )
    numbers = NumberDesk(room)

    async def keeper(command: Any, reply: Any, on_progress: Any = None) -> Any:
        asked.append(command)
        if not isinstance(command, ASKS):
            return await plain(command, reply, on_progress)
        await asyncio.sleep(0)
        shop.commands += 1
        let_in = shop.door.do(shop.commands, command, desk.link.session).result
        return await numbers.answer(Ask(1, desk.link.session, command, lambda *_: None), let_in)

    monkeypatch.setattr(desk.link, "ask", keeper)
    return asked


def waiting(desk: DeskWorld) -> list[str]:
    """Orders that are allocated and have no number."""
    return [
        row["external_no"]
        for row in desk.shop.all(orders)
        if (row["state"], row["logistics"], row["held"]) == ("allocated", "none", "")
    ]


def paste(desk: DeskWorld, text: str) -> NumberCard:
    mine = card(desk)
    desk.act(lambda: desk.seat.spawn(mine.ask(paste=True)))
    mine.pasted.setPlainText(text)
    desk.act(mine.take.click)
    desk.until(lambda: mine.table.isVisible() and not mine._busy)
    return mine


def said(mine: NumberCard) -> list[str]:
    rows = [mine.model.row(at) for at in range(mine.model.rowCount())]
    return [mine.model.columns[-1].cell(row).text for row in rows]


@pytest.mark.req("F244")
def test_pasted_rows_are_looked_at_and_given_at_one_yes_with_a_reason(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sit("lead", View(tab="to_print"))
    asked, order = kept(desk, monkeypatch), waiting(desk)[0]
    mine = paste(desk, f"{order}\t顺丰\t{GOOD}\n没有\t顺丰\t{GOOD}")
    assert said(mine) == ["No order of yours has this number", "Gets this number"]
    assert mine.note.text() == "2 rows: 1 get their number, 0 have it already, 1 cannot."
    assert (mine.take.text(), mine.take.isEnabled()) == ("Give 1 numbers", False)
    desk.act(lambda: mine.form.fill("reason", "list of the forwarder"))
    assert mine.take.isEnabled()
    desk.act(lambda: QTest.keyClick(mine, Qt.Key.Key_Return))
    desk.until(lambda: not mine.isVisible())
    given = asked[-1]
    assert isinstance(given, TakeNumbers)
    assert (len(given.given), given.handed, given.reason) == (1, False, "list of the forwarder")
    assert desk.shop.all(waybill)[-1]["carrier_no"] == GOOD
    assert desk.news[-1].title == "1 numbers given"


@pytest.mark.req("F244")
def test_a_wrong_guess_of_a_column_is_put_right_and_read_again(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sit("lead", View(tab="to_print"))
    asked, order = kept(desk, monkeypatch), waiting(desk)[0]
    mine = paste(desk, f"订单号,运单号,备注\nFW-1,{GOOD},{order}")
    assert said(mine) == ["No order of yours has this number"]
    desk.act(lambda: mine.form.fill("order", "2"))
    desk.until(lambda: said(mine) == ["Gets this number"])
    assert dict(asked[-1].columns) == {"order": 2, "number": 1}
    assert [type(one) for one in asked if isinstance(one, ASKS)] == [LookAtNumbers] * 2


@pytest.mark.req("F244")
def test_numbers_given_are_taken_back_with_a_reason(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sit("lead", View(tab="to_print"))
    asked, order = kept(desk, monkeypatch), waiting(desk)[0]
    mine = paste(desk, f"{order},顺丰,{GOOD}")
    desk.act(lambda: mine.form.fill("reason", "list"))
    desk.act(mine.take.click)
    desk.until(lambda: bool(desk.news) and desk.news[-1].undo is not None)

    async def because() -> None:
        for _ in range(200):
            await asyncio.sleep(0.01)
            sheets = desk.window.findChildren(Sheet)
            if sheets:
                sheets[0].fill("reason", "the rows were crossed")
                sheets[0].done.click()
                return
        raise AssertionError("nobody asked for the reason")

    undo = desk.news[-1].undo
    assert undo is not None
    desk.during(undo, because)
    desk.until(lambda: "taken back" in desk.news[-1].title)
    assert isinstance(asked[-1], TakeBackNumbers)
    assert desk.shop.all(waybill)[-1]["state"] == "voided"
    assert desk.news[-1].title == "1 numbers taken back, 0 stay"


def test_escape_puts_the_card_away_and_nothing_is_asked(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sit("lead", View(tab="to_print"))
    asked, mine = kept(desk, monkeypatch), card(desk)
    desk.act(lambda: desk.seat.spawn(mine.ask(paste=True)))
    desk.act(lambda: QTest.keyClick(mine, Qt.Key.Key_Escape))
    assert (mine.isVisible(), [one for one in asked if isinstance(one, ASKS)]) == (False, [])
