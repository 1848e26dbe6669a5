"""A platform's label that comes apart from its number is asked for until it is here."""

from dataclasses import dataclass, field

from app.commands.parcels import TakeWaybills
from app.domain.actor import worker
from app.keeper.label_round import LabelRound
from app.keeper.room import Room
from app.keeper.token_shelf import BookShelf
from app.keeper.waybill_pump import WaybillPump
from app.operations.channel_keys import ACCOUNTS
from app.store import accounts, label_data
from app.store.tables import waybill
from app.store.verify import verify
from app.store.work import Book
from sync.errors import Rejected, Unreachable
from sync.ports import CarrierCaps, Limit
from sync.waybill_records import PrintData, WaybillAnswer, WaybillAsk
from tests.operations.carrier_world import AtOnce
from tests.operations.ewaybill_world import connect, open_cases, sealed_shop
from tests.operations.outbound_world import answer
from tests.worlds import FixedClock, SeededRng

LABEL = PrintData("douyin", "an encrypted text", "https://t.example/1")


@dataclass
class Apart:
    """A carrier whose numbers come first and whose labels are asked for by number."""

    says: list[PrintData | Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    code = "pdd_ewaybill"
    caps = CarrierCaps(0, False, 0, True, 0, Limit(1.0), ewaybill=True)

    def prepare(self, ask: WaybillAsk) -> bytes:
        return ask.reference.encode()

    async def create(self, reference: str, _prepared: bytes) -> WaybillAnswer:
        return answer(reference, "YT7")

    async def print_data(self, _reference: str, waybill_no: str) -> PrintData:
        self.asked.append(waybill_no)
        told = self.says.pop(0)
        if isinstance(told, Exception):
            raise told
        return told


def world(book: Book, clock: FixedClock, *says: PrintData | Exception):
    shop = sealed_shop(book)
    pk = connect(shop, "pdd_ewaybill")
    carrier = Apart(list(says))
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _c: None)
    carriers = {pk: carrier}
    return shop, carrier, WaybillPump(room, carriers), LabelRound(room, carriers), room


async def test_a_label_that_comes_apart_is_asked_for_until_it_is_here(
    book: Book, clock: FixedClock
) -> None:
    shop, carrier, pump, labels, _room = world(book, clock, Unreachable(), LABEL)
    shop.do("lead", TakeWaybills((shop.order()["id"],)))
    await pump.round()
    row = shop.all(waybill)[0]
    assert (row["state"], row["carrier_no"]) == ("live", "YT7")
    assert await labels.round() == 1
    assert await labels.round() == 0  # the platform was away: not before its time
    clock.advance(5_000)
    assert (await labels.round(), await labels.round()) == (1, 0)
    assert carrier.asked == ["YT7", "YT7"]
    with book.work(worker("test")) as work:
        kept = label_data.of(work, row["id"])
    assert kept is not None
    assert kept.content == LABEL.content
    assert verify(book).ok


async def test_a_platform_that_keeps_a_label_leaves_the_number_live_and_asks_a_person(
    book: Book, clock: FixedClock
) -> None:
    no = Rejected(foreign_code="9", text="面单已回收")
    shop, _carrier, pump, labels, _room = world(book, clock, no)
    shop.do("lead", TakeWaybills((shop.order()["id"],)))
    await pump.round()
    assert (await labels.round(), await labels.round()) == (1, 0)
    assert shop.all(waybill)[0]["state"] == "live"
    assert open_cases(shop) == [("label_not_given", shop.channel_id)]


async def test_an_accounts_renewed_tokens_are_in_the_book_and_keys_a_person_typed_stay(
    book: Book, clock: FixedClock
) -> None:
    shop, _carrier, _pump, _labels, room = world(book, clock)
    pk = connect(shop, "cainiao", session="typed", app_key="k", refresh_token="r0")
    heard: list[int] = []
    shelf = BookShelf(room, pk, heard.append, ACCOUNTS)
    before = await shelf.read()
    assert before == {"session": "typed", "refresh_token": "r0"}
    fresh = {"session": "new", "session_until": "9", "refresh_token": "r1"}
    assert await shelf.keep(before, fresh) == fresh
    assert await BookShelf(room, pk, heard.append, ACCOUNTS).keep(before, {"session": "x"}) == fresh
    with book.work(worker("test")) as work:
        row = next(one for one in accounts.carriers(work) if one["id"] == pk)
        assert accounts.credentials_of(work, row) == {"app_key": "k", **fresh}
        assert heard == [row["version"]]
    assert verify(book).ok
