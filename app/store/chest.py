"""The shop's own key as it is needed again after the start: opened anew each time, never kept.

Whoever changes keys proves afresh that they may: with the vault's passphrase, or by the computer's
keyring. A new shop's key is first put beside the old one (`vault.next.json`), then the book is
wrapped anew, then the file takes its place; whenever the power goes, one of the two files opens
the book, and the next start finds out which.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag

from app.domain.demo import DEMO_PASSPHRASE
from app.domain.errors import BadValue, NotInState, VaultLocked
from app.domain.ports import Clock, Keyring, Rng
from app.store import vault
from app.store.keys import KEY_BYTES
from app.store.vault import NEXT_FILE, VAULT_FILE


class Chest:
    """The vault of one data folder, for those who change its keys.

    Attributes:
        heard: told the shop's new key once it serves; who works with the old one takes it up.
    """

    heard: Callable[[bytes], None] | None = None

    def __init__(
        self, folder: Path, clock: Clock, rng: Rng, keyring: Keyring | None = None
    ) -> None:
        """``keyring`` is the computer's own, where it has one."""
        self._folder, self._clock, self._rng, self._keyring = folder, clock, rng, keyring

    def open(self, passphrase: str) -> bytes:
        """Return the shop's key.

        Raises:
            VaultLocked: a passphrase is needed and none was given, or the keyring has no key.
            WrongPassphrase: with the seconds before another try.
        """
        if vault.is_demo(self._folder):
            passphrase = DEMO_PASSPHRASE
        return vault.open_vault(self._folder, self._clock, self._keyring, passphrase or None)

    @property
    def kind(self) -> str:
        """Where the key lies: ``keyring`` or ``passphrase``."""
        return vault.read_head(self._folder).kind

    def check(self, passphrase: str) -> None:
        """Tell beforehand whether `keep_under` would take this passphrase.

        Raises:
            NotInState: the key lies in the keyring, which has no passphrase of its own.
            BadValue: fewer than eight letters.
        """
        if self.kind != "passphrase":
            raise NotInState(machine="vault", state=self.kind, action="change_passphrase")
        if len(passphrase) < vault.LEAST_LETTERS:
            raise BadValue(field="passphrase", value=f"< {vault.LEAST_LETTERS}")

    def keep_under(self, kek: bytes, passphrase: str) -> None:
        """Put the same key under another passphrase; the recovery kit stays good."""
        cost = vault.read_head(self._folder).cost
        vault.keep_under(self._folder, kek, passphrase, self._rng, cost)

    def prepare(self, passphrase: str) -> bytes:
        """Make a new shop's key, put it beside the old one, and return it."""
        kek = self._rng.random_bytes(KEY_BYTES)
        standing = vault.read_head(self._folder)
        if standing.kind == "keyring" and self._keyring is not None:
            head = vault.head_in_keyring(kek, self._keyring, self._rng)
        else:
            words = DEMO_PASSPHRASE if vault.is_demo(self._folder) else passphrase
            head = vault.head_under(kek, words, self._rng, standing.cost)
        vault.write_head(self._folder / NEXT_FILE, head)
        return kek

    def serve(self, kek: bytes) -> None:
        """Let the new key take over, and tell who works with the shop's key."""
        self.take_over()
        if self.heard is not None:
            self.heard(kek)

    def take_over(self) -> None:
        """Let the new key's file stand in the old one's place; the old key is forgotten."""
        old = vault.read_head(self._folder)
        (self._folder / NEXT_FILE).replace(self._folder / VAULT_FILE)
        if old.kind == "keyring" and self._keyring is not None:
            self._keyring.drop(old.name)

    def other(self, passphrase: str) -> bytes | None:
        """Return the key beside the usual one, after a change that was cut off; None without."""
        if not (self._folder / NEXT_FILE).exists():
            return None
        with suppress(VaultLocked, InvalidTag):
            head = vault.read_head(self._folder, NEXT_FILE)
            if head.kind == "keyring":
                return vault.kept_in(self._keyring, head)
            words = DEMO_PASSPHRASE if vault.is_demo(self._folder) else passphrase
            return vault.opened_by(words, head)
        return None

    def settle(self, kek: bytes, passphrase: str, fits: Callable[[bytes], bool]) -> bytes:
        """Return the key that opens the book, after a change of it that may have been cut off.

        ``fits`` tells whether a key opens the book. The file that did not come to serve, or that
        serves no more, is gone afterwards.
        """
        other = self.other(passphrase)
        if other is None:
            return kek
        if not fits(kek) and fits(other):
            self.take_over()
            return other
        (self._folder / NEXT_FILE).unlink(missing_ok=True)
        return kek
