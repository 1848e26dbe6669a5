"""The first day can be left at any step and gone on with; the strip says how the shop stands."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.commands.founding import KeepStep, Tried, TryChannel
from app.commands.orders import SetPolicy
from app.desk.forms import Ask, AskForm
from app.desk.forms import Kind as FormKind
from app.desk.parts import Button
from app.desk.screens.first_day.connect import ChannelPage, ConnectPage
from app.desk.screens.first_day.screen import FOUNDED, STEPS, next_step
from app.desk.strip import GO
from app.desk.text import TextLabel
from app.domain.actor import worker
from app.operations import founding
from app.operations.laws import choices_of
from app.reads.first_day import Standing
from app.store import shops
from app.store.tables import channel
from tests.desk.desk_world import DeskWorld
from tests.desk.test_desk_work import fill, put_away
from tests.sync.own_world import TEA_FILE


def begin(desk: DeskWorld, *done: str) -> None:
    """The shop of the tests, as one whose first day was begun in the window."""
    desk.shop.hire("owner", "owner", "admin")
    with desk.shop.book.work(worker("setup")) as work:
        founding._put_step(work, "facts", "done")
        work.tell("setup_step_kept", "settings")
        work.commit()
    for step in done:
        desk.shop.do("owner", KeepStep(step, "done"))


def at(desk: DeskWorld) -> str:
    day = desk.window.first_day
    return STEPS[day.at].name if day.isVisible() else ""


@pytest.mark.req("F247")
def test_who_signs_in_again_goes_on_where_the_first_day_was_left(desk: DeskWorld) -> None:
    begin(desk, "kit")
    desk.sit("owner")
    assert at(desk) == "printer"  # warehouse and sender are there already
    desk.act(lambda: QTest.keyClick(desk.window.first_day, Qt.Key.Key_F8))
    assert at(desk) == "ready"  # shop, stock and carrier are there too
    desk.act(desk.window.sign_out)
    desk.sit("owner")
    assert at(desk) == "ready"
    desk.act(desk.window.first_day.go_on)
    assert at(desk) == ""
    desk.act(desk.window.sign_out)
    desk.sit("owner")
    assert at(desk) == ""


def test_nobody_else_is_led_through_the_set_up(desk: DeskWorld) -> None:
    begin(desk)
    desk.sit("agent")
    assert at(desk) == ""
    assert not desk.window.strip.isVisible()


def test_the_board_can_be_gone_to_and_the_strip_leads_back(desk: DeskWorld) -> None:
    begin(desk, "kit")
    desk.sit("owner")
    desk.act(desk.window.first_day.board.click)
    assert at(desk) == ""
    strip = desk.window.strip
    assert strip.isVisible()
    assert strip.text.text() == desk.seat.speech.say("strip.unfinished")
    desk.act(strip.on.click)
    assert at(desk) == "printer"


def watches(desk: DeskWorld) -> bool:
    with desk.shop.book.work(worker("test")) as work:
        return bool(choices_of(work)["read_only"])


@pytest.mark.req("F265")
def test_only_the_owner_says_go_and_the_strip_goes_then(desk: DeskWorld) -> None:
    desk.shop.hire("owner", "owner")
    desk.shop.do("owner", SetPolicy("read_only", "true"))
    desk.sit("lead")
    strip = desk.window.strip
    assert strip.text.text() == desk.seat.speech.say("strip.watching")
    assert not strip.go.isVisible()
    desk.act(desk.window.sign_out)
    desk.sit("owner")
    assert GO in strip.go.text()
    desk.during(strip.ask_go, put_away(desk))
    assert watches(desk)
    desk.during(strip.ask_go, fill(desk))
    assert not watches(desk)
    desk.until(lambda: not strip.isVisible())


@pytest.mark.req("F103")
def test_a_demonstration_says_what_it_is(desk: DeskWorld) -> None:
    with desk.shop.book.work(worker("setup")) as work:
        shops.mark_demo(work)
        work.tell("shop_founded", "operator")
        work.commit()
    desk.sit("agent")
    assert desk.window.strip.text.text() == desk.seat.speech.say("strip.demo")
    assert desk.window.strip.isVisible()


def test_the_next_step_is_the_first_that_is_neither_done_nor_left() -> None:
    names = [step.name for step in STEPS]
    assert names[next_step(Standing())] == "kit"
    half = Standing(kit=True, warehouse=7, sender=True, later=frozenset({"printer"}))
    assert names[next_step(half)] == "shop"
    rest = frozenset({"printer", "shop", "stock", "carrier"})
    whole = Standing(kit=True, warehouse=7, sender=True, later=rest)
    assert names[next_step(whole)] == "ready"
    assert names[FOUNDED] == "kit"


def test_every_step_has_its_words_in_the_window(desk: DeskWorld) -> None:
    words = desk.seat.law.words
    keys = [f"first.{part}_{step.name}" for step in STEPS for part in ("step", "title", "text")]
    assert [key for key in keys if not words.has(key)] == []


def sentences(page: ConnectPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(TextLabel))


@pytest.mark.req("F144")
def test_before_any_key_is_asked_the_page_says_whether_such_a_shop_can_be_connected(
    desk: DeskWorld,
) -> None:
    begin(desk, "kit")
    desk.sit("owner")
    day = desk.window.first_day
    page = next(each for each in day.pages if isinstance(each, ChannelPage))
    desk.act(lambda: day._turn_to(day.pages.index(page)))
    say = desk.seat.speech.say
    for name in ("taobao", "woocommerce"):
        chips = page.form._inputs["which"].buttons()
        desk.act(next(c for c in chips if c.property("value") == name).click)
        assert say(f"connection.{name}.first") in sentences(page)
        others = {"taobao", "woocommerce"} - {name}
        assert not any(say(f"connection.{other}.first") in sentences(page) for other in others)


def test_a_store_of_ones_own_is_connected_by_the_text_of_its_file(
    desk: DeskWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(desk, "kit", "printer")
    desk.sit("owner")
    day = desk.window.first_day
    desk.act(lambda: day._turn_to([step.name for step in STEPS].index("shop")))
    form = day.pages[day.at].form
    chips = {chip.property("value"): chip for chip in form.findChildren(Button)}
    desk.act(chips["own_shop"].click)
    assert form.values()["called"] == "A store of your own"
    tried, through = [], desk.link.ask

    async def ask(command: Any, reply: Any, on_progress: Any = None) -> Any:
        if isinstance(command, TryChannel):
            tried.append(command)
            return Tried()
        return await through(command, reply, on_progress)

    monkeypatch.setattr(desk.link, "ask", ask)
    path = tmp_path / "store.toml"
    form.fill("store_file", str(path))
    desk.act(day.go_on)
    assert day.problem.text() == "The file store.toml cannot be read"
    assert tried == []
    path.write_text(TEA_FILE, "utf-8")
    desk.act(day.go_on)
    assert [each.fields["store_file"] for each in tried] == [TEA_FILE]
    row = next(each for each in desk.shop.all(channel) if each["platform"] == "own_shop")
    with desk.shop.book.work(worker("test")) as work:
        assert shops.fields_of(work, row["id"])["store_file"] == TEA_FILE


def test_the_file_of_a_store_is_chosen_in_a_dialog_that_does_not_stop_the_window(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QFileDialog] = []
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: opened.append(dialog))  # noqa: PLW0108 - Qt needs a function to bind
    ask = Ask("file", "first.way", FormKind.FILE)
    form = AskForm(desk.window.seat.speech, (ask,))
    choose = next(button for button in form.findChildren(Button))
    desk.act(choose.click)
    (dialog,) = opened
    dialog.fileSelected.emit("/shop/store.toml")
    desk.act(dialog.reject)
    assert form.values() == {"file": "/shop/store.toml"}
