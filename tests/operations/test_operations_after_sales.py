"""A buyer who wants money back is answered once, for good, and only as the person saw it."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from app.commands.after_sales import AnswerAfterSale
from app.domain.approval import ApprovalNeeded
from app.domain.errors import (
    BadValue,
    NotAllowed,
    NotInState,
    ReasonNeeded,
    StaleVersion,
    StepUpNeeded,
)
from app.keeper.after_sale_round import AfterSaleRound
from app.keeper.effect_pump import EffectPump, Outlet
from app.keeper.room import Room
from app.store.seal import Row
from app.store.tables_after_sale import after_sale
from app.store.tables_record import case, event, outbox
from app.store.work import Book
from sync.engine import Gear
from sync.errors import Ambiguous
from sync.limits import Breaker
from sync.ports import Answer, Request
from sync.retry import Budget
from sync.sandbox.taobao import TaobaoSandbox
from sync.sandbox.taobao_gate import TopApp
from sync.sandbox.taobao_shop import SoldTrade
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import Shop, open_shop
from tests.sync.sync_world import HandClock, pull_all
from tests.sync.taobao_world import Straight, sold, straight
from tests.worlds import FixedClock, SeededRng

WHY = "the buyer is right"
ASKED = "WAIT_SELLER_AGREE"


class Line(Straight):
    """The way to the platform: an answer may get lost on its way back, or there."""

    def __init__(self, box: TaobaoSandbox) -> None:
        super().__init__(box)
        self.lose: list[str] = []
        self.answers = 0

    async def send(self, request: Request) -> Answer:
        writes = b"refunds.agree" in request.body or b"refund.refuse" in request.body
        self.answers += writes
        if writes and self.lose and self.lose.pop(0) == "there":
            raise Ambiguous("sync_answer_lost")
        told = await super().send(request)
        if writes and self.lose_back:
            self.lose_back = False
            raise Ambiguous("sync_answer_lost")
        return told

    lose_back: bool = False


@dataclass
class Counter:
    """A Taobao shop with one trade a buyer wants money back for."""

    shop: Shop
    clock: FixedClock
    hands: HandClock
    box: TaobaoSandbox
    trade: SoldTrade
    line: Line
    room: Room
    outlets: dict[int, Outlet] = field(default_factory=dict)

    def turn(self, seconds: int) -> None:
        self.hands.turn(seconds)
        self.clock.advance(seconds * 1000)

    async def read(self) -> None:
        """One round over the shop's after-sales."""
        self.turn(60)
        await AfterSaleRound(self.room, self.outlets).round()

    async def send(self) -> None:
        """One round of the pump."""
        await EffectPump(self.room, self.outlets).round()

    def row(self) -> Row:
        return self.shop.all(after_sale)[-1]

    def ask(self, answer: str = "agree", reason: str = WHY) -> AnswerAfterSale:
        row = self.row()
        return AnswerAfterSale(row["id"], answer, row["told_version"], reason)

    def kinds(self) -> set[str]:
        return {row["kind"] for row in self.shop.all(case) if row["state"] != "settled"}

    def there(self) -> str:
        """How the refund stands on the platform."""
        return str(next(reversed(self.box.shop.refunds.values()))["status"])


@asynccontextmanager
async def counter(book: Book, clock: FixedClock) -> AsyncIterator[Counter]:
    hands = HandClock(clock.now())
    box = TaobaoSandbox(TopApp("12345678", "helloworld"), hands.now, random.Random(7))
    shop = open_shop(book, "lead", "agent", "packer", platform="taobao")
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _: None)  # type: ignore[arg-type]
    line = Line(box)
    gear = Gear(clock, SeededRng(), Breaker(clock, SeededRng()), Budget())
    channel = straight(box, hands, http=line)
    at = Counter(shop, clock, hands, box, sold(box), line, room)
    at.outlets[shop.channel_id] = Outlet(channel, gear)
    at.turn(60)
    records, _, _ = await pull_all(channel)
    shop.receive(*records)
    box.shop.refund(at.trade, 0, "19.80", status=ASKED)
    await at.read()
    yield at


