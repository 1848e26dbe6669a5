"""Signing in and roles: who may sit at the desk, and as what."""

from app.commands.people import (
    CreateOperator,
    LockSession,
    RenewPassphrase,
    SetRoles,
    SignedIn,
    SignIn,
    SignOut,
    Tokenise,
    Tokens,
    UnlockSession,
)
from app.commands.staff import Temporary
from app.domain.errors import (
    BadValue,
    NotAllowed,
    NotSignedIn,
    Refusal,
    SelfGrant,
    SignInFailed,
)
from app.domain.roles import Grant, ScopeKind, grant_from
from app.operations import leaders, passphrases, proving, quick_keys, sessions, sitting, weights
from app.operations.verbs import Facts, Verb, Weight
from app.rulebook import Rulebook
from app.store.keys import Keys
from app.store.seal import Row
from app.store.tables import channel, location
from app.store.tables_people import department
from app.store.tables_record import grant, operator
from app.store.work import Work

GRANT = "role.grant"
SCOPES = {
    ScopeKind.SHOP: channel,
    ScopeKind.DEPARTMENT: department,
    ScopeKind.WAREHOUSE: location,
}
"""What each kind of scope names a row of."""


def sign_in(work: Work, ask: SignIn, rules: Rulebook) -> SignedIn:
    """Open a session; five wrong passphrases lock the account, longer each time.

    A temporary passphrase opens none: the answer asks for an own one.
    """
    person = _proved(work, ask.login, ask.passphrase, rules)
    if person["must_change"]:
        return SignedIn("", person["id"], person["name"], (), (), person["lang"], must_change=True)
    return sitting.opened(work, person, ask.os_user, rules)


def renew_passphrase(work: Work, ask: RenewPassphrase, rules: Rulebook) -> SignedIn:
    """Choose an own passphrase in place of a temporary one, and sit down."""
    person = _proved(work, ask.login, ask.passphrase, rules)
    kept = passphrases.chosen(ask.chosen, ask.passphrase)
    work.update(operator, person["id"], password_hash=kept, must_change=0)
    return sitting.opened(work, person, ask.os_user, rules)


def _proved(work: Work, login: str, passphrase: str, rules: Rulebook) -> Row:
    """The person whose login and passphrase these are."""
    person = passphrases.by_login(work, login)
    if person is None:
        passphrases.refuse_locked_stranger(work, login, rules)
    else:
        passphrases.refuse_locked(work, person, rules)
    right = passphrases.fits(person, passphrase)
    if person is None or person["state"] != "active" or not right:
        raise SignInFailed
    _forget_wrong(work, person)
    return person


def _forget_wrong(work: Work, person: Row) -> None:
    passphrases.forget_wrong(work, person)
    quick_keys.open_pin(work, person["id"])


def count_failure(work: Work, ask: SignIn | RenewPassphrase, refusal: Refusal) -> None:
    """Remember a wrong passphrase; runs in the refusal's own transaction."""
    person = passphrases.by_login(work, ask.login)
    if not isinstance(refusal, SignInFailed):
        return
    if person is not None:
        passphrases.count_wrong(work, person)
    else:
        passphrases.count_stranger(work, ask.login)


def count_wrong_unlock(work: Work, ask: UnlockSession, refusal: Refusal) -> None:
    """Remember a wrong passphrase at a locked desk: it is no easier a place to guess."""
    row = sitting.by_token(work, ask.session)
    if row is not None and isinstance(refusal, SignInFailed):
        passphrases.count_wrong(work, sitting.of_session(work, row))


def sign_out(work: Work, _ask: SignOut, _rules: Rulebook) -> None:
    """End the session; what was decrypted for it is forgotten by the desk."""
    sitting.end(work, work.actor.session_id)


def lock_session(work: Work, _ask: LockSession, _rules: Rulebook) -> None:
    """Lock the session until its passphrase, PIN or badge is given again."""
    sitting.lock(work, work.actor.session_id)


def unlock_session(work: Work, ask: UnlockSession, rules: Rulebook) -> SignedIn:
    """Open a locked session again."""
    row = sitting.by_token(work, ask.session)
    if row is None or row["state"] == "ended" or row["expires_at"] <= work.now:
        raise NotSignedIn
    person = sitting.of_session(work, row)
    passphrases.refuse_locked(work, person, rules)
    if not passphrases.fits(person, ask.passphrase):
        raise SignInFailed
    _forget_wrong(work, person)
    proving.signed_in(work, person["id"], row["id"])
    return sitting.reopened(work, person, row, rules)


