"""The order panel: one sentence first, then what proves it, what is in it and what can be done."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.commands.people import Revealed, RevealField
from app.commands.wire import Changed
from app.desk.actions import Standing, all_standing
from app.desk.after_sale_card import after_sale_card, answered
from app.desk.dialogs import Field, Form, ask
from app.desk.ends_card import ends_card
from app.desk.lock_card import lock_card
from app.desk.panel_cards import PanelCards
from app.desk.parts import (
    Button,
    Flow,
    KeyedButton,
    boxed,
    clear,
    column,
    empty_state,
    in_lines,
    row,
)
from app.desk.seat import News, Seat
from app.desk.text import TextLabel, plain_tip
from app.reads import panel
from app.reads.after_sales import AfterSaleRow
from app.reads.board import BoardRow
from app.reads.panel import Panel

WIDE, NARROW = 408, 360
ADVICE = 260
MOST = 16_777_215
"""Qt's own word for "as wide as there is room"."""
FIELDS = ("name", "phone", "address")


class PanelScreen(QWidget):
    """Everything of one order, read again whenever it changes."""

    do = Signal(object, object)
    closed = Signal()

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat = seat
        self._cards = PanelCards(seat)
        self.order_id = 0
        self.shown: Panel | None = None
        self._clear_text: dict[str, str] = {}
        self._body = column(gap=12, margins=(18, 18, 18, 18))
        self._foot = column(gap=0, margins=(18, 10, 18, 12))
        self._area, self._foot_box = QScrollArea(), boxed(self._foot, "panelfoot")
        self._mask_again = QTimer(self)
        self._mask_again.setSingleShot(True)
        self._mask_again.timeout.connect(self._mask)
        self.back = Button("link", self.closed.emit)
        seat.speech.bind(self.back, self.back.say, "panel.back")
        self._lay_out()
        for changed in (seat.speech.changed, seat.look.changed, seat.viewer_changed):
            changed.connect(self.draw)
        self.narrow(False)
        self.draw()

    def _lay_out(self) -> None:
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(boxed(self._body))
        whole = column(self.back, self._area, self._foot_box, gap=0)
        whole.setAlignment(self.back, Qt.AlignmentFlag.AlignLeft)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def narrow(self, narrow: bool, *, alone: bool = False) -> None:
        """Take less room on a small screen; on a very small one stand alone, with a way back."""
        self.back.setVisible(alone)
        if alone:
            self.setMinimumWidth(0)
            self.setMaximumWidth(MOST)
        else:
            self.setFixedWidth(NARROW if narrow else WIDE)

    def open(self, order_id: int) -> None:
        """Show an order."""
        if order_id != self.order_id:
            self._mask_again.stop()
            self._clear_text.clear()
        self.order_id = order_id
        self._seat.spawn(self.read())

    def heard(self, changed: Changed) -> None:
        """Read again when this order, or what hangs on it, changed."""
        for kind in ("orders", "tracking", "after_sales"):
            ids = changed.rows.get(kind)
            if self.order_id and ids is not None and (not ids or self.order_id in ids):
                self._seat.spawn(self.read())
                return

    async def read(self) -> None:
        """Read the order and draw it."""
        wanted = self.order_id
        found = await self._seat.see(panel.order, wanted) if wanted else None
        if wanted == self.order_id:
            self.shown = found
            self.draw()

    def tick(self) -> None:
        """The time moved on."""
        if self.shown is not None and not self._clear_text:
            self.draw()

    def forget(self) -> None:
        """Show nothing: the person left."""
        self.order_id, self.shown = 0, None
        self._mask()

    def draw(self) -> None:
        """Put the order on screen, at the place it was scrolled to."""
        place = self._area.verticalScrollBar().value()
        clear(self._body)
        clear(self._foot)
        self._foot_box.setVisible(self.shown is not None)
        if self.shown is None:
            say = self._seat.speech.say
            words = (say("empty.panel"), say("empty.panel_text"))
            self._body.addWidget(empty_state(self._seat.look, "orders", *words, ADVICE), 1)
            return
        self._fill(self.shown)
        self._body.addStretch(1)
        QTimer.singleShot(0, self, lambda: self._area.verticalScrollBar().setValue(place))

    # --- inside --------------------------------------------------------------------------------

    def _fill(self, shown: Panel) -> None:
        cards, add = self._cards, self._body.addWidget
        add(cards.headline(shown))
        add(self._who(shown))
        for part in (
            cards.stopped(shown),
            cards.cases(shown),
            after_sale_card(self._seat, shown, self.answer),
            cards.milestones(shown),
            ends_card(self._seat, shown),
            cards.items(shown),
            lock_card(self._seat, shown),
            cards.remarks(shown),
            cards.parcels(shown),
            cards.timeline(shown),
            cards.scans(shown),
        ):
            if part is not None:
                add(part)
        self._foot.addWidget(self._actions(shown.order))

    def _who(self, shown: Panel) -> QWidget:
        order, speech = shown.order, self._seat.speech
        masked = {
            "name": speech.person(order.buyer_mask),
            "phone": order.phone_mask,
            "address": speech.person(shown.address_mask) or f"{order.province}{order.city}",
        }
        flow = Flow(6)
        number = TextLabel(order.external_no, weight="medium").copyable()
        flow.addWidget(number.faced(self._seat.look.faces.mono(13, 700)))
        flow.addWidget(TextLabel(order.shop, tag="plain"))
        if order.kind != "normal" and order.kind:
            flow.addWidget(TextLabel(speech.word("kind", order.kind), tag="warning"))
        flow.addWidget(TextLabel(order.number, ink="third", face="caption"))
        holder = QWidget()
        holder.setLayout(flow)
        lines = QVBoxLayout()
        lines.setSpacing(6)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(holder)
        people = Flow(6)
        for field in FIELDS:
            text = self._clear_text.get(field, masked[field])
            if text:
                people.addWidget(self._person(field, text))
        box = QWidget()
        box.setLayout(people)
        lines.addWidget(box)
        whole = QWidget()
        whole.setLayout(lines)
        return whole

    def _person(self, field: str, text: str) -> QWidget:
        clear_text = field in self._clear_text
        label = TextLabel(text, ink="warning" if clear_text else "second").copyable()
        if clear_text:
            label.wrapped()
            label.setMinimumWidth(200 if field == "address" else 0)
        eye = Button("link", lambda: self._reveal(field))
        eye.setIcon(self._seat.look.icon("eye", "third", 14))
        eye.setFixedSize(18, 18)
        word = self._seat.speech.word("field", field)
        eye.setAccessibleName(self._seat.speech.say("panel.reveal", what=word))
        allowed = self._seat.may("pii.reveal")
        reason = "panel.reveal" if allowed else "act.no_right"
        right = self._seat.speech.say("permission.pii.reveal")
        plain_tip(eye, self._seat.speech.say(reason, what=word, right=right))
        eye.setEnabled(allowed and not clear_text)
        return boxed(row(label, eye, gap=2))

    def _reveal(self, field: str) -> None:
        self._seat.spawn(self._show_clear(field, self.order_id))

    async def _show_clear(self, field: str, order_id: int) -> None:
        speech = self._seat.speech
        args: dict[str, str | int] = {"what": speech.word("field", field)}
        asked = Field("reason", "sheet.reason", needed=True)
        form = Form("sheet.reveal", "sheet.reveal_text", (asked,), "sheet.show", args=args)
        answer = await ask(self.window(), speech, form)
        if answer is None:
            return
        command = RevealField(order_id, field, answer["reason"])
        revealed = await self._seat.ask(command, Revealed)
        if revealed is not None and order_id == self.order_id:
            self._clear_text[field] = revealed.text
            self._mask_again.start(revealed.seconds * 1000)
            self.draw()

    def _mask(self) -> None:
        self._clear_text.clear()
        self.draw()

    def _actions(self, order: BoardRow) -> QWidget:
        found = all_standing(order, self._seat.law.lifecycle, self._seat.may)
        able = [one for one in found if one.allowed]
        made: list[Button] = [
            self._action(one, order, primary=not at) for at, one in enumerate(able)
        ]
        locked = [self._action(one, order, primary=False) for one in found if not one.allowed]
        return in_lines(*made, self._copy_button(), *locked)

    def _action(self, one: Standing, order: BoardRow, *, primary: bool) -> KeyedButton:
        speech, action = self._seat.speech, one.action
        word = speech.say(action.word)
        if one.allowed:
            natural = primary and action.name in {
                "waybill",
                "print",
                "release",
                "settle",
                "payment",
            }
            kind = "primary" if natural else action.tone
            key = action.key.replace("Shift+", "⇧")
            return KeyedButton(kind, word, key, lambda: self.do.emit(action, (order,)))
        reason = speech.say(one.reason, right=speech.say(one.right) if one.right else "")
        short = speech.say("act.locked") if one.right else reason
        button = KeyedButton("locked", f"{word} · {short}", "", None)
        button.setEnabled(False)
        button.setAccessibleDescription(reason)
        plain_tip(button, reason)
        return button

    def _copy_button(self) -> KeyedButton:
        return KeyedButton("", self._seat.speech.say("act.copy"), "C", self.copy)

    def answer(self, one: AfterSaleRow, name: str) -> None:
        """Agree to an after-sale of the order, or refuse it, once the person has said so twice."""
        self._seat.spawn(answered(self._seat, self, one, name))

    def copy(self) -> None:
        """Copy the order's numbers and its one sentence, for an answer to the buyer."""
        if self.shown is None:
            return
        order = self.shown.order
        parts = (order.external_no, self._cards.sentence(self.shown), order.waybill_no)
        QGuiApplication.clipboard().setText(" · ".join(part for part in parts if part))
        self._seat.news.emit(News(self._seat.speech.say("done.copied"), "", "good"))
