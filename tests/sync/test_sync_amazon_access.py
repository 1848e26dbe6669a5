"""How Waydesk gets in at Amazon, stays in, and says what is wrong when it does not."""

import asyncio

import pytest

from sync.channels.amazon_access import TOKEN, AmazonKeys
from sync.channels.amazon_places import ENDPOINTS, MARKETPLACES, places_of
from sync.errors import Malformed, PermissionMissing, Rejected, TokenExpired
from sync.sandbox.amazon import AmazonSandbox
from tests.sync.amazon_world import KEYS, Canned, Straight, channel_for, parcel, sandbox, straight
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock


@pytest.fixture
def box(clock: HandClock) -> AmazonSandbox:
    return sandbox(clock)


# --- tokens ---


async def test_a_token_is_asked_for_once_however_many_need_it(box, clock) -> None:
    order = box.shop.sell()
    channel = straight(box, clock)
    await asyncio.gather(*(channel.detail(order.number) for _ in range(8)))
    assert box.gate.given == 1


async def test_a_token_that_ends_soon_is_replaced_before_it_does(box, clock) -> None:
    shelf = Shelf()
    channel = straight(box, clock, shelf=shelf)
    await channel.pull("")
    clock.turn(3600 - 90)
    await channel.pull("")
    assert box.gate.given == 2
    assert [kept[TOKEN][-1] for kept in shelf.kept] == ["1", "2"]


async def test_a_token_amazon_forgot_is_replaced_once_and_the_question_asked_again(
    box, clock
) -> None:
    order = box.shop.sell()
    channel = straight(box, clock)
    await channel.pull("")
    box.gate.forget()
    found = await asyncio.gather(*(channel.detail(order.number) for _ in range(5)))
    assert [each.external_id for each in found] == [order.number] * 5
    assert box.gate.given == 2


async def test_a_new_token_is_on_the_shelf_before_it_is_used(box, clock) -> None:
    shelf = Shelf()
    shelf.fails = True
    channel = straight(box, clock, shelf=shelf)
    with pytest.raises(OSError, match="full"):
        await channel.pull("")
    assert box.calls["searchOrders"] == 0
    await channel.pull("")
    assert shelf.tokens[TOKEN]


async def test_another_computers_token_on_the_shelf_is_used_and_none_asked_for(box, clock) -> None:
    shelf = Shelf()
    await straight(box, clock, shelf=shelf).pull("")
    await straight(box, clock, shelf=shelf).pull("")
    assert box.gate.given == 1


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        (AmazonKeys("amzn1.client", "wrong", "Atzr|grant"), "amazon_wrong_app"),
        (AmazonKeys("amzn1.client", "amzn1.secret", "Atzr|old"), "amazon_grant_over"),
    ],
)
async def test_a_grant_that_ended_and_a_wrong_app_stop_the_shop_each_by_its_name(
    box, clock, keys, code
) -> None:
    with pytest.raises(TokenExpired) as over:
        await straight(box, clock, keys=keys).pull("")
    assert over.value.code == code
    result = await straight(box, clock, keys=keys).check()
    assert (result.ok, result.code) == (False, code)


@pytest.mark.parametrize(
    "body", [b"{}", b'{"access_token":"t"}', b'{"access_token":"","expires_in":1}']
)
async def test_an_answer_without_a_token_is_kept_nowhere(clock, body) -> None:
    shelf = Shelf()

    class Odd(Canned):
        async def send(self, request):
            return self.answer

    with pytest.raises(Malformed):
        await channel_for(Odd(body), clock, shelf=shelf).pull("")
    assert shelf.tokens == {}


async def test_neither_secret_nor_token_is_in_what_may_be_logged(box, clock) -> None:
    assert "amzn1.secret" not in repr(KEYS)
    assert "Atzr" not in repr(KEYS)
    box.app.granted = False
    with pytest.raises(TokenExpired) as over:
        await straight(box, clock).pull("")
    assert "Atz" not in str(over.value)
    assert "secret" not in str(over.value)


