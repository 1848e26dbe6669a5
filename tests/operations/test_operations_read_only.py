"""Until the owner says go, orders come in and nothing leaves (F265)."""

from typing import Any

import msgspec
import pytest

from app.commands.cases import ReplayEffect
from app.commands.orders import SetMemo, SetPolicy
from app.commands.parcels import ScanLabel, TakeWaybills, TypeWaybill, VoidWaybill
from app.domain.actor import worker
from app.domain.errors import NotAllowed, ReadOnlyShop, RuleRefused
from app.store import outbox as box
from app.store.tables import parcel, waybill
from app.store.tables_record import audit, outbox
from app.store.work import Book
from tests.operations.carrier_world import dispatch
from tests.operations.outbound_world import Shop, open_shop, record
from tests.operations.press_world import make_live
from tests.operations.upload_world import uploads
from tests.worlds import FixedClock

TYPED = "SF1426008733101"
WATCH, GO = SetPolicy("read_only", "true"), SetPolicy("read_only", "false")


def refused(shop: Shop, who: str, ask: msgspec.Struct) -> bool:
    """Whether it was refused for this reason, and neither outbox nor waybill came of it."""
    before = (len(shop.all(outbox)), shop.all(waybill))
    with pytest.raises(ReadOnlyShop):
        shop.do(who, ask)
    return (len(shop.all(outbox)), shop.all(waybill)) == before


def watching(book: Book) -> Shop:
    """A shop that only watches again: one order has its waybill, two came in since."""
    shop = open_shop(book, "lead", "packer", "owner", "admin")
    shop.receive(record("500"))
    shop.flow()
    make_live(shop, "500")
    shop.do("owner", WATCH)
    shop.receive(record("501"), record("502"))
    shop.flow()
    return shop


@pytest.mark.req("F265")
def test_orders_come_in_and_are_prepared_while_only_watched(book: Book) -> None:
    shop = watching(book)
    assert [shop.order(one)["state"] for one in ("501", "502")] == ["allocated", "allocated"]
    assert (len(shop.all(waybill)), shop.all(outbox)) == (1, [])


@pytest.mark.req("F265")
def test_every_effect_on_a_platform_or_carrier_is_refused_with_that_reason(book: Book) -> None:
    shop = watching(book)
    first, second = shop.order("501")["id"], shop.order("502")["id"]
    taken = shop.do("lead", TakeWaybills((first,)))
    assert (taken["done"], taken["refused"]) == ([], [[first, "read_only_shop"]])
    assert refused(shop, "lead", SetMemo(first, "careful", "red"))
    shop.do("lead", TypeWaybill(second, "sf", TYPED, "from the counter"))
    assert refused(shop, "packer", ScanLabel(TYPED, "weigh_out"))
    assert shop.order("502")["state"] == "allocated"
    assert [box["weighed_at"] for box in shop.all(parcel)] == [None, None, None]
    label = shop.all(waybill)[0]["id"]
    assert refused(shop, "lead", VoidWaybill(label, "wrong box"))
    dead = put_dead(shop, second)
    assert refused(shop, "admin", ReplayEffect(dead))


def put_dead(shop: Shop, order_id: int) -> int:
    with shop.book.work(worker("test")) as work:
        effect = box.Effect("memo_write", "memo-1", shop.channel_id, order_id)
        pk = box.put(work, effect)
        box.settle(work, pk, "dead")
        work.tell("effect_settled", "outbox", pk)
        work.commit()
    return pk


@pytest.mark.req("F265")
def test_rules_that_take_numbers_by_themselves_rest_too(book: Book) -> None:
    shop = open_shop(book, "owner")
    shop.do("owner", WATCH)
    shop.do("owner", SetPolicy("auto_waybill", "true"))
    shop.receive(record("501"))
    shop.flow()
    assert shop.order("501")["state"] == "allocated"
    assert shop.all(waybill) == []


@pytest.mark.req("F265")
async def test_what_was_put_down_before_is_not_sent_until_the_owner_says_go(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        desk.shop.hire("owner", "owner")
        await desk.order(501)
        desk.ship(501)
        desk.shop.do("owner", WATCH)
        desk.shop.door.laws.renew()
        assert await desk.pump().round() == 0
        assert (desk.effect()["state"], desk.shipped()) == ("ready", {})
        desk.shop.do("owner", GO)
        await desk.until("done")
        assert list(desk.shipped()) == ["501"]


@pytest.mark.req("F265")
async def test_no_waybill_is_bought_before_go(book: Book, clock: FixedClock) -> None:
    async with dispatch(book, clock) as desk:
        desk.shop.hire("owner", "owner")
        desk.take("501")
        desk.shop.do("owner", WATCH)
        assert await desk.pump().round() == 0
        assert desk.at_carrier() == 0
        desk.shop.do("owner", GO)
        await desk.until("live")
        assert desk.at_carrier() == 1


def test_only_the_owner_says_go_and_it_stands_in_the_record(book: Book) -> None:
    shop = watching(book)
    with pytest.raises(NotAllowed):
        shop.do("admin", GO)
    assert shop.door.laws.now.policy.read_only
    shop.do("owner", GO)
    told = [row["action"] for row in shop.all(audit)]
    assert told.index("watched_only") < told.index("went_live")
    assert shop.do("lead", TakeWaybills((shop.order("501")["id"],)))["refused"] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("working_days", "128"), ("working_days", ""), ("cut_off", "25:00"), ("cut_off", "4pm")),
        *(("holidays", "2026-13-01"), ("zone", "Mars/Base"), ("currency", "XXX")),
    ],
)
def test_a_choice_that_is_not_of_its_form_is_refused_by_name(
    book: Book, key: str, value: str
) -> None:
    shop = open_shop(book, "admin")
    with pytest.raises(RuleRefused) as no:
        shop.do("admin", SetPolicy(key, value))
    assert no.value.details["row"] == key


def choose(shop: Shop, **choices: Any) -> None:
    for key, value in choices.items():
        shop.do("admin", SetPolicy(key, value))


def test_the_ship_by_time_of_an_order_counts_working_days_only(book: Book) -> None:
    """16 February 2026 is a Monday; the order was paid at noon in Shanghai."""
    shop = open_shop(book, "admin")
    choose(shop, working_days="12345", holidays="2026-02-17,2026-02-18", ship_within_hours="24")
    shop.receive(record("501"))
    noon = shop.order("501")["paid_at"]
    assert shop.order("501")["promise_at"] == noon + 3 * 86_400_000
