"""The bulk-ship file in the window: written for a shop, then said to be uploaded."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QWidget

from app.commands.ship_files import SayUploaded, ShipFile, WriteShipFile
from app.desk.dialogs import Field, Form, ask
from app.desk.seat import News, Seat
from app.domain.times import local
from app.reads import house

SHIP, AGAIN, UPLOADED = "ship", "again", "uploaded"
FROM_FILES = "file:"


class ShipFiles:
    """Asks which shop, has its file written, or takes the word that it was uploaded."""

    def __init__(self, seat: Seat, host: QWidget) -> None:
        self._seat, self._host = seat, host

    async def ask(self, what: str) -> None:
        """Do one of the three for a shop whose orders come from files."""
        speech = self._seat.speech
        shops = await self._seat.see(house.shops_seen)
        mine = [(str(s.id), s.name) for s in shops if s.platform.startswith(FROM_FILES)]
        if not mine:
            self._seat.news.emit(News(speech.say("order_files.no_shop"), "", "warning"))
            return
        fields = [Field("shop", "order_files.which_shop", mine[-1][0], tuple(mine), needed=True)]
        if what != UPLOADED:
            usual = str(await asyncio.to_thread(self._usual))
            fields.append(Field("path", "order_files.path", usual, needed=True))
        form = Form("order_files.which", "order_files.which_text", tuple(fields))
        answer = await ask(self._host.window(), speech, form)
        if answer is None:
            return
        if what == UPLOADED:
            await self._uploaded(int(answer["shop"]))
        else:
            await self._write(int(answer["shop"]), answer["path"], again=what == AGAIN)

    async def _write(self, shop: int, path: str, *, again: bool) -> None:
        told = await self._seat.ask(WriteShipFile(shop, path, again), ShipFile)
        if told is None:
            return
        say, count = self._seat.speech.say, self._seat.speech.count
        if told.rows:
            title = say("order_files.written", n=count(told.rows), file=Path(path).name)
            self._seat.news.emit(News(title, say("order_files.written_text"), "good"))
        else:
            text = say("order_files.none_new_text", n=count(told.before)) if told.before else ""
            self._seat.news.emit(News(say("order_files.none_new"), text, "warning"))

    async def _uploaded(self, shop: int) -> None:
        told = await self._seat.ask(SayUploaded(shop), ShipFile)
        if told is not None:
            said = self._seat.speech.say("order_files.told", n=self._seat.speech.count(told.rows))
            self._seat.news.emit(News(said, "", "good"))

    def _usual(self) -> Path:
        """A file of today in the person's documents that is not there yet."""
        place = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(place))
        today = local(self._seat.clock.now(), self._seat.speech.zone)
        first = path = folder / f"waydesk-ship-{today:%Y-%m-%d}.csv"
        n = 1
        while path.exists():
            n += 1
            path = first.with_name(f"{first.stem}-{n}.csv")
        return path
