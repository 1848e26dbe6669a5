"""One merchant code everywhere: what lies in the warehouses, and what each shop last showed."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desk.parts import boxed, column, row, rule
from app.desk.seat import Seat
from app.desk.speech import HOUR
from app.desk.text import TextLabel
from app.reads.shop_stock import FigureRow, PlaceRow

STALE_MS = 2 * HOUR
"""A shop is asked every hour; a figure older than two was missed, and is drawn pale."""


def stock_card(seat: Seat, places: tuple[PlaceRow, ...], figures: tuple[FigureRow, ...]) -> QWidget:
    """Warehouses first: only theirs is a figure that holds; a shop's is a snapshot of a moment."""
    say = seat.speech.say
    layout = column(gap=7, margins=(12, 10, 12, 12))
    layout.addWidget(TextLabel(say("stockcard.title"), weight="medium"))
    for place in places:
        _place(seat, layout, place)
    if places and figures:
        layout.addWidget(rule())
    for one in figures:
        _figure(seat, layout, one)
    if figures:
        layout.addWidget(TextLabel(say("stockcard.note"), face="caption", ink="third").wrapped())
    return boxed(layout, kind="card")


def is_stale(one: FigureRow, now: int) -> bool:
    """Whether a shop's figure is too old to say much."""
    return one.at is None or now - one.at > STALE_MS


def _place(seat: Seat, layout: QVBoxLayout, place: PlaceRow) -> None:
    speech = seat.speech
    line = row(TextLabel(place.name), 1, gap=8)
    line.addWidget(TextLabel(speech.count(place.physical), weight="medium"))
    layout.addLayout(line)
    count = speech.count
    free = max(0, place.physical - place.reserved)
    said = speech.say("stockcard.here", reserved=count(place.reserved), free=count(free))
    layout.addWidget(TextLabel(said, face="caption", ink="second").wrapped())


def _figure(seat: Seat, layout: QVBoxLayout, one: FigureRow) -> None:
    speech, now = seat.speech, seat.clock.now()
    units = f" ×{one.units}" if one.units != 1 else ""
    name = TextLabel(f"{one.shop} · {one.title or one.sku_text}{units}").wrapped()
    line = row(gap=8)
    line.addWidget(name, 1)
    stale = is_stale(one, now)
    told = speech.say("stockcard.uncounted") if one.quantity is None else speech.count(one.quantity)
    figure = TextLabel(told if one.at is not None else "–", weight="medium")
    figure.restyle(ink="third" if stale else "")
    line.addWidget(figure)
    layout.addLayout(line)
    if one.at is None:
        said = speech.say("stockcard.never")
    else:
        at, age = speech.second(one.at, now), speech.span(now - one.at)
        said = speech.say("stockcard.stale" if stale else "stockcard.snapshot", at=at, age=age)
    ink = "third" if one.at is None else "warning" if stale else "second"
    layout.addWidget(TextLabel(said, face="caption", ink=ink).wrapped())
