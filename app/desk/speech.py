"""The language of the screen, switched while it runs, and the figures said in it."""

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QLocale, QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import Detail, WaydeskError
from app.domain.masks import ERASED
from app.domain.money import CURRENCIES, Money
from app.domain.times import local
from app.domain.words import Words

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$", "BRL": "R$"}
WEEKDAYS = ("when.mon", "when.tue", "when.wed", "when.thu", "when.fri", "when.sat", "when.sun")
NONE = "–"


@dataclass(frozen=True, slots=True)
class _Bound:
    widget: "weakref.ref[QWidget]"
    put: Callable[[str], None]
    key: str


class Speech(QObject):
    """Says the shop's words in the language chosen; `changed` tells screens to say them again."""

    changed = Signal()

    def __init__(self, words: Words, lang: str, zone: str) -> None:
        super().__init__()
        self.words, self.zone = words, zone
        self.lang = lang_of(lang)
        self._bound: list[_Bound] = []

    def choose(self, lang: str) -> None:
        """Speak `zh`, `en`, or the system's language from now on."""
        self.lang = lang_of(lang)
        kept = []
        for bound in self._bound:
            widget = bound.widget()
            if widget is not None and shiboken6.isValid(widget):
                bound.put(self.say(bound.key))
                kept.append(bound)
        self._bound = kept
        self.changed.emit()

    def bind(self, widget: QWidget, put: Callable[[str], None], key: str) -> None:
        """Put a sentence now and again whenever the language changes."""
        self._bound.append(_Bound(weakref.ref(widget), put, key))
        put(self.say(key))

    def say(self, key: str, /, **args: Detail) -> str:
        """One sentence, filled in."""
        return self.words.say(key, self.lang, **args)

    def tell(self, key: str, facts: Mapping[str, Detail]) -> str:
        """One sentence whose facts are codes, said by their own words."""
        return self.words.tell(key, self.lang, facts)

    def word(self, area: str, code: str) -> str:
        """The word of a code in an area, the code itself where there is none."""
        key = f"{area}.{code}"
        return self.say(key) if self.words.has(key) else code

    def person(self, mask: str) -> str:
        """A buyer's masked name as it is shown, or the word for one whose data was erased."""
        return self.say("privacy.erased") if mask == ERASED else mask

    def error(self, error: WaydeskError) -> tuple[str, str]:
        """What happened and what to do."""
        return self.refusal(error.code, error.details)

    def refusal(self, code: str, details: Mapping[str, Detail]) -> tuple[str, str]:
        """The same from a code; an unknown one is never shown bare."""
        if not self.words.has(f"errors.{code}.title"):
            return self.words.error("program_fault", self.lang, {"where": code})
        return self.words.error(code, self.lang, details)

    # --- figures -------------------------------------------------------------------------------

    def money(self, minor: int | None, currency: str) -> str:
        """An amount with its sign, or a dash for who may not see it."""
        if minor is None or currency not in CURRENCIES:
            return NONE
        whole, dot, rest = Money(abs(minor), currency).text().partition(".")
        sign = SIGNS.get(currency, f"{currency} ")
        return f"{'-' if minor < 0 else ''}{sign}{int(whole):,}{dot}{rest}"

    def count(self, n: int) -> str:
        """A number with its thousands apart."""
        return f"{n:,}"

    def span(self, ms: int) -> str:
        """How long something takes or took, in its two largest units."""
        ms = abs(ms)
        if ms < MINUTE:
            return self.say("when.seconds", n=ms // SECOND)
        if ms < HOUR:
            return self.say("when.minutes", n=ms // MINUTE)
        hours, minutes = ms // HOUR, ms % HOUR // MINUTE
        if ms < DAY:
            if minutes and hours < 10:
                return self.say("when.hours_minutes", h=hours, m=minutes)
            return self.say("when.hours", n=hours)
        return self.say("when.days", n=ms // DAY)

    def moment(self, at: int | None, now: int) -> str:
        """A wall time of the shop, as short as it stays clear."""
        if at is None:
            return NONE
        then, today = local(at, self.zone), local(now, self.zone)
        days = (then.date() - today.date()).days
        clock = f"{then:%H:%M}"
        near = {-1: "when.yesterday", 1: "when.tomorrow"}
        if days in near:
            return self.say(near[days], at=clock)
        return clock if days == 0 else self.day(at, now)

    def stamp(self, at: int) -> str:
        """A wall time of the shop to the minute, with its date: what a list of files shows."""
        return f"{local(at, self.zone):%Y-%m-%d %H:%M}"

    def second(self, at: int, now: int) -> str:
        """A moment to the second: by the clock alone today, with its date before."""
        then, today = local(at, self.zone), local(now, self.zone)
        return f"{then:%H:%M:%S}" if then.date() == today.date() else f"{then:%m-%d %H:%M:%S}"

    def day(self, at: int, now: int) -> str:
        """A moment of the coming days by its weekday, else by its date; fits a narrow column."""
        then, today = local(at, self.zone), local(now, self.zone)
        if 0 <= (then.date() - today.date()).days < 7:
            return f"{self.say(WEEKDAYS[then.weekday()])} {then:%H:%M}"
        return f"{then:%m-%d %H:%M}" if then.year == today.year else f"{then:%Y-%m-%d}"

    def clock(self, now: int) -> str:
        """The wall clock of the shop."""
        return f"{local(now, self.zone):%H:%M}"


def lang_of(lang: str) -> str:
    """The language spoken: one of ours, or the nearest to the system's."""
    if lang in {"zh", "en"}:
        return lang
    return "zh" if QLocale.system().language() is QLocale.Language.Chinese else "en"
