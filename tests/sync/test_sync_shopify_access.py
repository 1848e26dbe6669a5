"""A token that is good now, renewed once, stored before use; and what is wrong with a key."""

import asyncio

import pytest

from sync.channels.shopify_access import ShopifyKeys, site_of
from sync.errors import Ambiguous, PermissionMissing, Rejected, TokenExpired
from sync.records import MemoAsk
from sync.sandbox.faults import Fault
from sync.sandbox.http import LocalServer, Reply
from sync.sandbox.shopify import ShopifySandbox
from sync.sandbox.shopify_gate import App
from tests.sync.shopify_world import (
    Shelf,
    channel_for,
    parcel,
    sandbox,
    seed,
    straight,
)
from tests.sync.sync_world import HandClock, pull_all


@pytest.fixture
def box(clock: HandClock) -> ShopifySandbox:
    return sandbox(clock)


def renewing(box: ShopifySandbox) -> ShopifyKeys:
    return ShopifyKeys("client", "secret", refresh_token=box.gate.refresh_token())


def asked(box: ShopifySandbox) -> int:
    return len(box.gate.given)


async def code_of(channel) -> str:
    result = await channel.check()
    assert result.ok is (result.code == "")
    return result.code


# --- three ways in ---


async def test_a_token_that_does_not_expire_is_used_as_it_is(box, clock) -> None:
    assert await code_of(straight(box, clock)) == ""
    assert asked(box) == 0


async def test_an_own_organisations_app_gets_a_days_token_for_its_secret(box, clock) -> None:
    shelf = Shelf()
    shop = straight(box, clock, keys=ShopifyKeys("client", "secret"), shelf=shelf)
    await shop.pull("")
    await shop.pull("")
    assert asked(box) == 1
    assert shelf.tokens["token"] == box.gate.given[0]
    clock.turn(86_399 - 200)
    await shop.pull("")
    assert asked(box) == 2


async def test_an_expiring_token_is_renewed_before_it_ends_and_both_new_ones_are_kept(
    box, clock
) -> None:
    shelf, keys = Shelf(), renewing(box)
    shop = straight(box, clock, keys=keys, shelf=shelf)
    await shop.pull("")
    first = dict(shelf.tokens)
    clock.turn(3600 - 299)
    await shop.pull("")
    assert asked(box) == 2
    assert shelf.tokens["token"] != first["token"]
    assert shelf.tokens["refresh_token"] != first["refresh_token"]
    assert [set(kept) for kept in shelf.kept] == [{"token", "token_until", "refresh_token"}] * 2


async def test_months_of_renewals_never_lose_the_chain(box, clock) -> None:
    shelf = Shelf()
    shop = straight(box, clock, keys=renewing(box), shelf=shelf)
    for _ in range(200):
        clock.turn(12 * 3600)
        await shop.pull("")
    assert asked(box) == 200


async def test_twenty_who_find_the_token_old_renew_it_once(box, clock) -> None:
    shop = straight(box, clock, keys=renewing(box))
    order = box.shop.place(seed())
    asks = [MemoAsk(str(order.number), f"m{n}", "", f"k{n}") for n in range(20)]
    await asyncio.gather(*(shop.write_memo(ask) for ask in asks))
    assert asked(box) == 1


async def test_twenty_who_are_refused_at_once_renew_it_once(box, clock) -> None:
    shelf = Shelf()
    shop = straight(box, clock, keys=renewing(box), shelf=shelf)
    order = box.shop.place(seed())
    await shop.pull("")
    box.gate._tokens.clear()  # Shopify ended the token early
    asks = [MemoAsk(str(order.number), f"m{n}", "", f"k{n}") for n in range(20)]
    await asyncio.gather(*(shop.write_memo(ask) for ask in asks))
    assert asked(box) == 2


async def test_new_tokens_are_on_the_shelf_before_they_are_used(box, clock) -> None:
    """The disk is full when they come: nothing is asked with them, and the old one still renews."""
    shelf = Shelf()
    shop = straight(box, clock, keys=renewing(box), shelf=shelf)
    shelf.fails = True
    with pytest.raises(OSError, match="full"):
        await shop.pull("")
    assert box.heard == []
    await shop.pull("")
    assert shelf.tokens["token"] == box.gate.given[-1]
    clock.turn(7200)
    await shop.pull("")


