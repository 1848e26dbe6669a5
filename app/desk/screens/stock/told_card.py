"""What shops were told that they may sell of a merchant code, and whether they have it."""

from PySide6.QtWidgets import QWidget

from app.desk.parts import boxed, column, row
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.reads.stopped import ToldRow

OFFERS = {"open": "good", "lowered": "warning", "limited": "warning"}
SENDINGS = {"done": "good", "dead": "bad"}


def told_card(seat: Seat, rows: tuple[ToldRow, ...]) -> QWidget:
    """A line for each listing; where nobody was told anything, that is said."""
    say, speech, now = seat.speech.say, seat.speech, seat.clock.now()
    layout = column(gap=7, margins=(12, 10, 12, 12))
    layout.addWidget(TextLabel(say("stopped.told"), weight="medium"))
    if not rows:
        layout.addWidget(TextLabel(say("stopped.told_nobody"), ink="third").wrapped())
    for one in rows:
        line = row(gap=8)
        line.addWidget(TextLabel(f"{one.shop} · {one.title or one.sku_text}").wrapped(), 1)
        line.addWidget(TextLabel(speech.count(one.quantity), weight="medium"))
        tag = TextLabel(say(f"offer.{one.offer}"), tag=OFFERS.get(one.offer, "bad"))
        line.addWidget(tag)
        layout.addLayout(line)
        ink = SENDINGS.get(one.sending, "second")
        word = one.sending if one.sending in {"done", "dead", "unknown"} else "ready"
        when = say(f"stopped.sending_{word}", at=speech.second(one.at, now))
        layout.addWidget(TextLabel(when, face="caption", ink=ink).wrapped())
    return boxed(layout, kind="card")
