"""The screen of stock: breakers, and what runs low."""

from app.desk.paged import PagedScreen
from app.desk.screens.stock.low import LowPage
from app.desk.screens.stock.stopped import StoppedPage
from app.desk.seat import Seat


class StockScreen(PagedScreen):
    """What is stopped, and what runs low."""

    def __init__(self, seat: Seat) -> None:
        self.stopped, self.low = StoppedPage(seat), LowPage(seat)
        pages = {"stopped": self.stopped, "low": self.low}
        super().__init__(seat, pages, "nav.stock")
        for page in pages.values():
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