async def test_a_renewal_whose_answer_was_lost_is_asked_again(box, clock, http) -> None:
    running = box.server()
    url = await running.start()
    shelf = Shelf()
    shop = channel_for(url, http, clock, renewing(box), shelf=shelf)
    box.faults.plan(Fault("reset_after", part="oauth"))
    with pytest.raises(Ambiguous):
        await shop.pull("")
    assert shelf.tokens == {}
    await shop.pull("")
    clock.turn(7200)
    await shop.pull("")
    assert asked(box) == 3
    await running.stop()


async def test_what_another_computer_renewed_is_taken_over(box, clock) -> None:
    shelf, keys = Shelf(), renewing(box)
    here, there = (straight(box, clock, keys=keys, shelf=shelf) for _ in range(2))
    await here.pull("")
    clock.turn(7200)
    await there.pull("")
    await here.pull("")
    assert asked(box) == 2


async def test_a_token_refused_in_the_middle_of_a_write_is_renewed_and_it_is_written_once(
    box, clock
) -> None:
    shop = straight(box, clock, keys=renewing(box))
    order = box.shop.place(seed())
    await shop.pull("")
    box.gate._tokens.clear()
    await shop.ship(parcel(order))
    assert box.shop.writes["fulfil"] == 1


async def test_a_refresh_token_that_is_dead_stops_the_shop_for_a_person(box, clock) -> None:
    shop = straight(box, clock, keys=renewing(box))
    await shop.pull("")
    box.gate.revoke()
    with pytest.raises(TokenExpired) as dead:
        await shop.pull("")
    assert dead.value.code == "shopify_refresh_refused"


async def test_a_retired_refresh_token_is_refused_by_the_shop(box, clock) -> None:
    """The sandbox's own proof: once its successor is used, the first one is nobody's any more."""
    first = renewing(box)
    shelf = Shelf()
    shop = straight(box, clock, keys=first, shelf=shelf)
    for _ in range(2):
        await shop.pull("")
        clock.turn(7200)
    await shop.pull("")
    with pytest.raises(TokenExpired):
        await straight(box, clock, keys=first, shelf=Shelf()).pull("")


async def test_ninety_days_asleep_and_a_person_is_asked(box, clock) -> None:
    shop = straight(box, clock, keys=renewing(box))
    await shop.pull("")
    clock.turn(91 * 86_400)
    with pytest.raises(TokenExpired):
        await shop.pull("")


async def test_an_odd_answer_of_the_token_page_is_not_believed(clock, http) -> None:
    running = LocalServer(lambda call: Reply(200, b'{"access_token":"x"}'))
    url = await running.start()
    shop = channel_for(url, http, clock, ShopifyKeys("client", "secret"))
    assert await code_of(shop) == "shopify_not_shopify"
    await running.stop()


def test_a_secret_is_in_no_log() -> None:
    keys = ShopifyKeys("client", "s3cret", "shpat_1", "shprt_1")
    shown = repr(keys)
    assert "client" in shown
    assert not any(secret in shown for secret in ("s3cret", "shpat_1", "shprt_1"))


# --- the address ---


