"""The system's word on its own bus locks the desk; a system without one is no error."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from pytestqt.qtbot import QtBot

from app.desk.system_lock import (
    AUTO_SESSION,
    MANAGER,
    MANAGER_FACE,
    SERVICE,
    SESSION_FACE,
    SystemLock,
    _escaped,
)

DAEMON = shutil.which("dbus-daemon")


@pytest.fixture
def address() -> Iterator[str]:
    """A bus of the test's own, where it may be the system."""
    assert DAEMON is not None
    command = [DAEMON, "--session", "--nofork", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as bus:
        assert bus.stdout is not None
        yield bus.stdout.readline().decode().strip()
        bus.terminate()


@pytest.mark.skipif(DAEMON is None, reason="this system has no bus")
def test_sleep_and_the_systems_lock_are_heard_and_waking_is_not(
    qtbot: QtBot, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_SESSION_ID", raising=False)
    ours = QDBusConnection.connectToBus(address, "desk")
    system = QDBusConnection.connectToBus(address, "system")
    assert system.registerService(SERVICE)
    lock, heard = SystemLock(), []
    lock.locked.connect(lambda: heard.append(1))
    assert lock.listen(ours)

    def say(path: str, face: str, name: str, *words: bool) -> None:
        signal = QDBusMessage.createSignal(path, face, name)
        signal.setArguments(list(words))
        assert system.send(signal)

    say(MANAGER, MANAGER_FACE, "PrepareForSleep", True)
    qtbot.waitUntil(lambda: len(heard) == 1)
    say(MANAGER, MANAGER_FACE, "PrepareForSleep", False)
    say(AUTO_SESSION, SESSION_FACE, "Lock")
    qtbot.waitUntil(lambda: len(heard) == 2)


def test_a_bus_that_is_not_there_is_said_and_no_error(qapp: object) -> None:
    nowhere = QDBusConnection("nobody's")
    assert not SystemLock().listen(nowhere)


@pytest.mark.parametrize(("name", "path"), [("c1", "c1"), ("3", "_33"), ("a-b", "a_2db")])
def test_a_sessions_name_is_written_as_the_bus_wants_it(name: str, path: str) -> None:
    assert _escaped(name) == path
