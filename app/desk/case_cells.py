"""The columns of the exceptions list."""

import json
from collections.abc import Mapping

from app.desk.columns import Cell, Column, Kind
from app.desk.seat import Seat
from app.desk.speech import HOUR, NONE, Speech
from app.domain.errors import Detail
from app.reads.exceptions import CaseRow

LONGEST = 24
"""Characters of a subject worth showing; longer ones are references between machines."""
TONES = {"P0": "bad", "P1": "warning", "P2": "info"}


def facts_of(args_json: str) -> dict[str, Detail]:
    """What fills a sentence, as it was stored; anything else than text and numbers is left out."""
    try:
        read = json.loads(args_json or "{}")
    except ValueError:
        return {}
    if not isinstance(read, Mapping):
        return {}
    return {str(k): v for k, v in read.items() if isinstance(v, str | int)}


def case_facts(args_json: str, speech: Speech) -> dict[str, Detail]:
    """The same for an exception's sentence, with shops' platforms and carriers by their names."""
    facts = facts_of(args_json)
    for area in ("platform", "carrier"):
        if area in facts:
            facts[area] = speech.word(area, str(facts[area]))
    if _has_own_words(facts, speech):
        facts["text"] = speech.tell(f"errors.{facts['error']}.title", facts)
    if speech.words.has(f"after_sale_kind.{facts.get('kind', '')}"):
        facts["kind"] = speech.word("after_sale_kind", str(facts["kind"]))
    return facts


def case_advice(kind: str, args_json: str, speech: Speech) -> str:
    """What to do about an exception: the remedy of the very error behind it, where it has one."""
    stored = facts_of(args_json)
    if _has_own_words(stored, speech):
        return speech.tell(f"errors.{stored['error']}.remedy", stored)
    return speech.tell(f"case.{kind}.advice", case_facts(args_json, speech))


def _has_own_words(facts: Mapping[str, Detail], speech: Speech) -> bool:
    return speech.words.has(f"errors.{facts.get('error') or '-'}.title")


class CaseCells:
    """Turns an exception into cells."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def columns(self) -> tuple[Column[CaseRow], ...]:
        """The columns, widths as they stand at 1366 pixels."""
        return (
            Column("priority", "", self._priority, 52, Kind.TAG),
            Column("what", "col.what", self._what, 260, grow=6),
            Column("order", "col.order", self._order, 140, grow=2),
            Column("amount", "col.amount", self._amount, 96, right=True, grow=1, drop=1),
            Column("party", "col.party", self._party, 88, grow=1, drop=3),
            Column("owner", "col.owner", self._owner, 84, grow=1, drop=2),
            Column("due", "col.due", self._due, 108, Kind.PILL, grow=1),
        )

    def title(self, row: CaseRow) -> str:
        """What happened, in one sentence."""
        facts = case_facts(row.args_json, self._seat.speech)
        return self._seat.speech.tell(f"case.{row.kind}.title", facts)

    def _priority(self, row: CaseRow) -> Cell:
        return Cell(row.priority, tone=TONES.get(row.priority, "info"))

    def _what(self, row: CaseRow) -> Cell:
        since = self._seat.clock.now() - row.opened_at
        open_for = self._seat.speech.say("cases.open_for", span=self._seat.speech.span(since))
        title = self.title(row)
        named = self._seat.speech.word("missing_word", row.subject)
        subject = named if len(row.subject) <= LONGEST and row.subject not in title else ""
        parts = (subject, row.number, open_for)
        return Cell(title, " · ".join(part for part in parts if part))

    def _order(self, row: CaseRow) -> Cell:
        if not row.external_no:
            return Cell(row.shop or NONE, quiet=True)
        buyer = self._seat.speech.person(row.buyer_mask)
        second = " · ".join(part for part in (row.shop, buyer) if part)
        return Cell(row.external_no, second, mono=True)

    def _amount(self, row: CaseRow) -> Cell:
        text = self._seat.speech.money(row.amount_minor, row.currency)
        return Cell(text, quiet=text == NONE)

    def _party(self, row: CaseRow) -> Cell:
        return Cell(self._seat.speech.word("responsible", row.party))

    def _owner(self, row: CaseRow) -> Cell:
        return Cell(row.owner or NONE, quiet=not row.owner)

    def _due(self, row: CaseRow) -> Cell:
        speech, now = self._seat.speech, self._seat.clock.now()
        if row.due_at is None:
            return Cell(NONE, quiet=True)
        left = row.due_at - now
        if left < 0:
            return Cell(speech.say("board.overdue", span=speech.span(left)), tone="bad")
        if left < 24 * HOUR:
            return Cell(speech.span(left), tone="warning" if left < HOUR else "")
        return Cell(speech.day(row.due_at, now))
