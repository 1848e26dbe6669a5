"""Calls of JD's newer gateway are signed as it checks them: its SDK's examples, and any text."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.gateways.jd_sign import JdKeys
from sync.gateways.jd_sp_sign import SP_GATEWAY, SpCall, sp_signer
from sync.sandbox.http import Call
from sync.sandbox.jd_gate import JdApp
from sync.sandbox.jd_sp_gate import JdSpGate, SpNo
from tests.sync.jd_sp_world import sandbox
from tests.sync.sync_world import HandClock

KEYS = JdKeys("app", "secret")
AT = HandClock(1_700_000_000_000)


def signed(call: SpCall, keys: JdKeys = KEYS, token: str = "tok", clock: HandClock = AT):
    return sp_signer(keys, clock, call, token)(call.request(SP_GATEWAY))


def test_a_question_of_ours_bears_the_sign_the_platforms_own_sdk_makes() -> None:
    """SignatureCalculator of the public SDK, run on these: secret, app, tok, this millisecond."""
    query = {"page": "1", "pageSize": "50", "updateStartTime": "1699990000000"}
    sent = signed(SpCall("GET", "/sp-aftercare/v0/afs-orders", query=query))
    assert sent.headers["X-JOS-Sign"] == "5A1C60E0CA7816EF62C0C0A21A06FA10"
    assert dict(parse_qsl(urlsplit(sent.url).query)) == query
    assert sent.body == b""


def test_a_change_signs_its_path_and_its_body_as_they_are_sent(monkeypatch) -> None:
    """The SDK's second example; its body names the remark first, as a text that was written so."""
    text = '{"remark":"加急","flag":1}'
    monkeypatch.setattr("sync.gateways.jd_sp_sign._written", lambda _: text)
    call = SpCall("PUT", "/orders/{orderId}/x", {"orderId": "123456789"}, body={"remark": "加急"})
    sent = signed(call)
    assert sent.headers["X-JOS-Sign"] == "505021E73A6223F7A06D2D60963432A2"
    assert (sent.body.decode(), sent.url) == (text, f"{SP_GATEWAY}/orders/123456789/x")


@pytest.mark.parametrize(
    ("call", "sign"),
    [
        (
            SpCall(
                "GET",
                "/sp-aftercare/v0/afs-orders",
                query={
                    "updateStartTime": "1700000000000",
                    "updateEndTime": "1700000060000",
                    "page": "1",
                    "pageSize": "2",
                },
            ),
            "0627BD69EEC951A95E84A3A65FEB0AA2",
        ),
        (
            SpCall(
                "GET",
                "/sp-aftercare/v0/afs-orders/{afsOrderId}",
                {"afsOrderId": "1001"},
                {"scopeSet": "refundInfo,skuExtInfo"},
            ),
            "62B85BF98B8A1C9D3C68A36761E2A5BD",
        ),
    ],
)
def test_another_public_program_signs_the_same(call, sign) -> None:
    """One that reads after-sales by JD's own guide; these stand in its tests."""
    keys = JdKeys("offline-app", "offline-secret")
    assert signed(call, keys, "offline-token").headers["X-JOS-Sign"] == sign


def test_a_body_is_written_once_and_that_text_is_sent() -> None:
    sent = signed(SpCall("PUT", "/x", body={"b": {"d": "加急", "c": [1]}, "a": 1}))
    assert sent.body.decode() == '{"a":1,"b":{"c":[1],"d":"加急"}}'
    assert sent.writes


def test_who_asks_is_told_and_not_signed() -> None:
    sent = signed(SpCall("GET", "/x"))
    assert sent.headers["X-JOS-Request-Identity"] == "vender"
    names = {name for name in sent.headers if name.startswith("X-JOS")}
    assert names == {
        *("X-JOS-App-Key", "X-JOS-Access-Token", "X-JOS-Timestamp", "X-JOS-Sign"),
        "X-JOS-Request-Identity",
    }


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@settings(max_examples=25, deadline=None)
@given(query=st.dictionaries(TEXT.filter(bool), TEXT, max_size=3), word=TEXT, id_=TEXT.filter(bool))
def test_any_text_passes_the_gates_own_reckoning_of_the_sign(query, word, id_) -> None:
    """The gate reckons the sign by itself, over what arrives; a changed body does not pass."""
    clock = HandClock()
    gate = JdSpGate(sandbox(clock).tokens)
    gate.app = JdApp("appkey", "s密+cret")
    token, _ = gate.tokens.pair()
    keys = JdKeys("appkey", "s密+cret")
    named = {"orderId": id_} if "orderId" not in query else {}
    call = SpCall("PUT", "/x/{orderId}", named, query, {"remark": word})
    sent = signed(call, keys, token, clock)
    headers = {name.lower(): value for name, value in sent.headers.items()}
    arrived = dict(parse_qsl(urlsplit(sent.url).query, keep_blank_values=True))
    told = {**arrived, **named}
    gate.check(Call("PUT", "/x", "", headers, sent.body, True), "x", told, clock.now())
    with pytest.raises(SpNo, match="无效签名"):
        gate.check(Call("PUT", "/x", "", headers, sent.body + b" ", True), "x", told, clock.now())
