"""The computer's own keyring, as the place of the shop's key.

Only the four keyrings that belong to an operating system are used, each named by its class: the
library's own choice can be turned, by an environment variable or a file in the home folder, to one
that keeps secrets in clear or loads other code (security.md 3.4). Both are ignored here.
"""

import base64
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from app.domain.errors import VaultLocked

SERVICE = "Waydesk"
Answer = TypeVar("Answer")
#: module and class of every keyring Waydesk trusts, by sys.platform, best first
PINNED = {
    "darwin": (("keyring.backends.macOS", "Keyring"),),
    "win32": (("keyring.backends.Windows", "WinVaultKeyring"),),
    "linux": (
        ("keyring.backends.SecretService", "Keyring"),
        ("keyring.backends.kwallet", "DBusKeyring"),
    ),
}
_ENVIRONMENT = "KEYRING_PROPERTY_"


class Backend(Protocol):
    """The part of a `keyring` backend that is used."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept, None when there is nothing."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        ...


def pinned_backend(
    platform: str = sys.platform, load: Callable[[str], object] = importlib.import_module
) -> Backend | None:
    """Return this system's own keyring when it answers, None when the computer has none."""
    for module_name, class_name in PINNED.get(platform, ()):
        try:
            kind = getattr(load(module_name), class_name)
            if not kind.viable:
                continue
            backend: Backend = kind()
        except (ImportError, AttributeError, OSError, RuntimeError):
            continue
        _forget_environment(backend, tuple(os.environ))
        return backend
    return None


def _forget_environment(backend: Backend, names: Sequence[str]) -> None:
    """Take back what the library set on the backend from environment variables."""
    for name in names:
        if name.startswith(_ENVIRONMENT):
            vars(backend).pop(name[len(_ENVIRONMENT) :].lower(), None)


class OsKeyring:
    """Keeps secrets in the keyring of the person who is signed in to the computer."""

    def __init__(self, backend: Backend) -> None:
        """Take a backend; only the pinned classes are.

        Raises:
            VaultLocked: it is another one, such as one that keeps secrets in clear.
        """
        kind = type(backend)
        known = {place for places in PINNED.values() for place in places}
        if not any(kind.__module__ == module and kind.__name__ == name for module, name in known):
            raise VaultLocked(why="keyring_not_trusted", keyring=f"{kind.__module__}")
        self._backend = backend

    def get(self, name: str) -> bytes | None:
        """Return the secret kept under ``name``, or None when there is none."""
        kept = self._asked(lambda: self._backend.get_password(SERVICE, name))
        return base64.b64decode(kept) if kept else None

    def put(self, name: str, secret: bytes) -> None:
        """Keep ``secret`` under ``name``, in place of what was there."""
        text = base64.b64encode(secret).decode()
        self._asked(lambda: self._backend.set_password(SERVICE, name, text))

    def drop(self, name: str) -> None:
        """Forget ``name``; forgetting what is not there is no error."""
        if self.get(name) is not None:
            self._asked(lambda: self._backend.delete_password(SERVICE, name))

    @staticmethod
    def _asked(ask: Callable[[], Answer]) -> Answer:
        """What the keyring answers; a locked keyring, or one gone away, is said so."""
        try:
            return ask()
        except Exception as error:
            raise VaultLocked(why="keyring_refused", keyring=type(error).__name__) from error
