"""What failed for good and waits for a person: replayed one by one, or all with progress."""

from collections.abc import Sequence

from PySide6.QtWidgets import QProgressBar, QWidget

from app.commands.cases import ReplayEffect
from app.commands.intake import RetakeRecord
from app.commands.wire import Changed
from app.desk.listing import Listing
from app.desk.parts import Button, boxed, column, row
from app.desk.rows import Rows, RowsModel, whole
from app.desk.screens.sync.health_cells import DeadCells
from app.desk.seat import ENDED, News, Seat
from app.desk.text import TextLabel, plain_tip
from app.desk.view import RowsView
from app.domain.errors import WaydeskError
from app.reads import sync_health
from app.reads.sync_health import DeadRow

READ_ON = frozenset({"kept", "outbox", "orders"})
RIGHTS = {"in": "permission.intake.retry", "out": "permission.outbox.retry"}


class DeadLetters(QWidget):
    """The list with its heading, Replay, and Replay all."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self.model = RowsModel(DeadCells(seat).columns(), seat.speech, seat.spawn)
        self.table = RowsView(self.model, seat.look)
        self._listing = Listing(seat, self.table, self._nothing)
        self._title, self._total = TextLabel(weight="medium"), TextLabel(ink="second")
        self.progress, self._running, self._stopped = QProgressBar(), False, False
        self.one, self.every = Button("", self.replay), Button("", self.replay_all)
        self.stop = Button("ghost", self._stop)
        self._lay_out()
        self.model.settled.connect(self._settled)
        self.table.moved.connect(lambda _id: self.say())

    def reload(self) -> None:
        """Read them from the beginning."""
        self.model.show(whole(self._read))

    def heard(self, changed: Changed) -> None:
        """Read again when a record or an upload moved."""
        if READ_ON & set(changed.rows):
            self.model.refresh()

    def put_away(self) -> None:
        """Let go of every number, and replay no more."""
        self._stopped = True
        self.model.clear()

    def current(self) -> DeadRow | None:
        """The dead letter under the cursor."""
        found = self.model.at_hand({self.table.current_id})
        return found[0] if found else None

    def replay(self) -> None:
        """Try the one under the cursor again."""
        shown = self.current()
        if shown is not None and not self._running and self._may(shown):
            self._seat.spawn(self._replay((shown,)))

    def replay_all(self) -> None:
        """Try all of them again that this person may, one after another."""
        rows = self._rows()
        fit = tuple(one for one in rows if self._may(one))
        if fit and not self._running:
            self._seat.spawn(self._replay(fit))

    def say(self) -> None:
        """Put the words again."""
        say, shown = self._seat.speech.say, self.current()
        n = self.model.rowCount()
        self._title.setText(say("health.dead"))
        self._total.setText(say("health.dead_count", n=n) if n else "")
        self.one.say(say("health.replay"))
        self.every.say(say("health.replay_all", n=n))
        self.stop.say(say("health.stop"))
        self._lock(self.one, shown is not None, [shown] if shown is not None else [])
        self._lock(self.every, n > 0, self._rows())
        for button in (self.one, self.every):
            button.setVisible(n > 0 and not self._running)
        for widget in (self.progress, self.stop):
            widget.setVisible(self._running)
        self._listing.say()

    # --- inside --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(160)
        head = row(self._title, self._total, 1, self.progress, self.stop, gap=10)
        head.setContentsMargins(14, 0, 12, 0)
        head.addWidget(self.one)
        head.addWidget(self.every)
        strip = boxed(head, "headstrip")
        strip.setFixedHeight(44)
        whole = column(strip, gap=0)
        whole.addWidget(self._listing, 1)
        self.setLayout(whole)

    def _rows(self) -> list[DeadRow]:
        found = [self.model.row(at) for at in range(self.model.rowCount())]
        return [one for one in found if one is not None]

    def _may(self, one: DeadRow) -> bool:
        return self._seat.may(RIGHTS[one.way].removeprefix("permission."))

    def _lock(self, button: Button, there: bool, rows: Sequence[DeadRow]) -> None:
        locked = [one for one in rows if not self._may(one)]
        allowed = there and len(locked) < len(rows)
        button.setEnabled(allowed)
        say = self._seat.speech.say
        right = RIGHTS[locked[0].way] if locked else ""
        reason = say("act.no_right", right=say(right)) if there and not allowed else ""
        button.setAccessibleDescription(reason)
        plain_tip(button, reason)

    async def _replay(self, rows: tuple[DeadRow, ...]) -> None:
        self._running, self._stopped = True, False
        self.progress.setRange(0, len(rows))
        self.progress.setValue(0)
        self.say()
        done, refused = 0, None
        try:
            for at, one in enumerate(rows, 1):
                if self._stopped:
                    break
                refusal = await self._again(one)
                done += refusal is None
                refused = refused or refusal
                if refusal is not None and refusal.code in ENDED:
                    break
                self.progress.setValue(at)
        finally:
            self._running = False
            self.say()
        self._told(done, refused)

    async def _again(self, one: DeadRow) -> WaydeskError | None:
        """Ask for one; its refusal does not keep the others from going on."""
        ask = RetakeRecord(one.id) if one.way == "in" else ReplayEffect(one.id)
        try:
            await self._seat.link.ask(ask, type(None))
        except WaydeskError as error:
            return error
        return None

    def _told(self, done: int, refused: WaydeskError | None) -> None:
        if done:
            said = self._seat.speech.say("health.replayed", n=done)
            self._seat.news.emit(News(said, "", "good"))
        if refused is not None:
            self._seat.tell(refused)
        self.model.refresh()

    def _stop(self) -> None:
        self._stopped = True

    async def _read(self) -> Rows:
        return await self._seat.see(sync_health.dead_letters)

    def _settled(self) -> None:
        self._listing.settle()
        self.say()

    def _nothing(self) -> tuple[str, str, str]:
        say = self._seat.speech.say
        return "calm", say("health.no_dead"), say("health.no_dead_text")
