"""An export's way stands over the orders: how far it is, a stop, and for whom."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.keeper.export_desk import ExportDesk
from app.operations import export_sheet
from app.reads.board import View
from tests.desk.desk_world import DeskWorld
from tests.desk.export_desk_world import with_exports
from tests.desk.test_desk_export import answers, shown
from tests.operations.outbound_world import PASSPHRASE

FAR_S = 20.0


@pytest.fixture(autouse=True)
def keeper(desk: DeskWorld) -> ExportDesk:
    return with_exports(desk)


def held_up(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Each order is a page of its own, and the second is read once this is set."""
    go, pages, usual = threading.Event(), [0], export_sheet._lines

    def lines(*args: Any, **more: Any) -> Iterator[list[str]]:
        pages[0] += 1
        assert pages[0] == 1 or go.wait(FAR_S)
        yield from usual(*args, **more)

    monkeypatch.setattr(export_sheet, "CHUNK", 1)
    monkeypatch.setattr(export_sheet, "_lines", lines)
    return go


async def until(true: Callable[[], Any]) -> None:
    for _ in range(300):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


@pytest.mark.parametrize("stops", [False, True])
def test_how_far_it_is_stands_over_the_orders_and_it_can_be_stopped(
    desk: DeskWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stops: bool
) -> None:
    go, board = held_up(monkeypatch), desk.window.orders.board
    work = board._exporting.work
    desk.sit("finance", View(tab="to_print"))
    busy: list[str] = []

    async def play() -> None:
        sheet = await shown(desk, None)
        for name, value in answers(tmp_path / "orders").items():
            sheet.fill(name, value)
        sheet.done.click()
        await until(work.frame.isVisible)
        busy.append(work.text.text())
        assert work.progress.value() == work.progress.maximum() // 2
        board.export()
        await asyncio.sleep(0.02)
        busy.append(desk.news[-1].title)
        if stops:
            work.stop.click()
            assert not work.stop.isEnabled()
            await asyncio.sleep(0.05)
        go.set()

    desk.during(desk.window.orders.shortcuts()["E"], play)
    assert busy == ["Exporting: 1 of 2 orders", "An export is under way"]
    assert not work.frame.isVisible()
    assert (tmp_path / "orders.csv").exists() is not stops
    title = "Export stopped" if stops else "2 orders written to orders.csv"
    assert desk.news[-1].title == title


def test_whoever_sits_down_meanwhile_sees_no_export_of_another_person(
    desk: DeskWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, work = held_up(monkeypatch), desk.window.orders.board._exporting.work
    desk.sit("finance", View(tab="to_print"))

    async def play() -> None:
        sheet = await shown(desk, None)
        for name, value in answers(tmp_path / "orders").items():
            sheet.fill(name, value)
        sheet.done.click()
        await until(work.frame.isVisible)
        desk.window.sign_out()
        await until(lambda: desk.seat.viewer is None)
        desk.window.sign_in.login.setText("agent")
        desk.window.sign_in.passphrase.setText(PASSPHRASE)
        desk.window.sign_in.go()
        await until(lambda: desk.seat.viewer is not None)
        await asyncio.sleep(0.05)
        assert not work.frame.isVisible()
        go.set()

    desk.during(desk.window.orders.shortcuts()["E"], play)
    assert (tmp_path / "orders.csv").exists()
