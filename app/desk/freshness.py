"""When each shop was last read: the background service says so each time, the book less often."""

from app.commands.wire import Changed
from app.desk.link import Hooks
from app.domain.ports import Clock

READ = "read"


class Freshness:
    """Hears which shops were just read to their end; the book's own word counts until then."""

    def __init__(self, changes: Hooks[Changed], clock: Clock) -> None:
        """Listen from now on."""
        self._clock = clock
        self._heard: dict[int, int] = {}
        self._forget = changes.add(self._hear)

    def at(self, channel_id: int, written: int | None) -> int | None:
        """The later of what was heard and what is written (UTC ms); None for neither."""
        return max(self._heard.get(channel_id, 0), written or 0) or None

    def let_go(self) -> None:
        """Hear no more; said twice it is no error."""
        forget, self._forget = self._forget, lambda: None
        forget()

    def _hear(self, changed: Changed) -> None:
        now = self._clock.now()
        for channel_id in changed.rows.get(READ, ()):
            self._heard[channel_id] = now
