"""The rail shows each person the places that are theirs, and goes there by click, key and link."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.desk.places import PLACES, place_of
from app.desk.screen import Screen
from app.rulebook import RESOURCES
from tests.desk.desk_world import DeskWorld


@pytest.mark.parametrize("who", ["agent", "packer", "lead", "finance"])
def test_the_rail_shows_just_the_places_a_person_may_go_to(desk: DeskWorld, who: str) -> None:
    desk.sit(who)
    shown = {name for name, button in desk.window.rail.places.items() if not button.isHidden()}
    assert shown == {place.name for place in PLACES if desk.seat.may(place.permission)}
    assert shown


def test_every_place_has_its_picture_and_opens_with_the_keyboard_in_it(desk: DeskWorld) -> None:
    desk.sit("lead")
    for number, place in enumerate(PLACES, 1):
        assert (RESOURCES / "icons" / f"{place.name}.svg").is_file()
        if desk.seat.may(place.permission):
            held, key = Qt.KeyboardModifier.ControlModifier, Qt.Key(Qt.Key.Key_0 + number)
            if number < 10:
                desk.act(lambda key=key, held=held: QTest.keyClick(desk.window, key, held))
            else:
                desk.act(desk.window.rail.places[place.name].click)
            assert desk.window.shown == place.name
            assert isinstance(desk.window.screen_of(place.name), Screen)
            assert desk.window.focusWidget() is not None


def test_a_key_leads_nowhere_before_somebody_signed_in(desk: DeskWorld) -> None:
    desk.act(lambda: QTest.keyClick(desk.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier))
    assert desk.window.shown == PLACES[0].name
    assert desk.window._pages.currentIndex() == 0


def test_a_link_goes_to_one_thing_and_an_odd_one_nowhere(desk: DeskWorld) -> None:
    desk.sit("lead")
    order = desk.rows()[1]
    desk.act(lambda: desk.window.follow(f"waydesk://order/{order.id}"))
    assert desk.window.orders.panel.order_id == order.id
    desk.act(lambda: desk.window.go("cases"))
    for odd in ("waydesk://order/1x", "waydesk://nowhere/1", "order", "waydesk://settings/1/../2"):
        desk.act(lambda odd=odd: desk.window.follow(odd))
        assert desk.window.shown == "cases"
    assert place_of("nonsense/5") == ("", "")
