"""Two home-made stores in one book: their orders in, a parcel out, and no word of one for both."""

import random

import pytest

from app.commands.channels import ConnectChannel
from app.commands.orders import MapStatus
from app.commands.parcels import ScanLabel
from app.compose.connectors import makers_of
from app.compose.makers.tools import Tools
from app.domain.actor import worker
from app.domain.errors import DemoOnly
from app.keeper.effect_pump import EffectPump, Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import ShopBook, SyncLoop
from app.store import shops
from app.store.tables import channel, orders, parcel
from app.store.tables_record import case, outbox
from app.store.work import Book
from sync.engine import Source
from sync.sandbox.faults import Fault
from sync.sandbox.own_garden import GardenSandbox
from sync.sandbox.own_tea import TeaSandbox, TeaSetup
from sync.transport import Transport, TransportLimits
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import Shop, open_shop
from tests.operations.press_world import make_live, number_of
from tests.sync.own_world import GARDEN_AT, GARDEN_FILE, SECRET, TEA_AT, TEA_FILE
from tests.worlds import CountingIds, FixedClock, SeededRng


class OwnDay:
    """A shop with two home-made stores, the real connectors, engine and intake between them."""

    def __init__(self, book: Book, clock: FixedClock) -> None:
        self.clock = clock
        self.tea = TeaSandbox(TeaSetup(), lambda: clock.now() // 1000, random.Random(7))
        self.garden = GardenSandbox(lambda: clock.now() // 1000, random.Random(7))
        self.servers = [self.tea.server(), self.garden.server()]
        self.http = Transport(TransportLimits(connect_s=2, read_s=0.3, total_s=5))
        self.shop: Shop = open_shop(book, "owner", "lead", "packer", "admin", platform="own_shop")
        laws = self.shop.door.laws
        self.room = Room(book, AtOnce(), laws, clock, SeededRng(), lambda _changed: None)  # type: ignore[arg-type]
        tools = Tools(self.http, clock, CountingIds(), SeededRng())  # type: ignore[arg-type]
        self.loop = SyncLoop(self.room, makers_of(tools, laws).channel, lambda: None)
        self.ids: list[int] = []

    async def begin(self) -> None:
        tea_url, garden_url = [await server.start() for server in self.servers]
        tea = {"store_file": TEA_FILE.replace(TEA_AT, f"{tea_url}/api"), "key": "tea-app"}
        garden = {"store_file": GARDEN_FILE.replace(GARDEN_AT, f"{garden_url}/v1")}
        tea |= {"secret": "tea-secret", "push_secret": SECRET}
        garden |= {"key": "garden-token"}
        for name, fields in (("Tea", tea), ("Garden", garden)):
            ask = ConnectChannel("own_shop", name, "Asia/Shanghai", "CNY", fields)
            self.ids.append(self.shop.do("owner", ask)["id"])

    async def read(self, at: int) -> bool:
        """One round of one store; whether it went well."""
        pk = self.ids[at]
        with self.shop.book.work(worker("test")) as work:
            access = next(each for each in shops.shops(work) if each.id == pk)
        outlet = self.loop.outlets.get(pk) or self.loop._outlet(access)
        assert isinstance(outlet, Outlet)
        self.loop.outlets[pk] = outlet
        book = ShopBook(self.room, pk, lambda: None)
        source = Source("own", outlet.channel, book, outlet.gear, lambda _health: None)
        health = await source.round()
        self.shop.flow()
        return health.up

    def order(self, external_id: str):
        return next(row for row in self.shop.all(orders) if row["external_id"] == external_id)


@pytest.fixture
async def day(book: Book, clock: FixedClock):
    opened = OwnDay(book, clock)
    await opened.begin()
    yield opened
    await opened.http.close()
    for server in opened.servers:
        await server.stop()


CURTAIN = {"sku": "LN-27", "name": "窗帘", "num": 2, "price": "9.90", "subtotal": "19.80", "id": 1}


@pytest.mark.req("F058")
async def test_an_order_of_a_home_made_store_travels_in_and_its_parcel_out_once(day) -> None:
    day.tea.place("501", items=[CURTAIN])
    assert await day.read(0)
    row = day.order("501")
    assert (row["state"], row["payment"], row["total_minor"]) == ("allocated", "paid", 2780)
    assert (row["province"], row["buyer_mask"]) == ("广东省", "李**")
    day.shop.channel_id = day.ids[0]
    make_live(day.shop, "501")
    number = number_of("501")
    assert day.shop.do("packer", ScanLabel(number, "weigh_out"))["shipped"]
    day.tea.faults.plan(Fault("reset_after", "POST"))
    pump = EffectPump(day.room, day.loop.outlets)
    for _ in range(40):
        await pump.round()
        if day.shop.all(outbox)[-1]["state"] == "done":
            break
        day.clock.advance(20_000)
    told = {"express": "SHUNFENG", "express_no": number, "items": [{"id": "1", "num": 2}]}
    assert day.tea.orders["501"].parcels == [told]
    assert [each["written_back_at"] is not None for each in day.shop.all(parcel)] == [True]


@pytest.mark.req("F009")
async def test_a_word_explained_for_one_store_says_nothing_of_the_other(day) -> None:
    day.tea.place("T1", items=[CURTAIN], status="packing")
    day.garden.place("G-1", state="packing")
    assert [await day.read(0), await day.read(1)] == [True, True]
    waiting = {row["raw_status"]: row["intake"] for row in day.shop.all(orders)}
    assert waiting == {"teahouse:packing": "pending", "garden:packing": "pending"}
    assert {row["kind"] for row in day.shop.all(case)} >= {"unknown_status"}
    told = MapStatus("own_shop", "order", "teahouse:packing", "paid", "being packed")
    day.shop.do("admin", told)
    assert (day.order("T1")["intake"], day.order("G-1")["intake"]) == ("booked", "pending")
    assert day.order("T1")["state"] in {"paid", "allocated"}


async def test_a_rounded_amount_is_told_and_stops_nothing(day) -> None:
    text = TEA_FILE.replace('fractions = "refuse"', 'fractions = "round" ')
    url = day.servers[0].url
    fields = {"store_file": text.replace(TEA_AT, f"{url}/api"), "key": "tea-app"}
    ask = ConnectChannel(
        "own_shop", "Tea", "Asia/Shanghai", "CNY", fields | {"secret": "tea-secret"}
    )
    assert day.shop.do("owner", ask)["id"] == day.ids[0]
    day.tea.place("T1", items=[CURTAIN], amount={"total": 27.799999999999997})
    assert await day.read(0)
    assert day.order("T1")["total_minor"] == 2780
    assert day.order("T1")["state"] == "allocated"
    assert {row["kind"] for row in day.shop.all(case)} == {"rounded_amount"}


async def test_a_stores_file_is_kept_with_its_shop_and_nobody_reads_it_plain(day) -> None:
    row = next(each for each in day.shop.all(channel) if each["id"] == day.ids[0])
    assert b"teahouse" not in bytes(row["credentials_ct"])
    with day.shop.book.work(worker("test")) as work:
        assert "teahouse" in shops.fields_of(work, day.ids[0])["store_file"]


async def test_a_demonstration_takes_a_store_on_this_computer_alone(day) -> None:
    with day.shop.book.work(worker("setup")) as work:
        shops.mark_demo(work)
        work.tell("shop_opened")
        work.commit()
    here = TEA_FILE.replace(TEA_AT, "http://127.0.0.1:9/api")
    ask = ConnectChannel("own_shop", "Here", "UTC", "CNY", {"store_file": here})
    assert day.shop.do("owner", ask)["id"]
    away = ConnectChannel("own_shop", "Away", "UTC", "CNY", {"store_file": TEA_FILE})
    with pytest.raises(DemoOnly):
        day.shop.do("owner", away)
