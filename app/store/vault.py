"""Where the shop's key lies, and what opens it.

Two keys, one in the other. The data key closes fields and lies, wrapped, in the book itself, so
that a backup carries it along. The shop's key (KEK) wraps it and never touches the book: it lies
in the computer's keyring, or in the vault file under a passphrase (argon2id). `vault.json` in the
data folder says which; it holds no secret that opens by itself.
"""

import os
from pathlib import Path

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.demo import DEMO_PASSPHRASE
from app.domain.errors import BadValue, VaultLocked, WrongPassphrase
from app.domain.ports import Clock, Keyring, Rng
from app.store.keys import KEY_BYTES

VAULT_FILE = "vault.json"
NEXT_FILE = "vault.next.json"
TRIES_FILE = "vault.tries"
DEMO_FILE = "DEMO"
DEMO_TEXT = "This folder holds a demonstration. Its passphrase is published.\n"
LEAST_LETTERS = 8
_FREE_TRIES = 3
_LONGEST_WAIT_S = 900
_NONCE = 12


class Cost(msgspec.Struct, frozen=True):
    """What one guess of the passphrase costs: KiB of memory, passes over it, lanes."""

    memory_kib: int = 65_536
    passes: int = 3
    lanes: int = 4


#: below this a vault file is not believed: somebody made guessing cheap
FLOOR = Cost(19_456, 2, 1)
CEILING = Cost(1_048_576, 16, 16)


class VaultHead(msgspec.Struct, frozen=True):
    """What `vault.json` says; every field of it is bound to the wrapped key.

    Attributes:
        kind: ``keyring`` or ``passphrase``.
        name: under which name the keyring keeps the key.
        cost: the argon2id parameters; ``salt`` stands beside them.
    """

    kind: str
    name: str
    cost: Cost = Cost()
    salt: bytes = b""
    wrapped: bytes = b""


class Tries(msgspec.Struct, frozen=True):
    """Wrong passphrases in a row, and when the last one was given (UTC ms)."""

    failures: int = 0
    last: int = 0


def is_demo(folder: Path) -> bool:
    """Tell whether this data folder is a demonstration; whoever stores credentials asks first."""
    return (folder / DEMO_FILE).exists()


def has_vault(folder: Path) -> bool:
    """Tell whether the folder already has its key; a second one is never made over it."""
    return (folder / VAULT_FILE).exists()


def new_in_keyring(folder: Path, keyring: Keyring, rng: Rng) -> bytes:
    """Make the shop's key, keep it in the computer's keyring, and return it."""
    _refuse_second(folder)
    kek = rng.random_bytes(KEY_BYTES)
    write_head(folder / VAULT_FILE, head_in_keyring(kek, keyring, rng))
    return kek


def new_with_passphrase(folder: Path, passphrase: str, rng: Rng, cost: Cost | None = None) -> bytes:
    """Make the shop's key, keep it in a vault file that ``passphrase`` opens, and return it."""
    _refuse_second(folder)
    kek = rng.random_bytes(KEY_BYTES)
    keep_under(folder, kek, passphrase, rng, cost)
    return kek


def keep_under(
    folder: Path, kek: bytes, passphrase: str, rng: Rng, cost: Cost | None = None
) -> None:
    """Put a known key (of a recovery kit, or at a change of passphrase) under ``passphrase``.

    Raises:
        BadValue: the passphrase is shorter than eight letters.
    """
    write_head(folder / VAULT_FILE, head_under(kek, passphrase, rng, cost or Cost()))


def head_under(kek: bytes, passphrase: str, rng: Rng, cost: Cost) -> VaultHead:
    """Return the head of a vault that holds a key under ``passphrase``.

    Raises:
        BadValue: the passphrase is shorter than eight letters.
    """
    if len(passphrase) < LEAST_LETTERS:
        raise BadValue(field="passphrase", value=f"< {LEAST_LETTERS}")
    name = f"shop-{rng.random_bytes(8).hex()}"
    head = VaultHead("passphrase", name, cost, rng.random_bytes(16))
    nonce = rng.random_bytes(_NONCE)
    closed = AESGCM(_stretched(passphrase, head)).encrypt(nonce, kek, _bound(head))
    return msgspec.structs.replace(head, wrapped=nonce + closed)


def head_in_keyring(kek: bytes, keyring: Keyring, rng: Rng) -> VaultHead:
    """Put a known key into the computer's keyring under a name of its own, and say where."""
    name = f"shop-{rng.random_bytes(8).hex()}"
    keyring.put(name, kek)
    return VaultHead("keyring", name)


def write_head(path: Path, head: VaultHead) -> None:
    """Put a vault's head where it serves, whole or not at all."""
    _write(path, msgspec.json.encode(head))


def new_demo(folder: Path, rng: Rng) -> bytes:
    """Mark the folder as a demonstration and give it the published passphrase."""
    (folder / DEMO_FILE).write_text(DEMO_TEXT, "utf-8")
    return new_with_passphrase(folder, DEMO_PASSPHRASE, rng, FLOOR)


