"""The scan strip: a waybill number typed or scanned, and the step it was scanned at."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QWidget

from app.commands.parcels import ScanLabel, Scanned
from app.desk.parts import Button, column, row
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.errors import WaydeskError
from app.domain.states import ShipTrigger


class ScanStrip(QWidget):
    """Stays open for one scan after another; the last result stands beside the field."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("headstrip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat = seat
        self.code = QLineEdit()
        self.result, self._remedy = TextLabel(weight="medium"), TextLabel(ink="second")
        self._title, self._told = TextLabel(weight="medium"), QWidget()
        self._steps = QButtonGroup(self)
        self._away = Button("link", self.hide)
        self._lay_out()
        self.code.returnPressed.connect(self.scan)
        self._steps.buttonClicked.connect(lambda _chip: self.code.setFocus())
        seat.speech.changed.connect(self._say)
        seat.look.changed.connect(self._say)
        self._say()
        self.hide()

    def _lay_out(self) -> None:
        self.code.setFixedHeight(30)
        self.code.setMinimumWidth(120)
        layout = row(self._title, gap=8)
        for step in ShipTrigger:
            layout.addWidget(self._chip(step))
        layout.addWidget(self.code, 1)
        layout.addWidget(self._away)
        whole = column(gap=6, margins=(14, 8, 12, 8))
        whole.addLayout(layout)
        whole.addWidget(self._told)
        told = row(self.result, self._remedy.wrapped(), gap=10)
        told.setStretch(1, 1)
        self._told.setLayout(told)
        self._told.hide()
        self.setLayout(whole)

    def _chip(self, step: ShipTrigger) -> Button:
        chip = Button("chip")
        chip.setCheckable(True)
        chip.setProperty("step", step.value)
        chip.setFixedHeight(28)
        chip.setChecked(step is self._seat.law.policy.ship_trigger)
        self._steps.addButton(chip)
        return chip

    def open(self) -> None:
        """Be ready for the next scan."""
        self.show()
        self.code.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.code.selectAll()

    def choose(self, step: ShipTrigger) -> None:
        """Begin at the step the shop ships by."""
        for chip in self._steps.buttons():
            chip.setChecked(chip.property("step") == step.value)

    def scan(self) -> None:
        """Take what stands in the field."""
        code = self.code.text().strip()
        if code:
            self.code.clear()
            self._seat.spawn(self._scan(code))

    async def _scan(self, code: str) -> None:
        chip = self._steps.checkedButton()
        step = str(chip.property("step")) if chip is not None else ShipTrigger.WEIGH_OUT.value
        speech = self._seat.speech
        try:
            done = await self._seat.link.ask(ScanLabel(code, step), Scanned)
        except WaydeskError as error:
            title, remedy = speech.error(error)
            self._tell(f"{code}: {title}", remedy, "bad")
            return
        word = speech.word("ship_trigger", step)
        key = "scan.already" if done.already else ("scan.shipped" if done.shipped else "scan.done")
        tone = "warning" if done.already else "good"
        self._tell(speech.say(key, code=code, step=word), self._as_of(done), tone)

    def _as_of(self, done: Scanned) -> str:
        """As of when refunds are known, where the platform could not be asked for this scan."""
        if done.fresh:
            return ""
        if not done.read_at:
            return self._seat.speech.say("scan.as_of_never")
        when = self._seat.speech.moment(done.read_at, self._seat.clock.now())
        return self._seat.speech.say("scan.as_of", when=when)

    def _tell(self, text: str, remedy: str, tone: str) -> None:
        self._told.show()
        self.result.setText(text)
        self.result.restyle(ink=tone)
        self._remedy.setText(remedy)

    def _say(self) -> None:
        speech = self._seat.speech
        self._title.setText(speech.say("scan.title"))
        self.code.setPlaceholderText(speech.say("scan.field"))
        self._away.setIcon(self._seat.look.icon("close", "third", 16))
        for chip in self._steps.buttons():
            text = speech.word("scan_step", str(chip.property("step")))
            chip.setText(text)
