"""Passphrases: whether one fits, and how wrong ones lock an account."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select

from app.domain.errors import AccountLocked, BadValue
from app.domain.times import shop_text
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables_people import stranger
from app.store.tables_record import operator
from app.store.work import Work

LOCK_MS = 15 * 60_000
LONGEST_LOCK_MS = 4 * 3_600_000
STRANGER_MS = 24 * 3_600_000
TRIES = 5
LEAST = 8  # characters of a passphrase
# The floor of security.md 3.4: about 150 ms a guess, short enough for a queue of commands.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Verified when nobody has the login, so that a guess takes the same time either way.
DECOY = HASHER.hash("nobody has this passphrase")
# Signs of a temporary passphrase: none that is taken for another when read aloud or written down.
SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
GROUPS, GROUP = 3, 4


def hashed(passphrase: str) -> str:
    """What the book keeps of a passphrase: argon2id, its parameters inside."""
    return HASHER.hash(passphrase)


def chosen(passphrase: str, old: str = "") -> str:
    """The same for one that a person chose; BadValue for one too short, or the old one again."""
    if len(passphrase) < LEAST or passphrase == old:
        raise BadValue(field="passphrase", value="")
    return hashed(passphrase)


def temporary(work: Work) -> str:
    """A passphrase by chance, to be told to its owner: three groups of four, 59 bits."""
    number = int.from_bytes(work.keys.rng.random_bytes(16), "big")
    signs = []
    for _ in range(GROUPS * GROUP):
        number, sign = divmod(number, len(SIGNS))
        signs.append(SIGNS[sign])
    text = "".join(signs)
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def fits(person: Row | None, passphrase: str) -> bool:
    """Whether it is this person's; as slow a no for somebody who is not there."""
    return fits_hash(person["password_hash"] if person else DECOY, passphrase) and bool(person)


def fits_hash(stored: str, typed: str) -> bool:
    """Whether what was typed is what was hashed."""
    try:
        return HASHER.verify(stored, typed)
    except (VerifyMismatchError, InvalidHashError):
        return False


def by_login(work: Work, login: str) -> Row | None:
    """The member of staff with this login, whatever its case."""
    rows = work.rows(select(operator).where(operator.c.login == login.strip().casefold()))
    return work.checked(operator, rows[0]) if rows else None


def next_failure(row: Row, now: int) -> dict[str, int | None]:
    """One more wrong try of a row that counts them: every fifth locks.

    A quarter of an hour at first, then twice as long each time, four hours at most.
    """
    if (row["locked_until"] or 0) > now:
        return {}
    failures = row["failures"] + 1
    if failures % TRIES:
        return {"failures": failures}
    longer = min(LOCK_MS << (failures // TRIES - 1), LONGEST_LOCK_MS)
    return {"failures": failures, "locked_until": now + longer}


def count_wrong(work: Work, person: Row) -> None:
    """Remember a wrong passphrase; runs in the refusal's own transaction."""
    counted = next_failure(person, work.now)
    if counted:
        work.update(operator, person["id"], **counted)
    if "locked_until" in counted:
        work.tell("account_locked", "operator", person["id"], tries=person["failures"] + 1)


def forget_wrong(work: Work, person: Row) -> None:
    """The right one was given: earlier tries count no more."""
    if person["failures"]:
        work.update(operator, person["id"], failures=0, locked_until=None)


def refuse_locked(work: Work, row: Row, rules: Rulebook) -> None:
    """Raise :class:`AccountLocked` while too many wrong tries lock this row."""
    if (row["locked_until"] or 0) > work.now:
        raise AccountLocked(until=shop_text(row["locked_until"], rules.policy.zone))


def refuse_locked_stranger(work: Work, login: str, rules: Rulebook) -> None:
    """The same for a login nobody has: locking tells nobody which logins there are."""
    row = work.find(stranger, _index(work, login))
    if row is not None:
        refuse_locked(work, row, rules)


def count_stranger(work: Work, login: str) -> None:
    """Remember a try with a login nobody has, for a day."""
    pk = _index(work, login)
    work.execute(stranger.delete().where(stranger.c.at < work.now - STRANGER_MS))
    row = work.find(stranger, pk)
    if row is None:
        work.insert(stranger, {"login_index": pk, "failures": 1, "at": work.now})
    else:
        work.update(stranger, pk, at=work.now, **next_failure(row, work.now))


def _index(work: Work, login: str) -> str:
    return (work.keys.blind("login", login) or b"").hex()
