"""Changing the keys of the personal data: the data key, the vault's passphrase, the shop's key."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.commands.privacy import (
    ChangeVaultPassphrase,
    RecoveryKit,
    RenewRecoveryKit,
    RotateDataKey,
)
from app.domain.errors import NotInState, VaultLocked
from app.domain.errors_people import OtherComputerWrote
from app.domain.recovery_kit import make_kit
from app.operations.verbs import Facts, Verb
from app.rulebook import Rulebook
from app.store import rotation
from app.store.chest import Chest
from app.store.key_rows import CURRENT, DESTROYED, OLDER, SEALS, SEALS_ID
from app.store.keys import KEY_BYTES
from app.store.tables_record import audit, keyring_row
from app.store.vault import unwrap, wrap
from app.store.work import Work

ROTATE = "key.rotate"
HOUR_MS = 3_600_000
OTHER_DESK_MS = 24 * HOUR_MS


def rotate_data_key(work: Work, ask: RotateDataKey, _rules: Rulebook) -> None:
    """Make a new data key and close with it from the next command on; the rest follows by itself.

    Raises :class:`NotInState` while an earlier change is still moving rows, and
    :class:`OtherComputerWrote` when another computer wrote into a shared book within a day: it
    would go on closing with the old key, and must be closed first.
    """
    kek = _may_rotate(work, ask)
    rows = work.rows(select(keyring_row).order_by(keyring_row.c.id))
    key_id = rows[-1]["id"] + 1
    secret = work.keys.rng.random_bytes(KEY_BYTES)
    for row in rows:
        if row["state"] == CURRENT:
            work.update(keyring_row, row["id"], state=OLDER)
    if all(row["state"] != SEALS for row in rows):
        _put(work, kek, SEALS_ID, work.keys.seals, SEALS)
    _put(work, kek, key_id, secret, CURRENT)
    rotation.begin(work, key_id)
    book, keys = work.book, work.keys.with_new(key_id, secret)

    def serve() -> None:
        book.keys = keys

    work.afterwards.append(serve)


def _may_rotate(work: Work, ask: RotateDataKey) -> bytes:
    if rotation.standing(work, rotation.MOVING):
        raise NotInState(machine="data_key", state=rotation.MOVING, action="rotate_data_key")
    _refuse_other_desks(work)
    return _kek(work, ask.passphrase)


def _put(work: Work, kek: bytes, key_id: int, secret: bytes, state: str) -> None:
    wrapped = wrap(kek, key_id, secret, work.keys.rng)
    row = {"id": key_id, "wrapped": wrapped, "state": state, "made_at": work.now}
    work.insert(keyring_row, row)


def _refuse_other_desks(work: Work) -> None:
    lately = select(audit.c.at, audit.c.host).where(
        audit.c.chain != work.book.chain, audit.c.at > work.now - OTHER_DESK_MS
    )
    found = work.rows(lately.order_by(audit.c.at.desc()).limit(1))
    if found:
        over = found[0]["at"] + OTHER_DESK_MS - work.now
        raise OtherComputerWrote(host=found[0]["host"], hours=-(-over // HOUR_MS))


def change_vault_passphrase(work: Work, ask: ChangeVaultPassphrase, _rules: Rulebook) -> None:
    """Put the shop's key under another passphrase, once the record has its line."""
    chest, kek = _chest(work), _may_change(work, ask)
    work.afterwards.append(lambda: chest.keep_under(kek, ask.new_passphrase))


def _may_change(work: Work, ask: ChangeVaultPassphrase) -> bytes:
    kek = _kek(work, ask.passphrase)
    _chest(work).check(ask.new_passphrase)
    return kek


def renew_recovery_kit(work: Work, ask: RenewRecoveryKit, _rules: Rulebook) -> RecoveryKit:
    """Give the shop another key of its own, wrap every data key with it, and show its kit once.

    Raises :class:`NotInState` for a shared book: each of its computers holds the same key.
    """
    chest, old = _chest(work), _may_renew(work, ask)
    kek = chest.prepare(ask.passphrase)
    for row in work.rows(select(keyring_row).where(keyring_row.c.state != DESTROYED)):
        secret = unwrap(old, row["id"], bytes(row["wrapped"]))
        work.update(keyring_row, row["id"], wrapped=wrap(kek, row["id"], secret, work.keys.rng))
    work.afterwards.append(lambda: chest.serve(kek))
    return RecoveryKit(make_kit(kek))


def _may_renew(work: Work, ask: RenewRecoveryKit) -> bytes:
    if work.book.dialect != "sqlite":
        raise NotInState(machine="vault", state="shared", action="renew_recovery_kit")
    return _kek(work, ask.passphrase)


def _proved(may: Callable[[Work, Any], bytes]) -> Callable[[Work, Any, Rulebook], Facts]:
    """Nobody is asked to consent to what the vault's own passphrase does not open."""

    def facts(work: Work, ask: Any, _rules: Rulebook) -> Facts:
        may(work, ask)
        return {}

    return facts


def _chest(work: Work) -> Chest:
    if work.book.chest is None:
        raise VaultLocked(why="no_vault")
    return work.book.chest


def _kek(work: Work, passphrase: str) -> bytes:
    """The shop's key, proved by whoever asks, and known to be this book's."""
    kek = _chest(work).open(passphrase)
    newest = work.rows(select(keyring_row).where(keyring_row.c.state == CURRENT))[-1]
    unwrap(kek, newest["id"], bytes(newest["wrapped"]))
    return kek


VERBS = (
    Verb(RotateDataKey, rotate_data_key, ROTATE, "data_key_rotated", facts=_proved(_may_rotate)),
    Verb(
        ChangeVaultPassphrase,
        change_vault_passphrase,
        ROTATE,
        "vault_changed",
        kept=False,
        facts=_proved(_may_change),
    ),
    Verb(
        RenewRecoveryKit,
        renew_recovery_kit,
        ROTATE,
        "kit_renewed",
        kept=False,
        facts=_proved(_may_renew),
    ),
)
