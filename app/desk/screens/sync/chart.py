"""How long orders took to come in, drawn over a day: the plotting library is loaded when shown."""

import asyncio
from importlib import import_module
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.desk.parts import clear, column
from app.desk.seat import Seat
from app.desk.speech import SECOND
from app.desk.text import TextLabel
from app.domain.times import local
from app.reads.sync_health import SampleRow

HEIGHT = 150
MEDIAN_WIDTH, P95_WIDTH = 2.0, 1.5


class DelayChart(QWidget):
    """Median as a whole line and p95 as a dashed one; both are said in words above it too."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self._library: Any = None
        self._loading = False
        self.rows: tuple[SampleRow, ...] = ()
        self.plot: Any = None
        self.told = TextLabel(weight="medium").wrapped()
        self._place = column(gap=0)
        whole = column(self.told, gap=6)
        whole.addLayout(self._place)
        self.setLayout(whole)

    def show_rows(self, rows: tuple[SampleRow, ...]) -> None:
        """Draw these samples, oldest first; only those in which orders came say a delay."""
        self.rows = tuple(row for row in rows if row.came)
        self.say()

    def say(self) -> None:
        """Draw again, in the words and colours of now."""
        speech = self._seat.speech
        if not self.rows:
            self.told.setText(speech.say("health.no_delays"))
        else:
            last = self.rows[-1]
            median, p95 = speech.span(last.median_ms), speech.span(last.p95_ms)
            self.told.setText(speech.say("health.delays", median=median, p95=p95))
        if self._library is not None:
            self._draw()
        elif self.rows and not self._loading:
            self._loading = True
            self._seat.spawn(self._load())

    # --- inside --------------------------------------------------------------------------------

    async def _load(self) -> None:
        """Load the library beside the window: it takes a second, and nobody waits for it."""
        self._library = await asyncio.to_thread(import_module, "pyqtgraph")
        self.say()

    def _draw(self) -> None:
        clear(self._place)
        self.plot = None
        if len(self.rows) < 2:
            return
        graph, tokens = self._library, self._seat.look.tokens
        plot = graph.PlotWidget(background=tokens.panel, axisItems={"bottom": self._hours()})
        plot.setFixedHeight(HEIGHT)
        plot.setMouseEnabled(x=False, y=False)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setFrameShape(plot.Shape.NoFrame)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        plot.setAccessibleName(self.told.text())
        plot.showGrid(x=False, y=True, alpha=0.25)
        self._dress(plot)
        at = [row.at / SECOND for row in self.rows]
        dashed = Qt.PenStyle.DashLine
        p95 = graph.mkPen(tokens.warning, width=P95_WIDTH, style=dashed)
        plot.plot(at, [row.p95_ms / SECOND for row in self.rows], pen=p95)
        median = graph.mkPen(tokens.accent, width=MEDIAN_WIDTH)
        plot.plot(at, [row.median_ms / SECOND for row in self.rows], pen=median)
        plot.setYRange(0, max(row.p95_ms for row in self.rows) / SECOND or 1)
        self.plot = plot
        self._place.addWidget(plot)

    def _dress(self, plot: Any) -> None:
        """Axes in the colours and the face of the desk."""
        tokens, face = self._seat.look.tokens, self._seat.look.faces.ui(11)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setPen(tokens.line)
            axis.setTextPen(tokens.second)
            axis.setTickFont(face)
        plot.getAxis("left").enableAutoSIPrefix(False)
        plot.getAxis("left").setWidth(34)

    def _hours(self) -> Any:
        """An axis of wall times of the shop."""
        axis, zone = self._library.AxisItem("bottom"), self._seat.speech.zone

        def words(values: list[float], _scale: float, _spacing: float) -> list[str]:
            return [f"{local(int(at * SECOND), zone):%H:%M}" for at in values]

        axis.tickStrings = words
        return axis
