"""Beside the goods: what the seller noted, the label, the latest scans, and what can be done."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from app.desk.parts import Dot, KeyedButton, boxed, clear, column, in_lines, row
from app.desk.seat import Seat
from app.desk.text import TextLabel, plain_tip
from app.domain.packing import Outcome
from app.domain.scan_codes import BenchCommand
from app.reads.packing import BenchOrder, ScanRow

WIDTH, NARROW = 372, 316
DOTS = {
    Outcome.RIGHT: "good",
    Outcome.COMPLETE: "good",
    Outcome.FINISHED: "good",
    Outcome.WRONG: "bad",
    Outcome.SURPLUS: "bad",
    Outcome.TWICE: "warning",
    Outcome.ALREADY: "warning",
    Outcome.FORCED: "warning",
    Outcome.ASIDE: "warning",
}
SCANS = 6


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that can be done at the station: its word, key, whether it may be, and why not."""

    word: str
    command: BenchCommand
    key: str
    kind: str
    may: bool = True
    reason: str = ""


class Side(QFrame):
    """The column at the right of a station."""

    def __init__(self, seat: Seat, act: Callable[[BenchCommand], None]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat, self._act = seat, act
        self._cards = column(gap=12, margins=(18, 18, 18, 8))
        self._foot = column(gap=8, margins=(18, 8, 18, 16))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(boxed(self._cards))
        whole = column(area, gap=0)
        whole.addLayout(self._foot)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.setFixedWidth(WIDTH)

    def narrow(self, narrow: bool) -> None:
        """Leave more room for the goods on a small screen."""
        self.setFixedWidth(NARROW if narrow else WIDTH)

    def show_order(
        self, order: BenchOrder | None, scans: tuple[ScanRow, ...], more: tuple[QWidget, ...] = ()
    ) -> None:
        """Show a parcel's order, `more` cards of the station, and its latest scans."""
        clear(self._cards)
        if order is not None:
            for card in (*self._notes(order), *more, self._label(order)):
                self._cards.addWidget(card)
        else:
            for card in more:
                self._cards.addWidget(card)
        if scans:
            self._cards.addWidget(self._latest(scans))
        self._cards.addStretch(1)

    def offer(self, deeds: tuple[Deed, ...]) -> None:
        """Show what can be done, each with its key; what this person may not do says why."""
        clear(self._foot)
        buttons: list[QWidget] = []
        for deed in deeds:
            text = self._seat.speech.say(deed.word)
            drawn = deed.kind if deed.may else "locked"
            button = KeyedButton(drawn, text, deed.key, self._acting(deed))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setEnabled(deed.may)
            plain_tip(button, deed.reason)
            buttons.append(button)
        lines = in_lines(*buttons)
        lines.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._foot.addWidget(lines)

    def _acting(self, deed: Deed) -> Callable[[], None]:
        return lambda: self._act(deed.command)

    # --- cards -----------------------------------------------------------------------------------

    def _notes(self, order: BenchOrder) -> list[QWidget]:
        say, found = self._seat.speech.say, list[QWidget]()
        if order.kind in {"rush", "sample"}:
            kind = self._seat.speech.word("kind", order.kind)
            found.append(self._note("rush", say("packing.kind", kind=kind), "bad"))
        if order.memo:
            found.append(self._note("flag", say("packing.memo", text=order.memo), "warning"))
        if order.message:
            found.append(self._note("inbox", say("packing.message", text=order.message), "info"))
        return found

    def _note(self, icon: str, text: str, tone: str) -> QWidget:
        look = self._seat.look
        picture = TextLabel()
        picture.setPixmap(look.pixmap(icon, look.tokens.tone(tone), 18))
        words = TextLabel(text, face="title", ink=tone).wrapped()
        whole = row(picture, words, gap=10, margins=(14, 11, 14, 11))
        whole.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
        whole.setStretch(1, 1)
        card = boxed(whole, kind="verdict")
        card.setProperty("tone", tone)
        return card

    def _label(self, order: BenchOrder) -> QWidget:
        speech = self._seat.speech
        carrier = speech.word("carrier", order.carrier) if order.carrier else ""
        head = row(
            TextLabel(speech.say("packing.label"), face="caption", ink="third"),
            1,
            TextLabel(carrier, face="caption", ink="third"),
        )
        state = speech.word("print", order.print_state) if order.print_state else ""
        rows = (
            ("packing.platform_no", order.external_no),
            ("packing.waybill_no", order.waybill_no or speech.say("packing.no_waybill")),
            ("packing.printed", state or speech.say("packing.not_printed")),
            ("packing.shop", order.shop),
        )
        whole = column(gap=7, margins=(14, 12, 14, 13))
        whole.addLayout(head)
        for word, text in rows:
            value = TextLabel(text).faced(self._seat.look.faces.mono())
            caption = TextLabel(speech.say(word), ink="second")
            caption.setFixedWidth(92)
            line = row(caption, value, gap=8)
            line.setStretch(1, 1)
            whole.addLayout(line)
        return boxed(whole, kind="card")

    def _latest(self, scans: tuple[ScanRow, ...]) -> QWidget:
        speech = self._seat.speech
        whole = column(gap=7, margins=(14, 12, 14, 13))
        whole.addWidget(TextLabel(speech.say("packing.latest"), face="caption", ink="third"))
        for one in scans[:SCANS]:
            what = f"{one.title} {one.variant}".strip() or one.code
            if Outcome(one.outcome) not in DOTS or one.outcome == Outcome.FINISHED:
                what = one.external_no
            text = speech.say(f"packing.log_{one.outcome}", what=what)
            at = TextLabel(speech.clock(one.at), ink="third").faced(self._seat.look.faces.mono(12))
            dot = Dot(self._seat.look, DOTS.get(Outcome(one.outcome), "info"))
            words = TextLabel(text)
            plain_tip(words, text)
            words.setMinimumWidth(60)
            line = row(at, dot, words, gap=8)
            line.setStretch(2, 1)
            whole.addLayout(line)
        return boxed(whole, kind="card")
