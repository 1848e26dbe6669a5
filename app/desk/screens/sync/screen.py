"""The screen of shops and carriers: what is connected, and how well it is read."""

from app.desk.paged import PagedScreen
from app.desk.rightful import lock, may
from app.desk.screens.sync.carriers import CarriersPage
from app.desk.screens.sync.connections import CONNECTS, ConnectionsPage
from app.desk.screens.sync.flow import FlowPage
from app.desk.screens.sync.health import HealthPage
from app.desk.screens.sync.report import ReportPage
from app.desk.seat import Seat
from app.desk.text import plain_tip


class SyncScreen(PagedScreen):
    """Connections, sync health, the daily report, state health, how carriers take over."""

    def __init__(self, seat: Seat) -> None:
        self.connections, self.health = ConnectionsPage(seat), HealthPage(seat)
        self.report, self.flow = ReportPage(seat), FlowPage(seat)
        self.carriers = CarriersPage(seat)
        pages = {
            "connections": self.connections,
            "health": self.health,
            "report": self.report,
            "flow": self.flow,
            "carriers": self.carriers,
        }
        super().__init__(seat, pages, "nav.sync")
        self.connections.model.settled.connect(self.say_total)
        self.say()

    def open_at(self, what: str) -> None:
        """Show a page by its name, or one connection by its number."""
        super().open_at(what)
        self.connections.open_at(what)

    def chip(self, name: str) -> str:
        """The word of a page."""
        return f"sync.page_{name}"

    def total(self) -> str:
        """How many shops and carriers there are."""
        model = self.connections.model
        rows = [model.row(at) for at in range(model.rowCount())]
        shops = sum(row.is_shop for row in rows if row is not None)
        said = self._seat.speech.say("sync.count", shops=shops, carriers=len(rows) - shops)
        return said if rows else ""

    def say_add(self) -> None:
        """One more is connected from the list of what is."""
        say, able = self._seat.speech.say, may(self._seat, CONNECTS)
        self.add.setVisible(self.page is self.connections)
        self.add.say(say("sync.add") if able else f"{say('sync.add')} · {say('act.locked')}")
        self.add.setEnabled(able)
        plain_tip(self.add, "")
        lock(self._seat, self.add, CONNECTS)

    def add_one(self) -> None:
        """Connect one more shop or carrier."""
        self.connections.add()