@pytest.mark.parametrize(
    ("typed", "site"),
    [
        ("loom", "https://loom.myshopify.com"),
        ("loom.myshopify.com", "https://loom.myshopify.com"),
        (" https://Loom.myshopify.com/ ", "https://loom.myshopify.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_an_address_is_understood_as_a_person_types_it(typed, site) -> None:
    assert site_of(typed) == site


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("http://loom.myshopify.com", "shopify_plain_http"),
        ("https://loom.example", "shopify_bad_address"),
        ("https://myshopify.com.evil.example", "shopify_bad_address"),
        ("https://loom.myshopify.com/admin", "shopify_bad_address"),
        ("https://loom.myshopify.com:8443", "shopify_bad_address"),
        ("https://user@evil.example", "shopify_bad_address"),
        ("a b", "shopify_bad_address"),
        ("", "shopify_bad_address"),
    ],
)
async def test_a_token_goes_to_no_other_address(box, clock, typed, code) -> None:
    with pytest.raises(Rejected) as refused:
        site_of(typed)
    assert refused.value.code == code
    assert await code_of(straight(box, clock, address=typed)) == code
    assert box.calls == 0


# --- the check ---


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        (ShopifyKeys(token="shpat_wrong"), "shopify_wrong_token"),
        (ShopifyKeys("client", "wrong"), "shopify_wrong_app"),
        (ShopifyKeys("nobody", "secret"), "shopify_wrong_app"),
        (ShopifyKeys("client", "secret", refresh_token="shprt_x"), "shopify_refresh_refused"),
    ],
)
async def test_a_wrong_key_is_named(box, clock, keys, code) -> None:
    assert await code_of(straight(box, clock, keys=keys)) == code


@pytest.mark.parametrize("lacks", ["installed", "same_organisation"])
async def test_an_app_that_is_not_on_the_shop_is_named(clock, lacks) -> None:
    box = sandbox(clock, App("client", "secret", **{lacks: False}))
    shop = straight(box, clock, keys=ShopifyKeys("client", "secret"))
    assert await code_of(shop) == "shopify_app_absent"


async def test_missing_rights_are_named_one_by_one(clock) -> None:
    app = App("client", "secret")
    app.scopes -= {"write_orders", "read_locations"}
    result = await straight(sandbox(clock, app), clock).check()
    assert result.code == "shopify_scope_missing"
    assert result.details["scopes"] == "write_orders, read_locations"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("frozen", "shopify_frozen"),
        ("forbidden", "shopify_forbidden"),
        ("closed", "shopify_no_such_shop"),
        ("locked", "shopify_locked"),
    ],
)
async def test_a_shop_in_trouble_is_named(clock, state, code) -> None:
    assert await code_of(straight(sandbox(clock, state=state), clock)) == code


@pytest.mark.parametrize("off_s", [1000, -1000])
async def test_a_clock_that_is_off_is_named(box, clock, off_s) -> None:
    ours = HandClock(clock.ms + off_s * 1000)
    result = await straight(box, ours).check()
    assert (result.code, result.details["minutes"]) == ("shopify_clock_off", 17)


async def test_a_version_that_is_served_no_more_is_named(clock) -> None:
    box = sandbox(clock, versions=("2027-07", "2027-10"))
    result = await straight(box, clock).check()
    assert result.code == "shopify_version_gone"
    assert result.details["served"] == "2027-07"


async def test_a_site_that_is_no_shopify_is_named(http, clock) -> None:
    running = LocalServer(lambda call: Reply(200, b"<html>A blog</html>"))
    url = await running.start()
    shop = channel_for(url, http, clock, ShopifyKeys(token="shpat_x"))
    assert await code_of(shop) == "shopify_not_shopify"
    await running.stop()


async def test_a_shop_that_is_away_is_named(http, clock) -> None:
    shop = channel_for("http://127.0.0.1:9", http, clock, ShopifyKeys(token="shpat_x"))
    assert await code_of(shop) == "sync_unreachable"


async def test_addresses_the_app_may_not_see_are_said_by_the_check(clock) -> None:
    box = sandbox(clock, App("client", "secret", level_2=False))
    box.shop.place(seed())
    result = await straight(box, clock).check()
    assert result.ok
    assert result.notes == ("shopify_sixty_days", "shopify_no_addresses")


async def test_a_check_changes_nothing(box, clock) -> None:
    box.shop.place(seed())
    assert await code_of(straight(box, clock)) == ""
    assert box.shop.writes == {}


async def test_a_right_taken_away_stops_the_shop_for_a_person(box, clock) -> None:
    box.shop.place(seed())
    shop = straight(box, clock)
    await pull_all(shop)
    box.setup.app.scopes.discard("read_orders")
    box.setup.app.scopes.discard("write_orders")
    with pytest.raises(PermissionMissing):
        await shop.pull("")
