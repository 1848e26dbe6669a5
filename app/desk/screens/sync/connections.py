"""The list of shops and carriers, and beside it the one under the cursor with what can be done."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from app.commands.wire import Changed
from app.desk.paged import ListPage
from app.desk.parts import KeyedButton, in_lines
from app.desk.rightful import may, rightful
from app.desk.rows import Rows
from app.desk.screen import Act
from app.desk.screens.sync.adding import AddSheet
from app.desk.screens.sync.cells import OFF, PAUSED, ConnectionCells
from app.desk.screens.sync.deeds import Check, ConnectionDeeds
from app.desk.screens.sync.outlets import OutletCard
from app.desk.screens.sync.side import ConnectionSide
from app.desk.seat import Seat
from app.domain.connections import Kind
from app.reads import connections
from app.reads.connections import ConnectionRow, MeaningRow, OutletRow

SCHEDULES, CONNECTS = "permission.sync.schedule", "permission.channel.connect"
READS = "permission.sync.now"
READ_ON = frozenset({"channels", "carriers", "health", "mapping"})
Begin = Callable[[ConnectionRow], Coroutine[Any, Any, Any]]


class ConnectionsPage(ListPage):
    """Every shop and carrier in one list."""

    def __init__(self, seat: Seat) -> None:
        self.cells, self.deeds = ConnectionCells(seat), ConnectionDeeds(seat, self)
        self.parts, self.outlet_card = ConnectionSide(seat, self.cells), OutletCard(seat)
        self.checks: dict[int, Check] = {}
        self._checking: set[int] = set()
        self._words: tuple[int, tuple[MeaningRow, ...]] = (0, ())
        self._outlets: tuple[int, tuple[OutletRow, ...]] = (0, ())
        super().__init__(seat, self.cells.columns())

    # --- what the window asks ---------------------------------------------------------------------

    def heard(self, changed: Changed) -> None:
        """Read again when a connection, how it is read, or a word's meaning changed."""
        if READ_ON & set(changed.rows):
            self.model.refresh()
            self._read_words()

    def open_at(self, what: str) -> None:
        """Show one connection."""
        if what.isdecimal():
            self.table.current_id = int(what)
            self.reload()

    def put_away(self) -> None:
        """Let go of everything that was shown."""
        self.checks.clear()
        self._words, self._outlets = (0, ()), (0, ())
        super().put_away()

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

    # --- what the page says of itself -------------------------------------------------------------

    async def rows(self) -> Rows:
        """Every shop and carrier."""
        return await self._seat.see(connections.connected)

    def nothing(self) -> tuple[str, str, str]:
        """Nothing is connected yet."""
        say = self._seat.speech.say
        return "sync", say("sync.empty"), say("sync.empty_text")

    def beside(self, shown: ConnectionRow) -> Iterable[QWidget]:
        """The connection under the cursor: how it stands, what can be done, what it can do."""
        yield from self.parts.head(shown)
        yield in_lines(*self._buttons(shown))
        if shown.id in self.checks:
            yield self.parts.checked(self.checks[shown.id])
        yield self.parts.facts(shown)
        if shown.is_shop and self._words[0] == shown.id:
            yield self._meanings(shown)
        if self._has_outlets(shown) and self._outlets[0] == shown.id:
            yield self.outlet_card.draw(shown, self._outlets[1])
        abilities = self.parts.abilities(shown)
        if abilities is not None:
            yield abilities

    def moved(self) -> None:
        """Another connection: its words are read for it."""
        self.show_side()
        self._read_words()

    # --- what is done -----------------------------------------------------------------------------

    def add(self) -> None:
        """Connect one more shop or carrier."""
        if may(self._seat, CONNECTS):
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

    # --- inside --------------------------------------------------------------------------------

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

    def _buttons(self, shown: ConnectionRow) -> list[KeyedButton]:
        if shown.state == OFF:
            return [self._button("sync.keys", "K", CONNECTS, self.deeds.keys, "primary")]
        busy = shown.id in self._checking
        word = "sync.checking" if busy else "sync.check"
        first = rightful(self._seat, (word, "T"), SCHEDULES, self.check, "primary")
        first.setEnabled(first.isEnabled() and not busy)
        made = [first]
        if shown.is_shop and shown.state == PAUSED:
            made.append(rightful(self._seat, ("sync.resume", "P"), SCHEDULES, self.turn))
        elif shown.is_shop:
            made.append(rightful(self._seat, ("sync.read_now", "R"), READS, self.read))
            made.append(rightful(self._seat, ("sync.pause", "P"), SCHEDULES, self.turn))
        if self._has_outlets(shown):
            made.append(rightful(self._seat, ("sync.read_outlets", "R"), READS, self.read))
            made.append(self._button("sync.warn", "", SCHEDULES, self.deeds.warn_below))
        if shown.is_shop:
            made.append(self._button("sync.schedule", "S", SCHEDULES, self.deeds.schedule))
        made.append(self._button("sync.keys", "K", CONNECTS, self.deeds.keys))
        made.append(self._button("privacy.retire", "", CONNECTS, self.deeds.retire, "danger"))
        return made

    def _button(self, word: str, key: str, right: str, begin: Begin, kind: str = "") -> KeyedButton:
        return rightful(self._seat, (word, key), right, self._begun(begin), kind)

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
        if may(self._seat, right):
            act()
