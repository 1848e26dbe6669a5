"""How often a shop is read, in which zone and whether at all is the shop's to say, each time."""

import pytest

from app.commands.orders import MapStatus
from app.commands.schedule import PauseChannel, ResumeChannel, SetSchedule
from app.domain.actor import worker
from app.domain.errors import BadValue, NotAllowed, NotInState, ReasonNeeded
from app.store import outbox, shops
from app.store.outbox import Effect
from app.store.tables import channel
from app.store.tables_record import audit
from app.store.work import Book
from tests.operations.outbound_world import Shop, open_shop, record


@pytest.fixture
def shop(book: Book) -> Shop:
    opened = open_shop(book)
    opened.hire("boss", "admin")
    return opened


def read_now(shop: Shop) -> dict[int, shops.ShopAccess]:
    with shop.book.work(worker("test")) as work:
        return {one.id: one for one in shops.shops(work)}


def second_shop(shop: Shop) -> int:
    with shop.book.work(worker("test")) as work:
        row = {"platform": "woocommerce", "name": "south", "zone": "UTC", "currency": "CNY"}
        pk = shops.put_shop(work, row, {"key": "k"})
        work.tell("channel_connected", "channel", pk)
        work.commit()
    return pk


@pytest.mark.req("F074")
def test_each_shop_has_a_pace_and_a_zone_of_its_own_and_the_record_says_who_set_them(
    shop: Shop,
) -> None:
    other, before = second_shop(shop), read_now(shop)
    shop.do("boss", SetSchedule(shop.channel_id, 300, "America/New_York"))
    after = read_now(shop)
    mine = after[shop.channel_id]
    assert (mine.every_s, mine.zone) == (300, "America/New_York")
    assert mine.version > before[shop.channel_id].version, "the reader sees that it changed"
    assert after[other] == before[other]
    told = [r for r in shop.all(audit) if r["action"] == "schedule_set"]
    assert [(r["actor"], r["object"], r["object_id"]) for r in told] == [
        ("boss", "channel", shop.channel_id)
    ]
    assert "300" in told[0]["changes_json"]


@pytest.mark.parametrize(("every_s", "zone"), [(9, ""), (86_401, ""), (-5, ""), (60, "Mars/Base")])
def test_a_pace_or_a_zone_that_cannot_be_is_refused(shop: Shop, every_s: int, zone: str) -> None:
    before = read_now(shop)
    with pytest.raises(BadValue):
        shop.do("boss", SetSchedule(shop.channel_id, every_s, zone))
    assert read_now(shop) == before


def test_a_paused_shop_is_not_read_until_it_is_resumed_and_new_keys_do_not_resume_it(
    shop: Shop,
) -> None:
    pk = shop.channel_id
    with pytest.raises(ReasonNeeded):
        shop.do("boss", PauseChannel(pk, " "))
    shop.do("boss", PauseChannel(pk, "stock-taking"))
    assert pk not in read_now(shop)
    with pytest.raises(NotInState):
        shop.do("boss", PauseChannel(pk, "again"))
    with shop.book.work(worker("test")) as work:
        row = work.row(channel, pk)
        same = {name: row[name] for name in ("platform", "name", "zone", "currency")}
        assert shops.put_shop(work, same, {"key": "new"}) == pk
        work.tell("credentials_renewed", "channel", pk)
        work.commit()
    assert pk not in read_now(shop)
    shop.do("boss", ResumeChannel(pk))
    assert read_now(shop)[pk].fields == {"key": "new"}
    with pytest.raises(NotInState):
        shop.do("boss", ResumeChannel(pk))


def test_nobody_without_the_right_changes_how_a_shop_is_read(shop: Shop) -> None:
    for ask in (
        SetSchedule(shop.channel_id, 60),
        PauseChannel(shop.channel_id, "why"),
        ResumeChannel(shop.channel_id),
    ):
        with pytest.raises(NotAllowed):
            shop.do("packer", ask)


def test_what_waits_for_a_paused_shop_does_not_hide_what_another_is_owed(shop: Shop) -> None:
    other = second_shop(shop)
    with shop.book.work(worker("test")) as work:
        for n in range(20):
            outbox.put(work, Effect("memo_write", f"memo:{n}", shop.channel_id))
        outbox.put(work, Effect("memo_write", "memo:south", other))
        found = outbox.due(work, 16, ("memo_write",), (other,))
    assert [row["intent_key"] for row in found] == ["memo:south"]


@pytest.mark.req("F074")
def test_a_word_explained_for_one_shop_means_nothing_in_another_of_the_same_platform(
    shop: Shop,
) -> None:
    mine, other = shop.channel_id, second_shop(shop)
    shop.receive(record(raw_status="stellar"))
    shop.channel_id = other
    shop.receive(record("601", raw_status="stellar"))
    shop.do("boss", MapStatus("woocommerce", "order", "stellar", "paid", "ours", mine))
    assert shop.order()["intake"] == "booked"
    shop.receive(record("602", raw_status="stellar"))
    assert {shop.order(one)["intake"] for one in ("601", "602")} == {"pending"}
    shop.do("boss", MapStatus("woocommerce", "order", "stellar", "cancelled", "theirs", other))
    shop.receive(record("603", raw_status="stellar"))
    assert {shop.order(one)["state"] for one in ("601", "602", "603")} == {"cancelled"}
    shop.channel_id = mine
    shop.receive(record("502", raw_status="stellar"))
    assert shop.order("502")["state"] == "paid"
    with pytest.raises(BadValue):
        shop.do("boss", MapStatus("shopify", "order", "stellar", "paid", "", mine))
