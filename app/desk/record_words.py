"""Entries of the record in words: what was done, to what, and what stood before and after."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.commands.record import AuditLine
from app.desk.case_cells import facts_of
from app.desk.columns import Cell, Column, Kind
from app.desk.seat import Seat
from app.desk.speech import NONE, Speech
from app.domain.times import local

TONES = {"ok": "good", "denied": "bad", "failed": "warning"}
AREAS = {
    ("orders", "state"): "order",
    ("orders", "payment"): "payment",
    ("orders", "logistics"): "logistics",
    ("orders", "kind"): "kind",
    ("orders", "tab"): "views",
    ("orders", "carrier"): "carrier",
    ("parcel", "carrier"): "carrier",
    ("stock_lock", "state"): "lock_state",
    ("stock_lock", "kind"): "lock_kind",
    ("waybill", "state"): "waybill_state",
    ("print_job", "state"): "print",
    ("operator_role", "role"): "role",
    ("cases", "party"): "responsible",
}
"""Columns whose values are codes, and the area of words that says them."""
POLICY = "policy."


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as a row of a table."""

    id: int
    line: AuditLine


@dataclass(frozen=True, slots=True)
class Moved:
    """One column of one changed row, in words; ``after`` is "" where there is only one value."""

    name: str
    before: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One changed row, in words: what it is, what became of it, and its columns."""

    title: str
    moved: tuple[Moved, ...]


def entry_of(line: AuditLine) -> Entry:
    """The entry as a row; its id holds chain and number."""
    return Entry(line.chain << 40 | line.seq, line)


def actions_said(speech: Speech, typed: str) -> tuple[str, ...]:
    """The codes of the actions whose words hold what was typed, in the language spoken."""
    wanted = typed.strip().casefold()
    keys = (key for key in speech.words.sentences if key.startswith("audit."))
    return tuple(key.removeprefix("audit.") for key in keys if wanted in speech.say(key).casefold())


def exact_moment(speech: Speech, at: int) -> str:
    """Date and time to the second, in the shop's zone."""
    return f"{local(at, speech.zone):%Y-%m-%d %H:%M:%S}"


class RecordCells:
    """Turns entries into cells."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def columns(self) -> tuple[Column[Entry], ...]:
        """The columns, widths as they stand at 1366 pixels."""
        return (
            Column("at", "col.when", self._at, 104),
            Column("what", "col.done", self._what, 200, grow=4),
            Column("who", "col.who", self._who, 130, grow=2),
            Column("about", "col.about", self._about, 150, grow=2, drop=1),
            Column("result", "col.result", self._result, 84, Kind.TAG),
            Column("reason", "col.reason", self._reason, 140, grow=3, drop=2),
        )

    def _at(self, row: Entry) -> Cell:
        day, _, clock = exact_moment(self._seat.speech, row.line.at).partition(" ")
        return Cell(clock, day, mono=True)

    def _what(self, row: Entry) -> Cell:
        return Cell(self._seat.speech.word("audit", row.line.action))

    def _who(self, row: Entry) -> Cell:
        return Cell(actor_said(self._seat.speech, row.line), row.line.host)

    def _about(self, row: Entry) -> Cell:
        return Cell(*about_said(self._seat.speech, row.line))

    def _result(self, row: Entry) -> Cell:
        word = self._seat.speech.word("audit_result", row.line.result)
        return Cell(word, tone=TONES.get(row.line.result, "info"))

    def _reason(self, row: Entry) -> Cell:
        return Cell(row.line.reason or NONE, quiet=not row.line.reason)


def actor_said(speech: Speech, line: AuditLine) -> str:
    """A person by their login, a worker of Waydesk's own by what it does."""
    return line.actor if line.operator_id else speech.word("worker", line.actor)


def about_said(speech: Speech, line: AuditLine) -> tuple[str, str]:
    """What an entry is about: its number or name, and what kind of thing it is."""
    kind = speech.word("thing", line.object) if line.object else ""
    name = line.label or (str(line.object_id) if line.object_id else "")
    return (name, kind) if name else (kind or NONE, "")


def roles_said(speech: Speech, line: AuditLine) -> str:
    """The roles somebody held when it was done."""
    return " · ".join(speech.word("role", role) for role in line.role.split(",") if role)


def details_said(speech: Speech, line: AuditLine) -> Iterator[tuple[str, str]]:
    """What else an entry says, name by name."""
    for name, value in facts_of(line.detail_json).items():
        if name == "self_approved":
            yield speech.word("detail", name), speech.say("record.yes")
        elif value not in {"", 0}:
            yield speech.word("detail", name), str(value)


def changes_said(seat: Seat, line: AuditLine) -> tuple[ChangedRow, ...]:
    """What stood before and after, row by row."""
    try:
        rows = json.loads(line.changes_json or "[]")
        return tuple(_row(seat, *row) for row in rows)
    except (ValueError, TypeError, AttributeError):
        return ()


def _row(seat: Seat, table: str, pk: int | str, how: str, columns: Mapping[str, Any]) -> ChangedRow:
    speech = seat.speech
    if how == "more":
        return ChangedRow(speech.say("record.more_rows", n=int(pk)), ())
    word = speech.word("thing", table)
    if table == "setting":
        name = str(pk)
        said = speech.word("policy", name.removeprefix(POLICY)) if name.startswith(POLICY) else name
        title = f"{word} · {said}"
    else:
        title = word
    if how != "changed":
        title = speech.say(f"record.{how}", what=title)
    moved = (_moved(seat, table, name, columns) for name in columns)
    return ChangedRow(title, tuple(one for one in moved if one is not None))


def _moved(seat: Seat, table: str, name: str, columns: Mapping[str, Any]) -> Moved | None:
    values, speech = columns[name], seat.speech
    word = speech.word("column", name)
    if not values:
        return Moved(word, speech.say("record.closed"))
    said = [_value(seat, table, name, value, _currency(columns)) for value in values]
    if len(said) == 1 and name == "currency":
        return None
    return Moved(word, said[0], said[1] if len(said) > 1 else "")


def _currency(columns: Mapping[str, Any]) -> str:
    return str((columns.get("currency") or [""])[-1])


def _value(seat: Seat, table: str, name: str, value: Any, currency: str) -> str:
    speech = seat.speech
    if value is None or value == "":
        return speech.say("record.nothing")
    if name.endswith("_minor") and isinstance(value, int):
        return speech.money(value, currency or seat.law.policy.currency)
    if name.endswith(("_at", "_until")) and isinstance(value, int):
        return exact_moment(speech, value) if value else speech.say("record.nothing")
    area = AREAS.get((table, name), "")
    return speech.word(area, str(value)) if area else str(value)
