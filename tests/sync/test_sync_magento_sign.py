"""Every request proves who we are as OAuth 1.0a says, and only the shop's own keys are believed."""

import random
from urllib.parse import urlencode

import pytest

from sync.channels.magento_search import Search
from sync.channels.magento_sign import MagentoKeys, oauth_header
from sync.errors import PermissionMissing, Rejected, Throttled, TokenExpired
from sync.ports import Request
from sync.sandbox.magento_gate import RIGHTS, Integration
from tests.sync.magento_world import Canned, Straight, bare, channel_for, keys, sandbox, straight
from tests.sync.sync_world import HandClock

VECTOR = "favvfrVwpRkhpirSClUlvuiYlkonSHkL7BPzYhKLioQ="


def signature(header: str) -> str:
    return header.partition('oauth_signature="')[2].partition('"')[0].replace("%3D", "=")


def test_the_known_answer_of_a_list_is_signed_as_oauthlib_signs_it() -> None:
    """oauthlib 4.0.1 over the same request, with the names of a search in snake case."""
    stem = "searchCriteria[filter_groups][0][filters][0]"
    query = {
        f"{stem}[field]": "updated_at",
        f"{stem}[value]": "2026-11-20 00:00:00",
        f"{stem}[condition_type]": "gteq",
        "searchCriteria[pageSize]": "100",
    }
    request = Request("GET", f"https://m2.example/rest/V1/orders?{urlencode(query)}")
    told = MagentoKeys("at", str, "ats", "ck", "cs")
    header = oauth_header(request, told, 1_700_000_000, "0123456789abcdef")
    assert signature(header) == VECTOR


async def test_secrets_and_text_of_any_script_are_signed_so_that_the_shop_agrees() -> None:
    clock, chance = HandClock(), random.Random(3)
    for _ in range(30):
        letters = [chance.choice("aZ0 +&=%~*'()/茶é") for _ in range(12)]
        secret, value = "".join(letters), "".join(reversed(letters))
        known = Integration(consumer_secret=secret, token_secret=value)
        box = sandbox(clock, known=(known,))
        channel = straight(box, clock, keys=keys(consumer_secret=secret, token_secret=value))
        query = Search(((("increment_id", "eq", value),),)).query()
        request = Request("GET", f"{channel.url('orders')}?{query}")
        assert (await channel._connector.request(request)).status == 200


async def test_the_body_is_not_signed_but_every_part_of_the_address_is(clock) -> None:
    box = sandbox(clock)

    class Twisted(Straight):
        async def send(self, request):
            url = request.url.replace("pageSize%5D=100", "pageSize%5D=101")
            return await super().send(Request(request.method, url, request.headers))

    with pytest.raises(TokenExpired) as refused:
        await straight(box, clock, http=Twisted(box)).pull("")
    assert refused.value.code == "magento_wrong_secret"


def test_no_key_is_shown_in_what_may_reach_a_log() -> None:
    told = repr(keys())
    assert "shop" not in told


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"consumer_key": "ck-nobody"}, "magento_wrong_key"),
        ({"consumer_secret": "nothing"}, "magento_wrong_secret"),
        ({"token": "at-nobody"}, "magento_wrong_token"),
        ({"token_secret": "nothing"}, "magento_wrong_secret"),
    ],
)
async def test_a_wrong_key_is_named(clock, wrong, code) -> None:
    result = await straight(sandbox(clock), clock, keys=keys(**wrong)).check()
    assert (result.ok, result.code) == (False, code)


async def test_good_keys_pass_and_change_nothing(clock) -> None:
    box = sandbox(clock)
    assert (await straight(box, clock).check()).ok
    assert box.shop.writes == {}


@pytest.mark.parametrize(
    "right",
    [
        "Magento_Sales::actions_view",
        "Magento_Sales::sales_creditmemo",
        "Magento_Sales::shipment",
        "Magento_Sales::ship",
        "Magento_Sales::comment",
        "Magento_InventoryApi::source",
    ],
)
async def test_a_right_the_integration_lacks_is_called_by_its_name(clock, right) -> None:
    box = sandbox(clock, known=(Integration(rights=RIGHTS - {right}),))
    result = await straight(box, clock).check()
    assert (result.code, result.details["right"]) == ("magento_right_missing", right)


