"""A delivery whose signature carries a time is believed for five minutes, before and after it.

A store of one's own signs a time where its file says so. The platforms and carriers that call sign
none: their repeats are known by the id of the event, or by the scan itself.
"""

import hashlib
import hmac
import random
from pathlib import Path

import pytest

from app.compose.connectors import CARRIERS, CHANNELS
from app.compose.makers.tools import Account
from app.keeper.push_desk import PushDesk
from app.store.tables_record import audit, inbox
from app.store.work import Book
from sync.ports import Answer, TracksPushed
from sync.sandbox.own_tea import TeaSandbox, TeaSetup
from tests.operations.test_operations_own_shop import OwnDay
from tests.operations.test_operations_relay import listening
from tests.sync.own_world import SECRET
from tests.sync.test_sync_line_faults import Fields, tools
from tests.worlds import FixedClock

SIGN_A_TIME = {"own_shop"}
SIGN_NONE = {
    "shopify": "HMAC over the body; X-Shopify-Triggered-At stands outside it",
    "woocommerce": "HMAC over the body",
    "douyin": "MD5 over key, body and secret; the messages bear no time of sending",
    "youzan": "MD5 over client_id, body and client_secret; the version is the order's, not a time",
    "weidian": "nothing that is told anywhere is signed",
}
CARRIERS_SIGN_NONE = {
    "zto": "MD5 over the scan",
    "kdniao": "MD5 over RequestData; whether a repeat gets a new PushTime is told nowhere",
    "kuaidi100": "MD5 over param and salt",
    "easypost": "HMAC over the body",
}
OFF_S = (-86_400, -301, 301, 86_400)


def test_of_each_platform_and_carrier_that_calls_it_is_known_whether_it_signs_a_time() -> None:
    calling = {name for name, maker in CHANNELS.items() if "push" in maker.caps.flags}
    assert calling - SIGN_A_TIME == set(SIGN_NONE)
    made = tools(Answer(200, {}, b""))
    carriers = {
        name: maker.make(Account(Fields(courier="zto")), made) for name, maker in CARRIERS.items()
    }
    pushing = {name for name, carrier in carriers.items() if isinstance(carrier, TracksPushed)}
    assert pushing == set(CARRIERS_SIGN_NONE)


@pytest.fixture
async def day(book: Book, clock: FixedClock):
    opened = OwnDay(book, clock)
    await opened.begin()
    assert await opened.read(0)
    yield opened
    await opened.http.close()
    for server in opened.servers:
        await server.stop()


def told_at(day: OwnDay, off_s: int) -> tuple[dict[str, str], bytes]:
    """What the store would send by a clock that is so many seconds off."""
    off = TeaSandbox(TeaSetup(), lambda: day.clock.now() // 1000 + off_s, random.Random(7))
    off.place("T1")
    return off.push("T1", SECRET)


def signed(stamp: str, body: bytes) -> dict[str, str]:
    digest = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return {"X-Tea-Sign": digest.hexdigest(), "X-Tea-Time": stamp}


async def test_an_old_and_a_future_stamp_are_refused_with_401_counted_and_never_read(
    day: OwnDay, tmp_path: Path
) -> None:
    deliveries = [told_at(day, off_s) for off_s in OFF_S]
    old = str(day.clock.now() // 1000 - 301)
    for stamp, body in ((old, b"{no JSON"), ("", b"{}"), ("soon", b"{}"), ("9" * 30, b"{}")):
        deliveries.append((signed(stamp, body), body))
    desk = PushDesk(day.room, {day.ids[0]: day.loop.outlets[day.ids[0]]}, {}, lambda: None)
    async with listening(desk, tmp_path) as line:
        for headers, body in deliveries:
            answer = await line.post("channel", body, headers)
            assert (answer.status, answer.body) == (401, b""), headers
        assert day.shop.all(inbox) == []
        await desk.write_down()
        said = [row for row in day.shop.all(audit) if row["action"] == "pushes_refused"]
        assert [(row["result"], row["object_id"]) for row in said] == [("refused", day.ids[0])]
        for off_s in (-300, 300):
            assert (await line.post("channel", *told_at(day, off_s)[::-1])).status == 200
    assert {row["external_id"] for row in day.shop.all(inbox)} == {"T1"}
