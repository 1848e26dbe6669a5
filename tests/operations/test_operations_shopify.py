"""A Shopify order's whole life: in, held and let go, packed, shipped, written back, refunded."""

import msgspec
import pytest

from app.commands.orders import HoldOrder, ReleaseOrder, SetPolicy
from app.domain.errors import NotInState
from app.store.tables import channel, line, stock
from app.store.tables_record import audit, case, outbox
from app.store.verify import verify
from app.store.work import Book
from sync.sandbox.faults import Fault
from tests.operations.shopify_day import order_seed, shopify_day
from tests.worlds import FixedClock


def figures(day, sku: str = "LN-27") -> tuple[int, int]:
    row = next(r for r in day.shop.all(stock) if r["sku"] == sku)
    return row["physical"], row["reserved"]


async def test_an_order_travels_from_shopify_to_the_buyer_and_back(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        order = day.box.shop.place(order_seed(note="请送货上门"))
        await day.read()
        row = day.row(order)
        assert (row["state"], row["payment"], row["external_no"]) == ("allocated", "paid", "#1001")
        assert (row["province"], row["buyer_mask"]) == ("浙江省", "张**")
        number = day.pack(order)
        assert await day.upload() == "done"
        assert day.box.truth()["shipped"] == {str(order.number): [number]}
        assert [each.fulfilled for each in order.lines] == [2, 1]
        assert day.told() == [True]
        clock.advance(60_000)
        await day.read()
        assert (day.row(order)["state"], day.open_cases()) == ("shipped", set())
        assert figures(day) == (8, 0)
        assert verify(book).ok


async def test_the_write_back_survives_a_line_that_breaks_everywhere(
    book: Book, clock: FixedClock
) -> None:
    rates = dict.fromkeys(("throttle", "unavailable", "reset_before", "reset_after", "cut"), 0.08)
    async with shopify_day(book, clock, rates) as day:
        order = day.box.shop.place(order_seed())
        for _ in range(40):
            if (await day.read()).up:
                break
            clock.advance(120_000)
        number = day.pack(order)
        assert await day.upload(24 * 3600) == "done"
        assert day.box.truth()["shipped"] == {str(order.number): [number]}
        assert [each.fulfilled for each in order.lines] == [2, 1]


async def test_a_lost_answer_leaves_one_fulfilment(book: Book, clock: FixedClock) -> None:
    async with shopify_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        day.pack(order)
        day.box.faults.plan(Fault("late", part="Fulfil"), Fault("cut", part="ToShip"))
        assert await day.upload() == "done"
        assert len(order.fulfilments) == 1
        assert day.box.shop.writes["fulfil"] == 1


# --- the platform's hold ---


def said_of(day, lang: str) -> str:
    """The open hold's sentence as the list of exceptions tells it."""
    row = next(r for r in day.shop.all(case) if r["kind"] == "risk_hold")
    facts = msgspec.json.decode(row["args_json"])
    return day.shop.door.laws.now.words.tell("case.risk_hold.title", lang, facts)


async def test_a_hold_of_the_shop_stops_the_order_until_the_shop_lets_it_go(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        day.box.shop.hold(order, "HIGH_RISK_OF_FRAUD")
        await day.read()
        row = day.row(order)
        assert (row["state"], row["held"]) == ("paid", "risk")
        assert day.open_cases() == {"risk_hold"}
        said = [said_of(day, lang) for lang in ("en", "zh")]
        assert said == [
            "The platform says: do not ship yet (fraud suspected)",
            "平台要求暂不发货（疑似欺诈）",
        ]
        assert figures(day) == (10, 2)  # paid: what it needs is kept for it
        with pytest.raises(NotInState):
            day.shop.do("lead", ReleaseOrder(row["id"], "hurry"))
        clock.advance(60_000)
        day.box.shop.release(order)
        await day.read()
        assert (day.row(order)["state"], day.row(order)["held"]) == ("allocated", "")
        assert day.open_cases() == set()


async def test_a_hold_that_comes_later_stops_a_packed_order(book: Book, clock: FixedClock) -> None:
    async with shopify_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        clock.advance(60_000)
        day.box.shop.hold(order, "INCORRECT_ADDRESS")
        await day.read()
        assert (day.row(order)["state"], day.row(order)["held"]) == ("allocated", "risk")


async def test_a_persons_own_hold_outlives_the_platforms_and_the_other_way_round(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        pk = day.row(order)["id"]
        day.shop.do("lead", HoldOrder(pk, "ask about the colour"))
        clock.advance(60_000)
        day.box.shop.hold(order, "OTHER")
        await day.read()
        assert day.row(order)["held"] == "hold"
        day.shop.do("lead", ReleaseOrder(pk, "grey it is"))
        assert day.row(order)["held"] == "risk"
        clock.advance(60_000)
        day.box.shop.release(order)
        await day.read()
        assert day.row(order)["held"] == ""


# --- what happens on the platform itself ---


async def test_what_was_sent_in_part_on_shopify_is_not_sent_again(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        clock.advance(60_000)
        curtain = order.lines[0]
        day.box.shop.fulfil(order, {order.pieces[0].number: {curtain.number: 1}}, ["BY-HAND"])
        await day.read()
        rows = {r["sku"]: (r["quantity"], r["shipped"]) for r in day.shop.all(line)}
        assert rows == {"LN-27": (2, 1), "HK-01": (1, 0)}
        assert figures(day) == (9, 1)


async def test_an_order_that_comes_in_half_sent_owes_only_the_rest(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        curtain = order.lines[0]
        day.box.shop.fulfil(order, {order.pieces[0].number: {curtain.number: 1}}, ["BY-HAND"])
        await day.read()
        assert figures(day) == (10, 1)
        number = day.pack(order)
        assert await day.upload() == "done"
        assert day.box.truth()["shipped"] == {str(order.number): ["BY-HAND", number]}
        assert [each.fulfilled for each in order.lines] == [2, 1]


async def test_a_part_refunded_before_it_is_sent_leaves_the_rest_to_send(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        day.box.shop.refund(order, "100", "one too many", {order.lines[0].number: 1})
        await day.read()
        row = day.row(order)
        assert (row["payment"], row["refunded_minor"]) == ("partly_refunded", 10_000)
        assert row["state"] in ("paid", "allocated")
        assert figures(day) == (10, 1)


@pytest.mark.parametrize(
    ("spoil", "state"),
    [
        (lambda shop, order: shop.cancel(order), "cancelled"),
        (lambda shop, order: shop.refund(order, "250"), "closed"),
    ],
)
async def test_a_cancelled_or_refunded_order_gives_its_stock_back(
    book: Book, clock: FixedClock, spoil, state
) -> None:
    async with shopify_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        assert figures(day) == (10, 2)
        clock.advance(60_000)
        spoil(day.box.shop, order)
        await day.read()
        assert day.row(order)["state"] == state
        assert figures(day) == (10, 0)


async def test_an_unpaid_order_waits_without_a_case_and_a_test_order_never_comes_in(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        waiting = day.box.shop.place(order_seed(financial="PENDING"))
        day.box.shop.place(order_seed(test=True))
        await day.read()
        assert day.row(waiting)["state"] == "awaiting_payment"
        assert day.open_cases() == set()
        assert len(day.shop.all(outbox)) == 0


async def test_people_the_app_may_not_see_open_a_case_and_are_never_guessed(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        day.box.setup.app.level_2 = False
        order = day.box.shop.place(order_seed())
        await day.read()
        assert "missing_field" in day.open_cases()
        assert day.row(order)["buyer_mask"] == ""
        assert day.row(order)["city"] == "杭州市"


# --- tokens ---


async def test_a_renewed_token_is_sealed_in_the_book_and_named_in_the_record(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        await day.read()
        first = day.fields()
        assert first["token"] == day.box.gate.given[0]
        clock.advance(24 * 3_600_000)
        await day.read()
        assert day.fields()["token"] == day.box.gate.given[1]
        assert day.fields()["client_secret"] == "secret"
        rows = [r for r in day.shop.all(audit) if r["action"] == "tokens_renewed"]
        assert len(rows) == 2
        assert {r["actor"] for r in rows} == {"sync"}
        shown = str(day.shop.all(channel)) + str(rows)
        assert not any(token in shown for token in day.box.gate.given)


async def test_both_tokens_of_an_expiring_pair_are_kept_before_they_are_used(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        given = day.box.gate.refresh_token()
        address = day.fields()["address"]
        day.loop.outlets.clear()
        day.connect(address, client_id="client", client_secret="secret", refresh_token=given)
        await day.read()
        held = day.fields()
        assert held["refresh_token"] != given
        for _ in range(3):
            clock.advance(3_600_000)
            assert (await day.read()).up
        assert day.fields()["refresh_token"] != held["refresh_token"]


async def test_keys_a_person_entered_meanwhile_are_never_written_over(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        await day.read()
        stale = day.loop._shelf(day.shop.channel_id)
        before = dict(await stale.read())
        day.connect(day.fields()["address"], token="shpat_new")
        stands = await stale.keep(before, {"token": "shpat_old", "token_until": "1"})
        assert stands == {"token": "shpat_new"}
        assert day.fields()["token"] == "shpat_new"


async def test_a_dead_refresh_token_stops_the_shop_for_a_person(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        await day.read()
        day.box.gate.revoke()
        day.box.setup.app.installed = False
        health = await day.read()
        assert (health.up, health.needs_person) == (False, True)
        assert health.error == "shopify_app_absent"


async def test_read_only_stops_shopify_as_it_stops_the_others(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        day.pack(order)
        day.shop.do("owner", SetPolicy("read_only", "true"))
        day.shop.door.laws.renew()
        calls = day.box.calls
        with pytest.raises(AssertionError):
            await day.upload(100)
        assert day.box.calls == calls
