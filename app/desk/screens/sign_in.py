"""Signing in: the first thing a person sees, and what stands over a locked desk."""

import getpass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.commands.people import (
    EnterByPin,
    RenewPassphrase,
    SignedIn,
    SignIn,
    UnlockSession,
    UnlockVault,
)
from app.desk.choices import Choices
from app.desk.link import LinkState
from app.desk.parts import Button, Dot, boxed, column, row
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.errors import WaydeskError

WIDTH = 380
LOW = 480
"""Pixels of height below which only what is needed is shown."""
LAST = "login"
PIN_SIGNS = 8
"""A passphrase is this long or longer; fewer digits are a PIN."""


class SignInScreen(QWidget):
    """Login and passphrase or PIN; or the passphrase of the data, or of a locked session.

    Who was given a temporary passphrase is asked for an own one before anything else.
    """

    came = Signal(object)
    opened = Signal()
    """The way to the keeper is open, or its data is: whether anybody can sign in can be asked."""

    _locked: SignedIn | None = None
    _suggested = ("", "")

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat, self._speech = seat, seat.speech
        self._vault, self._busy, self._told = False, False, ""
        self.login, self.passphrase, self.again = self._field(), self._field(), self._field()
        for secret in (self.passphrase, self.again):
            secret.setEchoMode(QLineEdit.EchoMode.Password)
            secret.installEventFilter(self)
        self._title = TextLabel(face="display")
        self._text = TextLabel(ink="second").wrapped()
        captions = (TextLabel(face="caption", ink="second") for _ in range(3))
        self._login_word, self._passphrase_word, self._again_word = captions
        self._caps = TextLabel(face="caption", ink="warning")
        self.problem = TextLabel(ink="bad", weight="medium").wrapped()
        self.remedy = TextLabel(ink="second").wrapped()
        self.enter = Button("primary", self.go)
        self.other = Button("link", self._other_person)
        self._dot, self._state = Dot(seat.look, "warning"), TextLabel(face="caption", ink="second")
        self._brand = _brand()
        self._lay_out()
        self._speech.changed.connect(self._say)
        self._forget = seat.link.states.add(self._link_turned)
        self.login.setText(seat.memory.recall(LAST, ""))
        self._say()

    def begin(self, locked: SignedIn | None = None) -> None:
        """Ask for a login, or for the passphrase of a session that was locked."""
        self._locked, self._vault, self._told = locked, False, ""
        self.passphrase.clear()
        self.again.clear()
        self._tell("", "")
        if locked is not None:
            self.login.setText(locked.name)
        self._fill_in()
        self._say()
        (self.passphrase if self.login.text() else self.login).setFocus()

    def ask(self, login: str, error: WaydeskError) -> None:
        """Ask somebody for their passphrase, and say why no badge or PIN will do."""
        self.begin()
        self.login.setText(login)
        self.passphrase.setFocus()
        self.tell(error)

    def tell(self, error: WaydeskError) -> None:
        """Say a refusal with its remedy."""
        self._tell(*self._speech.error(error))

    def suggest(self, login: str, passphrase: str) -> None:
        """Stand a published sign-in ready: the one of a demonstration."""
        self._suggested = (login, passphrase)
        self._fill_in()
        self._say()

    def go(self) -> None:
        """Try what was typed."""
        if not self._busy and self.passphrase.text():
            self._busy = True
            self._say()
            self._seat.spawn(self._try())

    def close_hooks(self) -> None:
        """Hear no more of the background service."""
        self._forget()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Notice capital letters that were not asked for."""
        typed = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress
        if watched is not self.login and isinstance(event, QKeyEvent) and typed:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if event.text().isalpha():
                self._caps.setVisible(event.text().isupper() != shift)
        return False

    # --- inside --------------------------------------------------------------------------------

    def _field(self) -> QLineEdit:
        line = QLineEdit()
        line.returnPressed.connect(self.go)
        line.setMinimumHeight(34)
        return line

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """On a very low screen leave out what is only pretty, so that the button stays in sight."""
        super().resizeEvent(event)
        for part in (self._brand, self._text):
            part.setVisible(self.height() > LOW)

    def _lay_out(self) -> None:
        frame = boxed(self._card(), kind="sheet")
        frame.setFixedWidth(WIDTH)
        for hint in (self._caps, self.problem, self.remedy):
            hint.hide()
        whole = QVBoxLayout()
        whole.setContentsMargins(24, 12, 24, 12)
        whole.addLayout(row(1, Choices(self._seat)))
        whole.addStretch(2)
        whole.addWidget(self._brand)
        whole.addLayout(row(1, frame, 1))
        whole.addStretch(3)
        whole.addLayout(row(1, self._dot, self._state, 1))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(boxed(whole))
        self.setLayout(column(area, gap=0))

    def _card(self) -> QVBoxLayout:
        first = (self._login_word, self.login, self._passphrase_word, self.passphrase)
        asked = (*first, self._again_word, self.again)
        told = (self._caps, self.problem, self.remedy)
        parts = (self._title, self._text, *asked, *told, self.enter, self.other)
        card = column(*parts, gap=8, margins=(28, 24, 28, 22))
        card.insertSpacing(card.indexOf(self.enter), 6)
        card.setAlignment(self.other, Qt.AlignmentFlag.AlignHCenter)
        self.enter.setMinimumHeight(36)
        return card

    def _fill_in(self) -> None:
        login, passphrase = self._suggested
        if login and self._locked is None and self.login.text() in {"", login}:
            self.login.setText(login)
            self.passphrase.setText(passphrase)

    def _link_turned(self, state: LinkState) -> None:
        self._say()
        if state is LinkState.READY:
            self.opened.emit()

    def _say(self) -> None:
        say = self._speech.say
        page = self._page()
        words = {
            "vault": ("sign.vault", "sign.vault_text", "sign.vault_passphrase", "sign.open"),
            "locked": ("sign.locked", "sign.locked_text", "sign.pass_or_pin", "sign.unlock"),
            "renew": ("sign.renew", "sign.renew_text", "sign.own_passphrase", "sign.keep"),
            "in": ("sign.title", "sign.text", "sign.pass_or_pin", "sign.enter"),
        }[page]
        if self._suggested[0] and page == "in":
            words = ("sign.demo", "sign.demo_text", *words[2:])
        self._title.setText(say(words[0]))
        self._text.setText(say(words[1]))
        self._passphrase_word.setText(say(words[2]))
        self.enter.say(say("sign.wait") if self._busy else say(words[3]))
        self._login_word.setText(say("sign.login"))
        self._caps.setText(say("sign.caps"))
        self.other.say(say("sign.other"))
        self.other.setVisible(page in {"locked", "renew"})
        self._again_word.setText(say("sign.again"))
        for widget in (self._again_word, self.again):
            widget.setVisible(page == "renew")
        for widget in (self._login_word, self.login):
            widget.setVisible(page != "vault")
        self.login.setEnabled(page == "in")
        self._say_link()

    def _page(self) -> str:
        if self._vault:
            return "vault"
        return "renew" if self._told else ("locked" if self._locked else "in")

    def _say_link(self) -> None:
        link = self._seat.link
        tones = {LinkState.READY: "good", LinkState.GONE: "bad"}
        self._dot.turn(tones.get(link.state, "warning"))
        self._state.setText(self._speech.say(f"bar.link_{link.state}"))
        self.enter.setEnabled(link.state is not LinkState.GONE and not self._busy)
        if link.reason is not None:
            self._tell(*self._speech.error(link.reason))

    def _tell(self, title: str, remedy: str) -> None:
        self.problem.setText(title)
        self.remedy.setText(remedy)
        self.problem.setVisible(bool(title))
        self.remedy.setVisible(bool(remedy))

    async def _try(self) -> None:
        self._tell("", "")
        try:
            await (self._open_vault() if self._vault else self._enter())
        except WaydeskError as error:
            self._refused(error)
        finally:
            self._busy = False
            self._say()

    async def _enter(self) -> None:
        if self._told and self.passphrase.text() != self.again.text():
            self._tell(self._speech.say("sign.differ"), self._speech.say("sign.differ_text"))
            self.again.clear()
            return
        typed, locked, login = self.passphrase.text(), self._locked, self.login.text().strip()
        signed = await self._seat.link.ask(self._wish(typed), SignedIn)
        if locked is None:
            self._seat.memory.keep(LAST, login)
        self.passphrase.clear()
        self.again.clear()
        self._told = typed if signed.must_change else ""
        if signed.must_change:
            self.passphrase.setFocus()
            return
        self._locked = None
        self._seat.sat(signed)
        if signed.lang:
            self._speech.choose(signed.lang)
        self.came.emit(signed)

    def _wish(self, typed: str) -> UnlockSession | SignIn | EnterByPin | RenewPassphrase:
        """What is asked for with what was typed: a few digits are a PIN."""
        login, user, locked = self.login.text().strip(), getpass.getuser(), self._locked
        if self._told:
            return RenewPassphrase(login, self._told, typed, user)
        if typed.isdecimal() and len(typed) < PIN_SIGNS:
            return EnterByPin(locked.login if locked else login, typed, user)
        return UnlockSession(locked.session, typed) if locked else SignIn(login, typed, user)

    async def _open_vault(self) -> None:
        await self._seat.link.ask(UnlockVault(self.passphrase.text()), type(None))
        self._vault = False
        self.passphrase.clear()
        self._say()
        self.opened.emit()
        (self.login if not self.login.text() else self.passphrase).setFocus()

    def _refused(self, error: WaydeskError) -> None:
        needs_key = error.code == "vault_locked" and error.details.get("why") == "passphrase_needed"
        self.passphrase.clear()
        self.again.clear()
        self.passphrase.setFocus()
        if needs_key and not self._vault:
            self._vault = True
            return
        if error.code in {"not_signed_in", "passphrase_needed"} and self._locked is not None:
            self.login.setText(self._locked.login)
            self._locked = None
        self.tell(error)

    def _other_person(self) -> None:
        self._seat.sat(None)
        self.login.clear()
        self.begin()


def _brand() -> QWidget:
    mark = TextLabel("W")
    mark.setObjectName("mark")
    mark.setFixedSize(40, 40)
    mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return boxed(row(1, mark, TextLabel("Waydesk", face="title"), 1, margins=(0, 0, 0, 10)))
