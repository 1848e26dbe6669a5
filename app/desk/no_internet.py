"""Shows that the network is gone, in the strip above everything, for as long as it lasts."""

from collections.abc import Callable

from app.commands.wire import Changed
from app.desk.banner import Banner, Strip
from app.desk.link import LinkState
from app.desk.seat import Seat
from app.reads import house
from app.reads.house import Gone

KEY = "banner.no_internet"
KIND = "outside"


class NoInternet:
    """Hears the background service say that nobody outside is reached, and that somebody is."""

    def __init__(self, seat: Seat, banner: Banner) -> None:
        """Listen from now on."""
        self._seat, self._banner = seat, banner
        self._forget: tuple[Callable[[], None], ...] = (
            seat.link.changes.add(self._hear),
            seat.link.states.add(self._turned),
        )

    def let_go(self) -> None:
        """Hear no more; said twice it is no error."""
        forget, self._forget = self._forget, ()
        for each in forget:
            each()

    async def read(self) -> None:
        """Read how it stands, and show it."""
        self._show(await self._seat.reader.read(house.outside_gone))

    def _hear(self, changed: Changed) -> None:
        if KIND in changed.rows:
            self._seat.spawn(self.read())

    def _turned(self, state: LinkState) -> None:
        if state is LinkState.READY:
            self._seat.spawn(self.read())

    def _show(self, gone: Gone | None) -> None:
        strip = self._banner.strip
        ours = strip is not None and strip.key == KEY
        if gone is None and ours:
            self._banner.put_away()
        elif gone is not None and (strip is None or ours):
            at = self._seat.speech.clock(gone.since)
            self._banner.show_strip(Strip(KEY, "bad", {"at": at, "host": gone.host}))
