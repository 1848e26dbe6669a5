"""A session that is good now, opened by one and used by all; and what is wrong, in one sentence."""

import asyncio

import pytest

from app.rulebook import load
from sync.channels.vendure_access import VendureKeys, endpoint_of
from sync.channels.vendure_refuse import NotLetIn, error_result, refused_whole
from sync.errors import (
    Ambiguous,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.records import MemoAsk
from sync.sandbox.faults import Fault
from sync.sandbox.vendure_gate import RIGHTS, Account
from tests.sync.vendure_world import Canned, Shelf, Straight, channel_for, sandbox, straight


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def test_many_askers_open_one_session_and_it_is_on_the_shelf_first(box, clock) -> None:
    number, shelf = box.shop.place()["id"], Shelf()
    channel = straight(box, clock, shelf=shelf)
    await asyncio.gather(*(channel.detail(number) for _ in range(8)))
    assert (box.gate.logins, len(shelf.kept)) == (1, 1)
    assert shelf.tokens["token"] in box.gate.sessions
    clock.turn(366 * 86_400)
    await asyncio.gather(*(channel.detail(number) for _ in range(8)))
    assert (box.gate.logins, len(shelf.kept)) == (2, 2)


async def test_a_session_that_another_computer_opened_is_used(box, clock) -> None:
    shelf, number = Shelf(), box.shop.place()["id"]
    await straight(box, clock, shelf=shelf).detail(number)
    await straight(box, clock, shelf=shelf).detail(number)
    assert box.gate.logins == 1


async def test_a_token_of_another_login_or_server_is_of_no_use(box, clock) -> None:
    shelf = Shelf(token="somebody's", who="other@https://other.example/admin-api")
    http = Straight(box)
    await straight(box, clock, shelf=shelf, http=http).detail(box.shop.place()["id"])
    assert all("somebody" not in str(each.headers) for each in http.sent)


async def test_a_write_that_met_an_old_session_is_done_once(box, clock) -> None:
    number = box.shop.place()["id"]
    channel = straight(box, clock)
    await channel.detail(number)
    box.gate.sessions.clear()
    await channel.write_memo(MemoAsk(number, "x", "", "k"))
    assert (box.shop.writes["note"], box.gate.logins) == (1, 2)


async def test_an_api_key_goes_out_as_it_is_and_nobody_logs_in(clock) -> None:
    box = sandbox(clock, account=Account(api_key="look:secret"))
    http = Straight(box)
    channel = straight(box, clock, http=http, keys=VendureKeys(api_key="look:secret"))
    assert (await channel.check()).ok
    assert box.gate.logins == 0
    assert {each.headers["vendure-api-key"] for each in http.sent} == {"look:secret"}


async def test_a_right_that_is_missing_is_told_apart_from_an_old_session(clock) -> None:
    box = sandbox(clock, account=Account(rights=RIGHTS - {"UpdateOrder", "UpdateCatalog"}))
    number, channel = box.shop.place()["id"], straight(box, clock)
    told = await channel.check()
    assert (told.code, told.details["rights"]) == (
        "vendure_right_missing",
        "UpdateOrder, UpdateCatalog",
    )
    with pytest.raises(PermissionMissing) as lacking:
        await channel.write_memo(MemoAsk(number, "x", "", "k"))
    assert lacking.value.details["rights"] == "UpdateOrder"
    assert box.gate.logins == 1, "no login is wasted on it"


async def test_a_server_that_only_sets_cookies_is_named(box, clock) -> None:
    box.gate.bearer = False
    assert (await straight(box, clock).check()).code == "vendure_no_bearer"


async def test_the_channel_goes_out_by_its_token_and_a_strange_one_is_named(box, clock) -> None:
    http = Straight(box)
    assert (await straight(box, clock, http=http, channel="nobody's").check()).code == (
        "vendure_no_such_channel"
    )
    box.gate.channels.append(("eu-token", "eu"))
    assert (await straight(box, clock, channel="nobody's").check()).code == (
        "vendure_no_such_channel"
    )
    assert (await straight(box, clock, channel="eu-token").check()).ok
    assert http.sent[-1].headers["vendure-token"] == "nobody's"


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        ("shop.example", "https://shop.example/admin-api"),
        ("https://shop.example/", "https://shop.example/admin-api"),
        ("https://shop.example/api/admin", "https://shop.example/api/admin"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000/admin-api"),
    ],
)
def test_an_address_is_the_admin_apis(address, endpoint) -> None:
    assert endpoint_of(address) == endpoint


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://shop.example", "vendure_plain_http"),
        ("ftp://shop.example", "vendure_plain_http"),
        ("", "vendure_bad_address"),
        ("https://shop.example?x=1", "vendure_bad_address"),
    ],
)
async def test_a_password_never_travels_in_clear(address, code, box, clock) -> None:
    http = Straight(box)
    channel = channel_for(http, clock, address)
    assert (await channel.check()).code == code
    assert http.sent == []


