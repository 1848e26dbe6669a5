"""A scale on a serial line (USB scales show as one): its readings, and whether it is there."""

import threading
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance

from app.domain.weighing import read

BAUD = 9600
"""What shop scales are shipped with; 8 data bits, no parity."""
WAIT_S = 0.2
AGAIN_S = 2.0
LONGEST_LINE = 80


class Scale(Protocol):
    """Something that weighs."""

    reading: SignalInstance
    """An ``app.domain.weighing.Reading``, many times a second."""
    there: SignalInstance
    """True when it answers, False when it is gone."""

    def close(self) -> None:
        """Let go of it."""
        ...


class SerialScale(QObject):
    """Reads a scale's lines on a thread of its own; one that is pulled out is looked for again."""

    reading = Signal(object)
    there = Signal(bool)

    def __init__(self, port: str, baud: int = BAUD) -> None:
        super().__init__()
        self._port, self._baud = port, baud
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scale", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def close(self) -> None:
        """Stop reading and give the line back."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        import serial  # noqa: PLC0415 - loaded where a scale is connected, and nowhere else

        while not self._over.is_set():
            try:
                with serial.Serial(self._port, self._baud, timeout=WAIT_S) as line:
                    self.there.emit(True)
                    self._read(line)
            except (OSError, serial.SerialException):
                self.there.emit(False)
                self._over.wait(AGAIN_S)

    def _read(self, line: Any) -> None:
        kept = b""
        while not self._over.is_set():
            kept += line.read(max(1, line.in_waiting))
            *whole, kept = kept.replace(b"\r", b"\n").split(b"\n")
            kept = kept[-LONGEST_LINE:]
            for one in whole:
                found = read(one.decode("ascii", "replace"))
                if found is not None:
                    self.reading.emit(found)


def ports() -> tuple[str, ...]:
    """The serial lines of this computer, by the names they are opened with."""
    from serial.tools import list_ports  # noqa: PLC0415 - as above

    return tuple(sorted(str(one.device) for one in list_ports.comports()))
