"""The self-check where the owner looks: four signs with figures, and what cannot be known said."""

from typing import Any

import pytest

from app.desk.screens.settings.screen import SettingsScreen
from app.desk.text import TextLabel
from tests.desk.desk_world import DeskWorld


def page(desk: DeskWorld) -> Any:
    desk.shop.hire("boss", "owner")
    desk.sit("boss")
    desk.act(lambda: desk.window.go("settings/needs"))
    screen = desk.window.screen_of("settings")
    assert isinstance(screen, SettingsScreen)
    return screen.page()


@pytest.mark.req("F148")
def test_the_owner_sees_the_four_signs_and_that_statements_cannot_be_known(
    desk: DeskWorld,
) -> None:
    mine = page(desk)
    desk.until(lambda: len(mine.signs) == 4)
    shown = " ".join(one.text() for one in mine.findChildren(TextLabel))
    assert "0 files of orders were written on the busiest day" in shown
    assert "does not read the platforms' statements of account" in shown
    assert "of the 3 signs that can be known here show" in shown
