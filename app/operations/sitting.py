"""A person at a desk: their session is opened, locked, opened again and ended."""

from app.commands.people import SignedIn
from app.domain.actor import Actor
from app.operations import proving, sessions
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables_record import operator, session
from app.store.work import Work

SESSION_MS = 12 * 3_600_000
MOST_DIGITS = 20


def by_token(work: Work, token: str) -> Row | None:
    """The session a token stands for, in whatever state; None for none."""
    known = token.isdecimal() and len(token) < MOST_DIGITS
    return work.find(session, int(token)) if known else None


def opened(work: Work, person: Row, os_user: str, rules: Rulebook) -> SignedIn:
    """Open a new session: the passphrase was right."""
    row = {
        "id": work.ids.next(),
        "operator_id": person["id"],
        "os_user": os_user,
        "host": work.book.host,
        "started_at": work.now,
        "seen_at": work.now,
        "expires_at": work.now + SESSION_MS,
    }
    work.insert(session, row)
    proving.signed_in(work, person["id"], row["id"])
    return signed(work, person, row, rules)


def reopened(work: Work, person: Row, row: Row, rules: Rulebook) -> SignedIn:
    """Open a locked session again; it ends when it would have."""
    work.update(session, row["id"], state="open", seen_at=work.now)
    return signed(work, person, row, rules)


def lock(work: Work, session_id: int) -> None:
    """Lock one session; harmless for one that is not open."""
    row = work.find(session, session_id)
    if row is not None and row["state"] == "open":
        work.update(session, session_id, state="locked")
        work.mark("sessions", session_id)


def end(work: Work, session_id: int) -> None:
    """End one session for good."""
    work.update(session, session_id, state="ended")
    work.mark("sessions", session_id)


def end_all(work: Work, operator_id: int, but: int = 0) -> int:
    """End every session of a person, except one; says how many there were."""
    found = [
        row["id"]
        for row in work.of(session, "operator_id", operator_id)
        if row["state"] != "ended" and row["id"] != but
    ]
    for pk in found:
        end(work, pk)
    return len(found)


def left_here(work: Work, person: Row, os_user: str) -> Row | None:
    """The person's newest session of the last hours on this computer, open or locked.

    Only a passphrase opens a session, and it ends twelve hours after: so does what a PIN or a
    badge may open again (security.md 3.8).
    """
    here = [
        row
        for row in work.of(session, "operator_id", person["id"])
        if row["state"] != "ended"
        and row["expires_at"] > work.now
        and (row["host"], row["os_user"]) == (work.book.host, os_user)
    ]
    return here[-1] if here else None


def signed(work: Work, person: Row, row: Row, rules: Rulebook) -> SignedIn:
    """Let the person act from now on in this transaction, and tell the desk who they are."""
    held = sessions.grants_of(work, person["id"])
    roles = tuple(sorted({g.role for g in held}))
    work.actor = Actor(
        person["login"],
        person["id"],
        roles,
        row["id"],
        "local",
        work.book.host,
        row["os_user"],
    )
    work.mark("people", person["id"])
    return SignedIn(
        session=str(row["id"]),
        operator_id=person["id"],
        name=person["name"],
        roles=roles,
        permissions=tuple(sorted(rules.roles.held(held))),
        lang=person["lang"],
        login=person["login"],
    )


def of_session(work: Work, row: Row) -> Row:
    """The person a session belongs to."""
    return work.row(operator, row["operator_id"])
