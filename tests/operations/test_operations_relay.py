"""A platform or carrier calls over HTTP: what it hears, and what stands in the book by then."""

import asyncio
import base64
import hashlib
import importlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app.commands.parcels import ScanLabel
from app.domain.actor import worker
from app.keeper.hint_round import HintRound
from app.keeper.push_desk import PushDesk
from app.keeper.push_doors import PushDoors
from app.store.tables import tracking, waybill
from app.store.tables_record import audit, inbox
from app.store.work import Book
from sync.carriers.kdniao import KdniaoCarrier
from sync.carriers.kdniao_account import KdniaoAccount
from sync.carriers.zto import ZtoCarrier
from sync.carriers.zto_account import ZtoAccount
from sync.ports import Request
from sync.transport import Transport
from tests.operations.carrier_world import Dispatch, dispatch
from tests.operations.shopify_day import order_seed, shopify_day
from tests.worlds import FixedClock


class Line:
    """Where they call, and what they say."""

    def __init__(self, doors: PushDoors, address: str, http: Transport) -> None:
        self.doors, self.address, self.http = doors, address, http

    async def post(self, whose: str, body: bytes, headers: dict[str, str] | None = None):
        word = next(w for w, door in self.doors.doors.items() if door.whose == whose)
        form = headers or {"Content-Type": "application/x-www-form-urlencoded"}
        request = Request("POST", f"{self.address}/push/{word}", form, body, writes=True)
        return await self.http.send(request)


@asynccontextmanager
async def listening(desk: PushDesk, folder: Path) -> AsyncIterator[Line]:
    """The keeper's own door, on a free port."""
    relay = importlib.import_module("app.compose.relay")
    doors = PushDoors(desk.room, desk)
    heard: list[int] = []
    task = asyncio.create_task(relay.listen(doors, ("127.0.0.1", 0), folder / "told", heard.append))
    while not (folder / "told").exists():
        assert not task.done(), task.exception()
        await asyncio.sleep(0.01)
    http = Transport()
    try:
        yield Line(doors, f"http://127.0.0.1:{heard[0]}", http)
    finally:
        await http.close()
        task.cancel()
        await asyncio.wait({task})


