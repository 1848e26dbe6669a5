"""Our own Taobao refuses what the real one refuses, and the connector lives with its moods."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

import pytest

from sync.channels.taobao import Taobao
from sync.engine import Gear, Sent, Settled, Source, send
from sync.errors import Ambiguous, Malformed, Unreachable
from sync.gateways.taobao_access import SellerKeys
from sync.gateways.taobao_sign import TaobaoApp, form, signer, top_time
from sync.json_text import read_json
from sync.limits import Breaker
from sync.ports import Request
from sync.records import Batch, MemoAsk
from sync.retry import Budget
from sync.sandbox.faults import Fault
from sync.sandbox.http import LocalServer
from sync.sandbox.taobao import LIST, PATH, TaobaoSandbox
from sync.transport import Transport
from tests.sync.sync_world import HandClock, Middle, pull_all
from tests.sync.taobao_world import GATEWAY, Straight, channel_for, parcel, sandbox, sold, straight

OFFLINE = "taobao.logistics.offline.send"


@pytest.fixture
def box(clock: HandClock) -> TaobaoSandbox:
    return sandbox(clock)


@pytest.fixture
async def gateway(box: TaobaoSandbox) -> AsyncIterator[str]:
    running = LocalServer(box)
    yield await running.start() + PATH
    await running.stop()


def over_http(box, http: Transport, clock, gateway: str) -> Taobao:
    """A channel over a real socket; it begins ten minutes ago."""
    keys = SellerKeys(box.gate.session())
    return channel_for(http, clock, keys, gateway=gateway, start_ms=clock.ms - 600_000)


# --- what the sandbox refuses, as the platform does ---


async def no_to(box: TaobaoSandbox, clock: HandClock, **params: str) -> tuple[str, str]:
    """(code, sub_code) of the sandbox's answer to a rightly signed request; "" where it is yes."""
    asked = {"session": box.gate.session(), **params}
    sign = signer(TaobaoApp("12345678", "helloworld"), clock)
    answer = await Straight(box).send(sign(Request("POST", GATEWAY, {}, form(asked))))
    error = read_json(answer.body).get("error_response", {})
    assert answer.status == 200
    return str(error.get("code", "")), error.get("sub_code", "")


def window(clock: HandClock, hours: float = 0.5, **more: str) -> dict[str, str]:
    start = clock.ms - round(hours * 3_600_000)
    asked = {"start_modified": top_time(start), "end_modified": top_time(clock.ms)}
    return {"method": LIST, "fields": "tid", **asked, **more}


async def test_the_sandbox_refuses_windows_and_pages_the_platform_refuses(box, clock) -> None:
    assert await no_to(box, clock, **window(clock)) == ("", "")
    assert await no_to(box, clock, **window(clock, 24)) == ("", "")
    bad = "isv.invalid-parameter:"
    for asked, name in (
        (window(clock, 25), "end_modified"),
        (window(clock, -1), "end_modified"),
        (window(clock) | {"start_modified": "2025-11-24T12:00:00Z"}, "start_modified"),
        (window(clock, page_size="101"), "page_size"),
        (window(clock, page_size="0"), "page_size"),
        (window(clock, page_no="0"), "page_no"),
        (window(clock, pagesize="9"), "pagesize"),
    ):
        assert await no_to(box, clock, **asked) == ("41", bad + name)
    old = {"start_modified": "2025-08-01 00:00:00", "end_modified": "2025-08-01 01:00:00"}
    assert await no_to(box, clock, **window(clock) | old) == ("41", bad + "start_modified")
    lacking = {name: told for name, told in window(clock).items() if name != "fields"}
    assert await no_to(box, clock, **lacking) == ("40", "isv.missing-parameter:fields")


async def test_the_sandbox_refuses_sessions_methods_and_formats(box, clock) -> None:
    assert await no_to(box, clock, **window(clock), session="6100x") == ("27", "invalid-sessionkey")
    assert (await no_to(box, clock, **window(clock), session=""))[0] == "26"
    assert (await no_to(box, clock, method="taobao.trades.get"))[0] == "22"


