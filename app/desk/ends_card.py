"""The card that holds what platform, book and carrier say of an order side by side (F181)."""

from PySide6.QtWidgets import QWidget

from app.desk.parts import boxed, column, row
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.ends import Apart
from app.domain.states import LogisticsState, OrderState, ParcelState
from app.reads.panel import Panel

OUT = frozenset({OrderState.SHIPPED, OrderState.COMPLETED})
SILENT = frozenset({LogisticsState.NONE, LogisticsState.WAYBILLED})
BLAMED = {
    Apart.PLATFORM_BEHIND: "platform",
    Apart.PLATFORM_AHEAD: "book",
    Apart.CARRIER_AHEAD: "book",
    Apart.TRAVELS_CANCELLED: "carrier",
    Apart.CANCELLED_THERE: "book",
    Apart.OPEN_THERE: "platform",
    Apart.SHIPPED_THERE: "platform",
}
"""Which of the three a person looks at first."""


def ends_card(seat: Seat, shown: Panel) -> QWidget | None:
    """The three ends of an order that left, or of one they differ about; None for any other."""
    order, speech = shown.order, seat.speech
    if not order.ends and order.state not in OUT:
        return None
    tag = ("panel.ends_differ", "warning") if order.ends else ("panel.ends_agree", "good")
    head = row(TextLabel(speech.say("panel.ends"), face="caption", ink="second"), 1)
    head.addWidget(TextLabel(speech.say(tag[0]), tag=tag[1]))
    layout = column(gap=8, margins=(12, 10, 12, 12))
    layout.addLayout(head)
    boxes = row(gap=8)
    for end in ("platform", "book", "carrier"):
        boxes.addWidget(_end(seat, shown, end), 1)
    layout.addLayout(boxes)
    if order.ends:
        said = TextLabel(speech.word("ends", order.ends), ink="warning")
        layout.addWidget(said.wrapped())
    return boxed(layout, kind="card")


def _end(seat: Seat, shown: Panel, end: str) -> QWidget:
    say, ends = seat.speech.say, shown.order.ends
    blamed = bool(ends) and BLAMED[Apart(ends)] == end
    name = TextLabel(say(f"panel.end_{end}"), face="caption", ink="second")
    word, more = _says(seat, shown, end)
    silent = word == say("panel.end_silent")
    kind = "milestone_ahead" if silent else "milestone_there"
    layout = column(name, TextLabel(word, ink="warning" if blamed else "").wrapped(), gap=2)
    if more:
        layout.addWidget(TextLabel(more, face="caption", ink="third").wrapped())
    layout.addStretch(1)
    layout.setContentsMargins(8, 7, 6, 7)
    # Who says nothing agrees with nobody: its box bears no colour.
    return boxed(layout, kind="milestone_missing" if blamed else kind)


def _says(seat: Seat, shown: Panel, end: str) -> tuple[str, str]:
    """What one end says, and since when where that is known."""
    order, speech = shown.order, seat.speech
    now, unknown = seat.clock.now(), speech.say("panel.end_silent")
    if end == "book":
        when = speech.moment(order.shipped_at, now) if order.shipped_at else ""
        return speech.word("order", order.state), when
    if end == "carrier":
        word = speech.word("logistics", order.logistics)
        return (unknown if order.logistics in SILENT else word), ""
    word = speech.word("order", order.platform_state) if order.platform_state else unknown
    told = [b.written_back_at for b in shown.parcels if b.state == ParcelState.SHIPPED]
    last = max((at for at in told if at), default=0)
    return word, speech.say("panel.end_told", when=speech.moment(last, now)) if last else ""
