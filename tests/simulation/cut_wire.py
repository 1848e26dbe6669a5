"""A wire between a keeper and its PostgreSQL that is cut amid a transaction: out, in, or both ways.

Real sockets on threads of their own. What a network holds back for minutes is ended here at once,
as its time-out would end it: the bytes are lost and the connection is reset.
"""

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field

PIECE = 65_536
RESET = struct.pack("ii", 1, 0)


@dataclass
class CutWire:
    """Listens on loopback and passes on to the server's socket, while it is whole.

    Attributes:
        way: "" while whole | both | out (what the keeper says is lost) | in (answers are lost).
        passed: how many messages of the keeper have passed.
        lost: how many messages and connections were lost.
    """

    server: str
    way: str = ""
    passed: int = 0
    lost: int = 0
    _next: str = ""
    _left: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _listener: socket.socket = field(default_factory=socket.socket)
    _serving: list[threading.Thread] = field(default_factory=list)

    def open(self) -> int:
        """Listen; gives the port."""
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(32)
        threading.Thread(target=self._let_in, daemon=True).start()
        return int(self._listener.getsockname()[1])

    def close(self) -> None:
        """Let nobody in any more; whoever is in must have left."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for serving in self._serving:
            serving.join()

    def cut(self, way: str, after: int) -> None:
        """Cut it once so many more messages of the keeper have passed: amid a transaction."""
        with self._lock:
            self._next, self._left = way, after
            self.way = "" if after else way

    def mend(self) -> None:
        """Let everything pass again."""
        with self._lock:
            self.way = self._next = ""

    def _let_in(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.way:
                self._lose(near)
                near.close()
                continue
            serving = threading.Thread(target=self._serve, args=(near,), daemon=True)
            self._serving.append(serving)
            serving.start()

    def _serve(self, near: socket.socket) -> None:
        """One connection, to its end."""
        with near, socket.socket(socket.AF_UNIX) as far:
            far.connect(self.server)
            answers = threading.Thread(target=self._pass, args=(far, near, "in"), daemon=True)
            answers.start()
            self._pass(near, far, "out")
            answers.join()

    def _pass(self, source: socket.socket, target: socket.socket, way: str) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                if self._is_cut(way):
                    self._lose(source, target)
                    return
                target.sendall(piece)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _is_cut(self, way: str) -> bool:
        with self._lock:
            if self._next and not self.way and way == "out":
                self._left -= 1
                if self._left < 0:
                    self.way = self._next
            cut = self.way in ("both", way)
            self.passed += way == "out" and not cut
            return cut

    def _lose(self, *ends: socket.socket) -> None:
        with self._lock:
            self.lost += 1
        for end in ends:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.shutdown(socket.SHUT_RDWR)
