"""A desk that is left locks, leaks nothing, and opens by PIN or badge (faults 81)."""

import asyncio

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QWidget

from app.commands.orders import AddNote
from app.commands.people import SetPin, Tokenise
from app.commands.staff import IssueBadge, ResetPassphrase
from app.desk.dialogs import Sheet
from app.desk.idle import SLEPT_MS
from app.desk.text import TextLabel
from app.domain.errors import NotSignedIn
from app.process.errors import Refused
from app.reads import board
from app.reads.board import View
from app.store.tables_record import operator, session
from tests.desk.desk_world import DeskWorld
from tests.operations.outbound_world import PASSPHRASE

PIN = "8305"
MINUTE = 60_000


def locked(desk: DeskWorld) -> bool:
    return desk.window._pages.currentIndex() == 0


def person(desk: DeskWorld, login: str) -> int:
    return int(next(row["id"] for row in desk.shop.all(operator) if row["login"] == login))


def badge(desk: DeskWorld, login: str) -> str:
    if "admin" not in {row["login"] for row in desk.shop.all(operator)}:
        desk.shop.hire("admin", "admin")
    return str(desk.shop.do("admin", IssueBadge(person(desk, login)))["code"])


def scan(desk: DeskWorld, code: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    """Type as a scanner does, wherever the keyboard stands."""

    def keys() -> None:
        target = QApplication.focusWidget() or desk.window
        for sign in code:
            QTest.keyClick(QApplication.focusWidget() or target, sign)
        QTest.keyClick(QApplication.focusWidget() or target, end)

    desk.act(keys)


def minutes(desk: DeskWorld, n: float) -> None:
    """Let time pass as it does: the watch looks every few seconds."""
    for _ in range(int(n * 6)):
        desk.behind.clock.advance(10_000)
        desk.act(desk.window.watch.idle.look)


# --- when it locks -------------------------------------------------------------------------------


def test_ten_minutes_without_a_hand_lock_the_desk_and_a_touch_puts_it_off(desk: DeskWorld) -> None:
    desk.sit("agent")
    minutes(desk, 9)
    desk.act(lambda: QTest.keyClick(desk.window.orders.board.table, Qt.Key.Key_Down))
    minutes(desk, 9)
    assert not locked(desk)
    minutes(desk, 1)
    assert locked(desk)
    desk.settle()
    mine = [r["state"] for r in desk.shop.all(session) if r["operator_id"] == person(desk, "agent")]
    assert mine[-1] == "locked"


def test_a_computer_that_slept_is_locked_when_it_wakes(desk: DeskWorld) -> None:
    desk.sit("agent")
    desk.behind.clock.advance(SLEPT_MS + 1)
    desk.act(desk.window.watch.idle.look)
    assert locked(desk)


def test_the_systems_own_lock_and_sleep_lock_the_desk(desk: DeskWorld) -> None:
    for told in (desk.window.watch.system.locks, lambda: desk.window.watch.system.sleeps(True)):
        desk.sit("agent")
        desk.act(lambda: desk.window.watch.system.sleeps(False))
        assert not locked(desk)
        desk.act(told)
        assert locked(desk)
        desk.act(desk.window.sign_in._other_person)


def test_a_desk_locks_although_nobody_answers(desk: DeskWorld) -> None:
    """The screen goes first; what the background service says comes after."""
    desk.sit("agent")
    desk.link.refusing.append(Refused("not_signed_in"))
    desk.act(desk.window.lock)
    assert locked(desk)


# --- what a locked desk gives away ----------------------------------------------------------------


def shown(desk: DeskWorld) -> set[str]:
    """Every text of every widget of the window, in sight or not, and every tip."""
    widgets = desk.window.findChildren(QWidget)
    texts = {w.text() for w in widgets if isinstance(w, TextLabel | QLineEdit)}
    for view in desk.window.findChildren(QAbstractItemView):
        model = view.model()
        for at in range(model.rowCount()):
            for column in range(model.columnCount()):
                texts.add(str(model.index(at, column).data() or ""))
    return texts | {w.toolTip() for w in widgets}


def test_a_locked_desk_holds_no_order_no_name_and_no_tip(desk: DeskWorld) -> None:
    desk.sit("agent")
    order = desk.rows()[0]
    desk.act(lambda: desk.window.go(f"order/{order.id}"))
    desk.act(lambda: desk.window.go("cases"))
    desk.act(lambda: desk.window.top.search.setText("张小满"))
    desk.until(lambda: not desk.window.top._pause.isActive())
    desk.settle()
    before = " ".join(shown(desk))
    assert order.external_no in before
    assert order.buyer_mask in before
    desk.act(desk.window.lock)
    after = " ".join(shown(desk))
    for secret in (order.external_no, order.number, order.buyer_mask, order.phone_mask, "张小满"):
        assert secret not in after, secret
    assert not desk.rows()


def test_no_key_no_link_and_no_drop_does_anything_on_a_locked_desk(desk: DeskWorld) -> None:
    desk.sit("lead")
    order = desk.rows()[0]
    desk.act(lambda: desk.window.go(f"order/{order.id}"))
    desk.act(desk.window.lock)
    before = desk.shop.order(order.external_no)["version"]
    for shortcut in desk.window.findChildren(QShortcut):
        desk.act(shortcut.activated.emit)
    for key in ("Ctrl+1", "Ctrl+F", "F9", "H", "P", "W"):
        desk.act(lambda key=key: QTest.keySequence(desk.window, QKeySequence(key)))
    desk.act(lambda: desk.window.follow(f"waydesk://order/{order.id}"))
    data = QMimeData()
    data.setText(order.external_no)
    for target in desk.window.findChildren(QWidget):
        drop = QDropEvent(
            QPointF(1, 1),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(target, drop)
    desk.settle()
    assert locked(desk)
    assert not desk.window.findChildren(Sheet)
    assert desk.window.orders.panel.shown is None
    assert desk.shop.order(order.external_no)["version"] == before


def test_the_locked_session_itself_opens_nothing(desk: DeskWorld) -> None:
    desk.sit("agent")
    token, order = desk.link.session, desk.rows()[0]
    desk.act(desk.window.lock)
    assert desk.link.session == ""
    desk.link.session = token
    for ask in (AddNote(order.id, "called"), Tokenise("张")):
        with pytest.raises(Refused) as no:
            desk.run(desk.link.ask(ask, type(None)))
        assert no.value.code == "not_signed_in"
    with pytest.raises(NotSignedIn):
        desk.run(desk.seat.see(board.page, View()))


def test_a_card_that_was_open_is_gone_when_the_desk_locks(desk: DeskWorld) -> None:
    desk.sit("agent")

    async def lock_over_it() -> None:
        for _ in range(50):
            await asyncio.sleep(0.01)
            if desk.window.findChildren(Sheet):
                break
        desk.window.lock()

    hold = desk.window.orders.doer.by_name("hold")
    desk.during(lambda: desk.window.orders.board.press(hold), lock_over_it)
    assert locked(desk)
    assert not desk.window.findChildren(Sheet)


# --- how it opens again ---------------------------------------------------------------------------


def test_a_pin_opens_it_again_and_a_wrong_one_says_so(desk: DeskWorld) -> None:
    desk.shop.do("agent", SetPin(PASSPHRASE, PIN))
    desk.sit("agent")
    desk.act(desk.window.lock)
    screen = desk.window.sign_in
    screen.passphrase.setText("8306")
    desk.act(screen.go)
    assert locked(desk)
    assert screen.problem.text() == "That PIN does not fit"
    screen.passphrase.setText(PIN)
    desk.act(screen.go)
    assert not locked(desk)
    assert desk.rows()


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_badge_opens_a_locked_desk_and_leaves_no_sign_in_the_field(
    desk: DeskWorld, end: Qt.Key
) -> None:
    code = badge(desk, "agent")
    desk.sit("agent")
    desk.act(desk.window.lock)
    desk.window.sign_in.passphrase.setFocus()
    scan(desk, code.lower(), end)
    desk.until(lambda: not locked(desk))
    assert desk.window.sign_in.passphrase.text() == ""
    assert desk.seat.signed.login == "agent"


def test_another_persons_badge_changes_who_sits_there(desk: DeskWorld) -> None:
    code = badge(desk, "lead")
    desk.sit("lead")
    desk.act(desk.window.lock)
    desk.act(desk.window.sign_in._other_person)
    desk.sit("agent")
    theirs = desk.link.session
    desk.window.top.search.setFocus()
    scan(desk, code)
    desk.until(lambda: desk.seat.signed is not None and desk.seat.signed.login == "lead")
    desk.settle()
    assert desk.window.top.search.text() == ""
    states = {str(row["id"]): row["state"] for row in desk.shop.all(session)}
    assert states[theirs] == "locked"
    assert desk.seat.viewer is not None
    assert desk.seat.viewer.login == "lead"


def test_a_badge_without_a_session_here_asks_for_the_passphrase(desk: DeskWorld) -> None:
    code = badge(desk, "packer")
    desk.sit("agent")
    theirs = desk.link.session
    scan(desk, code)
    desk.until(lambda: locked(desk))
    screen = desk.window.sign_in
    assert screen.login.text() == "packer"
    assert "passphrase is needed" in screen.problem.text()
    assert {str(r["id"]): r["state"] for r in desk.shop.all(session)}[theirs] == "locked"


def test_a_misread_badge_changes_nothing_and_fires_no_shortcut(desk: DeskWorld) -> None:
    desk.sit("lead")
    desk.window.orders.board.table.setFocus()
    scan(desk, "WD:U:PPPPWWWWHHHHXX")
    desk.settle()
    assert not locked(desk)
    assert not desk.window.findChildren(Sheet)
    assert desk.news[-1].title == "This badge opens nothing"


def test_what_only_looks_like_a_badge_is_typed_as_it_was(desk: DeskWorld) -> None:
    desk.sit("agent")
    search = desk.window.top.search
    search.setFocus()
    for text in ("w", "wd", "wd:x", "Wd-40", "WD"):
        search.clear()
        desk.act(lambda text=text: QTest.keyClicks(search, text))
        desk.until(lambda text=text: search.text() == text)


def test_a_held_key_is_still_a_shortcut(desk: DeskWorld) -> None:
    desk.sit("lead")
    pressed: list[str] = []
    desk.window._shortcuts["W"].activated.connect(lambda: pressed.append("W"))
    desk.window.orders.board.table.setFocus()
    desk.act(lambda: QTest.keyClick(desk.window.orders.board.table, Qt.Key.Key_W))
    desk.until(lambda: pressed)


def test_a_temporary_passphrase_leads_to_an_own_one(desk: DeskWorld) -> None:
    badge(desk, "agent")
    told = desk.shop.do("admin", ResetPassphrase(person(desk, "agent")))["passphrase"]
    screen = desk.window.sign_in
    screen.login.setText("agent")
    screen.passphrase.setText(told)
    desk.act(screen.go)
    assert screen._title.text() == "Choose your own passphrase"
    screen.passphrase.setText("a passphrase of my own")
    screen.again.setText("another one")
    desk.act(screen.go)
    assert screen.problem.text() == "The two are not the same"
    screen.again.setText("a passphrase of my own")
    desk.act(screen.go)
    assert not locked(desk)


def test_a_misread_code_of_an_order_is_told_and_opens_nothing(desk: DeskWorld) -> None:
    desk.sit("lead")
    desk.window.orders.board.table.setFocus()
    scan(desk, "WD:O:PPPPWWWWHHHHXX")
    desk.settle()
    assert not desk.window.findChildren(Sheet)
    assert desk.news[-1].title.startswith("Misread")
