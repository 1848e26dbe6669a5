"""What a command of the terminal is handed, and how it reaches the shop's key and book."""

import getpass
import socket
import sys
from dataclasses import dataclass
from typing import TextIO

from app import __version__
from app.config import Settings
from app.domain.actor import Actor
from app.domain.demo import DEMO_PASSPHRASE
from app.domain.ports import Clock, Ids, Keyring, Rng
from app.domain.words import Words
from app.store.backup import BOOK_FILE
from app.store.engine import postgres_engine, reading_engine
from app.store.migrate import check_revision
from app.store.opening import BookAbsent, Opener, keys_of
from app.store.os_keyring import OsKeyring, pinned_backend
from app.store.vault import has_vault, is_demo, open_vault, read_head
from app.store.work import Book, Place


@dataclass(frozen=True, slots=True)
class Hands:
    """The folder worked on, and the computer's own time, identities and chance.

    Attributes:
        settings: the data folder and what it says of this desk.
        lang: ``en`` or ``zh``, the language sentences are printed in.
        out: where they are printed.
    """

    settings: Settings
    clock: Clock
    ids: Ids
    rng: Rng
    words: Words
    lang: str
    out: TextIO = sys.stdout

    def say(self, key: str, /, **facts: str | int) -> None:
        """Print one sentence."""
        self.out.write(self.words.say(key, self.lang, **facts) + "\n")

    def key(self) -> bytes:
        """Return the shop's key; a passphrase that is needed and was not handed in is asked for.

        Raises:
            VaultLocked: it cannot be had.
            WrongPassphrase: the passphrase is not the one.
        """
        folder, passphrase = self.settings.folder, self.settings.passphrase
        if is_demo(folder):
            passphrase = DEMO_PASSPHRASE
        backend = pinned_backend()
        keyring: Keyring | None = OsKeyring(backend) if backend else None
        asked_for = has_vault(folder) and read_head(folder).kind == "passphrase"
        if asked_for and passphrase is None and sys.stdin.isatty():
            passphrase = getpass.getpass()
        return open_vault(folder, self.clock, keyring, passphrase)

    def opener(self, kek: bytes) -> Opener:
        """Return what opens a book with this key."""
        return Opener(kek, self.clock, self.ids, self.rng)

    def place(self) -> Place:
        """Return where the record is written."""
        return Place(self.settings.desk, socket.gethostname(), __version__)

    def actor(self) -> Actor:
        """Return the person at the terminal, by the name the computer knows them by."""
        name = getpass.getuser()
        return Actor(name=name, roles=("terminal",), host=socket.gethostname(), os_user=name)

    def reading_book(self, kek: bytes) -> Book:
        """Open the book of the folder, or the shared one its settings name, to be read only.

        A keeper that works on it is not held up.

        Raises:
            BookAbsent: there is none.
            BookTooNew: a newer Waydesk wrote it.
            VaultLocked: another shop's key was given.
        """
        where = self.settings.book
        path = self.settings.folder / BOOK_FILE
        if not where and not path.exists():
            raise BookAbsent(folder=str(path.parent))
        engine = postgres_engine(where) if where else reading_engine(path)
        check_revision(engine)
        keys = keys_of(engine, kek, self.rng)
        if keys is None:
            raise BookAbsent(folder=str(path.parent))
        return Book(engine, keys, self.clock, self.ids, self.place())
