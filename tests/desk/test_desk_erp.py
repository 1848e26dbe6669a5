"""Files for other business systems in the window: asked for, put right, written as exports are."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.commands.cases import Exported, ExportOrders
from app.desk.dialogs import Sheet
from app.desk.erp_export import DOCUMENTS, SYSTEMS
from app.operations.erp_templates import document_of
from app.reads.board import View
from tests.desk.desk_world import DeskWorld


async def sheet(desk: DeskWorld) -> Sheet:
    for _ in range(300):
        await asyncio.sleep(0.01)
        for one in desk.window.findChildren(Sheet):
            if one.isVisible():
                return one
    raise AssertionError("nothing was asked")


def test_every_document_the_card_offers_ships_with_that_ending() -> None:
    for system, ending in SYSTEMS.items():
        assert {document_of(f"{system}/{one}").suffix for one in DOCUMENTS} == {ending}


@pytest.mark.req("F090")
def test_a_document_is_asked_for_put_right_and_written(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk.shop.hire("boss", "owner")
    desk.sit("boss", View(tab="to_print"))
    asked: list[Any] = []

    async def keeper(command: Any, reply: Any, on_progress: Any = None) -> Any:
        asked.append(command)
        return Exported(2)

    monkeypatch.setattr(desk.link, "ask", keeper)

    async def answer() -> None:
        first = await sheet(desk)
        first.fill("system", "sap")
        first.fill("tab", "to_print")
        first.fill("customer", "C001")
        first.fill("path", str(tmp_path / "nowhere" / "sap"))
        first.fill("reason", "month's end")
        first.done.click()
        await asyncio.sleep(0.05)
        again = await sheet(desk)
        again.fill("path", str(tmp_path / "sap.xlsx"))
        again.done.click()

    documents = desk.window.orders.board._files._documents
    desk.during(lambda: desk.seat.spawn(documents.ask()), answer)
    desk.until(lambda: bool(asked))
    path = str(tmp_path / "sap.xlsx.csv")
    assert asked == [
        ExportOrders("to_print", path, "month's end", template="sap/orders", customer="C001")
    ]
    assert desk.news[-1].title.startswith("2 ")
