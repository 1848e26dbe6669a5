"""JD and Youzan: what a buyer asks back is answered from here, once, even if an answer is lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.commands.after_sales import AnswerAfterSale
from app.keeper.after_sale_round import AfterSaleRound
from app.keeper.effect_pump import EffectPump, Outlet
from app.keeper.room import Room
from app.store.seal import Row
from app.store.tables_after_sale import after_sale
from app.store.work import Book
from sync.engine import Gear
from sync.limits import Breaker
from sync.retry import Budget
from sync.sandbox.faults import Fault
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import Shop, open_shop
from tests.sync import jd_world, youzan_world
from tests.sync.sync_world import HandClock, pull_all
from tests.worlds import FixedClock, SeededRng


@dataclass
class Case:
    """One platform: its sandbox with an order whose money is asked back, and how that stands."""

    box: Any
    channel: Any
    ask_back: Callable[[], object]
    there: Callable[[], tuple[str, str]]
    writes: Callable[[], int]
    agreed: tuple[str, str]
    refused: tuple[str, str]
    part: str


def of_jd(clock: HandClock) -> Case:
    box = jd_world.sandbox(clock)
    order = jd_world.sold(box)
    asked: list[Any] = []
    return Case(
        box,
        jd_world.straight(box, clock),
        lambda: asked.append(box.shop.ask_back(order, 4980)),
        lambda: (order.state, str(asked[0].reply["status"])),
        lambda: box.shop.writes["reply"],
        ("TRADE_CANCELED", "1"),
        ("WAIT_SELLER_STOCK_OUT", "2"),
        "refundapply.replyRefund",
    )


def of_youzan(clock: HandClock) -> Case:
    box = youzan_world.sandbox(clock)
    order = box.shop.place(youzan_world.seed())
    asked: list[Any] = []
    return Case(
        box,
        youzan_world.straight(box, clock),
        lambda: asked.append(box.shop.ask_back(order, order.items, order.pay_fen)),
        lambda: (order.status, asked[0].status),
        lambda: box.shop.writes["agree"],
        ("TRADE_CLOSED", "SUCCESS"),
        ("WAIT_SELLER_SEND_GOODS", "SELLER_REFUSE_BUYER"),
        "refund.agree",
    )


@dataclass
class Counter:
    """The shop's counter: it reads, a person answers, the pump sends."""

    shop: Shop
    clock: FixedClock
    hands: HandClock
    case: Case
    room: Room
    outlets: dict[int, Outlet] = field(default_factory=dict)

    def turn(self, seconds: int) -> None:
        self.hands.turn(seconds)
        self.clock.advance(seconds * 1000)

    async def read(self) -> Row:
        """Take the orders and what is asked back; the one row there is."""
        records, _, _ = await pull_all(self.case.channel)
        self.shop.receive(*records)
        self.case.ask_back()
        self.turn(120)
        await AfterSaleRound(self.room, self.outlets).round()
        (row,) = self.shop.all(after_sale)
        return row

    def answer(self, answer: str) -> None:
        (row,) = self.shop.all(after_sale)
        self.shop.prove("lead")
        self.shop.do("lead", AnswerAfterSale(row["id"], answer, row["told_version"], "已发出"))

    async def send(self) -> str:
        await EffectPump(self.room, self.outlets).round()
        (row,) = self.shop.all(after_sale)
        return str(row["answer_state"])


@pytest.fixture(params=["jd", "youzan"])
def counter(request: pytest.FixtureRequest, book: Book, clock: FixedClock) -> Counter:
    hands = HandClock(clock.now())
    case = {"jd": of_jd, "youzan": of_youzan}[request.param](hands)
    shop = open_shop(book, "lead", platform=request.param)
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _: None)  # type: ignore[arg-type]
    gear = Gear(clock, SeededRng(), Breaker(clock, SeededRng()), Budget())
    made = Counter(shop, clock, hands, case, room)
    made.outlets[shop.channel_id] = Outlet(case.channel, gear)
    made.turn(120)
    return made


async def test_agreed_here_the_money_goes_back_there_once(counter: Counter) -> None:
    row = await counter.read()
    assert set(row["may"].split(",")) == {"agree", "refuse"}
    counter.answer("agree")
    assert await counter.send() == "done"
    assert counter.case.there() == counter.case.agreed
    await counter.send()
    assert counter.case.writes() == 1


async def test_refused_here_with_a_reason_it_is_refused_there(counter: Counter) -> None:
    await counter.read()
    counter.answer("refuse")
    assert await counter.send() == "done"
    assert counter.case.there() == counter.case.refused


async def test_an_answer_that_was_lost_is_looked_up_and_not_given_twice(counter: Counter) -> None:
    await counter.read()
    counter.answer("agree")
    counter.case.box.faults.plan(Fault("garbage", part=counter.case.part))
    assert await counter.send() == "unknown"
    counter.turn(3600)
    assert await counter.send() == "done"
    assert (counter.case.there(), counter.case.writes()) == (counter.case.agreed, 1)
