"""Lines over time, in the colours of the desk; the plotting library is loaded when one is shown."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.desk.parts import clear, column
from app.desk.seat import Seat
from app.desk.speech import DAY, SECOND
from app.desk.text import TextLabel
from app.domain.times import local

HEIGHT = 150
WHOLE, DASHED = 2.0, 1.5
AXIS = 38
FEW = 2
"""Points a line needs; one alone is said in words."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line: (UTC ms, value) oldest first, a colour of the tokens, and whether it is dashed."""

    points: tuple[tuple[int, float], ...]
    tone: str = "accent"
    dashed: bool = False


class LineChart(QWidget):
    """What it shows is said in words above it too, for who cannot see lines."""

    def __init__(self, seat: Seat, words: Callable[[], str], height: int = HEIGHT) -> None:
        """``words`` says what is drawn, in the language of now."""
        super().__init__()
        self._seat, self._words, self._height = seat, words, height
        self.low = 0.0  # where the scale begins
        self._library: Any = None
        self._loading = False
        self.series: tuple[Series, ...] = ()
        self.plot: Any = None
        self.told = TextLabel(weight="medium").wrapped()
        self._place = column(gap=0)
        whole = column(self.told, gap=6)
        whole.addLayout(self._place)
        self.setLayout(whole)

    def show_series(self, *series: Series) -> None:
        """Draw these lines."""
        self.series = series
        self.say()

    def say(self) -> None:
        """Draw again, in the words and colours of now."""
        self.told.setText(self._words())
        if self._library is not None:
            self._draw()
        elif self._drawn() and not self._loading:
            self._loading = True
            self._seat.spawn(self._load())

    # --- inside -----------------------------------------------------------------------------------

    def _drawn(self) -> list[Series]:
        return [one for one in self.series if len(one.points) >= FEW]

    async def _load(self) -> None:
        """Load the library beside the window: it takes a second, and nobody waits for it."""
        self._library = await asyncio.to_thread(import_module, "pyqtgraph")
        self.say()

    def _draw(self) -> None:
        clear(self._place)
        self.plot = None
        drawn = self._drawn()
        if not drawn:
            return
        self.plot = plot = self._sheet(drawn)
        for one in drawn:
            self._draw_line(plot, one)
        most = max(value for one in drawn for _, value in one.points)
        plot.setYRange(self.low, most if most > self.low else self.low + 1)
        self._place.addWidget(plot)

    def _sheet(self, drawn: list[Series]) -> Any:
        """An empty plot with its axes; it takes no click and no key."""
        axes = {"bottom": self._times(drawn)}
        plot = self._library.PlotWidget(background=self._seat.look.tokens.panel, axisItems=axes)
        plot.setFixedHeight(self._height)
        plot.setMouseEnabled(x=False, y=False)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setFrameShape(plot.Shape.NoFrame)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        plot.setAccessibleName(self.told.text())
        plot.showGrid(x=False, y=True, alpha=0.25)
        self._dress(plot)
        return plot

    def _draw_line(self, plot: Any, one: Series) -> None:
        style = Qt.PenStyle.DashLine if one.dashed else Qt.PenStyle.SolidLine
        width = DASHED if one.dashed else WHOLE
        pen = self._library.mkPen(self._color(one.tone), width=width, style=style)
        at, values = zip(*one.points, strict=True)
        plot.plot([moment / SECOND for moment in at], list(values), pen=pen)

    def _color(self, tone: str) -> str:
        tokens = self._seat.look.tokens
        return str(tokens.accent if tone == "accent" else tokens.tone(tone))

    def _dress(self, plot: Any) -> None:
        """Axes in the colours and the face of the desk."""
        tokens, face = self._seat.look.tokens, self._seat.look.faces.ui(11)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setPen(tokens.line)
            axis.setTextPen(tokens.second)
            axis.setTickFont(face)
        plot.getAxis("left").enableAutoSIPrefix(False)
        plot.getAxis("left").setWidth(AXIS)

    def _times(self, drawn: list[Series]) -> Any:
        """An axis of wall times of the shop, or of days where they are more than two."""
        axis, zone = self._library.AxisItem("bottom"), self._seat.speech.zone
        moments = [at for one in drawn for at, _ in one.points]
        form = "%m-%d" if max(moments) - min(moments) > 2 * DAY else "%H:%M"

        def words(values: list[float], _scale: float, _spacing: float) -> list[str]:
            return [format(local(int(at * SECOND), zone), form) for at in values]

        axis.tickStrings = words
        return axis