def open_vault(
    folder: Path, clock: Clock, keyring: Keyring | None = None, passphrase: str | None = None
) -> bytes:
    """Return the shop's key of this folder.

    Raises:
        VaultLocked: no vault, no keyring, or no passphrase was given where one is needed.
        WrongPassphrase: with ``wait_s``, the seconds before another try is looked at.
    """
    head = read_head(folder)
    if head.kind == "keyring":
        return kept_in(keyring, head)
    if passphrase is None:
        raise VaultLocked(why="passphrase_needed")
    tries = _tries(folder)
    wait_s = _wait(tries, clock.now())
    if wait_s:
        raise WrongPassphrase(wait_s=wait_s, failures=tries.failures)
    try:
        kek = opened_by(passphrase, head)
    except InvalidTag:
        tries = Tries(tries.failures + 1, clock.now())
        _write(folder / TRIES_FILE, msgspec.json.encode(tries))
        wait_s = _wait(tries, clock.now())
        raise WrongPassphrase(wait_s=wait_s, failures=tries.failures) from None
    (folder / TRIES_FILE).unlink(missing_ok=True)
    return kek


def kept_in(keyring: Keyring | None, head: VaultHead) -> bytes:
    """Return the key a vault's head says lies in the keyring.

    Raises:
        VaultLocked: it does not, or there is no keyring.
    """
    kept = keyring.get(head.name) if keyring else None
    if kept is None:
        raise VaultLocked(why="not_in_keyring")
    return kept


def opened_by(passphrase: str, head: VaultHead) -> bytes:
    """Return the key a vault's head holds; InvalidTag when the passphrase is another."""
    nonce, closed = head.wrapped[:_NONCE], head.wrapped[_NONCE:]
    return AESGCM(_stretched(passphrase, head)).decrypt(nonce, closed, _bound(head))


def read_head(folder: Path, name_of_file: str = VAULT_FILE) -> VaultHead:
    """Return what `vault.json` says.

    Raises:
        VaultLocked: there is none, it cannot be read, or it makes guessing too cheap.
    """
    try:
        head = msgspec.json.decode((folder / name_of_file).read_bytes(), type=VaultHead)
    except FileNotFoundError:
        raise VaultLocked(why="no_vault") from None
    except (msgspec.MsgspecError, OSError):
        raise VaultLocked(why="vault_unreadable") from None
    cost, low, high = (msgspec.structs.astuple(c) for c in (head.cost, FLOOR, CEILING))
    if not all(a <= b <= c for a, b, c in zip(low, cost, high, strict=True)):
        raise VaultLocked(why="vault_weakened")
    return head


def passphrase_from(descriptor: int) -> str:
    """Read the passphrase of an unattended start from a file descriptor, and close it.

    The first line counts, without its end. It stands in no argument and in no environment, where
    other programs of the computer could read it.
    """
    with os.fdopen(descriptor, "rb") as stream:
        line = stream.readline(4096)
    return line.decode("utf-8").rstrip("\r\n")


def wrap(kek: bytes, key_id: int, data_key: bytes, rng: Rng) -> bytes:
    """Close a data key under the shop's key, bound to its id."""
    nonce = rng.random_bytes(_NONCE)
    return nonce + AESGCM(kek).encrypt(nonce, data_key, _data_key_place(key_id))


def unwrap(kek: bytes, key_id: int, wrapped: bytes) -> bytes:
    """Open a data key.

    Raises:
        VaultLocked: this shop's key did not close it.
    """
    try:
        nonce, closed = wrapped[:_NONCE], wrapped[_NONCE:]
        return AESGCM(kek).decrypt(nonce, closed, _data_key_place(key_id))
    except (InvalidTag, ValueError):
        raise VaultLocked(why="other_key") from None


def _data_key_place(key_id: int) -> bytes:
    return f"wd1|data_key|{key_id}|wrapped".encode()


def _stretched(passphrase: str, head: VaultHead) -> bytes:
    return hash_secret_raw(
        passphrase.encode(),
        head.salt,
        time_cost=head.cost.passes,
        memory_cost=head.cost.memory_kib,
        parallelism=head.cost.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def _bound(head: VaultHead) -> bytes:
    """The head as it is bound to what it wraps: a changed parameter opens nothing."""
    return msgspec.json.encode(msgspec.structs.replace(head, wrapped=b""))


def _tries(folder: Path) -> Tries:
    try:
        return msgspec.json.decode((folder / TRIES_FILE).read_bytes(), type=Tries)
    except (msgspec.MsgspecError, OSError):
        return Tries()


def _wait(tries: Tries, now: int) -> int:
    """Seconds until the next try is looked at: none at first, then doubling to 15 minutes."""
    if tries.failures < _FREE_TRIES:
        return 0
    wait_s = min(_LONGEST_WAIT_S, 2 ** min(tries.failures - _FREE_TRIES + 1, 20))
    # A clock turned back must not lock for years, nor one turned forward be of use for long.
    passed_s = max(0, now - tries.last) // 1000
    return int(max(0, wait_s - passed_s))


def _refuse_second(folder: Path) -> None:
    if has_vault(folder):
        raise BadValue(field="vault", value=str(folder))


def _write(path: Path, content: bytes) -> None:
    """Put the file there whole or not at all, readable by this account only."""
    half = path.with_name(path.name + ".new")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    half.replace(path)
