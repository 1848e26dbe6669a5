"""The page of carriers: the worst first, what none scanned, and where numbers are taken from."""

import asyncio
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from app.desk.dialogs import Sheet
from app.desk.screens.sync.carriers import CarriersPage
from app.store.tables_record import audit
from tests.desk.carriers_world import carried
from tests.desk.desk_world import DeskWorld


def page(desk: DeskWorld, who: str) -> CarriersPage:
    desk.sit(who)
    desk.act(lambda: desk.window.go("sync/carriers"))
    made = desk.window.screen_of("sync").page
    assert isinstance(made, CarriersPage)
    return made


def cells(model: Any, at: int) -> dict[str, tuple[str, str]]:
    row = model.row(at)
    found = {column.key: column.cell(row) for column in model.columns}
    return {key: (cell.first, cell.tone) for key, cell in found.items()}


@pytest.mark.req("F186", "F187")
def test_the_worst_carrier_stands_first_and_what_it_never_scanned_below(desk: DeskWorld) -> None:
    carried(desk)
    made = page(desk, "lead")
    rows = [cells(made.model, at) for at in range(made.model.rowCount())]
    assert [row["name"][0] for row in rows] == ["YTO 余杭", "ZTO 萧山网点", "ZTO West", "SF"]
    assert rows[0]["rate"] == ("0.00 %", "bad")
    assert rows[3]["rate"] == ("100.00 %", "good")
    assert rows[3]["delay"][0] == "3 h"
    assert made._worst.text() == "Worst: YTO 余杭, ZTO 萧山网点"
    late = [cells(made.late, at) for at in range(made.late.rowCount())]
    assert {row["branch"][0] for row in late} == {"YTO 余杭", "ZTO 萧山网点"}
    desk.act(made.copy_list)
    assert len(QGuiApplication.clipboard().text().splitlines()) == len(late)
    desk.act(made.go_back)
    assert made.model.rowCount() == 0
    assert made._month.text() == "2026-01"
    desk.act(made.go_on)
    assert made.model.rowCount() == 4


@pytest.mark.req("F186")
def test_the_back_up_is_chosen_on_the_page_with_a_reason_in_the_record(desk: DeskWorld) -> None:
    ids = carried(desk)
    made = page(desk, "lead")

    async def answer() -> None:
        sheets: list[Sheet] = []
        for _ in range(100):
            sheets = [one for one in desk.window.findChildren(Sheet) if one.isVisible()]
            if sheets:
                break
            await asyncio.sleep(0.01)
        sheet = sheets[0]
        sheet.fill("usual", str(ids["ZTO West"]))
        sheet.fill("backup", str(ids["SF"]))
        sheet.fill("reason", "nobody came")
        sheet.done.click()

    desk.during(made.pick, answer)
    roles = {cells(made.model, at)["name"][0]: cells(made.model, at)["role"][0] for at in range(4)}
    assert (roles["ZTO West"], roles["SF"]) == ("usual", "back-up")
    assert [row["action"] for row in desk.shop.all(audit)][-1] == "carriers_chosen"


def test_who_may_not_choose_finds_it_locked_with_the_reason(desk: DeskWorld) -> None:
    carried(desk)
    made = page(desk, "agent")
    assert not made.choose.isEnabled()
    assert "choose the usual carrier" in made.choose.toolTip()
    desk.act(made.pick)
    assert not desk.window.findChildren(Sheet)
