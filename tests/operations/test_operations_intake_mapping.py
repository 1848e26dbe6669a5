"""What foreign words mean is the shop's to say, and shops are connected without losing a key."""

import pytest

from app.commands.channels import ConnectCarrier, ConnectChannel, PullNow, SetSender
from app.commands.orders import MapStatus
from app.domain.actor import worker
from app.domain.errors import BadValue, DemoOnly, NotAllowed, NotFound
from app.store import accounts, shops
from app.store.tables import channel, lock
from app.store.tables_record import case, status_map
from app.store.work import Book
from sync.records import NO_MOMENT
from tests.operations.outbound_world import Shop, open_shop, record

WOO = {"address": "https://shop.example", "key": "ck_secret", "secret": "cs_secret"}


@pytest.fixture
def shop(book: Book) -> Shop:
    opened = open_shop(book)
    opened.hire("boss", "admin")
    return opened


def meaning(raw: str, status: str, machine: str = "order") -> MapStatus:
    return MapStatus("woocommerce", machine, raw, status, "the plugin's word")


@pytest.mark.req("F009")
def test_a_word_that_is_explained_lets_its_waiting_orders_go_on_without_a_restart(
    shop: Shop,
) -> None:
    shop.receive(record(raw_status="stellar"), record("502", raw_status="stellar"), record("503"))
    assert (shop.order()["tab"], shop.order("502")["tab"]) == ("pending", "pending")
    shop.do("boss", meaning("stellar", "paid"))
    for external_id in ("501", "502"):
        row = shop.order(external_id)
        assert (row["intake"], row["state"], row["payment"]) == ("booked", "paid", "paid")
        assert (row["tab"], row["open_cases"]) == ("to_review", 0)
    assert sum(r["quantity"] for r in shop.all(lock)) == 9
    assert {r["state"] for r in shop.all(case)} == {"settled"}


@pytest.mark.req("F009")
def test_a_changed_row_of_the_map_counts_from_the_next_record_on(shop: Shop) -> None:
    shop.do("boss", meaning("on-hold", "paid"))
    shop.receive(record(raw_status="on-hold"))
    assert shop.order()["state"] == "paid"
    mine = [r for r in shop.all(status_map) if r["raw"] == "on-hold"]
    assert [(r["status"], r["sentence"]) for r in mine] == [("paid", "the plugin's word")]


@pytest.mark.req("F009")
def test_a_word_that_means_unpaid_waits_for_the_money(shop: Shop) -> None:
    shop.receive(record(raw_status="odd", payment_proofs=(), paid=NO_MOMENT, raw_payment="unpaid"))
    shop.do("boss", meaning("odd", "awaiting_payment"))
    row = shop.order()
    assert (row["state"], row["payment"], row["tab"]) == (
        "awaiting_payment",
        "unpaid",
        "awaiting_payment",
    )
    assert shop.all(lock) == []


def test_an_unknown_word_for_the_payment_waits_too(shop: Shop) -> None:
    shop.receive(record(raw_payment="barter"))
    assert [r["subject"] for r in shop.all(case)] == ["payment:barter"]
    shop.do("boss", meaning("barter", "paid", "payment"))
    assert [r["state"] for r in shop.all(case)] == ["settled"]
    assert shop.order()["open_cases"] == 0


@pytest.mark.parametrize(
    "ask",
    [meaning("x", "almost"), meaning("x", "paid", "moon"), meaning("x", "delivered", "order")],
)
def test_a_meaning_waydesk_does_not_have_is_refused(shop: Shop, ask: MapStatus) -> None:
    before = len(shop.all(status_map))
    with pytest.raises(BadValue):
        shop.do("boss", ask)
    with pytest.raises(NotAllowed):
        shop.do("packer", meaning("x", "paid"))
    assert len(shop.all(status_map)) == before


def test_a_shops_keys_are_kept_where_nobody_reads_them(shop: Shop) -> None:
    made = shop.do("boss", ConnectChannel("woocommerce", "North", "Asia/Shanghai", "CNY", WOO))
    row = next(r for r in shop.all(channel) if r["id"] == made["id"])
    assert b"ck_secret" not in row["credentials_ct"]
    assert "ck_secret" not in repr(row)
    with shop.book.work(worker("sync")) as work:
        opened = next(s for s in shops.shops(work) if s.id == made["id"])
    assert opened.fields == WOO
    assert "ck_secret" not in repr(opened)
    again = shop.do("boss", ConnectChannel("woocommerce", "North", "UTC", "CNY", WOO))
    assert again == made


def test_a_demonstration_takes_no_real_keys(shop: Shop) -> None:
    with shop.book.work(worker("setup")) as work:
        shops.mark_demo(work)
        work.tell("shop_opened")
        work.commit()
    with pytest.raises(DemoOnly):
        shop.do("boss", ConnectChannel("woocommerce", "North", "UTC", "CNY", WOO))
    with pytest.raises(DemoOnly):
        shop.do("boss", ConnectCarrier("sf", "SF", {"partner_id": "X", "checkword": "Y"}))
    here = WOO | {"address": "http://127.0.0.1:8080"}
    assert shop.do("boss", ConnectChannel("woocommerce", "North", "UTC", "CNY", here))["id"]
    sandbox = {"partner_id": "X", "checkword": "Y", "url": "http://localhost:9/std/service"}
    assert shop.do("boss", ConnectCarrier("sf", "SF", sandbox))["id"]


def test_a_shop_in_no_zone_or_currency_is_refused(shop: Shop) -> None:
    for zone, currency in (("Mars/Base", "CNY"), ("UTC", "XXQ")):
        with pytest.raises(BadValue):
            shop.do("boss", ConnectChannel("woocommerce", "North", zone, currency, WOO))


def test_the_senders_address_needs_a_name_a_phone_and_a_street(shop: Shop) -> None:
    with pytest.raises(BadValue):
        shop.do("boss", SetSender("仓库", "", "", "浙江省", "杭州市", "", "路 1 号"))
    shop.do("boss", SetSender("新仓", "0571-1", "", "浙江省", "杭州市", "", "路 1 号"))
    with shop.book.work(worker("test")) as work:
        assert accounts.sender(work)["name"] == "新仓"


def test_a_pull_can_be_asked_for_by_whoever_answers_the_phone(shop: Shop) -> None:
    shop.do("agent", PullNow(shop.channel_id))
    with shop.book.work(worker("test")) as work:
        assert list(shops.wanted_pulls(work)) == [shop.channel_id]
    with pytest.raises(NotFound):
        shop.do("agent", PullNow(12))