async def test_the_sandbox_refuses_one_wrong_letter_in_what_was_signed(box, clock) -> None:
    asked = form({"session": box.gate.session(), **window(clock)})
    signed = signer(TaobaoApp("12345678", "helloworld"), clock)(Request("POST", GATEWAY, {}, asked))
    told = dict(parse_qsl(signed.body.decode()))
    for name in ("fields", "timestamp", "session", "sign"):
        broken = {**told, name: told[name][:-1] + ("0" if told[name][-1] != "0" else "1")}
        request = Request("POST", GATEWAY, dict(signed.headers), form(broken))
        answer = read_json((await Straight(box).send(request)).body)
        assert answer["error_response"]["code"] == 25, name


async def test_the_sandbox_bans_whoever_asks_too_often(box, clock) -> None:
    box.gate.a_second = 2
    codes = [(await no_to(box, clock, **window(clock)))[0] for _ in range(3)]
    assert codes == ["", "", "7"]
    clock.turn(1)
    assert (await no_to(box, clock, **window(clock)))[0] == ""


async def test_the_sandbox_tells_no_oaid_without_the_five_fields_beside_it(box, clock) -> None:
    trade = sold(box)
    one = {"method": "taobao.trade.fullinfo.get", "tid": str(trade.tid)}
    five = "receiver_name,receiver_address,created,receiver_mobile,receiver_phone"
    sign = signer(TaobaoApp("12345678", "helloworld"), clock)
    for fields, told in ((f"oaid,{five}", True), ("oaid,receiver_name", False)):
        asked = form({"session": box.gate.session(), **one, "fields": fields})
        answer = await Straight(box).send(sign(Request("POST", GATEWAY, {}, asked)))
        shown = read_json(answer.body)["trade_fullinfo_get_response"]["trade"]
        assert ("oaid" in shown) is told


async def test_the_sandbox_refuses_parcels_the_platform_refuses(box, clock) -> None:
    paid, cod, unpaid = sold(box), sold(box, type="cod"), sold(box, status="WAIT_BUYER_PAY")
    base = {"method": OFFLINE, "out_sid": "N1", "company_code": "SF"}
    lost = "isv.logistics-offline-service-error:"
    assert (await no_to(box, clock, **base, tid=str(cod.tid)))[1] == lost + "B09"
    assert (await no_to(box, clock, **base, tid=str(unpaid.tid)))[1] == lost + "B04"
    wrong = {**base, "company_code": "shunfeng"}
    assert (await no_to(box, clock, **wrong, tid=str(paid.tid)))[1] == lost + "B01"
    every = ",".join(str(row["oid"]) for row in paid.rows)
    split = {"is_split": "1", "sub_tid": every}
    assert (await no_to(box, clock, **base, tid=str(paid.tid), **split))[1] == (
        "isv.invalid-parameter:sub_tid"
    )
    resend = {**base, "method": "taobao.logistics.consign.resend"}
    assert (await no_to(box, clock, **resend, tid=str(paid.tid)))[1] == lost + "B07"


# --- its moods, over a real socket ---


async def test_a_whole_day_comes_in_and_goes_out_over_a_real_socket(
    box, clock, http, gateway
) -> None:
    trades = [sold(box, modified_ms=clock.ms - at * 1000) for at in range(60)]
    clock.turn(60)
    channel = over_http(box, http, clock, gateway)
    records, kept, cursor = await pull_all(channel)
    assert ({r.external_id for r in records}, kept) == ({str(t.tid) for t in trades}, [])
    await channel.ship(parcel(trades[0], cup=2))
    await channel.ship(parcel(trades[0], "SF2", pot=1))
    await channel.write_memo(MemoAsk(str(trades[1].tid), "急", "red", "key"))
    clock.turn(60)
    records, _, _ = await pull_all(channel, cursor)
    after = {r.external_id: r for r in records}
    assert after[str(trades[0].tid)].raw_status == "WAIT_BUYER_CONFIRM_GOODS"
    assert after[str(trades[1].tid)].flag == "red"


