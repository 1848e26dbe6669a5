"""Before something leaves the platform is asked; where it cannot be, the answer tells its age."""

import msgspec
import pytest

from app.commands.orders import HoldOrder
from app.commands.shippable import AskShippable, Shippable
from app.keeper.effect_pump import Outlet
from app.keeper.fresh_desk import FreshDesk
from app.keeper.room import Room
from app.keeper.sync_loop import ShopBook
from app.store.tables import lock
from app.store.tables_record import event
from app.store.work import Book
from sync.engine import Gear
from sync.errors import Throttled, TokenExpired, Unreachable
from sync.limits import Breaker
from sync.records import Moment, OrderRecord, RefundRecord
from sync.retry import Budget
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import Shop, open_shop, record
from tests.worlds import NOON, FixedClock, SeededRng

MINUTE = 60_000


class Platform:
    """A platform with one order, as it stands there now."""

    def __init__(self) -> None:
        self.order = record()
        self.failure: Exception | None = None
        self.asked = 0

    async def detail(self, external_id: str) -> OrderRecord:
        self.asked += 1
        if self.failure:
            raise self.failure
        return self.order


class Bench:
    """A shop with a paid order, and somebody who is about to ship it."""

    def __init__(self, book: Book, clock: FixedClock) -> None:
        self.shop: Shop = open_shop(book, "packer", "lead")
        self.clock, self.platform = clock, Platform()
        self.shop.receive(record())
        laws = self.shop.door.laws
        self.room = Room(book, AtOnce(), laws, clock, SeededRng(), lambda _: None)  # type: ignore[arg-type]
        gear = Gear(clock, SeededRng(), Breaker(clock, SeededRng()), Budget())
        outlet = Outlet(self.platform, gear)  # type: ignore[arg-type]  # only asked for one order
        self.outlets = {self.shop.channel_id: outlet}
        self.desk = FreshDesk(self.room, self)  # type: ignore[arg-type]

    def book_of(self, channel_id: int) -> ShopBook:
        return ShopBook(self.room, channel_id, lambda: None)

    async def ask(self) -> Shippable:
        """As the keeper does it: through the door, then on the platform."""
        command = AskShippable(self.shop.order()["id"])
        known = self.shop.door.do(1, command, self.shop.sessions["lead"])
        return await self.desk.answer(command, known.result)

    def tell(self, **more) -> None:
        """Let the platform change the order."""
        later = Moment(self.clock.now(), "later", "UTC")
        self.platform.order = record(version=later.utc_ms, modified=later, raw=b"[1]", **more)


@pytest.fixture
def bench(book: Book, clock: FixedClock) -> Bench:
    return Bench(book, clock)


async def test_an_order_that_still_stands_there_is_to_be_shipped_as_of_now(bench: Bench) -> None:
    bench.clock.advance(10 * MINUTE)
    told = await bench.ask()
    assert told == Shippable(True, "", bench.clock.now(), True)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"raw_status": "cancelled"}, "cancelled"),
        ({"hold": "fraud"}, "risk"),
        (
            {"refunds": (RefundRecord("r1", 25800, "", Moment(NOON, "t", "UTC")),)},
            "refund",
        ),
    ],
)
async def test_what_changed_on_the_platform_a_moment_ago_stops_it_and_is_named(
    bench: Bench, change: dict, why: str
) -> None:
    bench.clock.advance(MINUTE)
    bench.tell(**change)
    told = await bench.ask()
    assert (told.still, told.why, told.fresh) == (False, why, True)


@pytest.mark.parametrize("failure", [Unreachable(), TokenExpired(), Throttled(retry_after_ms=9000)])
async def test_a_platform_that_cannot_be_asked_leaves_the_books_answer_with_its_age(
    bench: Bench, failure: Exception
) -> None:
    bench.clock.advance(10 * MINUTE)
    bench.platform.failure = failure
    told = await bench.ask()
    assert told == Shippable(True, "", NOON, False, failure.code)  # type: ignore[attr-defined]
    bench.outlets.clear()
    assert (await bench.ask()).code == "sync_unreachable"


async def test_a_platform_that_asked_for_a_pause_is_not_asked(bench: Bench) -> None:
    bench.outlets[bench.shop.channel_id].gear.breaker.throttled(60_000)
    assert (await bench.ask()).code == "sync_throttled"
    assert bench.platform.asked == 0


async def test_an_order_a_person_holds_is_not_shipped_whatever_the_platform_says(
    bench: Bench,
) -> None:
    bench.shop.do("lead", HoldOrder(bench.shop.order()["id"], "wait"))
    assert (await bench.ask()).why == "held"


@pytest.mark.req("F226")
def test_an_order_that_was_void_before_it_came_in_is_kept_as_void_and_says_so(
    bench: Bench,
) -> None:
    bench.shop.receive(record("601", raw_status="cancelled"))
    row = bench.shop.order("601")
    assert (row["intake"], row["state"], row["platform_cancelled"]) == ("booked", "cancelled", 1)
    mine = [r for r in bench.shop.all(event) if r["order_id"] == row["id"]]
    told = [msgspec.json.decode(r["args_json"]) for r in mine if r["kind"] == "voided_at_source"]
    assert told == [{"platform": "woocommerce", "raw": "cancelled"}]
    assert not [r for r in bench.shop.all(lock) if r["order_id"] == row["id"]]
    whole = [r for r in bench.shop.all(event) if r["kind"] == "voided_at_source"]
    assert len(whole) == 1, "an order that was good says nothing of it"
