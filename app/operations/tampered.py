"""A row that was altered outside Waydesk: whoever meets it is refused, and a person is told."""

from app.domain.errors import DecryptFailed, RowChanged
from app.rulebook import Rulebook
from app.store import cases
from app.store.cases import Notice
from app.store.work import Work

KIND = "row_changed_outside"


def open_case(work: Work, rules: Rulebook, found: RowChanged | DecryptFailed) -> int:
    """Open the exception about this row, or find the open one; its id."""
    table = str(found.details["table"])
    subject = f"{table}:{found.details['id']}"
    return cases.open_case(work, rules.cases, Notice(KIND, subject=subject, args={"table": table}))
