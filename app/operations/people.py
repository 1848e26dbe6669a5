"""Signing in and staff: who may sit at the desk, and as what."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select

from app.commands.people import (
    Created,
    CreateOperator,
    LockSession,
    SetRoles,
    SignedIn,
    SignIn,
    SignOut,
    Tokenise,
    Tokens,
    UnlockSession,
)
from app.domain.actor import Actor
from app.domain.errors import (
    AccountLocked,
    BadValue,
    NotAllowed,
    NotSignedIn,
    SelfGrant,
    SignInFailed,
)
from app.domain.roles import Grant, ScopeKind, grant_from
from app.domain.times import shop_text
from app.operations import sessions
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store.keys import Keys
from app.store.seal import Row
from app.store.tables import channel, location
from app.store.tables_people import department
from app.store.tables_record import grant, operator, session
from app.store.work import Work

SESSION_MS = 12 * 3_600_000
LOCK_MS = 15 * 60_000
TRIES = 5
GRANT = "role.grant"
SCOPES = {
    ScopeKind.SHOP: channel,
    ScopeKind.DEPARTMENT: department,
    ScopeKind.WAREHOUSE: location,
}
"""What each kind of scope names a row of."""
MOST_DIGITS = 20
LEAST = 8  # characters of a passphrase
# The floor of security.md 3.4: about 150 ms a guess, short enough for a queue of commands.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Verified when nobody has the login, so that a guess takes the same time either way.
DECOY = HASHER.hash("nobody has this passphrase")


def sign_in(work: Work, ask: SignIn, rules: Rulebook) -> SignedIn:
    """Open a session; five wrong passphrases lock the account for a quarter of an hour."""
    rows = work.rows(select(operator).where(operator.c.login == ask.login.strip().casefold()))
    person = work.checked(operator, rows[0]) if rows else None
    if person is not None:
        _refuse_locked(work, person, rules)
    right = _fits(person["password_hash"] if person else DECOY, ask.passphrase)
    if person is None or person["state"] != "active" or not right:
        raise SignInFailed
    if person["failures"]:
        work.update(operator, person["id"], failures=0, locked_until=None)
    return _opened(work, person, ask.os_user, rules)


def count_failure(work: Work, ask: SignIn) -> None:
    """Remember a wrong passphrase; runs in the refusal's own transaction."""
    rows = work.rows(select(operator).where(operator.c.login == ask.login.strip().casefold()))
    if rows:
        _count(work, rows[0])


def count_wrong_unlock(work: Work, ask: UnlockSession) -> None:
    """Remember a wrong passphrase at a locked desk: it is no easier a place to guess."""
    row = _session(work, ask.session)
    person = work.find(operator, row["operator_id"]) if row else None
    if person is not None:
        _count(work, person)


def _count(work: Work, person: Row) -> None:
    if (person["locked_until"] or 0) <= work.now:
        failures = person["failures"] + 1
        until = work.now + LOCK_MS if failures % TRIES == 0 else person["locked_until"]
        work.update(operator, person["id"], failures=failures, locked_until=until)


def _refuse_locked(work: Work, person: Row, rules: Rulebook) -> None:
    if (person["locked_until"] or 0) > work.now:
        raise AccountLocked(until=shop_text(person["locked_until"], rules.policy.zone))


def sign_out(work: Work, _ask: SignOut, _rules: Rulebook) -> None:
    """End the session; what was decrypted for it is forgotten by the desk."""
    work.update(session, work.actor.session_id, state="ended")


def lock_session(work: Work, _ask: LockSession, _rules: Rulebook) -> None:
    """Lock the session until its passphrase is given again."""
    work.update(session, work.actor.session_id, state="locked")


def unlock_session(work: Work, ask: UnlockSession, rules: Rulebook) -> SignedIn:
    """Open a locked session again."""
    row = _session(work, ask.session)
    if row is None or row["state"] == "ended" or row["expires_at"] <= work.now:
        raise NotSignedIn
    person = work.row(operator, row["operator_id"])
    _refuse_locked(work, person, rules)
    if not _fits(person["password_hash"], ask.passphrase):
        raise SignInFailed
    work.update(session, row["id"], state="open", seen_at=work.now)
    _now_acting(work, person, row["id"], row["os_user"])
    return _signed(work, person, row["id"], rules)


def _session(work: Work, token: str) -> Row | None:
    known = token.isdecimal() and len(token) < MOST_DIGITS
    return work.find(session, int(token)) if known else None


def create_operator(work: Work, ask: CreateOperator, rules: Rulebook) -> Created:
    """Add a member of staff with roles; logins are compared without case.

    Giving roles is a right of its own, whoever they are given to.
    """
    if ask.roles and not sessions.may(work, rules, GRANT):
        raise NotAllowed(permission=GRANT)
    pk = add_operator(work, ask, rules)
    if ask.roles:
        work.tell("roles_set", "operator", pk, roles=",".join(ask.roles), self_approved=1)
    return Created(id=pk)


