"""The screen of shops and carriers: its pages behind one strip of headings."""

from collections.abc import Mapping

from PySide6.QtCore import Qt

from app.commands.wire import Changed
from app.desk.parts import Button, boxed, column, row
from app.desk.screen import Act, Screen
from app.desk.screens.sync.connections import CONNECTS, ConnectionsPage
from app.desk.seat import Seat
from app.desk.text import TextLabel, plain_tip


class SyncScreen(Screen):
    """What is connected, and how well it is read."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat = seat
        self.connections = ConnectionsPage(seat)
        self._title, self._total = TextLabel(face="title"), TextLabel(ink="second")
        self.add = Button("primary", self.connections.add)
        self._lay_out()
        self.connections.model.settled.connect(self._say_total)
        seat.speech.changed.connect(self._say)
        seat.look.changed.connect(self._say)
        seat.viewer_changed.connect(self._say)
        self._say()

    # --- what the window asks ---------------------------------------------------------------------

    def reload(self) -> None:
        """Read it."""
        self.connections.reload()

    def heard(self, changed: Changed) -> None:
        """Let it read again what changed."""
        self.connections.heard(changed)

    def tick(self) -> None:
        """Ages grow."""
        self.connections.tick()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Fit a small screen."""
        self.connections.narrow(narrow, tight=tight)

    def take_focus(self) -> None:
        """The keyboard goes to the rows."""
        self.connections.take_focus()

    def open_at(self, what: str) -> None:
        """Show one connection."""
        self.connections.open_at(what)

    def put_away(self) -> None:
        """Let go of everything that was shown."""
        self.connections.put_away()

    def shortcuts(self) -> Mapping[str, Act]:
        """Its keys."""
        return self.connections.shortcuts()

    # --- inside --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        head = row(self._title, self._total, 1, self.add, gap=10, margins=(14, 0, 12, 0))
        self.add.setFixedHeight(30)
        strip = boxed(head, "headstrip")
        strip.setFixedHeight(46)
        whole = column(strip, gap=0)
        whole.addWidget(self.connections, 1)
        self.setLayout(whole)

    def _say(self) -> None:
        say, may = self._seat.speech.say, self._seat.may(CONNECTS.removeprefix("permission."))
        self._title.setText(say("nav.sync"))
        self.add.say(say("sync.add") if may else f"{say('sync.add')} · {say('act.locked')}")
        self.add.setEnabled(may)
        plain_tip(self.add, "" if may else say("act.no_right", right=say(CONNECTS)))
        self.connections.say()
        self._say_total()

    def _say_total(self) -> None:
        model = self.connections.model
        rows = [model.row(at) for at in range(model.rowCount())]
        shops = sum(row.is_shop for row in rows if row is not None)
        said = self._seat.speech.say("sync.count", shops=shops, carriers=len(rows) - shops)
        self._total.setText(said if rows else "")
