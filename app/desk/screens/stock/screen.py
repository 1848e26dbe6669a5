"""The screen of stock: breakers, what runs low, and whether the figures are true."""

from app.desk.paged import PagedScreen
from app.desk.screens.stock.low import LowPage
from app.desk.screens.stock.report import ReportPage
from app.desk.screens.stock.stopped import StoppedPage
from app.desk.screens.stock.variances import VariancesPage
from app.desk.seat import Seat


class StockScreen(PagedScreen):
    """What is stopped, what runs low, the daily report, and what counts found otherwise."""

    def __init__(self, seat: Seat) -> None:
        self.stopped, self.low = StoppedPage(seat), LowPage(seat)
        self.report, self.variances = ReportPage(seat), VariancesPage(seat)
        pages = {
            "stopped": self.stopped,
            "low": self.low,
            "report": self.report,
            "variances": self.variances,
        }
        super().__init__(seat, pages, "nav.stock")
        for page in (self.stopped, self.low):
            page.model.settled.connect(self.say_total)
        self.say()

    def chip(self, name: str) -> str:
        """The word of a page."""
        return f"stockroom.page_{name}"

    def total(self) -> str:
        """How many codes are stopped, and how many run low."""
        model = self.stopped.model
        rows = [model.row(at) for at in range(model.rowCount())]
        n = sum(row.state == "open" for row in rows if row is not None)
        return self._seat.speech.say("stockroom.count", stopped=n, low=self.low.model.rowCount())
