"""The line above a station and the one below it: where one stands, and how the day goes."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget
from shiboken6 import isValid

from app.commands.packing import Packing
from app.commands.parcels import Scanned
from app.desk.dialogs import Answers, Field, Form, ask
from app.desk.link import LinkState
from app.desk.parts import Dot, row
from app.desk.scanner import BY_KEY, BY_PAUSE, CHOSEN, ENDS_BY, PREFIX
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.times import day_start, shop_day
from app.reads.packing import StationDay

STATION = "station"
FIRST = "1"
HEIGHT, FOOT, PILL = 52, 30, 28
HOUR = 3_600_000
LEAST = 600_000
"""A pace is told only after ten minutes of packing."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What a kind of station says of itself, as keys."""

    station: str
    today: str
    keys: str


WORDS = {
    "packing": _Words("packing.station", "packing.today", "packing.keys"),
    "weighing": _Words("weighing.station", "weighing.today", "weighing.keys"),
}


class _Pill(QFrame):
    """A dot and a word in a rounded frame."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setProperty("kind", "pill")
        self._dot, self._word = Dot(seat.look), TextLabel(ink="second")
        self.setLayout(row(self._dot, self._word, gap=8, margins=(12, 0, 14, 0)))
        self.setFixedHeight(PILL)
        self.hide()

    def say(self, tone: str, text: str) -> None:
        """Show a state; without words nothing is shown."""
        self._dot.turn(tone)
        self._word.setText(text)
        self.setVisible(bool(text))


class StationHead(QFrame):
    """Which station this is and how it works, and what its figures are as of."""

    def __init__(self, seat: Seat, kind: str) -> None:
        super().__init__()
        self.setObjectName("topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._seat, self._kind = seat, kind
        self.station = seat.memory.recall(STATION, FIRST)
        self._name, self._mode = TextLabel(face="headline"), TextLabel(ink="second")
        self.scale, self._fresh, self._scanner = _Pill(seat), _Pill(seat), _Pill(seat)
        whole = row(self._name, self._mode, 1, gap=12, margins=(18, 0, 18, 0))
        for pill in (self._scanner, self.scale, self._fresh):
            whole.addWidget(pill)
        self.setLayout(whole)
        seat.speech.changed.connect(self.say)
        self.say()

    async def set_up(self, host: QWidget, more: tuple[Field, ...] = ()) -> Answers | None:
        """Ask what this station is called, what its scanner sends, and `more`; remembered here.

        None where the card was put away.
        """
        memory, say = self._seat.memory, self._seat.speech.say
        ends = tuple((one, say(f"packing.ends_{one}")) for one in (BY_KEY, BY_PAUSE))
        fields = (
            Field("name", "packing.station_name", value=self.station, needed=True),
            Field("prefix", "packing.prefix", value=memory.recall(PREFIX, "")),
            Field("ends", "packing.ends", value=memory.recall(ENDS_BY, BY_KEY), options=ends),
            *more,
        )
        answers = await ask(host, self._seat.speech, Form("packing.station_title", fields=fields))
        if not answers:
            return None
        self.station = answers["name"].strip()[:40] or FIRST
        kept = {STATION: self.station, PREFIX: answers["prefix"].strip()[:1]}
        kept |= {ENDS_BY: answers["ends"], **{one.name: answers[one.name] for one in more}}
        for name, value in kept.items():
            memory.keep(name, value)
        self._seat.chosen.emit(CHOSEN)
        self.say()
        return answers

    def say(self) -> None:
        """Put the words."""
        say = self._seat.speech.say
        self._name.setText(say(WORDS[self._kind].station, name=self.station))
        mode = self._seat.law.policy.pack_mode.value
        self._mode.setText(say(f"choice.{mode}") if self._kind == "packing" else "")
        self._scanner.say("good", say("packing.scanner_on"))

    def say_fresh(self, done: Packing | Scanned) -> None:
        """As of when refunds are known for the last parcel (F229)."""
        speech, now = self._seat.speech, self._seat.clock.now()
        if done.fresh:
            at = speech.second(done.read_at, now) if done.read_at else ""
            self._fresh.say("good", speech.say("packing.no_refund", at=at) if at else "")
        elif done.read_at:
            when = speech.moment(done.read_at, now)
            self._fresh.say("warning", speech.say("scan.as_of", when=when))
        else:
            self._fresh.say("warning", speech.say("scan.as_of_never"))


class StationFoot(QFrame):
    """How many parcels went through here today, at what pace, and how many scans were stopped."""

    def __init__(self, seat: Seat, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self.setObjectName("statusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(FOOT)
        self._seat = seat
        self.day = StationDay(0, 0, None)
        self._dot, self._link = Dot(seat.look), TextLabel(face="caption", ink="second")
        self._day, self._keys = (TextLabel(face="caption", ink="second") for _ in range(2))
        line = row(self._dot, self._link, self._day, 1, self._keys, gap=8, margins=(18, 0, 18, 0))
        line.insertSpacing(2, 16)
        self.setLayout(line)
        seat.speech.changed.connect(self.say)
        seat.link.states.add(lambda _state: self.say() if isValid(self) else None)
        self.say()

    def midnight(self) -> int:
        """When the shop's day began (UTC ms)."""
        zone = self._seat.speech.zone
        return day_start(shop_day(self._seat.clock.now(), zone), zone)

    def show_day(self, day: StationDay) -> None:
        """Show the day's figures."""
        self.day = day
        self.say()

    def say(self) -> None:
        """Put the words."""
        speech, day = self._seat.speech, self.day
        on = self._seat.link.state is LinkState.READY
        self._dot.turn("good" if on else "bad")
        self._link.setText(speech.say("packing.online" if on else "packing.offline"))
        told = [speech.say(WORDS[self._kind].today, n=day.parcels)]
        spent = self._seat.clock.now() - (day.since or self._seat.clock.now())
        if spent >= LEAST:
            told.append(speech.say("packing.pace", n=round(day.parcels * HOUR / spent)))
        if self._kind == "packing":
            told.append(speech.say("packing.stopped", n=day.stopped))
        self._day.setText(" · ".join(told))
        self._keys.setText(speech.say(WORDS[self._kind].keys))
