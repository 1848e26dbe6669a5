"""Kingdee K/3's masters in the window: a list is looked at, what differs shown, then taken in."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.commands.masters import MasterChange, MasterNote, MastersRead, ReadMasters
from app.desk.masters import MasterCard
from tests.desk.desk_world import DeskWorld

SEEN = MastersRead(
    *(3, 1, 1, 0, 1),
    changes=(
        MasterChange("<b>C1</b>", "changed", {"name": "Shop"}, {"name": "Shop Ltd"}),
        MasterChange("C3", "new", {}, {"name": "三店", "short": "三"}),
    ),
    notes=(MasterNote("code_not_here", 2, ("A-1", "A-2")),),
)


def card(desk: DeskWorld) -> MasterCard:
    found: MasterCard = desk.window.orders.board._files._masters
    return found


@pytest.mark.req("F112")
def test_a_list_is_looked_at_and_only_then_taken_in(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sit("lead")
    mine, asked = card(desk), []

    async def keeper(command: Any, reply: Any, on_progress: Any = None) -> Any:
        asked.append(command)
        return SEEN

    monkeypatch.setattr(desk.link, "ask", keeper)
    look = ReadMasters("/x/list.xlsx", "kingdee_k3", "materials", preview=True)
    desk.act(lambda: desk.seat.spawn(mine.look(look)))
    desk.until(mine.take.isEnabled)
    assert mine.note.text().splitlines() == [
        "3 rows: 1 new, 1 changed, 0 gone, 1 as before; 0 refused.",
        "2 materials are no merchant code here: A-1, A-2",
    ]
    rows = [mine.model.row(at) for at in range(mine.model.rowCount())]
    shown = [[c.cell(row).text for c in mine.model.columns] for row in rows]
    assert shown == [["<b>C1</b>", "changed", "Shop → Shop Ltd"], ["C3", "new", "三店 · 三"]]
    desk.act(lambda: QTest.keyClick(mine, Qt.Key.Key_Return))
    desk.until(lambda: not mine.isVisible())
    assert [one.preview for one in asked] == [True, False]
    assert desk.news[-1].title == "3 rows of list.xlsx taken in"