# --- regions ---


@pytest.mark.parametrize("country", sorted(MARKETPLACES))
def test_each_country_is_asked_at_its_regions_endpoint(country) -> None:
    marketplace, region, _ = MARKETPLACES[country]
    for told in (country, country.lower(), marketplace):
        places = places_of(told)
        assert (places.ids, places.endpoint) == ((marketplace,), ENDPOINTS[region])
        assert places.login == "https://api.amazon.com"


@pytest.mark.parametrize(
    ("told", "endpoint", "code"),
    [
        ("", "", "amazon_no_marketplace"),
        ("XX", "", "amazon_no_marketplace"),
        ("US, DE", "", "amazon_two_regions"),
        ("US", "http://sellingpartnerapi-na.amazon.com", "amazon_plain_http"),
        ("US", "https://sellingpartnerapi-na.amazon.com.evil.example", "amazon_bad_endpoint"),
        ("US", "https://u@sellingpartnerapi-na.amazon.com", "amazon_bad_endpoint"),
        ("US", "https://evilamazon.com", "amazon_bad_endpoint"),
    ],
)
async def test_a_place_that_cannot_be_is_named_and_nothing_is_sent(
    box, clock, told, endpoint, code
) -> None:
    http = Straight(box)
    channel = channel_for(http, clock, marketplaces=told, endpoint=endpoint)
    result = await channel.check()
    assert (result.ok, result.code, http.hosts) == (False, code, [])
    with pytest.raises(Rejected):
        await channel.pull("")


def test_several_countries_of_a_region_are_asked_in_one_question() -> None:
    assert places_of("us, CA MX").ids == ("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1AM78C64UM0Y8")
    assert places_of("UK").ids == places_of("GB").ids


# --- check ---


async def test_check_says_yes(box, clock) -> None:
    box.shop.sell()
    clock.turn(600)
    result = await straight(box, clock).check()
    assert (result.ok, result.notes) == (True, ())


async def test_check_tells_a_wrong_region_from_a_missing_role(box, clock) -> None:
    result = await straight(box, clock, only="eu").check()
    assert (result.code, result.details) == ("amazon_wrong_region", {"region": "EU"})
    box.app.lacks.add("searchOrders")
    result = await straight(box, clock).check()
    assert (result.code, result.details["operation"]) == ("amazon_role_missing", "searchOrders")


async def test_a_missing_role_asks_for_one_new_token_and_no_more(box, clock) -> None:
    order = box.shop.sell()
    box.app.lacks.add("confirmShipment")
    with pytest.raises(PermissionMissing) as no:
        await straight(box, clock).ship(parcel(order))
    assert no.value.details["operation"] == "confirmShipment"
    assert (box.gate.given, box.calls["confirmShipment"]) == (2, 2)


@pytest.mark.parametrize(("off_s", "ok"), [(301, False), (-301, False), (299, True)])
async def test_check_tells_a_clock_that_is_off(box, clock, off_s, ok) -> None:
    ours = HandClock(clock.ms + off_s * 1000)
    result = await straight(box, ours).check()
    assert (result.ok, result.code) == (ok, "" if ok else "amazon_clock_off")


async def test_check_notes_that_addresses_do_not_come(box, clock) -> None:
    box.app.sees_addresses = False
    box.shop.sell(by="AMAZON")
    clock.turn(600)
    assert (await straight(box, clock).check()).notes == ()
    box.shop.sell()
    clock.turn(600)
    assert (await straight(box, clock).check()).notes == ("amazon_no_addresses",)


async def test_check_tells_a_sign_in_page_from_amazon(clock) -> None:
    result = await channel_for(Canned(b"<html>sign in</html>"), clock).check()
    assert (result.ok, result.code) == (False, "amazon_not_amazon")


async def test_nobody_pushes_to_this_address(box, clock) -> None:
    with pytest.raises(Rejected) as no:
        straight(box, clock).read_push({}, b"{}")
    assert no.value.code == "push_not_ours"