def add_operator(work: Work, ask: CreateOperator, rules: Rulebook) -> int:
    """Write a new member of staff and what they may do; returns the id."""
    login = check_newcomer(ask.login, ask.passphrase)
    if work.rows(select(operator.c.id).where(operator.c.login == login)):
        raise BadValue(field="login", value=ask.login)
    pk = work.ids.next()
    new = {
        "id": pk,
        "login": login,
        "name": ask.name.strip() or login,
        "password_hash": HASHER.hash(ask.passphrase),
    }
    work.insert(operator, new)
    _give(work, pk, ask.roles, rules)
    work.mark("people", pk)
    return pk


def check_newcomer(login: str, passphrase: str) -> str:
    """Return the login as it is kept. Raises BadValue for an empty one or a short passphrase."""
    kept = login.strip().casefold()
    if not kept:
        raise BadValue(field="login", value=login)
    if len(passphrase) < LEAST:
        raise BadValue(field="passphrase", value="")
    return kept


def set_roles(work: Work, ask: SetRoles, rules: Rulebook) -> None:
    """Give somebody exactly these roles; takes effect on their next command."""
    if ask.operator_id == work.actor.operator_id:
        raise SelfGrant(role=",".join(ask.roles))
    work.row(operator, ask.operator_id)
    for row in work.of(grant, "operator_id", ask.operator_id):
        work.delete(grant, row["id"])
    _give(work, ask.operator_id, ask.roles, rules)
    work.tell("roles_given", "operator", ask.operator_id, roles=",".join(ask.roles))
    work.mark("people", ask.operator_id)


def tokenise(work: Work, ask: Tokenise, _rules: Rulebook) -> Tokens:
    """Search tokens of what was typed; the desk looks them up itself."""
    return tokens_of(work.keys, ask.text)


def tokens_of(keys: Keys, text: str) -> Tokens:
    """What a typed text is looked up by, under every data key there is."""
    phones = keys.blind_any("phone", text) if any(c.isdigit() for c in text) else ()
    return Tokens(
        names=keys.query_tokens(text),
        phone=phones[0] if phones else b"",
        names_before=keys.query_tokens_before(text),
        phones_before=phones[1:],
    )


def _give(work: Work, operator_id: int, roles: tuple[str, ...], rules: Rulebook) -> None:
    for wish in dict.fromkeys(grant_from(text) for text in roles):
        known = rules.roles.roles.get(wish.role)
        if known is None or not known.grantable or not _stands(work, wish):
            raise BadValue(field="role", value=str(wish))
        row = {"id": work.ids.next(), "operator_id": operator_id, "role": wish.role}
        work.insert(grant, row | {"scope": wish.scope.value, "scope_id": wish.scope_id})


def _stands(work: Work, wish: Grant) -> bool:
    """Whether there is such a shop, department or warehouse."""
    table = SCOPES.get(wish.scope)
    return table is None or work.find(table, wish.scope_id) is not None


def _fits(stored: str, passphrase: str) -> bool:
    try:
        return HASHER.verify(stored, passphrase)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _opened(work: Work, person: Row, os_user: str, rules: Rulebook) -> SignedIn:
    row = {
        "id": work.ids.next(),
        "operator_id": person["id"],
        "os_user": os_user,
        "started_at": work.now,
        "seen_at": work.now,
        "expires_at": work.now + SESSION_MS,
    }
    work.insert(session, row)
    _now_acting(work, person, row["id"], os_user)
    return _signed(work, person, row["id"], rules)


def _now_acting(work: Work, person: Row, session_id: int, os_user: str) -> None:
    roles = tuple(sorted({g.role for g in sessions.grants_of(work, person["id"])}))
    work.actor = Actor(
        person["login"], person["id"], roles, session_id, "local", work.book.host, os_user
    )


def _signed(work: Work, person: Row, session_id: int, rules: Rulebook) -> SignedIn:
    held = sessions.grants_of(work, person["id"])
    return SignedIn(
        session=str(session_id),
        operator_id=person["id"],
        name=person["name"],
        roles=tuple(sorted({g.role for g in held})),
        permissions=tuple(sorted(rules.roles.held(held))),
        lang=person["lang"],
    )


VERBS = (
    Verb(SignIn, sign_in, "", "signed_in", open=True, kept=False, refused=count_failure),
    Verb(SignOut, sign_out, "desk.use", "signed_out"),
    Verb(LockSession, lock_session, "desk.use", "session_locked"),
    Verb(
        UnlockSession,
        unlock_session,
        "",
        "session_unlocked",
        open=True,
        kept=False,
        refused=count_wrong_unlock,
    ),
    Verb(CreateOperator, create_operator, "user.manage", "operator_created"),
    Verb(SetRoles, set_roles, "role.grant", "roles_set"),
    Verb(Tokenise, tokenise, "order.read", "searched", told=False, kept=False),
)
