"""A Douyin order gets its number and its sealed label from Douyin's own e-waybill, and goes."""

import json

import pytest

from app.commands.parcels import PrintLabels, ScanLabel, TakeWaybills
from app.compose.connectors import carrier_of
from app.compose.makers.tools import Account, Tools
from app.domain.actor import worker
from app.keeper.label_round import LabelRound
from app.keeper.waybill_pump import WaybillPump
from app.store import accounts, label_data, shops
from app.store.tables import waybill
from app.store.verify import verify
from app.store.work import Book
from sync.ports import Outlets
from sync.sandbox.faults import Fault
from sync.transport import Transport
from tests.operations.douyin_day import douyin_day, order_seed
from tests.operations.ewaybill_world import connect
from tests.operations.platform_day import PlatformDay
from tests.worlds import CountingIds, FixedClock, SeededRng


def connected(day: PlatformDay, http: Transport) -> dict[int, object]:
    """Douyin's e-waybill for ZTO, with the shop's own address agreed with the branch."""
    with day.shop.book.work(worker("test")) as work:
        sender = accounts.sender(work)
    day.box.labels.branches[0].senders = [
        {
            "province_name": sender["province"],
            "city_name": sender["city"],
            "district_name": sender["district"],
            "detail_address": sender["address"],
        }
    ]
    with day.shop.book.work(worker("test")) as work:
        access = next(s for s in shops.shops(work) if s.id == day.shop.channel_id)
    fields = {**access.fields, "company": "zhongtong"}
    pk = connect(day.shop, "douyin_ewaybill", **fields)
    tools = Tools(http, day.clock, CountingIds(), SeededRng())  # type: ignore[arg-type]
    return {pk: carrier_of("douyin_ewaybill", Account(fields), tools)}


@pytest.mark.req("F227")
async def test_each_order_of_a_batch_gets_douyins_number_and_a_label_only_douyin_can_draw(
    book: Book, clock: FixedClock
) -> None:
    async with douyin_day(book, clock) as day:
        orders = [day.box.shop.place(order_seed()) for _ in range(3)]
        await day.read()
        http = Transport()
        carriers = connected(day, http)
        ids = tuple(day.row(order)["id"] for order in orders)
        day.box.faults.plan(Fault("reset_after", part="newCreateOrder"))
        assert day.shop.do("lead", TakeWaybills(ids))["refused"] == []
        pump = WaybillPump(day.room, carriers)  # type: ignore[arg-type]
        for _ in range(40):
            await pump.round()
            clock.advance(10_000)
        labels = day.shop.all(waybill)
        given = {row["order_id"]: row["carrier_no"] for row in labels}
        truth = day.box.labels.truth()
        assert truth["numbers_given"] == 3
        assert {
            day.row(order)["id"]: truth["by_order"][order.number][0] for order in orders
        } == given
        assert {row["state"] for row in labels} == {"live"}
        assert {day.row(order)["carrier"] for order in orders} == {"zto"}
        rounds = LabelRound(day.room, carriers)  # type: ignore[arg-type]
        await rounds.round()
        with book.work(worker("test")) as work:
            kept = [label_data.of(work, row["id"]) for row in labels]
        assert [one.component for one in kept if one] == ["douyin"] * 3
        assert all("encryptedData" in json.loads(one.content) for one in kept if one)
        told = day.shop.do("packer", PrintLabels(ids, "pdf:out"))
        assert {code for _id, code in told["refused"]} == {"platform_label"}
        carrier = next(iter(carriers.values()))
        assert isinstance(carrier, Outlets)
        assert [one.left for one in await carrier.outlets()] == [497]
        number = labels[0]["carrier_no"]
        assert day.shop.do("packer", ScanLabel(number, "weigh_out"))["shipped"]
        assert await day.upload() == "done"
        assert [number] in day.box.truth()["shipped"].values()
        assert verify(book).ok
        await http.close()


@pytest.mark.req("F227")
async def test_an_order_douyin_calls_another_shops_is_refused_and_says_so(
    book: Book, clock: FixedClock
) -> None:
    async with douyin_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        http = Transport()
        carriers = connected(day, http)
        day.box.labels.others.add(order.number)
        day.shop.do("lead", TakeWaybills((day.row(order)["id"],)))
        await WaybillPump(day.room, carriers).round()  # type: ignore[arg-type]
        (row,) = day.shop.all(waybill)
        assert (row["state"], row["rejected_code"]) == (
            "rejected",
            "50002/isv.business-failed:15000",
        )
        assert day.box.labels.truth()["numbers_given"] == 0
        await http.close()