@pytest.mark.parametrize("body", [b"<html>hotel</html>", b"[]", b'{"data":{}}'])
async def test_what_does_not_answer_like_vendure_is_named(body, clock) -> None:
    told = await channel_for(Canned(body), clock).check()
    assert (told.ok, told.code) == (False, "vendure_not_vendure")


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (429, b"", Throttled, "sync_throttled"),
        (503, b"<html>", Throttled, "sync_throttled"),
        (502, b"<html>", Ambiguous, "sync_server_error"),
        (404, b"{}", Rejected, "vendure_no_api"),
        (302, b"", Rejected, "sync_redirected"),
        (403, b"<html>", PermissionMissing, "sync_permission_missing"),
        (
            400,
            b'{"errors":[{"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"},"message":"x"}]}',
            Rejected,
            "vendure_other_schema",
        ),
    ],
)
async def test_each_status_is_one_error_of_ours(status, body, kind, code, clock) -> None:
    channel = channel_for(Canned(body, status), clock, keys=VendureKeys(api_key="k"))
    with pytest.raises(kind) as refused:
        await channel.pull("")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("code", "kind", "ours"),
    [
        ("CHANNEL_NOT_FOUND", Rejected, "vendure_no_such_channel"),
        ("ENTITY_NOT_FOUND", Rejected, "vendure_no_such"),
        ("USER_INPUT_ERROR", Rejected, "sync_rejected"),
        ("ILLEGAL_OPERATION", Rejected, "sync_rejected"),
        ("BAD_USER_INPUT", Rejected, "sync_rejected"),
        ("INTERNAL_SERVER_ERROR", Ambiguous, "sync_server_error"),
        ("", Ambiguous, "sync_server_error"),
    ],
)
def test_each_code_is_one_error_of_ours(code, kind, ours) -> None:
    error = refused_whole([{"message": "x", "extensions": {"code": code}}], "s")
    assert isinstance(error, kind)
    assert isinstance(error, SyncError)
    assert error.code == ours


def test_forbidden_is_no_error_of_ours_until_we_know_which() -> None:
    told = {"message": "x", "path": ["orders"], "extensions": {"code": "FORBIDDEN"}}
    error = refused_whole([told], "s")
    assert isinstance(error, NotLetIn)
    assert error.right == "ReadOrder"


def test_an_error_result_is_a_definite_no_in_its_own_words() -> None:
    told = {"__typename": "InsufficientStockOnHandError", "errorCode": "X", "message": "too few"}
    refused = error_result(told)
    assert refused is not None
    assert (refused.code, refused.foreign_code, refused.text) == (
        "vendure_short_on_hand",
        "X",
        "too few",
    )
    assert error_result({"__typename": "Fulfillment", "id": "1"}) is None


async def test_a_password_that_was_changed_asks_for_a_person(box, clock) -> None:
    number, channel = box.shop.place()["id"], straight(box, clock)
    await channel.detail(number)
    box.gate.account.password = "another"
    box.gate.sessions.clear()
    with pytest.raises(TokenExpired) as stopped:
        await channel.detail(number)
    assert stopped.value.code == "vendure_wrong_login"
    assert "open sesame" not in str(stopped.value)


async def test_a_lost_login_is_asked_again(box, clock) -> None:
    channel = straight(box, clock)
    box.faults.plan(Fault("unavailable", part="Login"))
    with pytest.raises(Throttled):
        await channel.pull("")
    assert (await channel.pull("")).records == ()


def test_nobody_calls_a_vendure_shops_address(box, clock) -> None:
    with pytest.raises(Rejected) as no:
        straight(box, clock).read_push({}, b"{}")
    assert no.value.code == "push_not_ours"


def test_every_way_to_connect_asks_for_what_the_connector_takes() -> None:
    row = next(row for row in load().connections.rows if row.name == "vendure")
    ways = {way.name: {each.name for each in way.fields} for way in row.ways}
    assert ways["key"] == {"address", "api_key", "channel", "location"}
    assert ways["login"] == {"address", "username", "password", "channel", "location"}
