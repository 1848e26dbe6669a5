"""Says when nothing outside is reached any more, and when it is again, for the screens to show."""

import asyncio
from dataclasses import dataclass

from app.keeper.room import Room
from app.keeper.writer import Turn
from app.store import settings
from app.store.tables_record import setting
from app.store.work import Work
from sync.outside import Outside

LOOK_S = 2.0
KEY = "outside.gone"
KIND = "outside"


@dataclass(slots=True)
class OutsideWatch:
    """Looks every other second at what became of what was asked; writes only when that turns."""

    room: Room
    outside: Outside
    _said: str | None = None

    async def run(self) -> None:
        """Look until cancelled; what a keeper before this one said is looked at anew."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Look once."""
        host = self.outside.gone(self.room.clock.mono())
        if bool(host) != bool(self._said) or self._said is None:
            await self.room.write(lambda work: _say(work, host), Turn.INTAKE)
            self._said = host


def _say(work: Work, host: str) -> None:
    """Remember since when nothing is reached and who was asked, or that all is well."""
    standing = work.find(setting, KEY)
    if not host and (standing is None or standing["value_json"] == "{}"):
        return
    settings.put(work, KEY, {"since": work.now, "host": host[:100]} if host else {})
    work.mark(KIND)
    work.tell("outside_gone" if host else "outside_reached", "setting", host=host[:100])
