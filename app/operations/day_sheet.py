"""The end-of-day sheet: what the shop did today, and the record's head in words people keep."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.audit import Head
from app.domain.times import local
from app.rulebook import Rulebook
from app.store import day_figures, witnesses
from app.store.day_figures import DayFigures
from app.store.work import Work
from printing.sheet import SheetDocument

LANGS = ("en", "zh")


@dataclass(frozen=True, slots=True)
class DaySheet:
    """One day's sheet: its date in the shop's zone, what it says, and the head on it."""

    day: str
    document: SheetDocument
    chain: int
    head: Head
    said: dict[str, str]


@dataclass(frozen=True, slots=True)
class SaidHead:
    """This desk's head as it stands now: its place, its words and its hash in hex."""

    place: str
    en: str
    zh: str
    digest: str


def said_head(work: Work, rules: Rulebook) -> SaidHead:
    """The head of this desk's chain, for whoever carries it outside."""
    chain = work.book.chain
    head = witnesses.heads_now(work).get(chain, Head())
    english, chinese = (rules.head_words.said(head.hash, lang) for lang in LANGS)
    return SaidHead(f"{chain}/{head.seq}", english, chinese, head.hash.hex())


def day_sheet(work: Work, rules: Rulebook) -> DaySheet:
    """Today's sheet, in the shop's language, with this desk's head as it stands now."""
    now = local(work.now, rules.policy.zone)
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    figures = day_figures.figures(work, _ms(start), _ms(start + timedelta(days=1)))
    chain = work.book.chain
    head = witnesses.heads_now(work).get(chain, Head())
    said = {lang: rules.head_words.said(head.hash, lang) for lang in LANGS}
    document = _document(rules, (now, figures), (chain, head), said)
    work.tell("sheet_drawn", "record", 0, seq=head.seq)
    return DaySheet(f"{now:%Y-%m-%d}", document, chain, head, said)


def _document(
    rules: Rulebook,
    day: tuple[datetime, DayFigures],
    at: tuple[int, Head],
    said: dict[str, str],
) -> SheetDocument:
    def say(key: str, **facts: str | int) -> str:
        return rules.words.say(f"sheet_day.{key}", rules.policy.language, **facts)

    now, told = day
    chain, head = at
    worked = "\n".join(say("person", name=name, n=n) for name, n in told.people)
    rows = (
        (say("orders_in"), str(told.orders_in)),
        (say("shipped"), str(told.shipped)),
        (say("labels"), str(told.labels)),
        (say("cases"), say("cases_of", opened=told.cases_opened, standing=told.cases_standing)),
        (say("people"), worked or say("nobody")),
    )
    first = rules.policy.language if rules.policy.language in LANGS else "zh"
    ordered = (first, *(lang for lang in LANGS if lang != first))
    return SheetDocument(
        title=say("title"),
        subtitle=say("made", day=f"{now:%Y-%m-%d}", time=f"{now:%H:%M}", host=chain),
        rows=rows,
        words_title=say("head", place=f"{chain}/{head.seq}"),
        words=tuple(said[lang] for lang in ordered),
        foot=say("foot"),
    )


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
