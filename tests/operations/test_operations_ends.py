"""Platform, book and carrier are held against each other wherever an order changes (F181)."""

import pytest

from app.commands.orders import CancelOrder
from app.commands.parcels import ScanLabel
from app.domain.ends import SKEW_MS
from app.operations import effects
from app.store.tables_record import outbox
from app.store.work import Book, Work
from tests.operations.carrier_world import Dispatch, dispatch
from tests.operations.outbound_world import open_shop, record
from tests.worlds import FixedClock


async def told(desk: Dispatch) -> None:
    """Let the platform take the shipment."""
    row = desk.shop.all(outbox)[0]

    def act(work: Work) -> None:
        effects.done(work, row, "R1", already=False)
        work.tell("effect_settled", "outbox", row["id"])

    await desk.room.write(act)


@pytest.mark.req("F180", "F181")
async def test_an_order_that_left_is_behind_on_its_platform_until_that_says_so(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        await desk.until("live", 5)
        assert desk.shop.order()["ends"] == ""
        desk.shop.do("packer", ScanLabel(desk.label()["carrier_no"], "weigh_out", 900))
        assert desk.shop.order()["ends"] == "platform_behind"
        await told(desk)
        assert desk.shop.order()["ends"] == ""
        late = clock.now() + SKEW_MS + 1
        desk.shop.receive(record("501", version=late, seller_memo="again"))
        assert desk.shop.order()["ends"] == "platform_behind"
        desk.shop.receive(record("501", version=late + 1, raw_status="completed"))
        order = desk.shop.order()
        assert (order["ends"], order["platform_state"]) == ("", "shipped")


@pytest.mark.req("F181")
def test_an_order_cancelled_here_and_open_there_is_out_of_step_until_both_agree(
    book: Book,
) -> None:
    shop = open_shop(book, "lead")
    shop.receive(record("501"))
    shop.do("lead", CancelOrder(shop.order()["id"], "the buyer asked"))
    assert shop.order()["ends"] == "open_there"
    shop.receive(record("501", version=record().version + 1, raw_status="cancelled"))
    assert shop.order()["ends"] == ""
