"""Calls are signed as JD checks them: the platform's own examples, and any text there is."""

import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.gateways.jd_sign import JdKeys, signer, stamp, written
from sync.ports import Request
from sync.sandbox.jd_gate import JdApp, JdError, JdGate
from sync.wrapped_md5 import wrapped_md5
from tests.sync.jd_world import Straight, sandbox, sold, straight
from tests.sync.sync_world import HandClock

# open.jd.com, the example of the page on signing.
CLASSIC = {
    "360buy_param_json": '{"end_date":null,"optional_fields":null,"order_state":'
    '"WAIT_SELLER_STOCK_OUT","page":"1","page_size":"200","start_date":null}',
    "access_token": "yourtoken",
    "app_key": "yourappkey",
    "method": "jingdong.pop.order.search",
    "timestamp": "2021-05-07 09:20:39.683+0800",
    "v": "2.0",
}
# Of the platform's newer gateway: its SDK's own signing, run on these.
HEADERS = {
    "X-JOS-Access-Token": "tok",
    "X-JOS-App-Key": "app",
    "X-JOS-Timestamp": "1700000000000",
}
LISTED = {**HEADERS, "page": "1", "pageSize": "50", "updateStartTime": "1699990000000"}
POSTED = {**HEADERS, "orderId": "123456789", "body": '{"remark":"加急","flag":1}'}


@pytest.mark.parametrize(
    ("secret", "params", "sign"),
    [
        ("yourappSecret", CLASSIC, "D70825340F4084360B9362B60DFD7930"),
        ("secret", {"a": "1", "b": "2"}, "EF16F26C937CF52AE6F85DF2FD08B24A"),
        ("secret", LISTED, "5A1C60E0CA7816EF62C0C0A21A06FA10"),
        ("secret", POSTED, "505021E73A6223F7A06D2D60963432A2"),
    ],
)
def test_the_platforms_own_examples_come_out_the_same(secret, params, sign) -> None:
    assert wrapped_md5(secret, params) == sign
    assert wrapped_md5(secret, dict(reversed(params.items()))) == sign


def test_a_request_bears_beijing_time_with_its_milliseconds_and_its_zone() -> None:
    assert stamp(1_620_350_439_683) == CLASSIC["timestamp"]


def test_the_platforms_example_is_what_a_request_of_ours_would_send() -> None:
    clock = HandClock(1_620_350_439_683)
    names = ("method", "360buy_param_json")
    example = {name: CLASSIC[name] for name in names}
    sign = signer(JdKeys("yourappkey", "yourappSecret"), clock, example, "yourtoken")
    sent = dict(parse_qsl(sign(Request("POST", "https://x")).body.decode()))
    assert sent == {**CLASSIC, "sign": "D70825340F4084360B9362B60DFD7930"}


async def test_what_is_sent_is_what_was_signed_and_nothing_else(clock) -> None:
    box = sandbox(clock)
    http = Straight(box)
    order = sold(box, orderRemark="周末送 & 易碎+=%")
    record = await straight(box, clock, http=http).detail(str(order.number))
    assert record.buyer_message == "周末送 & 易碎+=%"
    sent = dict(parse_qsl(http.sent[0].body.decode()))
    assert set(sent) == {*CLASSIC, "sign"}
    assert json.loads(sent["360buy_param_json"])["order_id"] == order.number


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@settings(max_examples=25, deadline=None)
@given(asked=st.dictionaries(TEXT.filter(bool), TEXT, max_size=4))
def test_any_text_passes_the_gates_own_reckoning_of_the_sign(asked) -> None:
    """The gate reckons the sign by itself, over what arrives."""
    clock = HandClock()
    gate = JdGate(JdApp("appkey", "s密+cret"), clock.now)
    token, _ = gate.pair()
    params = {"method": "jingdong.pop.order.enGet", "360buy_param_json": written(asked)}
    sign = signer(JdKeys("appkey", "s密+cret"), clock, params, token)
    sent = dict(parse_qsl(sign(Request("POST", "https://x")).body.decode(), keep_blank_values=True))
    gate.check(sent, known=True)
    with pytest.raises(JdError, match="无效签名"):
        gate.check({**sent, "360buy_param_json": sent["360buy_param_json"] + " "}, known=True)


def test_no_secret_shows_where_keys_are_printed() -> None:
    keys = JdKeys("appkey", "s-one", "t-two", "r-three")
    assert not any(word in repr(keys) for word in ("s-one", "t-two", "r-three"))
