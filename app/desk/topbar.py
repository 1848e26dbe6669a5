"""The bar at the top: the one search box, how the shops are doing, and who sits here."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QToolTip, QWidget

from app.desk.choices import Choices
from app.desk.parts import Dot, LaidButton, boxed, row
from app.desk.seat import Seat
from app.desk.speech import MINUTE
from app.desk.text import TextLabel, button_text, plain_tip
from app.reads.house import FILES, ON, PAUSED, ShopRow

HEIGHT = 52
PAUSE_MS = 180
LONGEST = 20_000
"""Characters of a paste: some hundred numbers."""
STALE_MS = 15 * MINUTE
OWN = {"passphrase": "key", "pin": "pin", "factor": "factor", "language": "language"}
"""What a person keeps of their own account, with its icon (app.desk.account)."""


class TopBar(QWidget):
    """Search, health, person."""

    typed = Signal(str)
    into_results = Signal()
    account_wanted = Signal(str)
    lock_wanted = Signal()
    sign_out_wanted = Signal()
    demo_wanted, tour_wanted = Signal(), Signal()

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._seat = seat
        self._shops: tuple[ShopRow, ...] = ()
        self._tight, self._demo = False, True
        self.search = QLineEdit()
        self._key = TextLabel("/", self.search, tag="key")
        self._magnifier = TextLabel("", self.search)
        self._dot, self._health = Dot(seat.look), TextLabel(ink="second")
        pill = row(self._dot, self._health, gap=8, margins=(12, 3, 14, 3))
        self._pill = boxed(pill, kind="pill")
        self._person = LaidButton("ghost", self._menu)
        self._badge, self._name = TextLabel(tag="person"), TextLabel()
        self._pause = QTimer(self)
        self._dress_search()
        self._lay_out()
        seat.speech.changed.connect(self.say)
        seat.look.changed.connect(self.say)
        self.say()

    def _dress_search(self) -> None:
        box = self.search
        box.setObjectName("search")
        box.setMaxLength(LONGEST)
        box.setMinimumWidth(320)
        box.setMaximumWidth(620)
        box.setFixedHeight(34)
        box.setTextMargins(22, 0, 26, 0)
        box.installEventFilter(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(lambda: self.typed.emit(box.text()))
        box.textChanged.connect(lambda _text: self._pause.start())

    def shops(self, found: tuple[ShopRow, ...]) -> None:
        """Show how fresh the shops are."""
        self._shops = found
        self._say_health()

    def narrow(self, tight: bool) -> None:
        """Leave out what a very small screen has no room for."""
        self._tight = tight
        self._name.setVisible(not tight)
        self.search.setMinimumWidth(180 if tight else 320)
        self._say_health()

    def forget(self) -> None:
        """Let go of what was typed and told: the person left the desk."""
        self._pause.stop()
        blocker = QSignalBlocker(self.search)
        self.search.clear()
        blocker.unblock()
        QToolTip.hideText()

    def offer_demo(self, offered: bool) -> None:
        """Whether the person's menu leads to the demonstration."""
        self._demo = offered

    def focus_search(self) -> None:
        """Put the keyboard into the search box."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def say(self) -> None:
        """Put its words."""
        look, say = self._seat.look, self._seat.speech.say
        self.search.setPlaceholderText(say("top.search"))
        self._magnifier.setPixmap(look.pixmap("search", look.tokens.third, 16))
        signed = self._seat.signed
        name = signed.name if signed else ""
        self._name.setText(name)
        self._badge.setText(name[:2].upper())
        self._person.setAccessibleName(name)
        self._say_health()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Place what stands inside the box; Down goes to the results, Escape empties it."""
        if watched is self.search and event.type() is QEvent.Type.Resize:
            height = self.search.height()
            self._magnifier.setGeometry(10, (height - 16) // 2, 16, 16)
            self._key.adjustSize()
            self._key.move(
                self.search.width() - self._key.width() - 9, (height - self._key.height()) // 2
            )
        if watched is self.search and isinstance(event, QKeyEvent):
            return event.type() is QEvent.Type.KeyPress and self._key_pressed(event)
        return False

    # --- inside --------------------------------------------------------------------------------

    def _key_pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._pause.stop()
            self.typed.emit(self.search.text())
            self.into_results.emit()
            return True
        if key == Qt.Key.Key_Escape:
            self.search.clear()
            self.into_results.emit()
            return True
        return False

    def _lay_out(self) -> None:
        inner = row(self._badge, self._name, gap=8, margins=(4, 0, 8, 0))
        self._badge.setFixedSize(28, 28)
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self._badge, self._name):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._person.setLayout(inner)
        self._person.setFixedHeight(36)
        self._pill.setFixedHeight(28)
        layout = row(gap=12, margins=(16, 0, 12, 0))
        layout.addWidget(self.search, 5)
        layout.addWidget(self._pill)
        layout.addStretch(2)
        layout.addWidget(Choices(self._seat))
        layout.addWidget(self._person)
        self.setLayout(layout)

    def _say_health(self) -> None:
        speech, now = self._seat.speech, self._seat.clock.now()
        shops = [shop for shop in self._shops if not shop.platform.startswith(FILES)]
        self._pill.setVisible(bool(shops) and not self._tight)
        off = [shop.name for shop in shops if shop.state == ON and shop.needs_person]
        paused = [shop.name for shop in shops if shop.state == PAUSED]
        unread = [shop.name for shop in shops if shop.is_read and not shop.synced_at]
        ages = {shop.name: now - (shop.synced_at or now) for shop in shops if shop.is_read}
        slowest, age = max(ages.items(), key=lambda pair: pair[1], default=("", 0))
        if off:
            text, tone = speech.say("top.shop_off", shop=off[0]), "bad"
        elif unread:
            text, tone = speech.say("top.unread", shop=unread[0]), "warning"
        elif age > STALE_MS:
            text, tone = speech.say("top.stale", shop=slowest, span=speech.span(age)), "warning"
        elif paused:
            text, tone = speech.say("top.paused", shop=paused[0], n=len(paused)), "warning"
        else:
            text, tone = speech.say("top.well", n=len(shops), span=speech.span(age)), "good"
        self._dot.turn(tone)
        self._health.setText(text)
        plain_tip(self._pill, text)

    def _menu(self) -> None:
        """What concerns the person who sits here."""
        say = self._seat.speech.say
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        signed = self._seat.signed
        if signed is not None:
            roles = ", ".join(self._seat.speech.word("role", role) for role in signed.roles)
            menu.addAction(button_text(roles)).setEnabled(False)
            menu.addSeparator()
        look = self._seat.look
        for what, icon in OWN.items():
            wish = partial(self.account_wanted.emit, what)
            menu.addAction(look.icon(icon), say(f"account.{what}"), wish)
        menu.addAction(look.icon("shop"), say("top.tour"), self.tour_wanted.emit)
        if self._demo:
            menu.addAction(look.icon("eye"), say("first.way_demo"), self.demo_wanted.emit)
        menu.addSeparator()
        menu.addAction(look.icon("lock"), say("top.lock"), self.lock_wanted.emit)
        menu.addAction(look.icon("leave"), say("top.sign_out"), self.sign_out_wanted.emit)
        menu.popup(self._person.mapToGlobal(self._person.rect().bottomLeft()))
