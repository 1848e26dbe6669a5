"""What the page of carriers says of each account, and of each parcel none scanned."""

from collections.abc import Callable

from app.desk.columns import Cell, Column, Kind
from app.desk.screens.sync.health_cells import percent
from app.desk.seat import Seat
from app.desk.speech import NONE
from app.reads.carriers import CarrierRow, Chosen, UnscannedRow

GOOD, FAIR = 0.98, 0.90
"""Shares taken over in time that are as they should be, and that somebody should look at."""


class CarrierCells:
    """Turns an account's month into cells."""

    def __init__(self, seat: Seat, chosen: Callable[[], Chosen]) -> None:
        self._seat, self._chosen = seat, chosen

    def columns(self) -> tuple[Column[CarrierRow], ...]:
        """The columns, widths as they stand at 1366 pixels."""
        return (
            Column("name", "carriers.col_branch", self._name, 240, Kind.TILE, grow=4),
            Column("role", "carriers.col_role", self._role, 110, grow=1, drop=2),
            Column("parcels", "carriers.col_parcels", self._parcels, 100, right=True, drop=1),
            Column("rate", "carriers.col_rate", self._rate, 150, Kind.PILL, grow=1),
            Column("late", "carriers.col_late", self._late, 110, right=True),
            Column("delay", "carriers.col_delay", self._delay, 150, right=True, grow=1),
            Column("arrived", "carriers.col_arrived", self._arrived, 110, right=True, drop=3),
        )

    def _name(self, row: CarrierRow) -> Cell:
        carrier = self._seat.speech.word("carrier", row.carrier)
        branch = row.branch or self._seat.speech.say("carriers.typed")
        return Cell(branch, carrier, mark=carrier[:1].upper())

    def _role(self, row: CarrierRow) -> Cell:
        chosen, say = self._chosen(), self._seat.speech.say
        if row.id and row.id == chosen.first:
            return Cell(say("carriers.is_usual"), tone="info")
        if row.id and row.id == chosen.backup:
            return Cell(say("carriers.is_backup"))
        return Cell(NONE, quiet=True)

    def _parcels(self, row: CarrierRow) -> Cell:
        return Cell(self._seat.speech.count(row.parcels))

    def _rate(self, row: CarrierRow) -> Cell:
        tone = "good" if row.rate >= GOOD else "warning" if row.rate >= FAIR else "bad"
        return Cell(percent(row.rate), tone=tone)

    def _late(self, row: CarrierRow) -> Cell:
        late = row.parcels - row.taken
        return Cell(self._seat.speech.count(late), tone="bad" if late else "")

    def _delay(self, row: CarrierRow) -> Cell:
        return Cell(self._seat.speech.span(row.delay_ms)) if row.scanned else Cell(NONE, quiet=True)

    def _arrived(self, row: CarrierRow) -> Cell:
        return Cell(self._seat.speech.count(row.delivered))


class UnscannedCells:
    """Turns a parcel without a scan into cells."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def columns(self) -> tuple[Column[UnscannedRow], ...]:
        """The columns, widths as they stand at 1366 pixels."""
        return (
            Column("number", "carriers.col_waybill", self._number, 180, grow=2),
            Column("branch", "carriers.col_branch", self._branch, 200, grow=3),
            Column("order", "col.order", self._order, 160, grow=2, drop=1),
            Column("shipped", "carriers.col_shipped", self._shipped, 120, grow=1),
            Column("waited", "carriers.col_waited", self._waited, 180, Kind.PILL, grow=1),
        )

    def _number(self, row: UnscannedRow) -> Cell:
        return Cell(row.waybill_no, mono=True)

    def _branch(self, row: UnscannedRow) -> Cell:
        branch = row.branch or self._seat.speech.say("carriers.typed")
        return Cell(branch, self._seat.speech.word("carrier", row.carrier))

    def _order(self, row: UnscannedRow) -> Cell:
        return Cell(row.external_no, row.shop, mono=True)

    def _shipped(self, row: UnscannedRow) -> Cell:
        return Cell(self._seat.speech.moment(row.shipped_at, self._seat.clock.now()))

    def _waited(self, row: UnscannedRow) -> Cell:
        until = row.first_at if row.first_at is not None else self._seat.clock.now()
        span = self._seat.speech.span(until - row.shipped_at)
        if row.first_at is None:
            return Cell(self._seat.speech.say("carriers.waiting", span=span), tone="bad")
        return Cell(self._seat.speech.say("carriers.came", span=span), tone="warning")