async def test_when_the_platform_hears_yes_its_word_stands_in_the_book(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with shopify_day(book, clock) as day:
        day.box.hooks.topics.add("orders/create")
        await day.read()
        order = day.box.shop.place(order_seed())
        (told,) = day.box.hooks.flush()
        desk = PushDesk(day.room, day.loop.outlets, {}, lambda: None)
        async with listening(desk, tmp_path) as line:
            answer = await line.post("channel", told.body, told.headers)
            assert (answer.status, b"success" in answer.body) == (200, True)
            assert [r["external_id"] for r in day.shop.all(inbox)] == [str(order.number)]
            forged = {**told.headers, "X-Shopify-Event-Id": "another", "X-Shopify-Topic": "x"}
            answer = await line.post("channel", told.body + b" ", forged)
            assert (answer.status, answer.body) == (401, b"")
            assert "shopify Loom" in (tmp_path / "told").read_text("utf-8")
        assert len(day.shop.all(inbox)) == 1
        await HintRound(day.room, day.loop).round()
        assert day.row(order)["state"] == "paid"


async def test_the_way_in_stays_the_same_when_waydesk_starts_again(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        await day.read()
        words = []
        for _ in range(2):
            doors = PushDoors(day.room, PushDesk(day.room, day.loop.outlets, {}, lambda: None))
            assert await doors.look()
            assert not await doors.look()
            words += doors.doors
        assert words[0] == words[1]
        assert len(words[0]) == 32


NUMBER = "73111392234604"


def account_of(desk: Dispatch) -> int:
    return next(iter(desk.carriers))


async def shipped(desk: Dispatch, code: str) -> None:
    """One parcel gone with a number of this carrier."""
    desk.take()
    await desk.until("live", 5)
    row = desk.label()
    desk.shop.do("packer", ScanLabel(row["carrier_no"], "weigh_out", 900))
    account = account_of(desk)
    with desk.shop.book.work(worker("test")) as work:
        work.update(waybill, row["id"], carrier_account=f"{code}:{account}", carrier_no=NUMBER)
        work.tell("waybill_typed", "waybill", row["id"])
        work.commit()


def zto(secret: str, *scans: tuple[str, str, str]) -> list[bytes]:
    """What ZTO sends, one form for each scan (open.zto.com, push of tracks)."""
    forms = []
    for action, at, said in scans:
        data = json.dumps({"billCode": NUMBER, "action": action, "actionTime": at, "desc": said})
        digest = base64.b64encode(hashlib.md5((data + secret).encode()).digest()).decode()
        told = {"data": data, "data_digest": digest, "company_id": "app", "msg_type": "Traces"}
        forms.append(urlencode(told).encode())
    return forms


def kdniao(secret: str, *scans: tuple[str, str, str]) -> bytes:
    """What Kdniao sends (kdniao.com, 101): the digest is the Base64 of the hex."""
    traces = [{"Action": a, "AcceptTime": at, "AcceptStation": said} for a, at, said in scans]
    entry = {"LogisticCode": NUMBER, "ShipperCode": "ZTO", "State": "2", "Traces": traces}
    data = json.dumps({"EBusinessID": "1237100", "Count": "1", "Data": [entry]})
    digest = base64.b64encode(hashlib.md5((data + secret).encode()).hexdigest().encode()).decode()
    told = {"RequestData": data, "DataSign": digest, "RequestType": "101"}
    return urlencode(told).encode()


def hands(clock: FixedClock) -> Any:
    class Hands:
        http = None
        turn = None

        @staticmethod
        def turn_for(_kind: str) -> None:
            return None

    Hands.clock = clock
    return Hands()


async def test_what_zto_calls_with_becomes_scans_once_and_by_their_own_time(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with dispatch(book, clock) as desk:
        await shipped(desk, "zto")
        carrier = ZtoCarrier(ZtoAccount("app", "secret"), hands(clock))
        pushes = PushDesk(desk.room, {}, {account_of(desk): carrier}, lambda: None)
        scans = (
            ("SIGNED", "2026-02-18 10:00:00", "已签收"),
            ("GOT", "2026-02-16 20:00:00", "已揽收"),
            ("DEPARTURE", "2026-02-16 23:00:00", "已发出"),
        )
        async with listening(pushes, tmp_path) as line:
            for form in zto("secret", *scans) * 2:
                answer = await line.post("carrier", form)
                assert answer.status == 200
                assert json.loads(answer.body)["status"] is True
            assert desk.shop.order()["logistics"] == "delivered"
            assert len(desk.shop.all(tracking)) == 3
            for form in zto("guessed", ("RETURN_SIGNED", "2026-02-19 10:00:00", "退回")):
                assert (await line.post("carrier", form)).status == 401
        assert (len(desk.shop.all(tracking)), desk.shop.order()["logistics"]) == (3, "delivered")
        assert desk.shop.order()["proofs"] == 3
        assert len(desk.shop.all(inbox)) == 3


async def test_what_kdniao_calls_with_becomes_scans_and_it_hears_success(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with dispatch(book, clock) as desk:
        await shipped(desk, "kdniao")
        carrier = KdniaoCarrier(KdniaoAccount("1237100", "key", "ZTO"), hands(clock))
        pushes = PushDesk(desk.room, {}, {account_of(desk): carrier}, lambda: None)
        got = ("1", "2026-02-16 20:00:00", "已揽收")
        way = ("2", "2026-02-16 23:00:00", "运输中")
        async with listening(pushes, tmp_path) as line:
            for body in (kdniao("key", way, got), kdniao("key", got), kdniao("key", way, got)):
                told = json.loads((await line.post("carrier", body)).body)
                assert (told["Success"], told["EBusinessID"]) == (True, "1237100")
            assert (await line.post("carrier", kdniao("other", got))).status == 401
        assert (desk.shop.order()["logistics"], desk.shop.order()["proofs"]) == ("in_transit", 3)
        assert len({row["dedupe_key"] for row in desk.shop.all(tracking)}) == len(
            desk.shop.all(tracking)
        )


async def test_scans_of_parcels_that_are_not_ours_or_not_gone_change_nothing(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with dispatch(book, clock) as desk:
        desk.take()
        await desk.until("live", 5)
        lines = len(desk.shop.all(audit))
        carrier = ZtoCarrier(ZtoAccount("app", "secret"), hands(clock))
        pushes = PushDesk(desk.room, {}, {account_of(desk): carrier}, lambda: None)
        (form,) = zto("secret", ("GOT", "2026-02-16 20:00:00", "已揽收"))
        assert (
            json.loads((await pushes.take_tracks(account_of(desk), {}, form)).body)["status"]
            is True
        )
        assert (desk.shop.all(tracking), desk.shop.all(inbox)) == ([], [])
        assert len(desk.shop.all(audit)) == lines