def create_operator(work: Work, ask: CreateOperator, rules: Rulebook) -> Temporary:
    """Add a member of staff; the passphrase they are told is good for choosing an own one.

    Giving roles is a right of its own, whoever they are given to.
    """
    if ask.roles and not sessions.may(work, rules, GRANT):
        raise NotAllowed(permission=GRANT)
    told = ask.passphrase or passphrases.temporary(work)
    wanted = CreateOperator(ask.login, ask.name, told, ask.roles)
    pk = add_operator(work, wanted, rules, must_change=True)
    if ask.roles:
        work.tell("roles_set", "operator", pk, roles=",".join(ask.roles))
    return Temporary(pk, ask.login.strip().casefold(), told)


def add_operator(
    work: Work, ask: CreateOperator, rules: Rulebook, *, must_change: bool = False
) -> int:
    """Write a new member of staff and what they may do; returns the id."""
    login = check_newcomer(ask.login, ask.passphrase)
    if passphrases.by_login(work, login) is not None:
        raise BadValue(field="login", value=ask.login)
    pk = work.ids.next()
    new = {
        "id": pk,
        "login": login,
        "name": ask.name.strip() or login,
        "password_hash": passphrases.chosen(ask.passphrase),
        "must_change": int(must_change),
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
    if len(passphrase) < passphrases.LEAST:
        raise BadValue(field="passphrase", value="")
    return kept


def set_roles(work: Work, ask: SetRoles, rules: Rulebook) -> None:
    """Give somebody exactly these roles; takes effect on their next command.

    Raises :class:`SelfGrant` for one's own, :class:`LastAdmin` when nobody would be left who may
    manage people and give roles.
    """
    _refuse_no_grant(work, ask)
    for row in work.of(grant, "operator_id", ask.operator_id):
        work.delete(grant, row["id"])
    _give(work, ask.operator_id, ask.roles, rules)
    leaders.keep_one(work, rules)
    work.tell("roles_given", "operator", ask.operator_id, roles=",".join(ask.roles))
    work.mark("people", ask.operator_id)


def _refuse_no_grant(work: Work, ask: SetRoles) -> None:
    if ask.operator_id == work.actor.operator_id:
        raise SelfGrant(role=",".join(ask.roles))
    if work.row(operator, ask.operator_id)["state"] != "active":
        raise BadValue(field="operator", value=str(ask.operator_id))


def _roles_facts(work: Work, ask: SetRoles, rules: Rulebook) -> Facts:
    """Whose roles change, from what to what."""
    _refuse_no_grant(work, ask)
    _wished(work, ask.roles, rules)
    held = {str(one) for one in sessions.grants_of(work, ask.operator_id)}
    roles = {"roles_before": ",".join(sorted(held)), "roles": ",".join(ask.roles)}
    return {**weights.about_person(work, ask.operator_id), **roles}


def _new_weight(_work: Work, ask: CreateOperator, rules: Rulebook) -> Weight:
    """Somebody new without a role is one person's work; with one it is a grant."""
    right = GRANT if ask.roles else "user.manage"
    return weights.by_law(rules, right)


def _new_facts(work: Work, ask: CreateOperator, rules: Rulebook) -> Facts:
    """Who is new, and as what."""
    _wished(work, ask.roles, rules)
    return {"name": ask.name or ask.login, "login": ask.login, "roles": ",".join(ask.roles)}


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
    for wish in _wished(work, roles, rules):
        row = {"id": work.ids.next(), "operator_id": operator_id, "role": wish.role}
        work.insert(grant, row | {"scope": wish.scope.value, "scope_id": wish.scope_id})


def _wished(work: Work, roles: tuple[str, ...], rules: Rulebook) -> tuple[Grant, ...]:
    """The grants asked for, each once. Raises BadValue for a role or a place there is not."""
    wished = tuple(dict.fromkeys(grant_from(text) for text in roles))
    for wish in wished:
        known = rules.roles.roles.get(wish.role)
        if known is None or not known.grantable or not _stands(work, wish):
            raise BadValue(field="role", value=str(wish))
    return wished


def _stands(work: Work, wish: Grant) -> bool:
    """Whether there is such a shop, department or warehouse."""
    table = SCOPES.get(wish.scope)
    return table is None or work.find(table, wish.scope_id) is not None


VERBS = (
    Verb(SignIn, sign_in, "", "signed_in", open=True, kept=False, refused=count_failure),
    Verb(
        RenewPassphrase,
        renew_passphrase,
        "",
        "passphrase_changed",
        open=True,
        kept=False,
        refused=count_failure,
    ),
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
    Verb(
        CreateOperator,
        create_operator,
        "user.manage",
        "operator_created",
        kept=False,
        weigh=_new_weight,
        facts=_new_facts,
    ),
    Verb(SetRoles, set_roles, GRANT, "roles_set", facts=_roles_facts),
    Verb(Tokenise, tokenise, "order.read", "searched", told=False, kept=False),
)
