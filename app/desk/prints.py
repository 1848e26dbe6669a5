"""The progress of a selection printed together: each label and what became of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QScrollArea, QWidget

from app.commands.parcels import PerOrder
from app.commands.wire import Changed
from app.desk.parts import Button, boxed, clear, column, row
from app.desk.printer import named
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.errors import Detail
from app.domain.states import PrintState
from app.reads import house
from app.reads.board import BoardRow
from app.reads.house import BatchRow

WIDTH, HEIGHT = 430, 320
MOST = 200
TONES = {"spooled": "info", "printed": "good", "unknown": "warning", "failed": "bad"}
OVER = frozenset({"spooled", "printed", "unknown", "failed", "cancelled"})


class PrintCard(QFrame):
    """A card over the board's corner; it stays until it is put away."""

    doubtful = Signal(int, str)

    def __init__(self, seat: Seat, host: QWidget) -> None:
        super().__init__(host)
        self.setProperty("kind", "sheet")
        self._seat, self._host = seat, host
        self._batch = ""
        self._orders: tuple[BoardRow, ...] = ()
        self._refused: tuple[tuple[int, str], ...] = ()
        self.found: tuple[BatchRow, ...] = ()
        self._title, self._count = TextLabel(face="title"), TextLabel(ink="second")
        self._bar = QProgressBar()
        self._list = column(gap=6, margins=(0, 0, 6, 0))
        self._lay_out()
        self.resize(WIDTH, HEIGHT)
        seat.speech.changed.connect(self._draw)
        self.hide()

    def _lay_out(self) -> None:
        self._bar.setTextVisible(False)
        away = Button("link", self.hide)
        away.setIcon(self._seat.look.icon("close", "third", 16))
        away.setFixedSize(22, 22)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(boxed(self._list))
        whole = column(gap=10, margins=(16, 14, 12, 12))
        whole.addLayout(row(self._title, self._count, 1, away))
        whole.addWidget(self._bar)
        whole.addWidget(area, 1)
        self.setLayout(whole)

    def begin(self, orders: tuple[BoardRow, ...], answer: PerOrder) -> None:
        """Follow a batch from its first answer."""
        self._orders, self._refused, self._batch = orders, answer.refused, answer.batch
        self.found = ()
        self._draw()
        self.place()
        self.show()
        self.raise_()
        self._seat.spawn(self.read())

    def heard(self, changed: Changed) -> None:
        """Read the batch again when prints changed."""
        if self._batch and self.isVisible() and "prints" in changed.rows:
            self._seat.spawn(self.read())

    async def read(self) -> None:
        """Read what became of each label."""
        self.found = await self._seat.see(house.batch, self._batch)
        self._draw()

    def place(self) -> None:
        """Stand in the lower right corner of the host."""
        host = self._host.rect()
        self.move(host.right() - self.width() - 20, host.bottom() - self.height() - 48)

    # --- inside --------------------------------------------------------------------------------

    def _draw(self) -> None:
        clear(self._list)
        speech = self._seat.speech
        over = sum(job.state in OVER for job in self.found)
        total = max(len(self.found), len(self._orders) - len(self._refused))
        self._title.setText(speech.say("prints.title"))
        counted = speech.say("prints.count", done=over, total=total)
        self._count.setText(counted if total else speech.say("prints.none"))
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(over)
        numbers = {order.id: order for order in self._orders}
        for order_id, code in self._refused:
            order = numbers.get(order_id)
            self._list.addWidget(self._refusal(order, code))
        for job in self.found[:MOST]:
            self._list.addWidget(self._job(job))
        self._list.addStretch(1)

    def _refusal(self, order: BoardRow | None, code: str) -> QWidget:
        number, held = (order.external_no, order.held) if order else ("", "")
        waybill_no = order.waybill_no if order else ""
        facts: dict[str, Detail] = {"order_no": number, "why": held}
        facts |= {"waybill_no": waybill_no, "copy_no": 1}
        title, remedy = self._seat.speech.refusal(code, facts)
        tag = TextLabel(self._seat.speech.say("prints.refused"), tag="bad")
        line = row(TextLabel(number).faced(self._seat.look.faces.mono(13)), 1, tag)
        text = TextLabel(
            self._seat.speech.say("prints.why", title=title, remedy=remedy),
            face="caption",
            ink="second",
        )
        layout = column(gap=2)
        layout.addLayout(line)
        layout.addWidget(text.wrapped())
        return boxed(layout)

    def _job(self, job: BatchRow) -> QWidget:
        speech = self._seat.speech
        number = TextLabel(job.external_no).faced(self._seat.look.faces.mono(13))
        waybill = TextLabel(job.waybill_no, ink="second", face="caption")
        tag = TextLabel(speech.word("print", job.state), tag=TONES.get(job.state, "plain"))
        line = row(number, waybill, 1, gap=10)
        if job.state == PrintState.UNKNOWN:
            look = Button("link", lambda: self.doubtful.emit(job.id, job.external_no))
            look.say(speech.say("act.settle"))
            line.addWidget(look)
        line.addWidget(tag)
        layout = column(gap=2)
        layout.addLayout(line)
        if job.error:
            layout.addWidget(TextLabel(self._why(job), face="caption", ink="bad").wrapped())
        return boxed(layout)

    def _why(self, job: BatchRow) -> str:
        speech, error = self._seat.speech, job.error
        if speech.words.has(f"errors.{error}.title"):
            title, remedy = speech.refusal(error, self._facts(job))
            return speech.say("prints.why", title=title, remedy=remedy)
        return speech.word("printing", error)

    def _facts(self, job: BatchRow) -> dict[str, Detail]:
        printer = named(job.printer, self._seat.speech) or self._seat.speech.say("printer.usual")
        order = {"order_no": job.external_no, "refund": ""}
        return {"printer": printer, "waybill_no": job.waybill_no, "file": printer, **order}
