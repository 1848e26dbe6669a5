"""Orders of several platforms in one batch: each gets its own platform's number, or a courier's."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from app.commands.parcels import TakeWaybills
from app.domain.actor import worker
from app.keeper.label_round import LabelRound
from app.keeper.room import Room
from app.keeper.waybill_pump import WaybillPump
from app.store import accounts, label_data, status_rows
from app.store.tables import channel, waybill
from app.store.verify import verify
from app.store.work import Book
from sync.ports import CarrierCaps, Limit, Outlets
from sync.records import ReceiverRecord
from sync.waybill_records import WaybillAnswer, WaybillAsk
from tests.operations.carrier_world import AtOnce
from tests.operations.ewaybill_world import connect
from tests.operations.outbound_world import Shop, answer, open_shop, record
from tests.sync import douyin_label_world, jd_label_world
from tests.sync.jd_world import sold
from tests.worlds import FixedClock, SeededRng

TO_SHIP = {
    "douyin": {"raw_status": "order_status.2", "raw_payment": "PAID"},
    "jd": {"raw_status": "WAIT_SELLER_STOCK_OUT", "raw_payment": "PAID"},
}
SENDER = {"name": "仓库", "phone": "13480155048"}


@dataclass
class Courier:
    """An ordinary courier: it is told names, so no hidden buyer may reach it."""

    told: list[WaybillAsk] = field(default_factory=list)
    code = "sf"
    caps = CarrierCaps(0, False, 0, True, 0, Limit(1.0))

    def prepare(self, ask: WaybillAsk) -> bytes:
        self.told.append(ask)
        return ask.reference.encode()

    async def create(self, reference: str, _prepared: bytes) -> WaybillAnswer:
        return answer(reference, "SF1426008733101")


@dataclass
class Batch:
    """Three shops in one book, their orders, and who may take whose numbers."""

    shop: Shop
    douyin: douyin_label_world.LabelWorld
    jd: jd_label_world.LabelWorld
    courier: Courier
    carriers: dict[int, Any]
    orders: dict[str, str]

    def number(self, platform: str) -> str:
        order_id = self.shop.order(self.orders[platform])["id"]
        return next(r["carrier_no"] for r in self.shop.all(waybill) if r["order_id"] == order_id)


def open_channel(shop: Shop, platform: str) -> None:
    """Another shop of another platform in the same book."""
    with shop.book.work(worker("setup")) as work:
        shop.channel_id = work.ids.next()
        row = {"id": shop.channel_id, "platform": platform, "name": platform}
        work.insert(channel, row | {"zone": "Asia/Shanghai", "currency": "CNY"})
        status_rows.seed(work, shop.door.laws.now.status, platform, "en")
        work.tell("shop_opened", "channel", shop.channel_id)
        work.commit()


def batch(book: Book) -> Batch:
    """An order of Douyin, one of JD and one of the shop's own store, all to be sent."""
    douyin, jd, courier = douyin_label_world.label_world(), jd_label_world.LabelWorld(), Courier()
    shop = open_shop(book, "lead", "packer")
    with book.work(worker("setup")) as work:
        place = {"province": "广东省", "city": "深圳市", "district": "南山区"}
        accounts.put_sender(work, SENDER | place | {"address": "软件产业基地11栋"})
        work.tell("sender_set", "setting")
        (plain,) = accounts.carriers(work)
        work.commit()
    shop.receive(record("501"))
    sold_there, sold_here = douyin.place(), sold(jd.box)
    orders = {"own": "501", "douyin": sold_there.number, "jd": str(sold_here.number)}
    ciphers = {"douyin": douyin_label_world.sealed(douyin.box, sold_there)}
    ciphers["jd"] = jd_label_world.CIPHER
    province = {"douyin": "浙江省", "jd": "浙江"}
    for platform, cipher in ciphers.items():
        open_channel(shop, platform)
        place = (province[platform], "杭州市", "萧山区", "市**")
        hidden = ReceiverRecord("张**", "138****5678", "", "CN", *place, cipher=cipher)
        shop.receive(record(orders[platform], receiver=hidden, **TO_SHIP[platform]))
    shop.flow()
    carriers: dict[int, Any] = {plain["id"]: courier}
    carriers[connect(shop, "douyin_ewaybill")] = douyin.carrier
    carriers[connect(shop, "jd_ewaybill")] = jd.carrier
    return Batch(shop, douyin, jd, courier, carriers, orders)


@pytest.mark.req("F227")
async def test_each_order_of_a_batch_gets_its_own_platforms_number_and_no_other_sees_it(
    book: Book, clock: FixedClock
) -> None:
    made = batch(book)
    shop = made.shop
    ids = tuple(shop.order(one)["id"] for one in made.orders.values())
    assert shop.do("lead", TakeWaybills(ids))["refused"] == []
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _changed: None)  # type: ignore[arg-type]
    await WaybillPump(room, made.carriers).round()
    there = made.douyin.box.labels.truth()["by_order"]
    here = made.jd.box.labels.truth()["by_order"]
    assert there == {made.orders["douyin"]: [made.number("douyin")]}
    assert here == {made.orders["jd"]: [made.number("jd")]}
    assert made.number("own") == "SF1426008733101"
    assert [ask.order_id for ask in made.courier.told] == ["501"]
    await LabelRound(room, made.carriers).round()
    labels = shop.all(waybill)
    with book.work(worker("test")) as work:
        kept = [label_data.of(work, row["id"]) for row in labels]
    assert sorted(one.component for one in kept if one) == ["douyin", "jd"]
    left = {}
    for carrier in made.carriers.values():
        if isinstance(carrier, Outlets):
            left |= {one.courier: one.left for one in await carrier.outlets()}
    assert left == {"zhongtong": 499, "YUNDA": 499}
    assert verify(book).ok


@pytest.mark.req("F227")
async def test_without_its_own_ewaybill_a_hidden_buyers_order_goes_to_nobody(
    book: Book, clock: FixedClock
) -> None:
    made = batch(book)
    shop = made.shop
    with book.work(worker("test")) as work:
        for row in accounts.carriers(work):
            if row["carrier"] == "jd_ewaybill":
                work.update(accounts.carrier_account, row["id"], state="off")
        work.tell("carriers_gone", "carrier")
        work.commit()
    ids = tuple(shop.order(one)["id"] for one in made.orders.values())
    told = shop.do("lead", TakeWaybills(ids))
    assert told["refused"] == [[shop.order(made.orders["jd"])["id"], "receiver_sealed"]]
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _changed: None)  # type: ignore[arg-type]
    await WaybillPump(room, made.carriers).round()
    assert made.jd.box.labels.truth()["numbers_given"] == 0
    assert len(shop.all(waybill)) == 2
