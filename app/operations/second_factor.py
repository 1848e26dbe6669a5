"""The second factor: codes of an authenticator app (RFC 6238), and printed codes good for once."""

import hmac
from base64 import b32encode
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import select

from app.domain.approval import Factor, plain_code
from app.operations import passphrases
from app.store.seal import Row
from app.store.tables_approval import recovery_code, second_factor
from app.store.work import Work

TABLE = "second_factor"
STEP_S = 30
DIGITS = 6
SECRET_BYTES = 20
CODES = 10
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O or U
CODE_SIGNS = 12  # sixty bits


@dataclass(frozen=True, slots=True)
class Found:
    """What a code turned out to be.

    Attributes:
        spent: the time step of an app's code, or the row of a printed one.
        counts: whether it lets somebody alone in the shop consent to their own request.
    """

    factor: Factor
    spent: int
    counts: bool


def of(work: Work, operator_id: int) -> Row | None:
    """A person's second factor, None when they never had one."""
    return work.find(second_factor, operator_id)


def has_app(row: Row | None) -> bool:
    """Whether an authenticator app is in force, so that a code is asked for."""
    return row is not None and row["secret_ct"] is not None


def counts_from(work: Work, operator_id: int) -> int | None:
    """From when some factor of theirs lets them consent alone; None when they have none."""
    row = of(work, operator_id)
    printed = [c["counts_from"] or 0 for c in _codes(work, operator_id) if c["used_at"] is None]
    return min(
        [*printed, *([row["counts_from"] or 0] if row and has_app(row) else [])], default=None
    )


def begin(work: Work, operator_id: int) -> tuple[bytes, TOTP]:
    """Keep a new secret aside until one of its codes confirms it."""
    secret = work.keys.rng.random_bytes(SECRET_BYTES)
    sealed = work.keys.encrypt(TABLE, operator_id, "next_ct", secret)
    work.update(second_factor, _row(work, operator_id)["id"], next_ct=sealed)
    return secret, _app(secret)


def confirm(work: Work, row: Row, code: str, counts_from: int) -> bool:
    """Put the secret kept aside in force when ``code`` is one of its own."""
    secret = work.keys.decrypt(TABLE, row["id"], "next_ct", row["next_ct"])
    step = _step_of(secret, code, work.now, 0) if secret is not None else None
    if step is None:
        return False
    sealed = work.keys.encrypt(TABLE, row["id"], "secret_ct", secret)
    work.update(
        second_factor,
        row["id"],
        secret_ct=sealed,
        next_ct=None,
        set_at=work.now,
        counts_from=counts_from,
        last_step=step,
        failures=0,
        locked_until=None,
    )
    return True


def drop(work: Work, operator_id: int) -> None:
    """Take the second factor and its printed codes away."""
    for row in _codes(work, operator_id):
        work.delete(recovery_code, row["id"])
    work.delete(second_factor, operator_id)


def print_codes(work: Work, operator_id: int, counts_from: int) -> tuple[str, ...]:
    """Make new printed codes in place of older ones; only their keyed hashes are kept."""
    for row in _codes(work, operator_id):
        work.delete(recovery_code, row["id"])
    _row(work, operator_id)
    made = tuple(_written(work.keys.rng.random_bytes(8)) for _ in range(CODES))
    for code in made:
        row = {"id": work.ids.next(), "operator_id": operator_id, "counts_from": counts_from}
        work.insert(recovery_code, row | {"code_mac": _mac(work, operator_id, code)})
    return made


def are_printed(work: Work, operator_id: int, codes: tuple[str, ...]) -> bool:
    """Whether these are printed codes of this person's that were not used, and at least one."""
    unused = {bytes(c["code_mac"]) for c in _codes(work, operator_id) if c["used_at"] is None}
    return bool(codes) and all(_mac(work, operator_id, code) in unused for code in codes)


def found(work: Work, operator_id: int, row: Row | None, code: str) -> Found | None:
    """What this code is, None when it is nobody's, spent, or from another time."""
    if row is None or not code.strip():
        return None
    plain = plain_code(code)
    if plain.isdecimal() and len(plain) == DIGITS:
        return _of_app(work, row, plain)
    mac = _mac(work, operator_id, plain)
    for one in _codes(work, operator_id):
        if one["used_at"] is None and hmac.compare_digest(bytes(one["code_mac"]), mac):
            return Found(Factor.RECOVERY, one["id"], (one["counts_from"] or 0) <= work.now)
    return None


def spend(work: Work, row: Row, what: Found) -> None:
    """Use a code up, and forget earlier wrong ones."""
    if what.factor is Factor.RECOVERY:
        work.update(recovery_code, what.spent, used_at=work.now)
        work.update(second_factor, row["id"], failures=0, locked_until=None)
    else:
        work.update(second_factor, row["id"], row["version"], last_step=what.spent, failures=0)


def count_wrong(work: Work, operator_id: int) -> None:
    """Remember a wrong try; runs in the refusal's own transaction."""
    row = of(work, operator_id)
    counted = passphrases.next_failure(row, work.now) if row is not None else {}
    if counted:
        work.update(second_factor, operator_id, **counted)


def typed(secret: bytes) -> str:
    """The secret as people type it into an app: base 32 in groups of four."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _of_app(work: Work, row: Row, code: str) -> Found | None:
    secret = work.keys.decrypt(TABLE, row["id"], "secret_ct", row["secret_ct"])
    step = _step_of(secret, code, work.now, row["last_step"]) if secret is not None else None
    if step is None:
        return None
    return Found(Factor.TOTP, step, (row["counts_from"] or 0) <= work.now)


def _step_of(secret: bytes, code: str, now: int, last: int) -> int | None:
    """The step a code belongs to: this one or a neighbour, and later than the last one used."""
    app, middle = _app(secret), now // 1000 // STEP_S
    fitting = None
    for step in (middle - 1, middle, middle + 1):
        right = hmac.compare_digest(app.generate(step * STEP_S), plain_code(code).encode())
        if right and step > last:
            fitting = step
    return fitting


def _app(secret: bytes) -> TOTP:
    # SHA-1, six digits, thirty seconds: what every authenticator app takes for granted.
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303 - RFC 6238's own


def _row(work: Work, operator_id: int) -> Row:
    row = of(work, operator_id)
    if row is None:
        work.insert(second_factor, {"id": operator_id})
        return work.row(second_factor, operator_id)
    return row


def _codes(work: Work, operator_id: int) -> list[Row]:
    rows = work.rows(select(recovery_code).where(recovery_code.c.operator_id == operator_id))
    return [work.checked(recovery_code, row) for row in rows]


def _written(chance: bytes) -> str:
    number = int.from_bytes(chance, "big")
    signs = "".join(SIGNS[number >> 5 * at & 31] for at in range(CODE_SIGNS))
    return "-".join(signs[at : at + 4] for at in range(0, CODE_SIGNS, 4))


def _mac(work: Work, operator_id: int, code: str) -> bytes:
    return work.keys.audit_mac(b"recovery code", f"{operator_id}/{plain_code(code)}".encode())