@pytest.mark.parametrize("kind", ["reset_after", "cut", "late"])
async def test_a_parcel_whose_answer_was_lost_on_the_way_is_sent_once(
    box, clock, hasty, gateway, kind
) -> None:
    trade = sold(box)
    channel = over_http(box, hasty, clock, gateway)
    box.faults.plan(Fault(kind, part=OFFLINE))
    with pytest.raises(Ambiguous):
        await channel.ship(parcel(trade))
    assert (await channel.ship(parcel(trade))).already
    assert box.shop.writes == {"offline": 1}


async def test_a_session_never_leaves_over_plain_http(http, clock) -> None:
    keys = SellerKeys("6100secret")
    channel = channel_for(http, clock, keys, gateway="http://gw.api.taobao.com/router/rest")
    with pytest.raises(Unreachable, match="sync_not_encrypted"):
        await channel.pull("")


# --- its moods, and the engine ---


class Kept:
    """A book in memory; the cursor moves with the records or not at all."""

    def __init__(self) -> None:
        self.place = ""
        self.records: list = []

    async def cursor(self) -> str:
        return self.place

    async def take(self, batch: Batch) -> None:
        self.records += batch.records
        self.place = batch.next_cursor


def gear(clock: HandClock) -> Gear:
    return Gear(clock, Middle(), Breaker(clock, Middle()), Budget(), clock.sleep)


async def test_everything_comes_in_while_the_platform_throttles_falls_and_repeats(
    box, clock
) -> None:
    for at in range(120):
        sold(box, modified_ms=clock.ms - at * 1000)
    clock.turn(60)
    one = "fullinfo"
    box.faults.plan(
        Fault("throttle", part=LIST, seconds=3),
        Fault("unavailable", part=LIST),
        Fault("away_before", part=LIST),
        Fault("duplicate"),
        Fault("reorder"),
        Fault("shift"),
        Fault("garbage", part=LIST),
        Fault("throttle", part=one, seconds=2),
        Fault("away_before", part=one),
    )
    book = Kept()
    channel = straight(box, clock, start_ms=clock.ms - 600_000)
    source = Source("taobao", channel, book, gear(clock), lambda health: None)
    for _ in range(6):
        await source.round()
        clock.turn(60)
    assert {r.external_id for r in book.records} == {str(tid) for tid in box.shop.trades}
    assert source.health.up
    assert sum(box.faults.done.values()) == 9
    latest = {r.external_id: r.version for r in book.records}
    for trade in box.shop.trades.values():
        assert latest[str(trade.tid)] == trade.modified_ms // 1000 * 1000


async def test_a_ban_is_waited_out_before_the_next_question(box, clock) -> None:
    box.faults.plan(Fault("throttle", part=LIST, seconds=7))
    source = Source("taobao", straight(box, clock), Kept(), gear(clock), lambda health: None)
    await source.round()
    assert 7.0 in clock.slept
    assert box.calls[LIST] == len([c for c in box.asked if c.method == LIST])


async def test_a_session_that_ended_stops_the_channel_until_a_person_comes(box, clock) -> None:
    keys = SellerKeys(box.gate.session(10))
    told: list = []
    source = Source("taobao", straight(box, clock, keys=keys), Kept(), gear(clock), told.append)
    clock.turn(60)
    await source.round()
    assert (source.health.needs_person, source.health.error) == (True, "taobao_session_over")


async def test_what_could_not_be_told_waits_and_is_told_once(box, clock) -> None:
    trade, channel = sold(box), straight(box, clock)
    box.faults.plan(Fault("throttle", part=OFFLINE, seconds=4), Fault("away_after", part=OFFLINE))
    outcomes: list[Settled] = []
    for tries in range(3):
        outcomes.append(await send(channel, parcel(trade), Sent(tries, clock.ms), gear(clock)))
        clock.turn(60)
    assert [each.outcome for each in outcomes] == ["retry_at", "unknown", "done"]
    assert box.shop.writes == {"offline": 1}


async def test_a_hotels_sign_in_page_moves_nothing_and_loses_nothing(box, clock) -> None:
    sold(box)
    clock.turn(60)
    channel = straight(box, clock, start_ms=clock.ms - 600_000)
    for part in (LIST, "fullinfo"):
        box.faults.plan(Fault("garbage", part=part))
        with pytest.raises(Malformed):
            await channel.pull("")
    assert len((await channel.pull("")).records) == 1