async def test_what_a_buyer_asks_back_stands_at_its_order_with_a_case(
    book: Book, clock: FixedClock
) -> None:
    async with counter(book, clock) as at:
        row, order = at.row(), at.shop.order(str(at.trade.tid))
        assert (row["order_id"], row["kind"], row["amount_minor"]) == (order["id"], "refund", 1980)
        assert row["may"] == "agree,refuse"
        assert {"after_sale_open", "refund_open"} <= at.kinds()
        await at.read()
        assert len(at.shop.all(after_sale)) == 1
        at.box.shop.settle(at.box.shop.refunds[int(row["external_id"])], "CLOSED")
        await at.read()
        assert at.row()["may"] == ""
        assert not {"after_sale_open", "refund_open"} & at.kinds()


async def test_the_lead_agrees_with_a_fresh_passphrase_and_the_money_goes_back_once(
    book: Book, clock: FixedClock
) -> None:
    async with counter(book, clock) as at:
        at.turn(600)
        with pytest.raises(StepUpNeeded):
            at.shop.do("lead", at.ask())
        at.shop.prove("lead")
        at.shop.do("lead", at.ask())
        assert (at.row()["answer"], at.row()["answer_state"]) == ("agree", "sending")
        with pytest.raises(NotInState):
            at.shop.do("lead", at.ask())
        await at.send()
        assert (at.row()["answer_state"], at.there()) == ("done", "SUCCESS")
        assert "after_sale_open" not in at.kinds()
        with pytest.raises(NotInState):
            at.shop.do("lead", at.ask("refuse"))
        await at.send()
        assert at.line.answers == 1
        said = {one["kind"] for one in at.shop.all(event)}
        assert {"after_sale", "after_sale_agree", "after_sale_answered"} <= said


async def test_an_agent_asks_and_only_with_the_leads_consent_is_it_sent(
    book: Book, clock: FixedClock
) -> None:
    async with counter(book, clock) as at:
        with pytest.raises(NotAllowed):
            at.shop.do("packer", at.ask())
        with pytest.raises((ApprovalNeeded, StepUpNeeded)):
            at.shop.do("agent", at.ask("refuse", "sold as seen"))
        assert at.shop.all(outbox) == []
        at.shop.agreed("agent", at.ask("refuse", "sold as seen"), "lead")
        await at.send()
        assert (at.row()["answer_state"], at.there()) == ("done", "SELLER_REFUSE_BUYER")


@pytest.mark.parametrize("lost", ["there", "back"])
async def test_an_answer_whose_outcome_is_lost_is_read_again_before_it_is_sent_again(
    book: Book, clock: FixedClock, lost: str
) -> None:
    async with counter(book, clock) as at:
        at.shop.prove("lead")
        at.shop.do("lead", at.ask())
        at.line.lose = ["there"] if lost == "there" else []
        at.line.lose_back = lost == "back"
        await at.send()
        assert at.row()["answer_state"] == "unknown"
        with pytest.raises(NotInState):
            at.shop.do("lead", at.ask())
        at.turn(3600)
        await at.send()
        assert (at.row()["answer_state"], at.there()) == ("done", "SUCCESS")
        assert at.line.answers == (2 if lost == "there" else 1), "nothing is paid back twice"


async def test_one_that_moved_since_the_person_looked_is_not_answered(
    book: Book, clock: FixedClock
) -> None:
    async with counter(book, clock) as at:
        seen = at.ask()
        refund = at.box.shop.refunds[int(at.row()["external_id"])]
        at.turn(60)
        refund["refund_fee"] = "49.80"
        at.box.shop.settle(refund, ASKED)
        at.shop.prove("lead")
        at.shop.do("lead", seen)
        await at.send()
        assert at.row()["answer_state"] == "refused"
        assert at.there() == ASKED
        assert "dead_letter" in at.kinds()
        await at.read()
        assert at.row()["amount_minor"] == 4980
        with pytest.raises(StaleVersion):
            at.shop.do("lead", seen)
        at.shop.do("lead", at.ask())
        await at.send()
        assert at.there() == "SUCCESS"


async def test_what_makes_no_sense_is_refused_before_anything_is_written(
    book: Book, clock: FixedClock
) -> None:
    async with counter(book, clock) as at:
        with pytest.raises(BadValue):
            at.shop.do("lead", at.ask("maybe"))
        with pytest.raises(ReasonNeeded):
            at.shop.do("lead", at.ask("refuse", ""))
        assert at.shop.all(outbox) == []
