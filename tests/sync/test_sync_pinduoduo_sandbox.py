"""The sandbox says no where Pinduoduo does; a whole day against it loses and doubles nothing."""

import json
import random
from urllib.parse import urlencode

import pytest

from sync.errors import SyncError
from sync.sandbox.faults import Fault
from sync.sandbox.http import Call
from sync.sandbox.pinduoduo import PATH
from sync.wrapped_md5 import wrapped_md5
from tests.sync.pinduoduo_world import channel_for, parcel, sandbox, seed
from tests.sync.sync_world import pull_all


@pytest.fixture
def box(clock):
    return sandbox(clock)


def call(box, clock, interface: str, method: str = "POST", path: str = PATH, **more: str) -> dict:
    """One call signed by hand; `drop` and `sign` and the public parameters may be set wrong."""
    params = {
        "type": interface,
        "client_id": "client",
        "access_token": box.gate.token(),
        "timestamp": str(clock.now_s()),
        "data_type": "JSON",
        "version": "V1",
    } | {name: value for name, value in more.items() if name not in ("sign", "drop")}
    params["sign"] = more.get("sign") or wrapped_md5("secret", params)
    params.pop(more.get("drop", ""), None)
    reply = box.handle(Call(method, path, "", {}, urlencode(params).encode(), True))
    return json.loads(reply.body)


def error(told: dict) -> tuple[int, str]:
    return told["error_response"]["error_code"], told["error_response"]["sub_msg"]


CHANGES = {"is_lucky_flag": "0", "order_status": "5", "refund_status": "5", "page": "1"}
INCREMENT = "pdd.order.number.list.increment.get"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"method": "GET"}, 10002),
        ({"path": "/api/elsewhere"}, 20035),
        ({"drop": "timestamp"}, 10001),
        ({"drop": "sign"}, 10001),
        ({"client_id": "nobody"}, 10016),
        ({"sign": "0" * 32}, 20004),
        ({"timestamp": "1700000000"}, 10001),
        ({"access_token": "nothing"}, 20032),
    ],
)
def test_a_call_that_is_not_right_is_refused_at_the_door(box, clock, more, code) -> None:
    assert error(call(box, clock, "pdd.logistics.companies.get", **more))[0] == code


def test_an_unknown_interface_is_refused(box, clock) -> None:
    assert error(call(box, clock, "pdd.no.such"))[0] == 10017


@pytest.mark.parametrize(
    ("more", "code", "name"),
    [
        ({"end_updated_at": "1763985601"}, 21001, "间距不超过1800秒"),
        ({"end_updated_at": "1763983799"}, 21001, "间距不超过1800秒"),
        ({"page": "0"}, 21001, "page"),
        ({"page_size": "101"}, 21001, "page_size"),
        ({"is_lucky_flag": ""}, 21002, "is_lucky_flag"),
    ],
)
def test_windows_and_pages_are_held_to(box, clock, more, code, name) -> None:
    window = {"start_updated_at": "1763983800", "end_updated_at": "1763985600", "page_size": "100"}
    asked = CHANGES | window | more
    found = error(call(box, clock, INCREMENT, **asked))
    assert found[0] == code
    assert name in found[1]


def test_a_call_too_many_within_its_seconds_is_refused_until_they_are_over(box, clock) -> None:
    window = {"start_updated_at": "1763985000", "end_updated_at": "1763985600"}
    asked = {"after_sales_status": "10", "after_sales_type": "1", "page": "1", "page_size": "9"}
    name = "pdd.refund.list.increment.get"
    for _ in range(100):
        assert "error_response" not in call(box, clock, name, **window, **asked)
    assert error(call(box, clock, name, **window, **asked))[0] == 70031
    clock.turn(10)
    assert "error_response" not in call(box, clock, name, **window, **asked)


def test_a_tag_without_its_name_or_with_a_long_one_is_refused(box, clock) -> None:
    order, name = box.shop.place(seed()), "pdd.order.note.update"
    for more in ({"tag": "1"}, {"tag_name": "红"}, {"tag": "1", "tag_name": "四个字了"}):
        assert error(call(box, clock, name, order_sn=order.sn, note="x", **more))[0] == 21001
    assert box.shop.writes == {}


def test_a_difference_is_added_each_time_which_is_why_nobody_sends_one(box, clock) -> None:
    item = box.shop.goods["CUP-1"]
    place = {"goods_id": str(item.goods_id), "sku_id": str(item.sku_id)}
    for _ in range(2):
        call(box, clock, "pdd.goods.quantity.update", **place, quantity="-3", update_type="2")
    assert box.shop.stock[tuple(place.values())] == 94


async def test_a_day_against_a_bad_line_loses_no_order_and_doubles_no_parcel(
    box, clock, http
) -> None:
    """Real HTTP: orders come, pages break, parcels are told until the platform has them."""
    running = box.server()
    shop = channel_for(box, http, clock, await running.start() + PATH)
    _, _, cursor = await pull_all(shop)
    chance, seen, waiting = random.Random(3), {}, []
    for hour in range(8):
        placed = [box.shop.place(seed()) for _ in range(5)]
        waiting += [parcel(order, f"SF{order.sn[-9:]}") for order in placed]
        clock.turn(900)
        for kind in ("throttle", "inner", "cut", "reset_before", "reset_after", "garbage"):
            box.faults.plan(Fault(kind, part=chance.choice(("increment", "send", "information"))))
        for _ in range(12):
            try:
                batch = await shop.pull(cursor)
            except SyncError:
                continue
            seen |= {record.external_id: record for record in batch.records}
            cursor = batch.next_cursor
        if hour == 4:
            clock.turn(86_400)  # a day away: the token wears out
        left = []
        for ask in waiting:
            try:
                await shop.ship(ask)
            except SyncError:
                left.append(ask)
        waiting = left
    clock.turn(900)
    box.faults._planned.clear()
    for ask in waiting:
        await shop.ship(ask)
    clock.turn(900)
    records, _, _ = await pull_all(shop, cursor)
    seen |= {record.external_id: record for record in records}
    truth = box.truth()
    assert set(seen) == set(box.shop.orders) == set(truth["shipped"])
    assert all(len(numbers) == 1 for numbers in truth["shipped"].values())
    assert truth["writes"] == {"send": 40}
    assert {record.raw_status for record in seen.values()} == {"order_status.2"}
    assert (box.gate.renewed, sum(truth["faults"].values()) > 30) == (1, True)
    await running.stop()