async def test_a_bare_token_is_refused_while_the_shop_has_it_off_and_the_words_name_the_switch(
    clock,
) -> None:
    box = sandbox(clock)
    channel = straight(box, clock, keys=bare())
    assert (await channel.check()).code == "magento_token_unseen"
    with pytest.raises(PermissionMissing):
        await channel.pull("")
    box.gate.bearer = True
    assert (await channel.check()).ok


async def test_with_a_good_bare_token_a_missing_right_is_still_called_so(clock) -> None:
    box = sandbox(clock, known=(Integration(rights=RIGHTS - {"Magento_Sales::ship"}),))
    box.gate.bearer = True
    assert (await straight(box, clock, keys=bare()).check()).code == "magento_right_missing"


@pytest.mark.parametrize(("off_s", "code"), [(601, "magento_clock_off"), (-301, ""), (299, "")])
async def test_a_clock_ahead_of_the_shop_is_named(clock, off_s, code) -> None:
    box = sandbox(clock)
    result = await straight(box, HandClock(clock.ms + off_s * 1000)).check()
    assert result.code == ("magento_clock_off" if off_s in (601, -301) else code)


async def test_a_clock_too_far_ahead_is_refused_by_the_shop_itself(clock) -> None:
    ahead = HandClock(clock.ms + 601_000)
    with pytest.raises(TokenExpired) as refused:
        await straight(sandbox(clock), ahead).pull("")
    assert refused.value.code == "magento_clock_off"


async def test_a_request_that_came_twice_is_asked_again_not_given_up(clock) -> None:
    box = sandbox(clock)
    same = MagentoKeys("at-shop", lambda: "same", "ats-shop", "ck-shop", "cs-shop")
    channel = straight(box, clock, keys=same)
    await channel.pull("")
    with pytest.raises(Throttled) as twice:
        await channel.pull("")
    assert (twice.value.code, twice.value.retry_after_ms) == ("magento_nonce_used", 1000)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (404, b"<html>Not found</html>", "magento_not_magento"),
        (200, b"<html>A blog</html>", "magento_not_magento"),
        (200, b'{"items":[]}', "magento_not_magento"),
        (404, b'{"message":"Request does not match any route."}', "magento_no_route"),
        (301, b"", "sync_redirected"),
        (403, b'{"message":"Blocked"}', "magento_right_missing"),
        (503, b"<html>Maintenance</html>", "sync_throttled"),
        (500, b'{"message":"Internal Error. Details are in the log."}', "sync_server_error"),
        (401, b"oauth_problem=token_rejected&x=1", "magento_wrong_token"),
        (400, b"oauth_problem=timestamp_refused", "magento_clock_off"),
        (400, b"oauth_problem=version_rejected", "magento_wrong_key"),
        (400, b"oauth_problem=parameter_absent", "magento_wrong_key"),
        (401, b"oauth_problem=nonce_used", "magento_nonce_used"),
        (401, b"oauth_problem=signature_invalid", "magento_wrong_secret"),
        (401, b"oauth_problem=consumer_key_rejected", "magento_wrong_key"),
        (401, b'{"message":"%1","parameters":["odd"]}', "sync_token_expired"),
    ],
)
async def test_each_refusal_has_one_meaning(clock, status, body, code) -> None:
    result = await channel_for(Canned(body, status), clock).check()
    assert result.code == code


async def test_plain_http_is_never_spoken_beyond_this_computer(http, clock) -> None:
    result = await channel_for(http, clock, "http://shop.example").check()
    assert result.code == "sync_not_encrypted"


async def test_a_wish_the_shop_refuses_keeps_its_own_words_with_the_places_filled(clock) -> None:
    body = b'{"message":"The \\"%1\\" of %fieldName is odd.","parameters":{"fieldName":"qty"}}'
    with pytest.raises(Rejected) as refused:
        await channel_for(Canned(body, 400), clock).detail("7")
    assert refused.value.text == 'The "%1" of qty is odd.'
    assert refused.value.details["status"] == 400
