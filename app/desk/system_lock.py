"""Hears from the system that its screen is locked or the computer goes to sleep.

Linux tells it on its system bus (logind); where there is none, and on Windows and macOS, the desk
still notices a sleep by its own clock when it is over (`app.desk.idle`), and locks when idle.
"""

import os
import sys
from typing import cast

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection

SERVICE = "org.freedesktop.login1"
MANAGER = "/org/freedesktop/login1"
MANAGER_FACE = "org.freedesktop.login1.Manager"
SESSION_FACE = "org.freedesktop.login1.Session"
AUTO_SESSION = "/org/freedesktop/login1/session/auto"


class SystemLock(QObject):
    """Tells when the system locks or sleeps, where it says so."""

    locked = Signal()

    def listen(self, bus: QDBusConnection | None = None) -> bool:
        """Begin to hear; False where the system does not tell."""
        if not sys.platform.startswith("linux") and bus is None:
            return False
        line = bus or QDBusConnection.systemBus()
        if not line.isConnected():
            return False
        sleep = line.connect(
            SERVICE,
            MANAGER,
            MANAGER_FACE,
            "PrepareForSleep",
            self,
            cast("bytes", SLOT("sleeps(bool)")),
        )
        session = os.environ.get("XDG_SESSION_ID", "")
        path = f"/org/freedesktop/login1/session/{_escaped(session)}" if session else AUTO_SESSION
        lock = line.connect(
            SERVICE, path, SESSION_FACE, "Lock", self, cast("bytes", SLOT("locks()"))
        )
        return bool(sleep and lock)

    @Slot(bool)
    def sleeps(self, begins: bool) -> None:
        """The computer goes to sleep, or woke up."""
        if begins:
            self.locked.emit()

    @Slot()
    def locks(self) -> None:
        """The system's own screen was locked."""
        self.locked.emit()


def _escaped(name: str) -> str:
    """A session's name as it stands in a bus path: signs other than letters and digits as _xx."""
    kept = [sign.isascii() and sign.isalnum() for sign in name]
    kept[0] = kept[0] and not name[0].isdigit()
    signs = zip(name, kept, strict=True)
    return "".join(sign if as_it_is else f"_{ord(sign):02x}" for sign, as_it_is in signs)
