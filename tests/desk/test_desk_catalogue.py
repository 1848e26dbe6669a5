"""The catalogue at the desk: by keys alone, with what stands behind every list."""

import asyncio
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from app.commands.catalogue_import import (
    Brought,
    Change,
    Foreseen,
    ImportProducts,
    Refusal,
    StopImport,
    TakenBack,
    UndoImport,
)
from app.commands.wire import Progress
from app.desk import catalogue_doing
from app.desk.dialogs import Sheet
from app.desk.screens.catalogue import CatalogueScreen
from app.domain.actor import worker
from app.store.tables_catalogue import listing, picture, product, product_import
from tests.desk.desk_world import HOSTILE, DeskWorld
from tests.operations.catalogue_world import figures, sold, with_bundle


@pytest.fixture
def screen(desk: DeskWorld) -> CatalogueScreen:
    with_bundle(desk.shop, (("HK-01", 4), ("LN-27", 1)))
    desk.shop.receive(
        sold("801", "ln_27", ref="p9", title="亚麻遮光窗帘 米白"),
        sold("802", "ln_27", ref="p9", title="亚麻遮光窗帘 米白"),
        sold("803", HOSTILE, ref="p10", title=HOSTILE),
    )
    return at_catalogue(desk, "lead")


def at_catalogue(desk: DeskWorld, who: str) -> CatalogueScreen:
    desk.sit(who)
    desk.act(lambda: desk.window.go("catalogue"))
    return desk.window.screen_of("catalogue")


def key(desk: DeskWorld, screen: CatalogueScreen, *keys: str) -> None:
    """Press keys of the screen in the window."""
    for one in keys:
        assert one in screen.shortcuts()
        desk.act(lambda one=one: QTest.keyClick(desk.window, getattr(Qt.Key, f"Key_{one}")))


def texts(screen: CatalogueScreen) -> str:
    area = screen._area
    return "\n".join(label.text() for label in area.findChildren(QLabel))


def said(desk: DeskWorld) -> str:
    return desk.news[-1].title


async def filled(desk: DeskWorld, **answers: str) -> None:
    for _ in range(200):
        sheets = desk.window.findChildren(Sheet)
        if sheets:
            break
        await asyncio.sleep(0.01)
    for name, value in answers.items():
        sheets[-1].fill(name, value)
    sheets[-1].done.click()


@pytest.mark.req("F236")
def test_a_listing_is_mapped_by_keys_alone_and_the_toast_takes_it_back(
    desk: DeskWorld, screen: CatalogueScreen
) -> None:
    desk.act(lambda: screen.show_tab("to_map"))
    assert [one.sku for one in screen.found][:1] == ["LN-27"]
    assert "same code but for signs" in texts(screen)
    assert screen._chips["to_map"].text() == "To map · 3 wait"
    key(desk, screen, "1", "Return")
    assert said(desk) == "“亚麻遮光窗帘 米白” is LN-27: 2 orders go on, 0 follow"
    assert [r["sku"] for r in desk.shop.all(listing) if r["ref"] == "p9"] == ["LN-27"]
    assert desk.shop.order("801")["held"] == ""
    desk.act(desk.news[-1].undo)
    assert [r["sku"] for r in desk.shop.all(listing) if r["ref"] == "p9"] == [""]
    assert desk.shop.order("801")["held_reason"] == "unknown_sku"


def test_words_of_a_shop_are_shown_as_they_stand(desk: DeskWorld, screen: CatalogueScreen) -> None:
    desk.act(lambda: screen.show_tab("to_map"))
    desk.act(lambda: QTest.keyClick(screen.table, Qt.Key.Key_Down))
    assert HOSTILE in texts(screen)
    for label in screen.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_product_is_named_edited_and_retired_by_keys(
    desk: DeskWorld, screen: CatalogueScreen
) -> None:
    desk.during(
        screen.shortcuts()["N"],
        lambda: filled(desk, sku="MUG-1", title="Mug", weight="420"),
    )
    row = screen.current()
    assert (row.sku, row.title, row.weight_g) == ("MUG-1", "Mug", 420)
    desk.during(screen.shortcuts()["E"], lambda: filled(desk, title="Big mug"))
    desk.during(
        screen.shortcuts()["C"],
        lambda: filled(desk, declared="12.50", hs_code="6912", origin="cn"),
    )
    row = next(r for r in desk.shop.all(product) if r["sku"] == "MUG-1")
    assert (row["title"], row["declared_minor"], row["origin"]) == ("Big mug", 1250, "CN")
    assert row["weight_g"] == 420
    desk.during(screen.shortcuts()["R"], lambda: filled(desk))
    assert next(r for r in desk.shop.all(product) if r["sku"] == "MUG-1")["state"] == "retired"
    desk.act(desk.news[-1].undo)
    assert next(r for r in desk.shop.all(product) if r["sku"] == "MUG-1")["state"] == "active"


