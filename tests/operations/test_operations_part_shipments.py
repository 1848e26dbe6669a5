"""A platform that takes an order only as a whole is not told of a part; numbers need a carrier."""

import pytest

from app.commands.channels import ConnectCarrier
from app.commands.orders import SetPolicy
from app.domain.actor import worker
from app.operations import part_shipments
from app.operations.part_shipments import Telling
from app.store import outbox as box
from app.store.outbox import Effect
from app.store.tables import carrier_account, parcel, waybill
from app.store.tables_record import case, event, outbox
from app.store.work import Book
from tests.operations.outbound_world import open_shop, record
from tests.operations.press_world import number_of
from tests.operations.upload_world import Uploads, uploads
from tests.worlds import FixedClock

SECOND = "SF1426008999999"
MINUTE = 60_000


def second_box(desk: Uploads) -> int:
    """One more parcel of the order that is still being packed."""
    order = desk.shop.order("501")
    with desk.shop.book.work(worker("test")) as work:
        pk = work.ids.next()
        box_ = {"id": pk, "order_id": order["id"], "public_id": f"P{pk}", "state": "open"}
        work.insert(parcel, box_)
        work.tell("split")
        work.commit()
    return pk


def leaves(desk: Uploads, pk: int) -> None:
    """The second parcel goes out, and its number is to be told."""
    order = desk.shop.order("501")
    with desk.shop.book.work(worker("test")) as work:
        work.update(parcel, pk, state="shipped")
        body = {"external_id": "501", "carrier": "sf", "carrier_name": "SF"}
        body |= {"waybill_no": SECOND, "lines": []}
        box.put(
            work,
            Effect("ship_writeback", "SHIP-2", desk.shop.channel_id, order["id"], pk, body),
        )
        work.tell("left")
        work.commit()


async def test_a_part_waits_for_the_last_parcel_where_the_platform_takes_whole_orders(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        await desk.order(501)
        desk.ship(501)
        rest = second_box(desk)
        pump = desk.pump()
        for _ in range(5):
            await pump.round()
            clock.advance(MINUTE)
        assert desk.shipped() == {}, "WooCommerce would close the whole order"
        said = [row["kind"] for row in desk.shop.all(event)]
        assert said.count("upload_waits") == 1
        leaves(desk, rest)
        await desk.until("done")
        assert desk.shipped() == {"501": [SECOND]}
        clock.advance(MINUTE)
        await pump.round()
        assert desk.told() == [True, True]
        assert desk.shipped() == {"501": [SECOND]}
        assert desk.sandbox.truth()["shipped_twice"] == []


async def test_the_shop_may_have_the_first_parcel_told_and_the_others_not(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        desk.shop.hire("owner", "owner")
        desk.shop.do("owner", SetPolicy("part_shipment", "first"))
        await desk.order(501)
        desk.ship(501)
        rest = second_box(desk)
        await desk.until("done")
        assert desk.shipped() == {"501": [number_of("501")]}
        leaves(desk, rest)
        await desk.until("done")
        assert desk.shipped() == {"501": [number_of("501")]}
        assert desk.told() == [True, True]


async def test_a_platform_that_takes_parts_is_told_at_once(book: Book, clock: FixedClock) -> None:
    async with uploads(book, clock) as desk:
        await desk.order(501)
        desk.ship(501)
        second_box(desk)
        row, rules = desk.effect(), desk.room.laws.now
        with book.work(worker("test")) as work:
            whole, parts = frozenset({"ship"}), frozenset({"ship", "ship_lines"})
            assert part_shipments.telling(work, rules, row, parts) is Telling.NOW
            assert part_shipments.telling(work, rules, row, whole) is Telling.WAITS
            memo = {**row, "kind": "memo_write"}
            assert part_shipments.telling(work, rules, memo, whole) is Telling.NOW


@pytest.mark.parametrize("lacks", ["carrier", "sender"])
def test_numbers_that_cannot_be_taken_are_one_case_and_stop_no_order(
    book: Book, lacks: str
) -> None:
    shop = open_shop(book, "owner")
    shop.do("owner", SetPolicy("auto_waybill", "true"))
    with book.work(worker("test")) as work:
        for row in work.rows(carrier_account.select()) if lacks == "carrier" else ():
            work.update(carrier_account, row["id"], state="off")
        if lacks == "sender":
            work.conn.exec_driver_sql("DELETE FROM setting WHERE key = 'sender'")
        work.tell("retired")
        work.commit()
    shop.receive(record("501"), record("502"))
    shop.flow()
    assert {shop.order(one)["state"] for one in ("501", "502")} == {"allocated"}
    assert (shop.all(waybill), shop.all(outbox)) == ([], [])
    told = [row for row in shop.all(case) if row["kind"] == "labels_not_taken"]
    assert [(row["state"], row["order_id"]) for row in told] == [("open", 0)]
    if lacks == "carrier":
        shop.do("owner", ConnectCarrier("sf", "SF again", {"partner_id": "p", "key": "k"}))
        told = [row["state"] for row in shop.all(case) if row["kind"] == "labels_not_taken"]
        assert told == ["settled"]
