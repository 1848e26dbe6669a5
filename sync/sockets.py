"""WebSockets out of the house, in one place: the only file of ours that names the library.

What the shop gets: a line to a platform that is open or not, and says so; TLS is always verified
outside this computer, no message fills the memory (1 MB), opening ends after 5 s and closing after
2 s. Nothing is opened again here: whoever holds a line knows when.
"""

import asyncio

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from sync.errors import Rejected, SyncError, Throttled, Unreachable
from sync.transport import LOOPBACK, trusted

_OPEN_S, _CLOSE_S = 5.0, 2.0
_LARGEST = 1 << 20


class Socket:
    """An open line: texts go out, and come in one after another."""

    def __init__(self, connection: ClientConnection, host: str) -> None:
        """Take a connection that was just opened."""
        self._connection, self._host = connection, host

    async def send(self, words: str) -> None:
        """Send one text; raises Unreachable when the line is cut."""
        try:
            await self._connection.send(words)
        except ConnectionClosed as cut:
            raise Unreachable("sync_line_cut", host=self._host) from cut

    async def receive(self, within_s: float) -> str | None:
        """The next text, or None when none came in that time; raises Unreachable when it is cut.

        Bytes are no text of the platforms we know: they are passed over.
        """
        try:
            async with asyncio.timeout(within_s):
                while True:
                    told = await self._connection.recv()
                    if isinstance(told, str):
                        return told
        except TimeoutError:
            return None
        except ConnectionClosed as cut:
            raise Unreachable("sync_line_cut", host=self._host) from cut

    async def close(self) -> None:
        """Hang up; a line that is cut already is closed."""
        await self._connection.close()


async def open_socket(url: str) -> Socket:
    """Open a line to a wss address, or a ws address of this computer.

    Raises:
        Unreachable: nobody answered, or nobody we trust.
        Rejected, Throttled: somebody answered and would not have us.
    """
    host = url.split("://", 1)[-1].split("/", 1)[0]
    private = url.startswith("wss://")
    if not private and host.rsplit(":", 1)[0] not in LOOPBACK:
        raise Unreachable("sync_not_encrypted", host=host)
    try:
        connection = await connect(
            url,
            ssl=trusted() if private else None,
            proxy=None,
            open_timeout=_OPEN_S,
            close_timeout=_CLOSE_S,
            max_size=_LARGEST,
            # Platforms have a heartbeat of their own and need not know this one.
            ping_interval=None,
            user_agent_header="Waydesk",
        )
    except InvalidStatus as no:
        raise _turned_away(no.response.status_code, host) from no
    except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as failed:
        raise Unreachable("sync_line_closed", host=host) from failed
    return Socket(connection, host)


def _turned_away(status: int, host: str) -> SyncError:
    if status in (429, 503):
        return Throttled(status=status)
    if status >= 500:
        return Unreachable("sync_line_closed", host=host)
    return Rejected("sync_line_refused", foreign_code=str(status), host=host)
