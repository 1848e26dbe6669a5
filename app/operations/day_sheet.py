"""The end-of-day sheet: what the shop did today, and the record's head in words people keep."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.audit import Head
from app.domain.times import local
from app.rulebook import Rulebook
from app.store import cases, day_figures, witnesses
from app.store.cases import Notice
from app.store.day_figures import DayFigures
from app.store.work import Work
from printing.sheet import SheetDocument

LANGS = ("en", "zh")
FAILED = "sheet_failed"
SUBJECT = "sheet"


@dataclass(frozen=True, slots=True)
class Making:
    """Where a sheet goes, and the moment it was due, UTC ms: 0 when somebody asked for it now."""

    printer: str = ""
    due: int = 0


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


def day_sheet(work: Work, rules: Rulebook, making: Making) -> DaySheet:
    """A day's sheet, in the shop's language, with this desk's head as it stands now.

    The day is today, or the one the sheet was due on. The record names the head it bears.
    """
    now = local(work.now, rules.policy.zone)
    day = local(making.due, rules.policy.zone) if making.due else now
    start = day.replace(hour=0, minute=0, second=0, microsecond=0)
    figures = day_figures.figures(work, _ms(start), _ms(start + timedelta(days=1)))
    chain = work.book.chain
    head = witnesses.heads_now(work).get(chain, Head())
    said = {lang: rules.head_words.said(head.hash, lang) for lang in LANGS}
    document = _document(rules, (day, now, figures), (chain, head), said)
    facts = {"hash": head.hash.hex(), "printer": making.printer}
    work.tell("sheet_drawn", "record", 0, seq=head.seq, **facts)
    return DaySheet(f"{day:%Y-%m-%d}", document, chain, head, said)


def settle(work: Work, rules: Rulebook, made: tuple[DaySheet, Making], code: str) -> None:
    """Write down how a making ended; one nobody waited for becomes an exception when it failed."""
    sheet, making = made
    if not code:
        cases.settle_about(work, SUBJECT, (FAILED,), "sheet_made")
    elif making.due:
        args: dict[str, str | int] = {"code": code, "day": sheet.day, "printer": making.printer}
        cases.open_case(work, rules.cases, Notice(FAILED, subject=SUBJECT, args=args))
    result = "failed" if code else "ok"
    work.tell("sheet_settled", "record", 0, seq=sheet.head.seq, result=result, code=code)


def _document(
    rules: Rulebook,
    day: tuple[datetime, datetime, DayFigures],
    at: tuple[int, Head],
    said: dict[str, str],
) -> SheetDocument:
    def say(key: str, **facts: str | int) -> str:
        return rules.words.say(f"sheet_day.{key}", rules.policy.language, **facts)

    date, now, told = day
    made = f"{now:%H:%M}" if now.date() == date.date() else f"{now:%Y-%m-%d %H:%M}"
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
        subtitle=say("made", day=f"{date:%Y-%m-%d}", time=made, host=chain),
        rows=rows,
        words_title=say("head", place=f"{chain}/{head.seq}"),
        words=tuple(said[lang] for lang in ordered),
        foot=say("foot"),
    )


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
