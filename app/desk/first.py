"""One desk to a data folder: a second start hands its wish to the first and ends.

The wish is to come to the front, or a deep link. It travels over a local socket that only this
user of the operating system may open; a deep link navigates and never acts.
"""

import getpass
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalServer, QLocalSocket

RAISE: Final = "raise"
LONGEST: Final = 128
"""Bytes of a wish; more is no wish of ours."""
LOCK_FILE: Final = "desk.lock"

_WISH: Final = re.compile(rf"{RAISE}|waydesk://(order|case)/[0-9]{{1,19}}")
_PATIENCE_MS: Final = 700


def is_wish(text: str) -> bool:
    """Whether a text is something a desk may be asked by another program."""
    return len(text) <= LONGEST and _WISH.fullmatch(text) is not None


def socket_name(folder: Path) -> str:
    """Name the first desk's socket: the same for one folder and user, and short enough."""
    place = f"{getpass.getuser()}\0{folder}".encode()
    return "waydesk-" + hashlib.sha256(place).hexdigest()[:24]


class FirstDesk(QObject):
    """Hears the wishes of later starts. Whoever makes one holds `desk.lock`."""

    def __init__(self, folder: Path, heard: Callable[[str], None]) -> None:
        super().__init__()
        self._heard = heard
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        name = socket_name(folder)
        QLocalServer.removeServer(name)  # left by a desk that was killed: the lock is ours now
        self.listens = self._server.listen(name)

    def close(self) -> None:
        """Hear no more."""
        self._server.close()

    def _greet(self) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.readyRead.connect(lambda caller=caller: self._read(caller))
            caller.disconnected.connect(caller.deleteLater)
            self._read(caller)

    def _read(self, caller: QLocalSocket) -> None:
        if caller.bytesAvailable() > LONGEST + 1:
            caller.abort()
        elif caller.canReadLine():
            text = bytes(caller.readLine().data()).decode("ascii", "replace").rstrip("\n")
            caller.write(b"heard\n")
            caller.disconnectFromServer()
            if is_wish(text):
                self._heard(text)


def pass_on(folder: Path, wish: str) -> bool:
    """Hand a wish to the desk that runs; False when it did not answer in time (below a second)."""
    first = QLocalSocket()
    first.connectToServer(socket_name(folder))
    if not first.waitForConnected(_PATIENCE_MS):
        return False
    first.write(wish.encode("ascii") + b"\n")
    first.waitForBytesWritten(_PATIENCE_MS)
    heard = first.waitForReadyRead(_PATIENCE_MS)
    first.abort()
    return heard


class LinkEvents(QObject):
    """Hears the links macOS hands to a running program; every other system starts a second one."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        super().__init__()
        self._heard = heard

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Follow a link of ours; anything else is no wish."""
        if isinstance(event, QFileOpenEvent):
            link = event.url().toString()
            if is_wish(link):
                self._heard(link)
            return True
        return False
