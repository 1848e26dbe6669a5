"""What is done with the record as a whole: verified, written to a file, put on paper.

The door lets these in and writes down that they were asked for; the keeper then does the reading
beside the writer, for it may take minutes (``app.keeper.record_desk``), and writes down the end.
"""

from pathlib import Path

import msgspec
from sqlalchemy import select

from app.commands.record import (
    ExportRecord,
    Found,
    MakeSheet,
    Sheet,
    StopRecordWork,
    VerifyRecord,
)
from app.domain.audit import Head
from app.domain.errors import BadValue
from app.domain.policy import paper
from app.domain.times import local
from app.operations import weights
from app.operations.verbs import Facts, Verb, Weight
from app.rulebook import Rulebook
from app.store import cases, record_search, settings
from app.store.cases import Notice
from app.store.record_file import CSV, JSON_LINES, Span
from app.store.tables_record import audit, setting
from app.store.verify import Report
from app.store.verify_derived import Finding
from app.store.witnesses import Seen
from app.store.work import Work

EXPORT = "audit.export"
CHECKED = "record_checked"
BROKEN = "record_broken"
SHOWN = 200
#: at night, when nobody waits for the computer; at the latest after a day
NIGHT = range(1, 6)
DAY_MS, NIGHTLY_MS = 24 * 3_600_000, 20 * 3_600_000


def export_record(_work: Work, ask: ExportRecord, _rules: Rulebook) -> None:
    """Let the record be written to a file; where it may not be is refused at once."""
    path = Path(ask.path)
    if path.suffix not in {CSV, JSON_LINES} or not path.is_absolute() or not path.parent.is_dir():
        raise BadValue(field="path", value=ask.path)
    if ask.until and ask.until <= ask.since:
        raise BadValue(field="until", value=str(ask.until))


def _weight(work: Work, ask: ExportRecord, rules: Rulebook) -> Weight:
    """Up to the shop's limit it is one person's work.

    How many entries there are is not bound into a consent: asking for one adds some.
    """
    limit = rules.policy.bulk_rows
    span = Span(ask.since, ask.until).conditions()
    some = work.rows(select(audit.c.seq).where(*span).limit(limit + 1))
    return weights.by_law(rules, EXPORT, two_people=len(some) > limit)


def _facts(_work: Work, ask: ExportRecord, rules: Rulebook) -> Facts:
    export_record(_work, ask, rules)
    return {"file": Path(ask.path).name}


def verify_record(_work: Work, ask: VerifyRecord, rules: Rulebook) -> None:
    """Let the book be verified; a mistyped sheet is refused at once, naming the word."""
    seen_on(ask.sheets, rules)


def seen_on(sheets: tuple[Sheet, ...], rules: Rulebook) -> Seen:
    """The heads typed off sheets. Raises :class:`HeadMistyped`."""
    seen: Seen = {}
    for one in sheets:
        if one.seq < 1:
            raise BadValue(field="seq", value=str(one.seq))
        seen.setdefault(one.chain, []).append(Head(one.seq, rules.head_words.heard(one.words)))
    return seen


def stop_record_work(_work: Work, _ask: StopRecordWork, _rules: Rulebook) -> None:
    """Let it be stopped; nothing of the record changes with it."""


def make_sheet(_work: Work, ask: MakeSheet, _rules: Rulebook) -> None:
    """Let today's sheet be drawn; a place where no A4 sheet can go is refused at once."""
    try:
        paper(ask.printer)
    except ValueError:
        raise BadValue(field="printer", value=ask.printer) from None


# --- how it ended -------------------------------------------------------------------------------


def verified(work: Work, rules: Rulebook, report: Report) -> tuple[Found, ...]:
    """Write down what a verification found; whatever it is becomes an exception.

    Returns the first of it, each with the order it is of, for screens.
    """
    _keep(work, report)
    if report.found:
        first = report.findings[0]
        facts: dict[str, str | int] = {"n": report.found, "where": f"{first.table} {first.key}"}
        cases.open_case(work, rules.cases, Notice(BROKEN, args=facts))
    work.tell("record_verified", "record", found=report.found, entries=report.entries)
    return tuple(_found(work, one) for one in report.findings[:SHOWN])


def _found(work: Work, one: Finding) -> Found:
    return Found(
        one.kind, one.table, one.key, one.said, record_search.order_of(work, one.table, one.key)
    )


def _keep(work: Work, report: Report) -> None:
    told = {"at": work.now, "found": report.found, "entries": report.entries}
    settings.put(work, CHECKED, told)
    work.mark("record")


def is_due(work: Work, rules: Rulebook) -> bool:
    """Whether the nightly verification is due: at night, or at once when one was missed."""
    row = work.find(setting, CHECKED)
    last = int(msgspec.json.decode(row["value_json"])["at"]) if row is not None else 0
    waited = work.now - last
    at_night = local(work.now, rules.policy.zone).hour in NIGHT
    return waited >= DAY_MS or (at_night and waited >= NIGHTLY_MS)


VERBS = (
    Verb(
        ExportRecord,
        export_record,
        EXPORT,
        "record_exported",
        kept=False,
        weigh=_weight,
        facts=_facts,
    ),
    Verb(VerifyRecord, verify_record, "audit.verify", "record_verify_asked", kept=False),
    Verb(StopRecordWork, stop_record_work, "audit.read", "record_stopped", kept=False),
    Verb(MakeSheet, make_sheet, "audit.read", "sheet_asked", kept=False),
)
