"""How long orders took to come in, drawn over a day."""

from app.desk.line_chart import LineChart, Series
from app.desk.seat import Seat
from app.desk.speech import SECOND
from app.reads.sync_health import SampleRow


class DelayChart(LineChart):
    """Median as a whole line and p95 as a dashed one."""

    def __init__(self, seat: Seat) -> None:
        self.rows: tuple[SampleRow, ...] = ()
        super().__init__(seat, self._delays)

    def show_rows(self, rows: tuple[SampleRow, ...]) -> None:
        """Draw these samples, oldest first; only those in which orders came say a delay."""
        self.rows = tuple(row for row in rows if row.came)
        p95 = tuple((row.at, row.p95_ms / SECOND) for row in self.rows)
        median = tuple((row.at, row.median_ms / SECOND) for row in self.rows)
        self.show_series(Series(p95, "warning", dashed=True), Series(median))

    def _delays(self) -> str:
        speech = self._seat.speech
        if not self.rows:
            return speech.say("health.no_delays")
        last = self.rows[-1]
        median, p95 = speech.span(last.median_ms), speech.span(last.p95_ms)
        return speech.say("health.delays", median=median, p95=p95)
