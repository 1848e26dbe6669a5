"""A newcomer is shown around the real window by keys alone, once, and nothing acts meanwhile."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.desk.dialogs import Sheet
from app.desk.text import TextLabel
from app.desk.tour import STOPS, Tour
from app.reads.board import View
from app.store.tables_record import audit
from tests.desk.desk_world import DeskWorld

SIZES = ((1366, 768), (1600, 900), (660, 360))
ACTS = ("W", "P", "H", "C", "R", "/", "S", "X", "Tab", "Down")
ALWAYS = (Qt.Key.Key_L, Qt.Key.Key_2, Qt.Key.Key_F, Qt.Key.Key_G, Qt.Key.Key_Z)


def tour_of(desk: DeskWorld) -> Tour | None:
    shown = [tour for tour in desk.window.findChildren(Tour) if tour.isVisible()]
    return shown[0] if shown else None


def press(desk: DeskWorld, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
    widget = QApplication.focusWidget() or desk.window
    held = held or Qt.KeyboardModifier.NoModifier
    desk.act(lambda: QTest.keyClick(widget, key, held))


def begun(desk: DeskWorld, who: str = "lead") -> Tour:
    desk.sit(who, View())
    desk.window.activateWindow()
    desk.act(desk.window.tours.offer)
    tour = tour_of(desk)
    assert tour is not None
    return tour


def standing(desk: DeskWorld) -> tuple[int, str, int]:
    """How long the record is, and what is shown."""
    board = desk.window.orders.board
    return len(desk.shop.all(audit)), desk.window.shown, board.table.current_id


@pytest.mark.req("F179")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_stop_points_at_something_seen_and_its_card_stands_in_the_window(
    desk: DeskWorld, size: tuple[int, int], lang: str
) -> None:
    desk.window.resize(*size)
    desk.seat.speech.choose(lang)
    tour, seen = begun(desk), []
    assert len(tour.stops) == len(STOPS)
    while tour_of(desk) is not None:
        stop = tour.stops[tour.at]
        seen.append(stop.name)
        assert tour.target.isVisible(), stop.name
        assert not tour.target.visibleRegion().isEmpty(), stop.name
        assert tour.rect().contains(tour.hole())
        assert tour.rect().contains(tour.card.geometry()), stop.name
        if size[1] > 700:
            assert not tour.hole().intersects(tour.card.geometry()), stop.name
        for label in tour.card.findChildren(TextLabel):
            assert label.heightForWidth(label.width()) <= label.height() + 1, (stop.name, label)
        press(desk, Qt.Key.Key_Return)
    assert seen == [stop.name for stop in STOPS]
    assert desk.window.orders.board.table.hasFocus()


@pytest.mark.req("F179")
def test_no_key_acts_behind_the_tour(desk: DeskWorld) -> None:
    tour = begun(desk)
    before = (
        len(desk.shop.all(audit)),
        desk.window.shown,
        desk.window.orders.board.table.current_id,
    )
    for at in range(len(STOPS)):
        for name in ACTS:
            press(desk, Qt.Key[f"Key_{'Slash' if name == '/' else name}"])
        for key in ALWAYS:
            press(desk, key, Qt.KeyboardModifier.ControlModifier)
        press(desk, Qt.Key.Key_F9)
        assert tour_of(desk) is tour
        assert tour.at == at
        assert tour.hasFocus()
        assert not [sheet for sheet in desk.window.findChildren(Sheet) if sheet.isVisible()]
        if at < len(STOPS) - 1:
            press(desk, Qt.Key.Key_Right)
    after = (
        len(desk.shop.all(audit)),
        desk.window.shown,
        desk.window.orders.board.table.current_id,
    )
    assert after == before


def test_left_goes_back_and_escape_ends_it(desk: DeskWorld) -> None:
    tour = begun(desk)
    press(desk, Qt.Key.Key_Left)
    assert tour.at == 0
    press(desk, Qt.Key.Key_Right)
    press(desk, Qt.Key.Key_Right)
    press(desk, Qt.Key.Key_Left)
    assert tour.at == 1
    press(desk, Qt.Key.Key_Escape)
    assert tour_of(desk) is None


@pytest.mark.req("F179")
def test_it_is_offered_once_to_each_person_and_comes_again_when_asked_for(desk: DeskWorld) -> None:
    begun(desk, "lead")
    press(desk, Qt.Key.Key_Escape)
    desk.act(desk.window.tours.offer)
    assert tour_of(desk) is None
    desk.act(desk.window.top.tour_wanted.emit)
    assert tour_of(desk) is not None
    desk.act(desk.window.leave)
    assert tour_of(desk) is None, "who leaves is shown nothing more"
    assert begun(desk, "packer").isVisible()
