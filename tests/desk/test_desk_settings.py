"""The shop's rules on a screen: found in either language, changed in place, never lost."""

import asyncio
from typing import Any

import pytest

from app.commands.orders import SetPolicy
from app.desk.dialogs import Sheet
from app.desk.screens.settings.computer import ComputerPage
from app.desk.screens.settings.pages import PAGES
from app.desk.screens.settings.screen import SettingsScreen
from app.desk.screens.settings.shop import ShopPage
from app.desk.theme import Shade
from app.desk.tray import STAY
from app.domain.errors import ReasonNeeded, RuleRefused
from app.rulebook import RESOURCES
from tests.desk.desk_world import DeskWorld


def page(desk: DeskWorld, who: str, name: str = "shop") -> Any:
    desk.shop.hire("boss", "owner") if who == "boss" else None
    desk.sit(who)
    desk.act(lambda: desk.window.go(f"settings/{name}"))
    screen = desk.window.screen_of("settings")
    assert isinstance(screen, SettingsScreen)
    return screen.page()


def policy(desk: DeskWorld) -> Any:
    return desk.seat.law.policy


async def sheet(desk: DeskWorld) -> Sheet:
    for _ in range(200):
        await asyncio.sleep(0.01)
        for one in desk.window.findChildren(Sheet):
            if one.isVisible():
                return one
    raise AssertionError("nothing was asked")


def shown(shop: ShopPage) -> set[str]:
    return {name for name, row in shop.rows.items() if not row.isHidden()}


def test_every_choice_of_the_shop_has_its_row_and_its_own_name(desk: DeskWorld) -> None:
    shop = page(desk, "lead")
    assert set(shop.rows) == set(desk.seat.law.choices)
    words = desk.seat.speech.words
    assert not [name for name in shop.rows if not words.has(f"prefs.name_{name}")]
    assert not [one for one in PAGES if not (RESOURCES / "icons" / f"{one.icon}.svg").is_file()]


def test_the_search_finds_names_and_sentences_in_both_languages(desk: DeskWorld) -> None:
    shop = page(desk, "lead")
    desk.act(lambda: shop.search.setText("面单"))
    assert {"label_template", "label_printer", "auto_print"} <= shown(shop)
    desk.act(lambda: shop.search.setText("unpaid ORDER holds"))
    assert shown(shop) == {"soft_lock_minutes"}
    desk.act(lambda: shop.search.setText("no such thing"))
    assert shown(shop) == set()
    assert not shop._none.isHidden()


def test_a_choice_is_changed_in_place_marked_and_undone(desk: DeskWorld) -> None:
    shop = page(desk, "boss")
    row = shop.rows["auto_review"]
    desk.act(row.editor.switch.click)
    assert policy(desk).auto_review is False
    assert row.changed
    undo = desk.news[-1].undo
    assert undo is not None
    desk.act(undo)
    assert policy(desk).auto_review is True
    assert not row.changed
    line = shop.rows["soft_lock_minutes"].editor.line
    desk.act(lambda: (line.setText("45"), line.editingFinished.emit()))
    assert policy(desk).soft_lock_minutes == 45
    desk.act(shop.rows["soft_lock_minutes"].back.click)
    assert policy(desk).soft_lock_minutes == 30
    box = shop.rows["ship_trigger"].editor.box
    desk.act(lambda: box.activated.emit(0))
    assert policy(desk).ship_trigger == "print"


@pytest.mark.parametrize("shade", list(Shade)[1:])
def test_a_list_of_words_shows_that_it_opens_in_the_colours_of_its_time(
    desk: DeskWorld, shade: Shade
) -> None:
    shop = page(desk, "lead")
    desk.act(lambda: desk.seat.look.choose(shade))
    box = shop.rows["ship_trigger"].editor.box
    shown, ink = box.grab().toImage(), desk.seat.look.color("second")
    right = range(shown.width() - 30, shown.width() - 3)
    seen = [shown.pixelColor(x, y) for x in right for y in range(3, shown.height() - 3)]
    near = [c for c in seen if abs(c.lightness() - ink.lightness()) < 40]
    assert len(near) > 8, "an arrow is drawn at the right end"


def test_a_choice_outside_its_bounds_is_refused_and_what_stood_is_shown(desk: DeskWorld) -> None:
    shop = page(desk, "boss")
    line = shop.rows["soft_lock_minutes"].editor.line
    desk.act(lambda: (line.setText("999999"), line.editingFinished.emit()))
    assert policy(desk).soft_lock_minutes == 30
    assert line.text() == "30"
    assert desk.news[-1].remedy


def test_where_the_law_wants_a_reason_it_is_asked_for(desk: DeskWorld) -> None:
    shop = page(desk, "boss")
    line = shop.rows["audit_days"].editor.line

    async def answer() -> None:
        asked = await sheet(desk)
        asked.fill("reason", "the auditor asked")
        asked.done.click()

    desk.during(lambda: (line.setText("500"), line.editingFinished.emit()), answer)
    assert policy(desk).audit_days == 500


def test_who_may_not_change_the_rules_reads_them_locked(desk: DeskWorld) -> None:
    shop = page(desk, "agent")
    assert not [row for row in shop.rows.values() if row.editor.isEnabled()]
    assert not shop._who.isHidden()
    assert "Owner" in shop._who.text()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("backup_at", "25:00"),
        ("backup_days", "1"),
        ("backup_copy", "relative/folder"),
        ("update_url", "http://updates.example/feed"),
        ("update_url", "https://user@updates.example/feed"),
        ("language", "fr"),
    ],
)
def test_the_door_itself_holds_the_bounds(desk: DeskWorld, key: str, value: str) -> None:
    desk.shop.hire("boss", "owner")
    with pytest.raises(RuleRefused):
        desk.shop.do("boss", SetPolicy(key, value, "because"))
    if key == "update_url":
        with pytest.raises(ReasonNeeded):
            desk.shop.do("boss", SetPolicy(key, "https://updates.example/feed"))


def test_this_computers_choices_count_at_once_and_stay(desk: DeskWorld) -> None:
    computer = page(desk, "lead", "computer")
    assert isinstance(computer, ComputerPage)

    def press(name: str, value: str) -> None:
        chips = computer.groups[name].buttons()
        desk.act(next(chip for chip in chips if chip.property("value") == value).click)

    press("language", "zh")
    press("density", "compact")
    press(STAY, "no")
    assert desk.seat.speech.lang == "zh"
    assert desk.window.orders.board.table.painter_of_rows.compact
    recalled = [desk.seat.memory.recall(name, "") for name in ("language", "density", STAY)]
    assert recalled == ["zh", "compact", "no"]
