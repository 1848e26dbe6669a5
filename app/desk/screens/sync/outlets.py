"""The outlets of a carrier account: who hands out numbers, how many are left, from where."""

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desk.parts import boxed, column, row, rule
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.reads.connections import ConnectionRow, OutletRow

MOST_SENDERS = 3


class OutletCard:
    """Draws them in the words and colours of the seat."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def draw(self, shown: ConnectionRow, told: tuple[OutletRow, ...]) -> QWidget:
        """One card: when it was read, each outlet with what is left there, and where it warns."""
        speech = self._seat.speech
        layout = column(gap=7, margins=(12, 10, 12, 12))
        head = TextLabel(speech.say("sync.outlets"), face="caption", ink="second")
        layout.addLayout(row(head, 1, TextLabel(self._when(told), face="small", ink="third")))
        error = told[0].error if told else ""
        if error:
            title, remedy = speech.refusal(error, {"host": shown.name})
            layout.addWidget(TextLabel(title, ink="bad", weight="medium").wrapped())
            layout.addWidget(TextLabel(remedy, ink="second").wrapped())
        outlets = [one for one in told if one.id]
        if not outlets and not error:
            word = "sync.outlets_none" if told and told[0].read_at else "sync.outlets_unread"
            layout.addWidget(TextLabel(speech.say(word), ink="second").wrapped())
        for place, one in enumerate(outlets):
            if place:
                layout.addWidget(rule())
            self._outlet(layout, shown, one)
        if any(one.remaining is not None for one in outlets):
            word = "sync.warns_below" if shown.warn_below else "sync.warns_never"
            said = speech.say(word, n=speech.count(shown.warn_below))
            layout.addWidget(TextLabel(said, face="small", ink="third").wrapped())
        return boxed(layout, kind="card")

    # --- inside --------------------------------------------------------------------------------

    def _when(self, told: tuple[OutletRow, ...]) -> str:
        speech = self._seat.speech
        at = told[0].read_at if told else None
        if at is None:
            return ""
        return speech.say("sync.ago", span=speech.span(self._seat.clock.now() - at))

    def _outlet(self, layout: QVBoxLayout, shown: ConnectionRow, one: OutletRow) -> None:
        speech = self._seat.speech
        few = one.remaining is not None and one.remaining < shown.warn_below
        if one.remaining is None:
            left = TextLabel(speech.say("sync.not_counted"), ink="second")
        else:
            said = speech.say("sync.left", n=speech.count(one.remaining))
            left = TextLabel(said, ink="warning" if few else "", weight="medium")
        name = TextLabel(one.name or one.courier, weight="medium").wrapped()
        line = row(gap=10)
        line.addWidget(name, 1)
        line.addWidget(left, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(line)
        codes = " · ".join(filter(None, (one.courier, one.code)))
        if one.name and codes:
            layout.addWidget(TextLabel(codes, face="small", ink="third"))
        senders = msgspec.json.decode(one.senders, type=list[str])
        for sender in senders[:MOST_SENDERS]:
            said = speech.say("sync.sends_from", address=sender)
            layout.addWidget(TextLabel(said, face="small", ink="second").wrapped())
        more = len(senders) - MOST_SENDERS
        if more > 0:
            said = speech.say("sync.more_senders", n=more)
            layout.addWidget(TextLabel(said, face="small", ink="third"))
        if few:
            layout.addWidget(TextLabel(speech.say("sync.few_left"), ink="warning").wrapped())
