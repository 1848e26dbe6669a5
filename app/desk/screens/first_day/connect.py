"""Connecting the first shop and the first carrier: what each asks for, tried before it is kept."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from app.commands.channels import ConnectCarrier, ConnectChannel
from app.commands.founding import KeepStep, Tried, TryCarrier, TryChannel
from app.commands.people import Created
from app.desk.forms import Ask, Kind
from app.desk.screens.first_day.page import Draft, FormPage
from app.desk.seat import Seat
from app.domain.connections import Asking, Connection
from app.domain.connections import Kind as EndKind
from app.process.field_files import with_texts


class ConnectPage(FormPage):
    """One platform or carrier, its fields, and where the owner finds each."""

    end: EndKind
    step: str
    connect_it: Callable[[str, str, dict[str, str]], Coroutine[Any, Any, bool]]
    """Tries and keeps: given which, what it is called and its fields; what is wrong is told."""

    def __init__(self, seat: Seat, draft: Draft) -> None:
        self._chosen = self._way = ""
        self._expert = False
        super().__init__(seat, draft)

    def asks(self) -> tuple[Ask, ...]:
        """Which one, which way in, its name, and its fields."""
        seat, word = self.seat, self.seat.speech.word
        known = seat.law.connections.of(self.end)
        other_end = next((c for c in known if c.name == self._chosen), known[0])
        self._chosen = other_end.name
        way = other_end.way(self._way if self._way in {w.name for w in other_end.ways} else "")
        self._way = way.name
        options = tuple((c.name, word("connection", c.name)) for c in known)
        first = f"connection.{other_end.name}.first" if other_end.first else ""
        caption = f"first.which_{self.step}"
        asked = [Ask("which", caption, Kind.CHIPS, self._chosen, options, True, first)]
        if len(other_end.ways) > 1:
            asked.append(self._ways(other_end))
        usual = self._usual_name(other_end)
        asked.append(Ask("called", f"first.called_{self.step}", value=usual, needed=True, span=3))
        asked += [self._field(other_end, name) for name in self._field_names(other_end)]
        if any(field.ask is Asking.EXPERT for field in way.fields):
            more = (("1", self.seat.speech.say("first.expert_show")),)
            asked.append(Ask("expert", "first.expert", Kind.SET, "1" * self._expert, more))
        return tuple(asked)

    def say(self) -> None:
        """Ask anew; another choice changes what is asked."""
        super().say()
        for name in ("which", "way", "expert"):
            if name in self.form.values():
                self.form.watch(name, partial(self._choose, name))

    async def finish(self) -> bool:
        """Try it, then keep it; what is wrong with it is told on the page."""
        values = self.form.values()
        names = self._field_names(self._end())
        fields = {name: values[name].strip() for name in names if values[name].strip()}
        fields = await asyncio.to_thread(with_texts, self._end(), fields)
        kept = await self.connect_it(self._chosen, values["called"], fields)
        if kept:
            self.form.forget_secrets()
        return kept and await self.seat.do(KeepStep(self.step, "done"))

    # --- inside --------------------------------------------------------------------------------

    def _end(self) -> Connection:
        return self.seat.law.connections.get(self.end, self._chosen)

    def _choose(self, name: str) -> None:
        """Ask anew; the keyboard stays on a choice, so that what is said of it is in sight."""
        values, usual = self.form.values(), self._usual_name(self._end())
        self._chosen = values["which"] or self._chosen
        self._way = values.get("way", self._way)
        self._expert = values.get("expert", "") == "1"
        self.say()
        if values["called"] in ("", usual):
            self.form.fill("called", self._usual_name(self._end()))
        if name == "expert":
            self.take_focus()
        else:
            self.form.focus_on(name)

    def _ways(self, other_end: Connection) -> Ask:
        word = self.seat.speech.word
        area = f"connection.{other_end.name}"
        options = tuple((way.name, word(area, f"way_{way.name}")) for way in other_end.ways)
        return Ask("way", "first.way", Kind.CHIPS, self._way, options, True)

    def _field_names(self, other_end: Connection) -> tuple[str, ...]:
        fields = other_end.way(self._way).fields
        return tuple(f.name for f in fields if self._expert or f.ask is not Asking.EXPERT)

    def _field(self, other_end: Connection, name: str) -> Ask:
        field = next(f for f in other_end.fields if f.name == name)
        say, area = self.seat.speech.say, f"connection.{other_end.name}.{name}"
        plain = Kind.FILE if field.file else Kind.TEXT
        return Ask(
            name,
            kind=Kind.SECRET if field.secret else plain,
            needed=field.ask is Asking.NEEDED,
            example=field.example,
            said=say(area),
            hint=say(f"{area}_where"),
        )

    def _usual_name(self, other_end: Connection) -> str:
        return self.seat.speech.word("connection", other_end.name)


class ChannelPage(ConnectPage):
    """The first shop on a platform."""

    end, step = EndKind.PLATFORM, "shop"

    async def connect_it(self, which: str, called: str, fields: dict[str, str]) -> bool:
        """Try the shop and keep it, in its own zone and money."""
        policy = self.seat.law.policy
        zone, currency = policy.zone, policy.currency
        tried = await self.seat.ask(TryChannel(which, zone, fields), Tried)
        if tried is None:
            return False
        ask = ConnectChannel(which, called, zone, currency, fields)
        kept = await self.seat.ask(ask, Created)
        self.draft.notes = tried.notes if kept is not None else ()
        return kept is not None


class CarrierPage(ConnectPage):
    """The first carrier account."""

    end, step = EndKind.CARRIER, "carrier"

    async def connect_it(self, which: str, called: str, fields: dict[str, str]) -> bool:
        """Try the account with a question that buys nothing, and keep it."""
        if not await self.seat.do(TryCarrier(which, fields)):
            return False
        return await self.seat.ask(ConnectCarrier(which, called, fields), Created) is not None
