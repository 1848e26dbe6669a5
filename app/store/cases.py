"""Exceptions in the book: one open case for one thing, whoever notices it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import select

from app.domain.cases import CaseKind
from app.domain.errors import NotInState
from app.store import counters
from app.store.seal import Row
from app.store.tables_record import case
from app.store.work import Work


@dataclass(frozen=True, slots=True)
class Notice:
    """What went wrong, by a kind of resources/rules/cases.toml, and what its sentence needs."""

    kind: str
    order_id: int = 0
    channel_id: int = 0
    kept_id: int = 0
    subject: str = ""
    args: Mapping[str, str | int] = field(default_factory=dict)
    amount: tuple[int, str] = (0, "")  # minor units, currency

    @property
    def dedupe_key(self) -> str:
        """The thing it is about: the same notice twice is one case."""
        return f"{self.kind}|{self.order_id}|{self.channel_id}|{self.kept_id}|{self.subject}"


def open_case(work: Work, kinds: Mapping[str, CaseKind], notice: Notice) -> int:
    """Open a case, or find the open one about the same thing; returns its id.

    ``kinds`` is the rulebook's ``cases``; how urgent a case is and whose turn it is stand there.
    """
    rule = kinds[notice.kind]
    standing = select(case.c.id).where(
        case.c.dedupe_key == notice.dedupe_key, case.c.state != "settled"
    )
    found = work.rows(standing)
    if found:
        return int(found[0]["id"])
    case_id = work.ids.next()
    row = {
        "id": case_id,
        "number": f"E{case_id}",
        "kind": notice.kind,
        "priority": rule.priority.value,
        "order_id": notice.order_id,
        "channel_id": notice.channel_id,
        "kept_id": notice.kept_id,
        "subject": notice.subject,
        "args_json": msgspec.json.encode(notice.args).decode(),
        "party": rule.party.value,
        "amount_minor": notice.amount[0],
        "currency": notice.amount[1],
        "opened_at": work.now,
        "due_at": rule.due_at(work.now),
        "dedupe_key": notice.dedupe_key,
    }
    work.insert(case, row)
    counters.add(work, f"case:{rule.priority.value}", 1)
    _marked(work, case_id, notice.order_id)
    return case_id


def settle(work: Work, case_id: int, reason: str, by: str) -> Row:
    """Close a case with what was done; :class:`NotInState` when it is closed already."""
    row = work.row(case, case_id)
    if row["state"] == "settled":
        raise NotInState(machine="case", state=row["state"], action="settle_case")
    work.update(
        case,
        case_id,
        state="settled",
        settled_at=work.now,
        settled_by=by,
        settled_reason=reason,
    )
    counters.add(work, f"case:{row['priority']}", -1)
    _marked(work, case_id, row["order_id"])
    return row


def settle_about(work: Work, subject: str, kinds: tuple[str, ...], reason: str) -> int:
    """Close the open cases of these kinds about one thing, such as one upload by its key."""
    query = select(case.c.id).where(
        case.c.subject == subject, case.c.kind.in_(kinds), case.c.state != "settled"
    )
    found = work.rows(query)
    for row in found:
        settle(work, row["id"], reason, work.actor.name)
    return len(found)


def settle_all(work: Work, order_id: int, kinds: tuple[str, ...], reason: str) -> int:
    """Close an order's open cases of these kinds because the awaited fact has come."""
    query = select(case.c.id).where(
        case.c.order_id == order_id, case.c.kind.in_(kinds), case.c.state != "settled"
    )
    found = work.rows(query)
    for row in found:
        settle(work, row["id"], reason, work.actor.name)
    return len(found)


def open_kinds(work: Work, order_id: int) -> tuple[str, ...]:
    """The kinds of an order's exceptions that are not settled."""
    rows = work.of(case, "order_id", order_id)
    return tuple(row["kind"] for row in rows if row["state"] != "settled")


def open_of(work: Work, order_id: int, kind: str) -> list[tuple[int, str]]:
    """(case id, subject) of an order's open cases of a kind."""
    query = select(case.c.id, case.c.subject).where(
        case.c.order_id == order_id, case.c.kind == kind, case.c.state != "settled"
    )
    return [(row["id"], row["subject"]) for row in work.rows(query.order_by(case.c.id))]


def opened_since(work: Work, kind: str, since: int) -> list[Row]:
    """The open cases of a kind that were opened after a moment (UTC ms), oldest first."""
    query = select(case).where(
        case.c.kind == kind, case.c.state != "settled", case.c.opened_at > since
    )
    return [work.checked(case, row) for row in work.rows(query.order_by(case.c.id))]


def args_of(work: Work, order_id: int, kind: str) -> list[dict[str, Any]]:
    """What the open cases of a kind of an order say."""
    rows = work.of(case, "order_id", order_id)
    mine = [row for row in rows if row["kind"] == kind and row["state"] != "settled"]
    return [dict(msgspec.json.decode(row["args_json"])) for row in mine]


def standing_of(work: Work, order_id: int, kinds: tuple[str, ...]) -> str:
    """The kind of an open case of an order among these; empty when none stands."""
    query = select(case.c.kind).where(
        case.c.order_id == order_id, case.c.kind.in_(kinds), case.c.state != "settled"
    )
    found = work.rows(query.order_by(case.c.id).limit(1))
    return str(found[0]["kind"]) if found else ""


def _marked(work: Work, case_id: int, order_id: int) -> None:
    work.mark("cases", case_id)
    if order_id:
        work.mark("orders", order_id)


def orders_of(work: Work, channel_id: int, kind: str) -> list[int]:
    """The orders of a shop that have an open case of a kind, oldest first."""
    query = select(case.c.order_id).where(
        case.c.channel_id == channel_id,
        case.c.kind == kind,
        case.c.state != "settled",
        case.c.order_id != 0,
    )
    return sorted({int(row["order_id"]) for row in work.rows(query)})
