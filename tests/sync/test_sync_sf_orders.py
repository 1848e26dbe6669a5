"""A waybill bought at SF is bought once, and its outcome is a waybill, SF's no, or unknown."""

import random
from dataclasses import replace

import pytest

from sync.carriers.duplicate import AlreadyThere
from sync.errors import (
    Ambiguous,
    PermissionMissing,
    Rejected,
    Throttled,
    TokenExpired,
    Unreachable,
)
from sync.sandbox.sf_orders import SfRules
from sync.waybill_records import GoodsRecord, NotFound
from tests.sync.sf_world import ASK, RECEIVER, TurnedClock, connector, sf_world

HOUR_MS = 3_600_000


async def test_shop_gets_a_number_and_all_a_label_needs():
    async with sf_world() as world:
        answer = await world.buy()
    assert answer.waybill_no.startswith("SF")
    assert answer.waybill_no[2:].isdigit()
    assert len(answer.waybill_no) == 15
    assert answer.reference == ASK.reference
    assert answer.dest_code == "571"
    assert answer.routing_mark.startswith("571W-")
    assert answer.sort_code.startswith("S")
    assert answer.waybill_no in answer.two_dimension_code
    assert answer.product_name == "顺丰标快"
    assert answer.receiver_digest is None
    assert answer.sub_nos == ()
    assert answer.waybill_no.encode() in answer.raw


async def test_parcels_of_one_order_get_one_main_and_sub_numbers():
    async with sf_world() as world:
        answer = await world.buy(parcels=3)
    assert len({answer.waybill_no, *answer.sub_nos}) == 3


async def test_same_text_again_is_told_as_already_there_and_adopted():
    async with sf_world() as world:
        first = await world.buy()
        with pytest.raises(AlreadyThere):
            await world.buy()
        adopted = await world.carrier.lookup(ASK.reference)
        assert adopted.waybill_no == first.waybill_no
        assert world.sandbox.truth()["numbers_given"] == 1


async def test_an_sf_that_replays_gives_the_first_waybill_again():
    async with sf_world(rules=SfRules(replays=True)) as world:
        first = await world.buy()
        again = await world.buy()
        assert again.waybill_no == first.waybill_no
        assert world.sandbox.truth()["numbers_given"] == 1


def test_already_there_is_unknown_to_code_that_knows_no_better():
    assert issubclass(AlreadyThere, Ambiguous)
    assert not issubclass(AlreadyThere, Rejected)


@pytest.mark.req("F183")
@pytest.mark.parametrize("kind", ["late", "reset_after", "cut", "garbage", "away_after"])
async def test_lost_answer_is_unknown_and_the_made_waybill_is_found(kind):
    async with sf_world() as world:
        world.fail_next(kind)
        with pytest.raises(Ambiguous) as told:
            await world.buy()
        assert not isinstance(told.value, AlreadyThere)
        found = await world.carrier.lookup(ASK.reference)
        assert [found.waybill_no] == world.waybills(ASK.reference)


@pytest.mark.parametrize("kind", ["unavailable", "reset_before", "away_before"])
async def test_failure_on_their_side_is_unknown_even_where_nothing_was_made(kind):
    async with sf_world() as world:
        world.fail_next(kind)
        with pytest.raises(Ambiguous):
            await world.buy()
        assert await world.carrier.lookup(ASK.reference) == NotFound(ASK.reference)
        assert (await world.buy()).waybill_no in world.waybills(ASK.reference)


async def test_request_stuck_on_the_way_never_makes_a_second_waybill():
    async with sf_world() as world:
        world.fail_next("lands_late")
        with pytest.raises(Ambiguous):
            await world.buy()
        assert await world.carrier.lookup(ASK.reference) == NotFound(ASK.reference)
        bought = await world.buy()
        world.clock.ms += 31_000
        found = await world.carrier.lookup(ASK.reference)
        assert found.waybill_no == bought.waybill_no
        assert world.sandbox.truth()["numbers_given"] == 1


async def test_nobody_listening_means_nothing_was_sent():
    async with sf_world() as world:
        nowhere = world.as_account(url="http://127.0.0.1:9/std/service")
        with pytest.raises(Unreachable):
            await nowhere.create(ASK.reference, nowhere.prepare(ASK))


async def test_check_says_in_one_word_what_is_wrong():
    async with sf_world() as world:
        assert (await world.carrier.check()).ok
        nowhere = world.as_account(url="http://127.0.0.1:9/std/service")
        assert (await nowhere.check()).code == "sync_unreachable"
        world.fail_next("throttle", "SEARCH_ORDER")
        assert (await world.carrier.check()).code == "sf_busy"
        world.fail_next("garbage", "SEARCH_ORDER")
        assert (await world.carrier.check()).code == "sync_not_json"


async def test_rate_limit_is_a_wait_and_nothing_was_made():
    async with sf_world(per_second=3) as world:
        for at in range(3):
            await world.buy(f"WD1-{at}-1")
        with pytest.raises(Throttled):
            await world.buy("WD1-9-1")
        world.clock.ms += 1000
        await world.buy("WD1-9-1")


