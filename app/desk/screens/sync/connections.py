"""The list of shops and carriers, and beside it the one under the cursor with what can be done."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from PySide6.QtWidgets import QScrollArea

from app.commands.wire import Changed
from app.desk.listing import Listing
from app.desk.parts import KeyedButton, boxed, clear, column, row
from app.desk.rows import Feed, Rows, RowsModel
from app.desk.screen import Act, Screen
from app.desk.screens.sync.adding import AddSheet
from app.desk.screens.sync.cells import OFF, PAUSED, ConnectionCells
from app.desk.screens.sync.deeds import Check, ConnectionDeeds
from app.desk.screens.sync.outlets import OutletCard
from app.desk.screens.sync.side import ConnectionSide
from app.desk.seat import Seat
from app.desk.view import RowsView
from app.domain.connections import Kind
from app.reads import connections
from app.reads.connections import ConnectionRow, MeaningRow, OutletRow

SIDE, NARROW_SIDE = 420, 360
SCHEDULES, CONNECTS = "permission.sync.schedule", "permission.channel.connect"
READS = "permission.sync.now"
READ_ON = frozenset({"channels", "carriers", "health", "mapping"})
Begin = Callable[[ConnectionRow], Coroutine[Any, Any, Any]]


class ConnectionsPage(Screen):
    """Every shop and carrier in one list."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat, self._tight = seat, False
        self.cells, self.deeds = ConnectionCells(seat), ConnectionDeeds(seat, self)
        self.parts, self.outlet_card = ConnectionSide(seat, self.cells), OutletCard(seat)
        self.checks: dict[int, Check] = {}
        self._checking: set[int] = set()
        self._words: tuple[int, tuple[MeaningRow, ...]] = (0, ())
        self._outlets: tuple[int, tuple[OutletRow, ...]] = (0, ())
        self.model = RowsModel(self.cells.columns(), seat.speech, seat.spawn)
        self.table = RowsView(self.model, seat.look)
        self._side = column(gap=12, margins=(18, 18, 18, 18))
        self._area = QScrollArea()
        self._listing = Listing(seat, self.table, self._nothing)
        self._lay_out()
        self.table.moved.connect(lambda _id: self._moved())
        self.table.opened.connect(lambda _id: self._moved())
        self.model.settled.connect(self._settled)

    # --- what the window asks ---------------------------------------------------------------------

    def reload(self) -> None:
        """Read the list from its beginning."""
        self.model.show(self._feed())

    def heard(self, changed: Changed) -> None:
        """Read again when a connection, how it is read, or a word's meaning changed."""
        if READ_ON & set(changed.rows):
            self.model.refresh()
            self._read_words()

    def tick(self) -> None:
        """Ages grow."""
        self.model.repaint_all()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Leave more room for the list on a small screen; on a very small one it stands alone."""
        self._tight = tight
        self._area.setFixedWidth(NARROW_SIDE if narrow else SIDE)
        self.show_side()

    def take_focus(self) -> None:
        """The keyboard goes to the rows."""
        self.table.setFocus()

    def open_at(self, what: str) -> None:
        """Show one connection."""
        if what.isdecimal():
            self.table.current_id = int(what)
            self.reload()

    def put_away(self) -> None:
        """Let go of everything that was shown."""
        self.checks.clear()
        self._words, self._outlets = (0, ()), (0, ())
        self.model.clear()
        self.show_side()

    def shortcuts(self) -> Mapping[str, Act]:
        """Its keys; each does what its button does, and nothing where that is locked."""
        return {
            "N": self.add,
            "T": lambda: self._key(SCHEDULES, self.check),
            "R": lambda: self._key(READS, self.read),
            "P": lambda: self._key(SCHEDULES, self.turn),
            "S": lambda: self._key(SCHEDULES, self._begun(self.deeds.schedule)),
            "K": lambda: self._key(CONNECTS, self._begun(self.deeds.keys)),
        }

    def say(self) -> None:
        """Put the words again."""
        self.table.horizontalHeader().viewport().update()
        self.model.repaint_all()
        self._listing.say()
        self.show_side()

    # --- what is done -----------------------------------------------------------------------------

    def current(self) -> ConnectionRow | None:
        """The connection under the cursor."""
        found = self.model.at_hand({self.table.current_id})
        return found[0] if found else None

    def add(self) -> None:
        """Connect one more shop or carrier."""
        if self._seat.may(CONNECTS.removeprefix("permission.")):
            AddSheet(self.window(), self._seat).begin()

    def check(self) -> None:
        """Ask the other end whether it still lets us in."""
        shown = self.current()
        if shown is not None and shown.state != OFF and shown.id not in self._checking:
            self._checking.add(shown.id)
            self._seat.spawn(self._check(shown))
            self.show_side()

    def read(self) -> None:
        """Read a shop's orders, or a carrier's outlets, at once."""
        shown = self.current()
        if shown is None or shown.state == OFF:
            return
        if shown.is_shop:
            self._seat.spawn(self.deeds.read_now(shown))
        elif self._has_outlets(shown):
            self._seat.spawn(self.deeds.read_outlets(shown))

    def turn(self) -> None:
        """Pause a shop that is read, or let a paused one go on."""
        shown = self.current()
        if shown is not None and shown.is_shop and shown.state != OFF:
            paused = shown.state == PAUSED
            self._seat.spawn((self.deeds.resume if paused else self.deeds.pause)(shown))

    def show_side(self) -> None:
        """Show the connection under the cursor beside the list."""
        clear(self._side)
        shown = self.current()
        self._area.setVisible(shown is not None and not self._tight)
        if shown is None:
            return
        for part in self.parts.head(shown):
            self._side.addWidget(part)
        self._side.addWidget(self.parts.buttons(self._buttons(shown)))
        if shown.id in self.checks:
            self._side.addWidget(self.parts.checked(self.checks[shown.id]))
        self._side.addWidget(self.parts.facts(shown))
        if shown.is_shop and self._words[0] == shown.id:
            self._side.addWidget(self._meanings(shown))
        if self._has_outlets(shown) and self._outlets[0] == shown.id:
            self._side.addWidget(self.outlet_card.draw(shown, self._outlets[1]))
        abilities = self.parts.abilities(shown)
        if abilities is not None:
            self._side.addWidget(abilities)
        self._side.addStretch(1)

    # --- inside --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._area.setWidgetResizable(True)
        self._area.setObjectName("panel")
        self._area.setWidget(boxed(self._side, "panel"))
        self._area.setFixedWidth(SIDE)
        whole = row(gap=0)
        whole.addWidget(self._listing, 1)
        whole.addWidget(self._area)
        self.setLayout(whole)
        self._area.hide()

    def _feed(self) -> Feed:
        seat = self._seat
        kept: list[Rows] = []

        async def count() -> int:
            kept[:] = [await seat.see(connections.connected)]
            return len(kept[0])

        async def page(offset: int, limit: int, _before: ConnectionRow | None) -> Rows:
            return kept[0][offset : offset + limit] if kept else ()

        return Feed(count, page)

    def _settled(self) -> None:
        self._listing.settle()
        self._moved()

    def _moved(self) -> None:
        self.show_side()
        self._read_words()

    def _read_words(self) -> None:
        shown = self.current()
        if shown is not None and shown.is_shop:
            self._seat.spawn(self._learn_words(shown.id))
        elif shown is not None and self._has_outlets(shown):
            self._seat.spawn(self._learn_outlets(shown.id))

    def _has_outlets(self, shown: ConnectionRow) -> bool:
        known = self._seat.law.connections.of(Kind.CARRIER)
        can = (row.can for row in known if row.name == shown.platform)
        return not shown.is_shop and "outlets" in next(can, frozenset())

    async def _learn_outlets(self, account: int) -> None:
        told = await self._seat.see(connections.outlets, account)
        shown = self.current()
        if shown is not None and shown.id == account and self._outlets != (account, told):
            self._outlets = (account, told)
            self.show_side()

    async def _learn_words(self, shop: int) -> None:
        words = await self._seat.see(connections.meanings, shop)
        shown = self.current()
        if shown is not None and shown.id == shop and self._words != (shop, words):
            self._words = (shop, words)
            self.show_side()

    async def _check(self, shown: ConnectionRow) -> None:
        try:
            self.checks[shown.id] = await self.deeds.check(shown)
        finally:
            self._checking.discard(shown.id)
            self.show_side()

    def _nothing(self) -> tuple[str, str, str]:
        say = self._seat.speech.say
        return "sync", say("sync.empty"), say("sync.empty_text")

    def _buttons(self, shown: ConnectionRow) -> list[KeyedButton]:
        make = self.parts.button
        if shown.state == OFF:
            keys = make("sync.keys", "K", CONNECTS, self._begun(self.deeds.keys), "primary")
            return [keys]
        busy = shown.id in self._checking
        word = "sync.checking" if busy else "sync.check"
        made = [make(word, "T", SCHEDULES, self.check, "primary")]
        made[0].setEnabled(made[0].isEnabled() and not busy)
        if shown.is_shop and shown.state == PAUSED:
            made.append(make("sync.resume", "P", SCHEDULES, self.turn))
        elif shown.is_shop:
            made.append(make("sync.read_now", "R", READS, self.read))
            made.append(make("sync.pause", "P", SCHEDULES, self.turn))
        if self._has_outlets(shown):
            warn = self._begun(self.deeds.warn_below)
            made.append(make("sync.read_outlets", "R", READS, self.read))
            made.append(make("sync.warn", "", SCHEDULES, warn))
        if shown.is_shop:
            made.append(make("sync.schedule", "S", SCHEDULES, self._begun(self.deeds.schedule)))
        made.append(make("sync.keys", "K", CONNECTS, self._begun(self.deeds.keys)))
        retire = self._begun(self.deeds.retire)
        made.append(make("privacy.retire", "", CONNECTS, retire, "danger"))
        return made

    def _meanings(self, shown: ConnectionRow) -> Any:
        return self.parts.meanings(
            self._words[1],
            lambda word: self._seat.spawn(self.deeds.meaning(shown, word)),
            lambda: self._seat.spawn(self.deeds.new_meaning(shown)),
        )

    def _begun(self, begin: Begin) -> Act:
        def act() -> None:
            shown = self.current()
            if shown is not None:
                self._seat.spawn(begin(shown))

        return act

    def _key(self, right: str, act: Act) -> None:
        if self._seat.may(right.removeprefix("permission.")):
            act()