def test_a_bundle_shows_what_it_holds_and_is_changed_line_by_line(
    desk: DeskWorld, screen: CatalogueScreen
) -> None:
    desk.act(lambda: screen.show_tab("bundles"))
    assert "窗帘挂钩 · HK-01 × 4" in texts(screen)
    desk.during(
        screen.shortcuts()["B"],
        lambda: filled(desk, parts="HK-01 2\nLN-27"),
    )
    assert "窗帘挂钩 · HK-01 × 2" in texts(screen)
    desk.shop.receive(sold("811"))
    assert figures(desk.shop)["HK-01"][1] >= 2


def test_a_picture_is_chosen_and_shown(
    desk: DeskWorld, screen: CatalogueScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (900, 600), "teal").save(tmp_path / "mug.png")

    async def chosen(*_args) -> str:
        return str(tmp_path / "mug.png")

    monkeypatch.setattr(catalogue_doing, "pick_file", chosen)
    assert "No picture" in texts(screen)
    key(desk, screen, "P")
    assert len(desk.shop.all(picture)) == 1
    assert "No picture" not in texts(screen)


def test_who_may_only_read_sees_every_act_locked(desk: DeskWorld) -> None:
    screen = at_catalogue(desk, "agent")
    buttons = [b for b in screen._area.findChildren(QPushButton) if b.isVisible()]
    assert buttons
    assert not any(button.isEnabled() for button in buttons)
    key(desk, screen, "N", "E", "I")
    assert desk.window.findChildren(Sheet) == []
    assert screen.add.isHidden()


def test_typing_narrows_the_list(desk: DeskWorld, screen: CatalogueScreen) -> None:
    desk.act(lambda: screen.search.setText("挂钩"))
    desk.until(lambda: screen.models["products"].rowCount() == 1)
    desk.act(lambda: screen.search.setText("nothing like it"))
    desk.until(lambda: screen.models["products"].rowCount() == 0)


@pytest.mark.req("F248")
def test_an_import_is_looked_at_before_it_is_taken_in_and_can_be_taken_back(
    desk: DeskWorld, screen: CatalogueScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def keeper(command, reply, on_progress=None):
        asked.append(command)
        on_progress(Progress(1, 50, 100, "import.taking"))
        assert card.note.text() == "Taking in · 50 of 100"
        begun = 0 if command.preview else desk.shop.do("lead", command)["import_id"]
        change = Change("title", "窗帘挂钩", "挂钩")
        lines = (
            Foreseen(2, "MUG-1", "Mug", "new", stock=7),
            Foreseen(3, "HK-01", "挂钩", "changed", (change,), kept=True),
        )
        refusals = (Refusal(4, "no_code", "", "nameless"),)
        return Brought(begun, "done", 3, 1, 1, 0, 1, 1, lines, refusals)

    card = screen.importing
    monkeypatch.setattr(desk.link, "ask", keeper)
    desk.act(lambda: card.look(ImportProducts("goods.csv")))
    rows = [card.model.row(at) for at in range(card.model.rowCount())]
    cells = [card.model.columns[2].cell(row).text for row in rows]
    assert cells == [
        "refused · Row 4: there is no merchant code beside “nameless”.",
        "new · opening stock 7",
        "changed · title: 窗帘挂钩 → 挂钩 · stock stays as it is",
    ]
    assert "1 new, 1 changed, 0 the same, 1 refused" in card.note.text()
    key(desk, screen, "Return")
    assert [command.preview for command in asked] == [True, False]
    assert not card.isVisible()
    assert desk.news[-1].undo is not None


@pytest.mark.req("F248")
def test_an_import_goes_back_with_its_progress_in_sight_and_can_be_stopped(
    desk: DeskWorld, screen: CatalogueScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = desk.shop.do("lead", ImportProducts("goods.csv"))["import_id"]
    with desk.shop.book.work(worker("test")) as work:
        work.update(product_import, begun, state="done", added=100)
        work.tell("products_imported")
        work.commit()
    asked, seen = [], []
    told, ends = asyncio.Event(), asyncio.Event()
    usual = desk.link.ask

    async def keeper(command, reply, on_progress=None):
        asked.append(command)
        if not isinstance(command, UndoImport):
            result = await usual(command, reply)
            ends.set()
            return result
        desk.shop.do("lead", command)
        on_progress(Progress(1, 40, 100, "import.undoing"))
        told.set()
        await ends.wait()
        return TakenBack("part_undone", 40)

    monkeypatch.setattr(desk.link, "ask", keeper)
    desk.act(lambda: screen.show_tab("imports"))
    desk.until(lambda: screen.current() is not None)
    card = screen.importing

    async def stop() -> None:
        await told.wait()
        seen.append((card.note.text(), card.table.isVisible(), card.take.isVisible()))
        QTest.keyClick(card, Qt.Key.Key_Escape)

    desk.during(lambda: QTest.keyClick(desk.window, Qt.Key.Key_U), stop)
    assert seen == [("Taking back · 40 of 100", False, False)]
    assert not card.isVisible()
    assert asked == [UndoImport(begun), StopImport(begun)]
    assert desk.news[-1].title.startswith("Stopped. 40 changes are taken back")
    desk.until(lambda: set(screen.acts()) == {"U"})
