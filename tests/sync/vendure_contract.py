"""What a Vendure server and our connector promise each other, whichever server it is.

Each function here is one promise, run against the sandbox on every day and against a real server by
the live tests: what the sandbox lets pass or refuses, the real one must too.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Protocol

import pytest

from sync.channels.vendure import Vendure
from sync.channels.vendure_access import VendureKeys
from sync.channels.vendure_walk import Walk, read_walk, write_walk
from sync.errors import NoSuchOrder, Rejected
from sync.records import MemoAsk, OrderRecord, ShipAsk, StockAsk

NOBODY = "999999"


class Keeper(Protocol):
    """Who stands behind the counter of a server, with one variant "mug" of a price of 12.50."""

    sku: str
    variant: str

    async def place(self, units: int = 2) -> str: ...
    async def cart(self, units: int = 2) -> str: ...
    async def pay(self, order: str) -> None: ...
    async def cancel(self, order: str, units: int = 0) -> None: ...
    async def refund(self, order: str, amount: int) -> None: ...
    async def edit(self, order: str) -> None: ...
    async def pend(self, order: str, units: int, code: str | None) -> str: ...
    async def move(self, fulfilment: str, state: str) -> None: ...
    async def note(self, order: str, words: str, *, public: bool) -> None: ...
    async def notes(self, order: str) -> list[str]: ...
    async def levels(self) -> tuple[int, int]: ...
    async def end_sessions(self) -> None: ...
    async def fulfil_raw(self, order: str, *units: int) -> str: ...
    def now(self) -> int: ...
    async def later(self) -> None: ...
    def channel(self, **more: Any) -> Vendure: ...


async def round_of(channel: Vendure, cursor: str = "") -> tuple[dict[str, OrderRecord], str]:
    """What one round brings, by id, and the cursor after it."""
    found: dict[str, OrderRecord] = {}
    for _ in range(400):
        batch = await channel.pull(cursor)
        assert batch.kept_aside == ()
        found |= {record.external_id: record for record in batch.records}
        cursor = batch.next_cursor
        if not batch.more:
            return found, cursor
    raise AssertionError("the round does not end")


def parcel(order: OrderRecord, units: int = 0, number: str = "1Z1", **more: Any) -> ShipAsk:
    """A parcel of an order; no units are the whole of it."""
    lines = ((order.lines[0].external_id, units),) if units else ()
    return ShipAsk(order.external_id, "ups", "UPS", number, lines, f"key-{number}", **more)


async def refused(asked: Awaitable[object]) -> str:
    """The code of the definite no to what is asked."""
    with pytest.raises(Rejected) as no:
        await asked
    return no.value.code


async def an_order_comes_whole(keeper: Keeper) -> None:
    number = await keeper.place(2)
    order = (await round_of(keeper.channel()))[0][number]
    assert (order.raw_status, order.raw_payment, order.hold) == ("PaymentSettled", "paid", "")
    assert (order.currency, order.total_minor, order.freight_minor) == ("USD", 3000, 500)
    line = order.lines[0]
    assert (line.sku, line.title, line.quantity, line.unit_price_minor) == (
        keeper.sku,
        "Mug",
        2,
        1250,
    )
    assert (line.listing_ref, line.total_minor, line.quantity_shipped) == (keeper.variant, 2500, 0)
    place = order.receiver
    assert (place.name, place.city, place.country) == ("Zoë O'Neil", "San José", "US")
    assert (place.postcode, "@" in place.email) == ("95112", True)
    assert order.problems == ()
    assert abs((order.placed.utc_ms or 0) - keeper.now()) < 120_000
    assert order.paid.utc_ms is not None
    assert "settled" in order.payment_proofs


async def one_order_reads_as_it_does_in_the_list(keeper: Keeper) -> None:
    number = await keeper.place()
    listed = (await round_of(keeper.channel()))[0][number]
    assert await keeper.channel().detail(number) == listed
    with pytest.raises(NoSuchOrder):
        await keeper.channel().detail(NOBODY)


async def a_cart_is_no_order_until_it_is_paid_and_is_then_seen_although_its_stamp_is_old(
    keeper: Keeper,
) -> None:
    channel = keeper.channel()
    number = await keeper.cart()
    await keeper.later()
    found, cursor = await round_of(channel)
    assert number not in found
    cursor = write_walk(replace(read_walk(cursor, None), since_ms=keeper.now()))
    await keeper.later()
    await keeper.pay(number)
    found, _ = await round_of(channel, cursor)
    assert found[number].raw_status == "PaymentSettled"
    # The trap: the stamp the server keeps is from before the round's bound.
    told = json.loads(found[number].raw)
    assert told["updatedAt"] < told["orderPlacedAt"]


async def a_parcel_is_told_in_part_then_whole_and_never_twice(keeper: Keeper) -> None:
    channel = keeper.channel()
    order = await channel.detail(await keeper.place(3))
    first = await channel.ship(parcel(order, 1, "A"))
    assert (await channel.ship(parcel(order, 1, "A"))).already
    part = await channel.detail(order.external_id)
    assert (part.raw_status, part.lines[0].quantity_shipped) == ("PartiallyShipped", 1)
    second = await channel.ship(parcel(order, 2, "B"))
    whole = await channel.detail(order.external_id)
    assert (whole.raw_status, whole.lines[0].quantity_shipped) == ("Shipped", 3)
    assert first.external_ref != second.external_ref
    told = json.loads(whole.raw)["fulfillments"]
    assert [(f["trackingCode"], f["state"]) for f in told] == [("A", "Shipped"), ("B", "Shipped")]


async def more_than_is_left_is_refused_by_the_server_and_by_us(keeper: Keeper) -> None:
    channel = keeper.channel()
    order = await channel.detail(await keeper.place(2))
    assert await keeper.fulfil_raw(order.external_id, 3) == "ItemsAlreadyFulfilledError"
    await channel.ship(parcel(order, 1, "A"))
    assert await keeper.fulfil_raw(order.external_id, 2) == "ItemsAlreadyFulfilledError"
    assert await refused(channel.ship(parcel(order, 2, "B"))) == "vendure_over_fulfilled"
    assert (await channel.detail(order.external_id)).lines[0].quantity_shipped == 1


async def a_server_adds_up_nothing_so_a_line_is_named_once(keeper: Keeper) -> None:
    channel = keeper.channel()
    order = await channel.detail(await keeper.place(3))
    line = order.lines[0].external_id
    twice = replace(parcel(order), lines=((line, 2), (line, 2)))
    assert await refused(channel.ship(twice)) == "vendure_over_fulfilled"
    assert await keeper.fulfil_raw(order.external_id, 2, 2) == "Fulfillment"


async def a_fulfilment_whose_answer_was_lost_is_moved_on_and_not_made_again(
    keeper: Keeper,
) -> None:
    channel = keeper.channel()
    order = await channel.detail(await keeper.place(2))
    made = await keeper.pend(order.external_id, 2, "LOST")
    done = await channel.ship(parcel(order, 2, "LOST"))
    assert (done.external_ref, done.already) == (made, True)
    after = json.loads((await channel.detail(order.external_id)).raw)
    assert [(f["id"], f["state"]) for f in after["fulfillments"]] == [(made, "Shipped")]
    assert after["state"] == "Shipped"


async def what_was_shipped_by_hand_without_a_number_is_left_alone(keeper: Keeper) -> None:
    channel = keeper.channel()
    order = await channel.detail(await keeper.place(2))
    made = await keeper.pend(order.external_id, 2, None)
    await keeper.move(made, "Shipped")
    assert (await channel.ship(parcel(order, 2, "OURS"))).already
    assert (await channel.ship(parcel(order, 0, "OURS"))).already
    told = json.loads((await channel.detail(order.external_id)).raw)["fulfillments"]
    assert len(told) == 1


async def a_new_number_takes_the_place_of_the_old(keeper: Keeper) -> None:
    channel = keeper.channel()
    order = await channel.detail(await keeper.place(2))
    await channel.ship(parcel(order, 2, "OLD"))
    change = parcel(order, 0, "NEW", replaces="OLD")
    await channel.ship(change)
    assert (await channel.ship(change)).already
    after = json.loads((await channel.detail(order.external_id)).raw)
    told = [(f["trackingCode"], f["state"]) for f in after["fulfillments"]]
    assert told == [("OLD", "Cancelled"), ("NEW", "Shipped")]
    assert after["state"] == "Shipped"


async def an_order_being_edited_is_held_although_the_server_would_ship_it(keeper: Keeper) -> None:
    channel = keeper.channel()
    order = await channel.detail(await keeper.place(2))
    await keeper.edit(order.external_id)
    held = await channel.detail(order.external_id)
    assert (held.raw_status, held.hold) == ("Modifying", "other")
    assert await refused(channel.ship(parcel(order, 1))) == "vendure_on_hold"
    assert await keeper.fulfil_raw(order.external_id, 1) == "Fulfillment"


async def a_cart_is_not_shipped_although_the_server_would(keeper: Keeper) -> None:
    number = await keeper.cart()
    ask = ShipAsk(number, "ups", "UPS", "1Z", (), "k")
    assert await refused(keeper.channel().ship(ask)) == "vendure_not_paid"
    assert await keeper.fulfil_raw(number, 1) == "Fulfillment"


async def a_cancelled_order_is_seen_and_not_shipped(keeper: Keeper) -> None:
    channel = keeper.channel()
    number = await keeper.place(2)
    before, cursor = await round_of(channel)
    await keeper.later()
    await keeper.cancel(number)
    order = (await round_of(channel, cursor))[0][number]
    assert (order.raw_status, order.lines[0].quantity) == ("Cancelled", 2)
    assert order.lines[0].quantity_refunded == 2
    assert order.version > before[number].version
    assert await refused(channel.ship(parcel(order, 1))) == "vendure_not_shippable"


async def a_part_that_was_cancelled_is_seen(keeper: Keeper) -> None:
    channel = keeper.channel()
    number = await keeper.place(3)
    await keeper.cancel(number, 1)
    order = await channel.detail(number)
    line = order.lines[0]
    assert (line.quantity, line.quantity_refunded, line.total_minor) == (3, 1, 3750)
    assert order.total_minor == 3000
    assert await refused(channel.ship(parcel(order, 3))) == "vendure_over_fulfilled"
    await channel.ship(parcel(order, 0))
    assert (await channel.detail(number)).raw_status == "Shipped"


async def money_given_back_is_seen_in_the_next_look_at_the_open_orders(keeper: Keeper) -> None:
    channel = keeper.channel()
    number = await keeper.place(2)
    _, cursor = await round_of(channel)
    await keeper.later()
    await keeper.refund(number, 700)
    walk = read_walk(cursor, None)
    quiet = replace(walk, since_ms=keeper.now() + 60_000)
    found, _ = await round_of(channel, write_walk(quiet))
    assert number not in found, "the server stamps nothing when it refunds"
    found, _ = await round_of(channel, write_walk(replace(quiet, open_ms=1)))
    order = found[number]
    assert [refund.amount_minor for refund in order.refunds] == [700]
    assert order.raw_payment == "partly_refunded"


async def stock_is_what_may_be_sold_and_what_is_allocated_besides(keeper: Keeper) -> None:
    channel = keeper.channel()
    await keeper.place(2)
    _, allocated = await keeper.levels()
    assert allocated >= 2
    for by in ({"listing_ref": keeper.variant, "sku": ""}, {"listing_ref": "", "sku": keeper.sku}):
        await channel.set_stock(StockAsk(quantity=4000, idempotency_key="s", **by))
    on_hand, again = await keeper.levels()
    assert (on_hand, again) == (4000 + allocated, allocated)
    listing = next(
        each for each in (await channel.listings("")).listings if each.ref == keeper.variant
    )
    assert (listing.sku, listing.title, listing.quantity) == (keeper.sku, "Mug", 4000)
    same = StockAsk(keeper.variant, keeper.sku, 4000, "s")
    assert (await channel.set_stock(same)).already
    await keeper.place(1)
    assert await keeper.levels() == (4000 + allocated, allocated + 1), "a sale only allocates"


async def stock_goes_nowhere_that_is_not_there(keeper: Keeper) -> None:
    channel = keeper.channel()
    ask = StockAsk(keeper.variant, keeper.sku, 5, "s")
    assert await refused(channel.set_stock(replace(ask, listing_ref=NOBODY))) == (
        "vendure_no_such_listing"
    )
    assert await refused(channel.set_stock(replace(ask, quantity=-1))) == "sync_bad_quantity"
    elsewhere = keeper.channel(location="77")
    assert await refused(elsewhere.set_stock(ask)) == "vendure_no_location"


async def a_memo_is_one_private_note_however_often_it_is_written(keeper: Keeper) -> None:
    channel = keeper.channel()
    number = await keeper.place()
    await keeper.note(number, "the buyer reads this", public=True)
    await keeper.note(number, "by the shop's own staff", public=False)
    assert (await channel.detail(number)).seller_memo == "by the shop's own staff"
    ask = MemoAsk(number, "call first", "", "m1")
    await channel.write_memo(ask)
    assert (await channel.write_memo(ask)).already
    await channel.write_memo(replace(ask, text="call 张伟 first", idempotency_key="m2"))
    assert (await channel.detail(number)).seller_memo == "call 张伟 first"
    assert len(await keeper.notes(number)) == 3
    with pytest.raises(NoSuchOrder):
        await channel.write_memo(replace(ask, external_id=NOBODY))


async def a_session_that_ended_is_opened_again_without_a_person(keeper: Keeper) -> None:
    channel = keeper.channel()
    number = await keeper.place()
    await channel.detail(number)
    await keeper.end_sessions()
    assert (await channel.detail(number)).external_id == number


async def what_is_wrong_is_said_in_one_sentence(keeper: Keeper) -> None:
    good = await keeper.channel().check()
    assert (good.ok, good.code) == (True, "")
    for code, more in (
        ("vendure_wrong_login", {"keys": VendureKeys(username="desk", password="wrong")}),
        ("vendure_wrong_key", {"keys": VendureKeys(api_key="wrong")}),
        ("vendure_no_such_channel", {"channel": "nobody's"}),
        ("vendure_no_location", {"location": "77"}),
        ("vendure_no_api", {"path": "/another-api"}),
    ):
        told = await keeper.channel(**more).check()
        assert (told.ok, told.code) == (False, code)


async def a_span_names_every_order_placed_in_it_and_none_else(keeper: Keeper) -> None:
    channel = keeper.channel()
    before = await keeper.place()
    await keeper.later()
    since = keeper.now()
    inside = {await keeper.place() for _ in range(3)}
    cart = await keeper.cart()
    gone = await keeper.place()
    await keeper.cancel(gone)
    await keeper.later()
    until = keeper.now()
    after = await keeper.place()
    found = await channel.placed_between(since, until)
    assert set(found) == inside | {gone}
    assert len(found) == len(set(found))
    assert not set(found) & {before, cart, after}


async def an_empty_walk_reads_the_whole_history(keeper: Keeper) -> None:
    placed = [await keeper.place() for _ in range(3)]
    found, _ = await round_of(keeper.channel(), write_walk(Walk()))
    assert [number for number in found if number in placed] == placed


Promise = Callable[[Keeper], Awaitable[None]]
PROMISES: tuple[Promise, ...] = (
    an_order_comes_whole,
    one_order_reads_as_it_does_in_the_list,
    a_cart_is_no_order_until_it_is_paid_and_is_then_seen_although_its_stamp_is_old,
    a_parcel_is_told_in_part_then_whole_and_never_twice,
    more_than_is_left_is_refused_by_the_server_and_by_us,
    a_server_adds_up_nothing_so_a_line_is_named_once,
    a_fulfilment_whose_answer_was_lost_is_moved_on_and_not_made_again,
    what_was_shipped_by_hand_without_a_number_is_left_alone,
    a_new_number_takes_the_place_of_the_old,
    an_order_being_edited_is_held_although_the_server_would_ship_it,
    a_cart_is_not_shipped_although_the_server_would,
    a_cancelled_order_is_seen_and_not_shipped,
    a_part_that_was_cancelled_is_seen,
    money_given_back_is_seen_in_the_next_look_at_the_open_orders,
    stock_is_what_may_be_sold_and_what_is_allocated_besides,
    stock_goes_nowhere_that_is_not_there,
    a_memo_is_one_private_note_however_often_it_is_written,
    a_session_that_ended_is_opened_again_without_a_person,
    what_is_wrong_is_said_in_one_sentence,
    a_span_names_every_order_placed_in_it_and_none_else,
    an_empty_walk_reads_the_whole_history,
)
