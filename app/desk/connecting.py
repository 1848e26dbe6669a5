"""Connecting a shop or carrier: the form that asks what each needs, tried before it is kept."""

import asyncio
from dataclasses import dataclass, field
from functools import partial

from app.commands.channels import ConnectCarrier, ConnectChannel
from app.commands.founding import Tried, TryCarrier, TryChannel
from app.commands.people import Created
from app.desk.forms import Ask, AskForm, Kind
from app.desk.seat import Seat
from app.domain.connections import Asking, Connection
from app.domain.connections import Kind as EndKind
from app.process.field_files import with_texts


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: which platform or carrier, what it is called here, and its fields."""

    which: str
    called: str
    fields: dict[str, str] = field(repr=False)


class ConnectForm(AskForm):
    """One platform or carrier, its fields, and where the owner finds each."""

    def __init__(self, seat: Seat, end: EndKind) -> None:
        super().__init__(seat.speech)
        self._seat, self._end_kind = seat, end
        self._chosen = self._way = ""
        self._expert = False

    def say(self) -> None:
        """Ask anew, in the language of now; another choice changes what is asked."""
        self.show_asks(self._asked())
        for name in ("which", "way", "expert"):
            if name in self.values():
                self.watch(name, partial(self._choose, name))

    async def wish(self) -> Wish:
        """What was answered, files read. Raises StoreFileUnread for one that cannot be."""
        values = self.values()
        names = self._field_names(self._end())
        fields = {name: values[name].strip() for name in names if values[name].strip()}
        fields = await asyncio.to_thread(with_texts, self._end(), fields)
        return Wish(self._chosen, values["called"], fields)

    # --- inside --------------------------------------------------------------------------------

    def _asked(self) -> tuple[Ask, ...]:
        """Which one, which way in, its name, and its fields."""
        seat, word = self._seat, self._seat.speech.word
        known = seat.law.connections.of(self._end_kind)
        other_end = next((c for c in known if c.name == self._chosen), known[0])
        self._chosen = other_end.name
        way = other_end.way(self._way if self._way in {w.name for w in other_end.ways} else "")
        self._way = way.name
        options = tuple((c.name, word("connection", c.name)) for c in known)
        first = f"connection.{other_end.name}.first" if other_end.first else ""
        step = "shop" if self._end_kind is EndKind.PLATFORM else "carrier"
        caption = f"first.which_{step}"
        asked = [Ask("which", caption, Kind.CHIPS, self._chosen, options, True, first)]
        if len(other_end.ways) > 1:
            asked.append(self._ways(other_end))
        usual = self._usual_name(other_end)
        asked.append(Ask("called", f"first.called_{step}", value=usual, needed=True, span=3))
        asked += [self._field(other_end, name) for name in self._field_names(other_end)]
        if any(one.ask is Asking.EXPERT for one in way.fields):
            more = (("1", seat.speech.say("first.expert_show")),)
            asked.append(Ask("expert", "first.expert", Kind.SET, "1" * self._expert, more))
        return tuple(asked)

    def _end(self) -> Connection:
        return self._seat.law.connections.get(self._end_kind, self._chosen)

    def _choose(self, name: str) -> None:
        """Ask anew; the keyboard stays on a choice, so that what is said of it is in sight."""
        values, usual = self.values(), self._usual_name(self._end())
        self._chosen = values["which"] or self._chosen
        self._way = values.get("way", self._way)
        self._expert = values.get("expert", "") == "1"
        self.say()
        if values["called"] in ("", usual):
            self.fill("called", self._usual_name(self._end()))
        if name == "expert":
            self.take_focus()
        else:
            self.focus_on(name)

    def _ways(self, other_end: Connection) -> Ask:
        word = self._seat.speech.word
        area = f"connection.{other_end.name}"
        options = tuple((way.name, word(area, f"way_{way.name}")) for way in other_end.ways)
        return Ask("way", "first.way", Kind.CHIPS, self._way, options, True)

    def _field_names(self, other_end: Connection) -> tuple[str, ...]:
        fields = other_end.way(self._way).fields
        return tuple(f.name for f in fields if self._expert or f.ask is not Asking.EXPERT)

    def _field(self, other_end: Connection, name: str) -> Ask:
        one = next(f for f in other_end.fields if f.name == name)
        say, area = self._seat.speech.say, f"connection.{other_end.name}.{name}"
        plain = Kind.FILE if one.file else Kind.TEXT
        return Ask(
            name,
            kind=Kind.SECRET if one.secret else plain,
            needed=one.ask is Asking.NEEDED,
            example=one.example,
            said=say(area),
            hint=say(f"{area}_where"),
        )

    def _usual_name(self, other_end: Connection) -> str:
        return self._seat.speech.word("connection", other_end.name)


@dataclass(frozen=True, slots=True)
class Connected:
    """It was tried and is kept; ``notes`` are codes of what is worth knowing all the same."""

    id: int
    notes: tuple[str, ...] = ()


async def connect_shop(seat: Seat, wish: Wish) -> Connected | None:
    """Try a shop and keep it, in the shop's own zone and money; what is wrong is told."""
    policy = seat.law.policy
    zone, currency = policy.zone, policy.currency
    tried = await seat.ask(TryChannel(wish.which, zone, wish.fields), Tried)
    if tried is None:
        return None
    ask = ConnectChannel(wish.which, wish.called, zone, currency, wish.fields)
    kept = await seat.ask(ask, Created)
    return Connected(kept.id, tried.notes) if kept is not None else None


async def connect_carrier(seat: Seat, wish: Wish) -> Connected | None:
    """Try an account with a question that buys nothing, and keep it; what is wrong is told."""
    if not await seat.do(TryCarrier(wish.which, wish.fields)):
        return None
    kept = await seat.ask(ConnectCarrier(wish.which, wish.called, wish.fields), Created)
    return Connected(kept.id) if kept is not None else None
