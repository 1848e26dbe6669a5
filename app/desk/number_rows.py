"""How a row of tracking numbers is shown: what it says, and what becomes of it in plain words."""

from dataclasses import dataclass

from app.commands.numbers import SeenNumber
from app.desk.columns import AnyColumn, Cell, Column, Kind
from app.desk.seat import Seat

TONES = {"new": "good", "change": "good", "told": "warning", "same": "quiet"}
ORDER = ("told", "change", "new", "same")
GIVES = ("told", "change", "new")
STATES = {"no_parcel": "order", "on_its_way": "logistics"}
"""Whose state the sentence of a verdict names."""


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A row of the list, with an id for the table."""

    id: int
    told: SeenNumber


def lines_of(rows: tuple[SeenNumber, ...]) -> tuple[NumberLine, ...]:
    """The rows as they are shown: what cannot be done first, then what changes most."""
    ranks = {verdict: rank for rank, verdict in enumerate(ORDER, 1)}
    ordered = sorted(rows, key=lambda one: (ranks.get(one.verdict, 0), one.row))
    return tuple(NumberLine(at, one) for at, one in enumerate(ordered, 1))


def said_of(seat: Seat, told: SeenNumber) -> str:
    """What becomes of a row, in words."""
    speech = seat.speech
    facts = {"before": told.before, **told.said}
    if "missing" in facts:
        facts["missing"] = speech.say(str(facts["missing"]))
    if told.verdict in STATES:
        facts["state"] = speech.word(STATES[told.verdict], str(facts.get("state", "")))
    return speech.tell(f"number_row.{told.verdict}", facts)


def number_columns(seat: Seat) -> tuple[AnyColumn, ...]:
    """The columns of the preview."""

    def order(line: NumberLine) -> Cell:
        return Cell(line.told.order or "–", line.told.shop, mono=True)

    def courier(line: NumberLine) -> Cell:
        return Cell(seat.speech.word("carrier", line.told.courier) if line.told.courier else "–")

    def what(line: NumberLine) -> Cell:
        first, _, second = said_of(seat, line.told).partition("\n")
        return Cell(first, second, tone=TONES.get(line.told.verdict, "bad"))

    return (
        Column("row", "numbers.col_row", lambda line: Cell(str(line.told.row), mono=True), 52),
        Column("order", "numbers.col_order", order, 150, grow=1),
        Column("courier", "numbers.col_courier", courier, 104),
        Column("number", "numbers.col_number", lambda line: Cell(line.told.number, mono=True), 168),
        Column("what", "numbers.col_what", what, 300, Kind.DOT, grow=4),
    )
