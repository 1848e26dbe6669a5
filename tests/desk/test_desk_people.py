"""Signing in, locking, and what each role may do, with the reason beside what it may not."""

import asyncio

import pytest

from app.desk.actions import ACTIONS, standing
from app.desk.dialogs import Sheet
from app.desk.link import LinkState
from app.desk.parts import KeyedButton
from app.desk.text import TextLabel
from app.operations.all_verbs import VERBS
from app.process.errors import KeeperGone, Refused
from app.reads.board import View
from tests.desk.desk_world import DeskWorld
from tests.operations.outbound_world import PASSPHRASE


def at_sign_in(desk: DeskWorld) -> bool:
    return desk.window._pages.currentIndex() == 0


def test_a_refused_sign_in_says_what_and_what_to_do(desk: DeskWorld) -> None:
    screen = desk.window.sign_in
    screen.login.setText("lead")
    screen.passphrase.setText("not this one")
    desk.act(screen.go)
    assert at_sign_in(desk)
    assert screen.problem.text() == "Name or passphrase is wrong"
    assert "try again" in screen.remedy.text()
    assert screen.passphrase.text() == ""
    desk.act(lambda: desk.seat.speech.choose("zh"))
    assert screen.enter.text() == "登录"


def test_data_without_a_key_asks_for_its_passphrase_first(desk: DeskWorld) -> None:
    screen = desk.window.sign_in
    desk.link.refusing.append(Refused("vault_locked", why="passphrase_needed"))
    screen.login.setText("lead")
    screen.passphrase.setText(PASSPHRASE)
    desk.act(screen.go)
    assert screen._title.text() == "Open the shop's data"
    assert not screen.login.isVisible()


def test_a_background_service_that_ended_is_said_with_its_reason(desk: DeskWorld) -> None:
    desk.link.reason = KeeperGone(why="no_vault")
    desk.act(lambda: desk.link.turn(LinkState.GONE))
    assert "no_vault" in desk.window.sign_in.problem.text() or desk.window.sign_in.problem.text()
    assert not desk.window.sign_in.enter.isEnabled()


def test_a_locked_desk_opens_with_the_passphrase_only(desk: DeskWorld) -> None:
    desk.sit("agent")
    desk.act(desk.window.lock)
    assert at_sign_in(desk)
    assert desk.window.sign_in._title.text() == "Locked"
    desk.window.sign_in.passphrase.setText("wrong again")
    desk.act(desk.window.sign_in.go)
    assert at_sign_in(desk)
    desk.window.sign_in.passphrase.setText(PASSPHRASE)
    desk.act(desk.window.sign_in.go)
    assert not at_sign_in(desk)


def test_signing_out_leaves_nothing_on_screen(desk: DeskWorld) -> None:
    desk.sit("agent")
    desk.act(desk.window.sign_out)
    assert at_sign_in(desk)
    assert desk.window.orders.panel.shown is None
    assert desk.link.session == ""


def test_a_session_that_ran_out_goes_back_to_the_sign_in(desk: DeskWorld) -> None:
    desk.sit("agent")
    desk.behind.clock.advance(13 * 3_600_000)
    desk.act(desk.window.orders.board.reload)
    assert at_sign_in(desk)


def test_every_action_asks_for_the_permission_its_command_needs() -> None:
    rights = {verb.ask.__struct_config__.tag: verb.permission for verb in VERBS}
    commands = {
        "waybill": "take_waybills",
        "print": "print_labels",
        "settle": "settle_print",
        "payment": "confirm_payment",
        "release": "release_order",
        "review": "review_order",
        "hold": "hold_order",
        "note": "add_note",
        "memo": "set_memo",
        "reprint": "reprint_label",
        "tracking": "refresh_tracking",
        "cancel": "cancel_order",
    }
    assert {a.name: a.permission for a in ACTIONS} == {n: rights[c] for n, c in commands.items()}


@pytest.mark.parametrize(
    ("who", "locked"),
    [
        ("agent", {"cancel", "waybill", "print", "settle", "payment", "reprint"}),
        ("packer", {"cancel", "hold", "release", "review", "note", "memo", "payment", "reprint"}),
        ("lead", {"payment"}),
        ("finance", {a.name for a in ACTIONS} - {"payment", "tracking"}),
    ],
)
def test_what_a_role_may_not_do_is_there_with_its_reason(
    desk: DeskWorld, who: str, locked: set[str]
) -> None:
    desk.sit(who)
    order = desk.rows()[0]
    seat = desk.seat
    found = [standing(action, order, seat.law.lifecycle, seat.may) for action in ACTIONS]
    assert {one.action.name for one in found if one.right} == locked
    desk.act(lambda: desk.window.go(f"order/{order.id}"))
    buttons = {b.accessibleName(): b for b in desk.window.orders.panel.findChildren(KeyedButton)}
    for one in found:
        if one.right and one.fits:
            word = seat.speech.say(one.action.word)
            button = next(b for name, b in buttons.items() if name.startswith(f"{word} ·"))
            assert not button.isEnabled()
            assert seat.speech.say(one.right) in button.accessibleDescription()


def test_a_hold_is_done_with_its_reason_and_taken_back_with_undo(desk: DeskWorld) -> None:
    desk.sit("agent", View(tab="to_print"))
    order = desk.rows()[0]
    window = desk.window
    desk.act(lambda: window.go(f"order/{order.id}"))

    async def give_reason() -> None:
        for _ in range(50):
            await asyncio.sleep(0.01)
            if (sheet := window.findChild(Sheet)) is not None:
                break
        assert not sheet.done.isEnabled()
        sheet.fill("reason", "buyer asked to wait")
        sheet.done.click()

    desk.during(lambda: window.orders.board.press(window.orders.doer.by_name("hold")), give_reason)
    assert desk.shop.order(order.external_no)["held"] == "hold"
    assert window.orders.panel.shown.order.held == "hold"
    said = [label.text() for label in window.orders.panel.findChildren(TextLabel)]
    assert "Why it stands still: buyer asked to wait" in said
    desk.act(desk.news[-1].undo)
    assert desk.shop.order(order.external_no)["held"] == ""


def test_a_refusal_is_one_line_with_its_remedy(desk: DeskWorld) -> None:
    desk.sit("agent")
    desk.link.refusing.append(Refused("order_on_hold", order_no="900", why="hold"))
    order = desk.rows()[0]
    desk.act(
        lambda: desk.window.orders.doer.run(desk.window.orders.doer.by_name("tracking"), (order,))
    )
    desk.act(
        lambda: desk.window.orders.doer.run(desk.window.orders.doer.by_name("review"), (order,))
    )
    assert desk.window.toast.isVisible()
    assert desk.window.toast.title.text()
    assert "Traceback" not in desk.window.toast.title.text()


def test_an_open_question_is_put_away_with_the_session_and_hears_all_keys(
    desk: DeskWorld,
) -> None:
    desk.sit("agent")

    async def leave() -> None:
        await asyncio.sleep(0.1)
        sheet = desk.window.findChild(Sheet)
        assert sheet.isVisible()
        assert not desk.window._heeds(always=True)
        desk.window.leave()

    hold = desk.window.orders.doer.by_name("hold")
    desk.during(lambda: desk.window.orders.doer.run(hold, tuple(desk.rows()[:1])), leave)
    assert not any(sheet.isVisible() for sheet in desk.window.findChildren(Sheet))
