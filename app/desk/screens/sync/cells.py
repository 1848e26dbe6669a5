"""What the list of connections says of each: how it stands, how often it is read, its keys."""

from dataclasses import dataclass

from app.desk.columns import Cell, Column, Kind
from app.desk.seat import Seat
from app.desk.speech import NONE, SECOND
from app.domain.connections import Kind as End
from app.reads.connections import ConnectionRow

OFF, PAUSED, REFUSED, FAILING, WAITING = "off", "paused", "refused", "failing", "waiting"
READING, READY, LOW = "reading", "ready", "low"
PUSH, SILENT, POLL = "push", "silent", "poll"
TONES = {
    PAUSED: "warning",
    REFUSED: "bad",
    FAILING: "warning",
    WAITING: "info",
    READING: "good",
    READY: "good",
    LOW: "warning",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a connection stands: a word of ``sync.state_*`` and its tone."""

    state: str
    text: str
    tone: str


class ConnectionCells:
    """Turns a connection into cells."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def columns(self) -> tuple[Column[ConnectionRow], ...]:
        """The columns, widths as they stand at 1366 pixels."""
        return (
            Column("name", "sync.col_name", self._name, 220, Kind.TILE, grow=4),
            Column("state", "sync.col_state", self._state, 150, Kind.PILL, grow=1),
            Column("mode", "sync.col_mode", self._mode, 136, grow=2),
            Column("read", "sync.col_read", self._read, 104, grow=1),
            Column("every", "sync.col_every", self._every, 130, grow=2, drop=2),
            Column("keys", "sync.col_keys", self._keys, 120, Kind.PILL, grow=1, drop=1),
        )

    def standing(self, row: ConnectionRow) -> Standing:
        """How it stands; what needs a person comes first."""
        state = self._state_of(row)
        return Standing(state, self._seat.speech.say(f"sync.state_{state}"), TONES.get(state, ""))

    def platform(self, row: ConnectionRow) -> str:
        """Its platform's or carrier's name."""
        return self._seat.speech.word("connection", row.platform)

    def pace(self, row: ConnectionRow) -> str:
        """How often a shop is read, in words."""
        speech = self._seat.speech
        if not row.every_s:
            return speech.say("sync.pace_usual")
        return speech.say("sync.pace", span=speech.span(row.every_s * SECOND))

    def mode(self, row: ConnectionRow) -> str:
        """How news comes: ``push`` once the other end called, ``silent`` where it could, else poll.

        What an end can do stands in the registry; that it does is known by a call that came.
        """
        if row.told_at is not None:
            return PUSH
        end = End.PLATFORM if row.is_shop else End.CARRIER
        offered = self._seat.law.connections.of(end)
        able = any(one.name == row.platform and PUSH in one.can for one in offered)
        return SILENT if able else POLL

    def last_event(self, row: ConnectionRow) -> int | None:
        """When anything last came from it by itself or was found new, UTC ms."""
        return max(row.told_at or 0, row.last_event_at or 0) or None

    def read_at(self, row: ConnectionRow) -> int | None:
        """When a shop was last read to its end, UTC ms."""
        return self._seat.fresh.at(row.id, row.last_success_at) if row.is_shop else None

    def is_old(self, row: ConnectionRow) -> bool:
        """Whether its keys are older than the shop wants them (90 days unless it chose)."""
        old = self._seat.law.policy.key_days
        return row.state != OFF and row.key_days(self._seat.clock.now()) >= old

    # --- inside --------------------------------------------------------------------------------

    def _state_of(self, row: ConnectionRow) -> str:
        if row.state in {OFF, PAUSED}:
            return row.state
        if not row.is_shop:
            return LOW if row.is_low else READY
        if row.up is None:
            return WAITING if self.read_at(row) is None else READING
        if row.needs_person:
            return REFUSED
        return READING if row.up else FAILING

    def _name(self, row: ConnectionRow) -> Cell:
        return Cell(row.name, self.platform(row), mark=row.name[:1].upper())

    def _state(self, row: ConnectionRow) -> Cell:
        standing = self.standing(row)
        return Cell(standing.text, tone=standing.tone, quiet=not standing.tone)

    def _read(self, row: ConnectionRow) -> Cell:
        return self._ago(self.read_at(row))

    def _mode(self, row: ConnectionRow) -> Cell:
        said = self._seat.speech.say(f"sync.mode_{PUSH if self.mode(row) == PUSH else POLL}")
        return Cell(said, self._ago(self.last_event(row)).first)

    def _ago(self, at: int | None) -> Cell:
        if at is None:
            return Cell(NONE, quiet=True)
        speech, now = self._seat.speech, self._seat.clock.now()
        return Cell(speech.say("sync.ago", span=speech.span(now - at)))

    def _every(self, row: ConnectionRow) -> Cell:
        return Cell(self.pace(row), row.zone) if row.is_shop else Cell(NONE, quiet=True)

    def _keys(self, row: ConnectionRow) -> Cell:
        if row.put_at is None or row.state == OFF:
            return Cell(NONE, quiet=True)
        days = row.key_days(self._seat.clock.now())
        old = self.is_old(row)
        word = "sync.keys_old" if old else "sync.keys_days"
        return Cell(self._seat.speech.say(word, n=days), tone="warning" if old else "")
