"""How many numbers are left at each outlet: read slowly, at once when asked, kept when it fails."""

from dataclasses import dataclass, field

import pytest

from app.commands.carriers import ReadOutlets, WarnBelow
from app.domain.errors import BadValue, NotFound
from app.keeper.outlet_round import OutletRound
from app.keeper.room import Room
from app.store.tables import carrier_account
from app.store.tables_labels import outlet, outlet_reading
from app.store.tables_record import audit
from app.store.verify import verify
from app.store.work import Book
from sync.errors import TokenExpired
from sync.ports import CarrierCaps, Limit
from sync.waybill_records import OutletRecord, PartyRecord
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import Shop, open_shop
from tests.worlds import FixedClock, SeededRng

HOUR = 3_600_000
FROM = PartyRecord("王五", "13800000000", province="浙江省", city="杭州市", address="仓前路 9 号")


@dataclass
class Counting:
    """A carrier that says what a test tells it to."""

    says: list[tuple[OutletRecord, ...] | Exception] = field(default_factory=list)
    code = "sf"
    caps = CarrierCaps(0, False, 0, True, 0, Limit(1.0), outlets=True)

    async def outlets(self) -> tuple[OutletRecord, ...]:
        told = self.says.pop(0)
        if isinstance(told, Exception):
            raise told
        return told


def left(*numbers: int | None) -> tuple[OutletRecord, ...]:
    return tuple(OutletRecord("ZTO", str(at), "一部", n, (FROM,)) for at, n in enumerate(numbers))


def world(book: Book, clock: FixedClock, *says) -> tuple[Shop, OutletRound, Counting, int]:
    shop = open_shop(book, "lead", "owner")
    pk = shop.all(carrier_account)[0]["id"]
    carrier = Counting(list(says))
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _c: None)
    return shop, OutletRound(room, {pk: carrier}), carrier, pk  # type: ignore[dict-item]


async def test_a_balance_is_read_once_an_hour_and_at_once_when_somebody_asks(
    book: Book, clock: FixedClock
) -> None:
    shop, look, _carrier, pk = world(book, clock, left(40, None), left(39), left(12))
    assert (await look.round(), await look.round()) == (1, 0)
    rows = shop.all(outlet)
    assert [(r["code"], r["remaining"]) for r in rows] == [("0", 40), ("1", None)]
    assert "仓前路" in rows[0]["senders"]
    assert "王五" not in rows[0]["senders"]
    clock.advance(HOUR)
    assert await look.round() == 1
    assert [r["remaining"] for r in shop.all(outlet)] == [39]
    clock.advance(1)
    shop.do("lead", ReadOutlets(pk))
    assert (await look.round(), await look.round()) == (1, 0)
    assert [r["remaining"] for r in shop.all(outlet)] == [12]
    assert {"outlets_wanted", "outlets_read"} <= {row["action"] for row in shop.all(audit)}
    assert verify(book).ok


async def test_what_was_read_stays_when_it_cannot_be_read_again_and_it_says_why(
    book: Book, clock: FixedClock
) -> None:
    shop, look, _carrier, pk = world(book, clock, left(40), TokenExpired())
    await look.round()
    clock.advance(HOUR)
    await look.round()
    assert [r["remaining"] for r in shop.all(outlet)] == [40]
    assert shop.all(outlet_reading)[0]["error"] == "sync_token_expired"
    assert await look.round() == 0  # not asked again before its hour
    del pk


def test_the_shop_says_when_a_low_balance_warns(book: Book) -> None:
    shop = open_shop(book, "lead")
    pk = shop.all(carrier_account)[0]["id"]
    assert shop.all(carrier_account)[0]["warn_below"] == 100
    shop.do("lead", WarnBelow(pk, 500))
    assert shop.all(carrier_account)[0]["warn_below"] == 500
    for wrong in (-1, 1_000_001):
        with pytest.raises(BadValue):
            shop.do("lead", WarnBelow(pk, wrong))
    with pytest.raises(NotFound):
        shop.do("lead", ReadOutlets(12))
    assert verify(book).ok
