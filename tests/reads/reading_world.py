"""A shop on SQLite with some orders, and the desk's reader on the same file."""

from pathlib import Path

from app.reads.book import ReadBook
from app.reads.viewer import Viewer, viewer_of
from app.store.engine import sqlite_engine
from app.store.migrate import migrate
from app.store.work import Book, Place
from tests.operations.outbound_world import Shop, open_shop
from tests.worlds import CountingIds, FixedClock, shop_keys


class Sight:
    """A shop and eyes on it."""

    def __init__(self, folder: Path, clock: FixedClock, ids: CountingIds) -> None:
        engine = sqlite_engine(folder / "book.db")
        migrate(engine)
        place = Place(chain=1, host="desk-1", app="test")
        self.shop: Shop = open_shop(Book(engine, shop_keys(), clock, ids, place))
        self.engine = engine
        self.read = ReadBook(folder / "book.db")
        self.clock = clock

    def viewer(self, who: str) -> Viewer:
        """What a signed-in member of staff sees with."""
        roles = self.shop.door.laws.now.roles
        found = viewer_of(self.read, roles, self.shop.sessions[who], self.clock.now())
        assert found is not None
        return found

    def close(self) -> None:
        self.read.close()
        self.engine.dispose()