async def test_day_limit_is_kept_for_each_service():
    async with sf_world(per_day=2) as world:
        await world.buy("WD1-1-1")
        await world.buy("WD1-2-1")
        with pytest.raises(Throttled):
            await world.buy("WD1-3-1")
        await world.carrier.lookup("WD1-1-1")


@pytest.mark.parametrize(
    ("changed", "refused_as"),
    [
        ({"checkword": "wrong"}, TokenExpired),
        ({"partner_id": "NOBODY"}, PermissionMissing),
    ],
)
async def test_wrong_credentials_stop_the_account_and_not_the_parcel(changed, refused_as):
    async with sf_world() as world:
        stranger = world.as_account(**changed)
        with pytest.raises(refused_as):
            await stranger.create(ASK.reference, stranger.prepare(ASK))
        told = await stranger.check()
        assert not told.ok
        assert told.code in {"sf_bad_signature", "sf_no_permission"}
        assert (await world.carrier.check()).ok


async def test_clock_far_off_is_told_as_expired():
    async with sf_world() as world:
        world.clock.ms += HOUR_MS
        late = connector(world.account, world.http, TurnedClock())
        assert (await late.check()).code == "sf_token_expired"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"receiver": replace(RECEIVER, phone="call me maybe")}, "8196"),
        ({"goods": (GoodsRecord("防风打火机"),)}, "20035"),
        ({"service": "0"}, "8057"),
    ],
)
async def test_no_of_sf_is_kept_with_its_code_and_words(changed, code):
    async with sf_world() as world:
        with pytest.raises(Rejected) as told:
            await world.buy(**changed)
        assert told.value.foreign_code == code
        assert told.value.text
        assert world.waybills(ASK.reference) == []


async def test_inner_failure_is_a_definite_no_although_the_gateway_said_a1000():
    async with sf_world() as world:
        world.fail_next("inner")
        with pytest.raises(Rejected) as told:
            await world.buy()
        assert told.value.foreign_code == "8114"


async def test_address_sf_does_not_serve_is_a_no_without_a_waybill():
    async with sf_world() as world:
        with pytest.raises(Rejected) as told:
            await world.buy(receiver=replace(RECEIVER, province="海南省", city="三沙市"))
        assert told.value.code == "sf_not_deliverable"


async def test_text_of_another_parcel_is_never_sent():
    async with sf_world() as world:
        prepared = world.carrier.prepare(ASK)
        with pytest.raises(Rejected) as told:
            await world.carrier.create("WD1-2-1", prepared)
        assert told.value.code == "waybill_reference_mismatch"
        assert world.sandbox.truth()["orders"] == 0


async def test_unknown_reference_is_not_found():
    async with sf_world() as world:
        assert await world.carrier.lookup("WD1-77-1") == NotFound("WD1-77-1")


async def test_void_gives_the_waybill_back_and_twice_is_fine():
    async with sf_world() as world:
        bought = await world.buy()
        await world.carrier.void(ASK.reference, bought.waybill_no)
        await world.carrier.void(ASK.reference, bought.waybill_no)
        truth = world.sandbox.truth()
        assert (truth["live"], truth["cancelled"]) == (0, 1)


@pytest.mark.parametrize("kind", ["late", "reset_after", "garbage", "away_after"])
async def test_lost_void_is_unknown_until_asked_again(kind):
    async with sf_world() as world:
        bought = await world.buy()
        world.fail_next(kind, "UPDATE_ORDER")
        with pytest.raises(Ambiguous):
            await world.carrier.void(ASK.reference, bought.waybill_no)
        await world.carrier.void(ASK.reference, bought.waybill_no)
        assert world.sandbox.truth()["cancelled"] == 1


async def test_void_after_pickup_or_of_another_waybill_is_refused():
    async with sf_world() as world:
        bought = await world.buy()
        other = await world.buy("WD1-2-1")
        with pytest.raises(Rejected) as told:
            await world.carrier.void(ASK.reference, other.waybill_no)
        assert told.value.foreign_code == "8017"
        with pytest.raises(Rejected) as told:
            await world.carrier.void("WD1-3-1", "")
        assert told.value.foreign_code == "8018"
        world.clock.ms += 3 * HOUR_MS
        with pytest.raises(Rejected) as told:
            await world.carrier.void(ASK.reference, bought.waybill_no)
        assert told.value.foreign_code == "8168"


async def test_address_text_of_any_kind_signs_and_arrives():
    dice = random.Random(3)
    odd = " ~*+-._!'()&=%\"\\/<>\n\t#?;:@,|€ñ字𠮷😀"
    async with sf_world(per_second=None) as world:
        for at in range(60):
            street = "路" + "".join(dice.choice(odd) for _ in range(12))
            await world.buy(f"WD1-{at}-1", receiver=replace(RECEIVER, address=street))
        assert world.sandbox.truth()["live"] == 60


async def test_secrets_never_show_in_what_is_printed():
    async with sf_world() as world:
        shown = repr(world.account) + repr(world.as_account()) + str(world.account)
        assert world.account.checkword not in shown
        assert world.account.monthly_account not in shown
        assert "***" in repr(world.account)
