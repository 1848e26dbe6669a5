"""A request to Taobao's open platform is signed as the platform's documents say."""

import hashlib
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.errors import Rejected
from sync.gateways.taobao_sign import METHODS, TaobaoApp, form, signature, signer, top_time
from sync.ports import Request
from sync.sandbox.taobao_gate import digest_of
from tests.sync.sync_world import HandClock

# open.taobao.com, "API calls": the example every SDK is held against.
EXAMPLE = {
    "app_key": "12345678",
    "fields": "num_iid,title,nick,price,num",
    "format": "json",
    "method": "taobao.item.seller.get",
    "num_iid": "11223344",
    "session": "test",
    "sign_method": "md5",
    "timestamp": "2016-01-01 12:00:00",
    "v": "2.0",
}
LIST = {
    **{name: EXAMPLE[name] for name in ("app_key", "session", "timestamp", "format", "v")},
    "sign_method": "md5",
    "method": "taobao.trades.sold.increment.get",
    "fields": "tid,status,modified",
    "start_modified": "2026-11-20 00:00:00",
    "end_modified": "2026-11-21 00:00:00",
    "page_no": "1",
    "page_size": "100",
    "use_has_next": "true",
}


@pytest.mark.parametrize(
    ("params", "method", "proper"),
    [
        (EXAMPLE, "md5", "66987CB115214E59E6EC978214934FB8"),
        ({**EXAMPLE, "memo": "加急 请发顺丰"}, "md5", "AEFA3573C5F314378A1C124B20E3D6E5"),
        (LIST, "md5", "392E22746D0DA613C8C798EBEB9EE975"),
        (EXAMPLE, "hmac", "B4DDA503460D60A86B16E950E5D303E9"),
        # The same text through `openssl dgst -sha256 -hmac helloworld`.
        (
            EXAMPLE,
            "hmac-sha256",
            "6B7EB7E1C35D068D69538D80282A37DFBF29B4DB11B451881AF51890626138B3",
        ),
    ],
)
def test_the_known_answers_of_the_documents_come_out(params, method, proper) -> None:
    assert signature("helloworld", params, method) == proper


PARAMS = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8),
    st.text(st.characters(codec="utf-8"), max_size=12),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(params=PARAMS, method=st.sampled_from(METHODS), secret=st.text("abc0", max_size=80))
def test_whatever_is_said_the_platform_would_make_the_same_digest(params, method, secret) -> None:
    told = {name: value for name, value in params.items() if value and name != "sign"}
    told["sign_method"] = method
    assert signature(secret, told, method) == digest_of(told, secret)


def test_what_is_sent_is_what_was_signed_and_nothing_empty_goes_along() -> None:
    clock = HandClock()
    asked = Request("POST", "https://gw", {}, form({"memo": "加急 & 请=发+顺丰", "method": "m"}))
    sent = signer(TaobaoApp("12345678", "helloworld", "hmac-sha256"), clock)(asked)
    told = dict(parse_qsl(sent.body.decode(), keep_blank_values=True))
    assert told.pop("sign") == digest_of(told, "helloworld")
    assert told["memo"] == "加急 & 请=发+顺丰"
    assert sent.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    bare = signer(TaobaoApp("1", "2"), clock)(Request("POST", "https://gw", {}, b"a=&b=1"))
    assert "a" not in dict(parse_qsl(bare.body.decode(), keep_blank_values=True))


def test_the_time_of_a_request_is_beijings_and_that_of_the_moment_it_leaves() -> None:
    clock = HandClock()
    sign = signer(TaobaoApp("1", "2"), clock)
    clock.turn(90)
    told = dict(parse_qsl(sign(Request("POST", "https://gw")).body.decode()))
    assert told["timestamp"] == top_time(clock.ms) == "2025-11-24 20:01:30"


def test_a_way_of_signing_the_platform_does_not_have_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(Rejected, match="taobao_bad_sign_method"):
        signature("s", {"a": "b"}, "sha1")


def test_names_are_sorted_by_their_bytes_as_the_platform_sorts_them() -> None:
    said = "A1B1_a1a1aB1a_b1é1中1"
    params = dict.fromkeys(["中", "a_b", "_a", "aB", "é", "B", "a", "A"], "1")
    by_hand = hashlib.md5(f"s{said}s".encode(), usedforsecurity=False).hexdigest().upper()
    assert signature("s", params, "md5") == by_hand
