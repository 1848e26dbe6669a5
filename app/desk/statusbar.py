"""The bar at the bottom: the background service, the shops, what waits, the time."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.commands.wire import Changed
from app.desk.link import LinkState
from app.desk.parts import Button, Dot, row
from app.desk.printer import PRINT, LabelPrinter
from app.desk.seat import Seat
from app.desk.text import TextLabel, plain_tip, repolish
from app.reads import house
from app.reads.house import FILES, OFF, ShopRow, Waiting

HEIGHT = 28
TONES = {LinkState.READY: "good", LinkState.GONE: "bad"}
READ_ON = frozenset({"orders", "prints", "waybills", "outbox", "channels", "health", "read"})
MOST_SHOPS = 4
LOOK_MS = 60_000
"""How often this computer's printers are asked for, in milliseconds."""
LONGEST = 40
"""Characters of a printer's name; the tip has all of it."""


class StatusBar(QWidget):
    """What an agent glances at before trusting the screen."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("statusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._seat = seat
        self.shops: tuple[ShopRow, ...] = ()
        self._waiting = Waiting(0, 0, 0, 0)
        self._dot = Dot(seat.look)
        parts = {name: TextLabel(face="caption", ink="second") for name in _PARTS}
        self._link, self._fresh, self._uploads, self._dead = (parts[n] for n in _PARTS[:4])
        self._prints, self._waybills, self._who, self._clock = (parts[n] for n in _PARTS[4:])
        self._dead.restyle(ink="bad")
        self.printer, self._looked = LabelPrinter(seat, self.say), 0
        self.choice = Button("bar", self.choose_printer)
        self.choice.setProperty("face", "caption")
        self._lay_out()
        seat.speech.changed.connect(self.say)
        self._forget = seat.link.states.add(lambda _state: self.say())
        self.say()

    def _lay_out(self) -> None:
        layout = row(self._dot, self._link, gap=7, margins=(14, 0, 14, 0))
        for label in (self._fresh, self._uploads, self._dead, self._waybills, self._prints):
            label.setContentsMargins(14, 0, 0, 0)
            layout.addWidget(label)
        layout.addSpacing(14)
        layout.addWidget(self.choice)
        layout.addStretch(1)
        layout.addWidget(self._who)
        layout.addSpacing(14)
        layout.addWidget(self._clock)
        self.setLayout(layout)

    async def read(self) -> None:
        """Read what waits and how fresh the shops are."""
        self._waiting = await self._seat.reader.read(house.waiting)
        fresh = self._seat.fresh
        seen = await self._seat.see(house.shops_seen)
        self.shops = tuple(
            replace(shop, synced_at=fresh.at(shop.id, shop.synced_at))
            for shop in seen
            if shop.state != OFF
        )
        self.say()
        now = self._seat.clock.now()
        if self._seat.may(PRINT) and now - self._looked >= LOOK_MS:
            self._looked = now
            await self.printer.look()

    def choose_printer(self) -> None:
        """Ask which printer the labels of this computer go to."""
        self._seat.spawn(self.printer.choose(self.window()))

    def heard(self, changed: Changed) -> bool:
        """Whether something here changed."""
        return bool(READ_ON & set(changed.rows))

    def narrow(self, tight: bool) -> None:
        """Leave out what a very small screen has no room for."""
        for label in (self._fresh, self._who):
            label.setVisible(not tight)

    def close_hooks(self) -> None:
        """Hear no more of the background service."""
        self._forget()

    def say(self) -> None:
        """Put its words."""
        speech, link, now = self._seat.speech, self._seat.link, self._seat.clock.now()
        self._dot.turn(TONES.get(link.state, "warning"))
        self._link.setText(speech.say(f"bar.link_{link.state}"))
        if link.reason is not None:
            plain_tip(self._link, " ".join(speech.error(link.reason)))
        self._say_fresh()
        waiting = self._waiting
        self._uploads.setText(speech.say("bar.uploads", n=waiting.uploads))
        self._dead.setText(speech.say("bar.dead", n=waiting.dead))
        self._dead.setVisible(waiting.dead > 0)
        self._prints.setText(speech.say("bar.prints", n=waiting.prints))
        self._waybills.setText(speech.say("bar.waybills", n=waiting.waybills))
        self._say_printer()
        signed = self._seat.signed
        self._who.setText(signed.name if signed else "")
        self._clock.setText(speech.clock(now))
        self._clock.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _say_fresh(self) -> None:
        """How old what stands here is, for each shop that is read; the tip has all of them."""
        speech = self._seat.speech
        told = [self._age(shop) for shop in self.shops if not shop.platform.startswith(FILES)]
        shown = told[:MOST_SHOPS]
        if len(told) > MOST_SHOPS:
            shown.append(speech.say("bar.more", n=len(told) - MOST_SHOPS))
        self._fresh.setText(" · ".join(shown))
        plain_tip(self._fresh, "\n".join((speech.say("bar.fresh_tip"), *told)) if told else "")

    def _age(self, shop: ShopRow) -> str:
        speech = self._seat.speech
        at = self._seat.fresh.at(shop.id, shop.synced_at)
        if not shop.is_read:
            return f"{shop.name} {speech.say('bar.paused')}"
        if at is None:
            return f"{shop.name} {speech.say('bar.unread')}"
        return f"{shop.name} {speech.span(self._seat.clock.now() - at)}"

    def _say_printer(self) -> None:
        speech, shown = self._seat.speech, self.printer.shown()
        self.choice.setVisible(self._seat.may(PRINT))
        state = f" · {speech.word('printer_state', shown.state)}" if shown.state else ""
        short = shown.name if len(shown.name) <= LONGEST else f"{shown.name[: LONGEST - 1]}…"
        self.choice.say(speech.say("bar.printer", name=short) + state)
        plain_tip(self.choice, f"{shown.name}{state}\n{speech.say('bar.printer_tip')}")
        self.choice.setProperty("ink", "bad" if shown.trouble else "")
        repolish(self.choice)


_PARTS = ("link", "fresh", "uploads", "dead", "prints", "waybills", "who", "clock")
