"""The background service brings rows under a new key by pieces that leave room for commands."""

from collections.abc import Iterator

import pytest

from app.keeper.room import Room
from app.keeper.rotation import Rotation
from app.keeper.writer import Writer
from app.store import rotation
from app.store.keys import KEY_BYTES, closed_with
from app.store.tables import receiver
from app.store.tables_privacy import key_rotation
from app.store.work import Book, Work
from tests.operations.outbound_world import Shop, open_shop, record
from tests.worlds import MEI, FixedClock, SeededRng

ORDERS = 60


@pytest.fixture
def shop(book: Book) -> Shop:
    opened = open_shop(book, "lead")
    opened.receive(*(record(str(700 + n)) for n in range(ORDERS)))
    with book.work(MEI) as work:
        rotation.begin(work, 2)
        work.tell("data_key_rotated")
        work.commit()
    book.keys = book.keys.with_new(2, SeededRng(3).random_bytes(KEY_BYTES))
    return opened


@pytest.fixture
def mover(shop: Shop, clock: FixedClock) -> Iterator[Rotation]:
    writer = Writer()
    yield Rotation(Room(shop.book, writer, shop.door.laws, clock, SeededRng(), lambda _: None))
    writer.close()


async def test_rows_are_moved_in_pieces_of_about_ten_milliseconds_until_none_is_left(
    shop: Shop, mover: Rotation, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On this clock a transaction takes 1 ms, and each of its rows one more."""
    pieces: list[int] = []
    usual = rotation.move_some

    def slow(work: Work, limit: int) -> rotation.Step | None:
        step = usual(work, limit)
        if step is not None:
            pieces.append(step.looked)
            clock.advance_us(1_000 + 1_000 * step.looked)
        return step

    monkeypatch.setattr(rotation, "move_some", slow)
    while await mover.round():
        pass
    assert sum(pieces) >= ORDERS
    assert max([n for n in pieces if n >= 8][2:]) <= 9
    assert shop.all(key_rotation)[0]["state"] == "waiting"
    assert {closed_with(row["name_ct"]) for row in shop.all(receiver)} == {2}
    assert not await mover.round()
