"""A number is asked of the platform's own e-waybill, and of nobody who must not know the buyer."""

from dataclasses import replace

import pytest

from app.commands.channels import ConnectCarrier
from app.commands.parcels import PrintLabels, ReprintLabel, TakeWaybills
from app.commands.privacy import RenewCredentials, RetireCredentials
from app.domain.actor import worker
from app.domain.errors_labels import PlatformLabel
from app.operations import tracking, waybill_answers, waybill_intents
from app.store import label_data
from app.store.erasure import erase
from app.store.tables import orders, parcel, print_job, waybill
from app.store.tables_labels import print_data
from app.store.tables_record import case
from app.store.verify import verify
from app.store.work import Book
from sync.records import ReceiverRecord
from sync.waybill_records import PrintData
from tests.operations.ewaybill_world import (
    CIPHER,
    connect,
    disconnect_all,
    open_cases,
    order,
    sealed_shop,
)
from tests.operations.outbound_world import answer
from tests.worlds import FixedClock

PLAIN = ReceiverRecord(
    "张小满", "13812345678", "", "CN", "浙江省", "杭州市", "萧山区", "市心中路 1 号"
)
LABEL = PrintData("pdd", '{"encryptedData":"x","signature":"s","ver":"4"}', "https://t.example/1")


def take(shop):
    return shop.do("lead", TakeWaybills((shop.order()["id"],)))


def test_a_hidden_buyers_number_waits_until_the_platforms_own_ewaybill_is_connected(
    book: Book,
) -> None:
    shop = sealed_shop(book)
    connect(shop, "cainiao")
    shop.receive(order("pinduoduo", "502"))
    shop.flow()
    ids = tuple(shop.order(one)["id"] for one in ("501", "502"))
    told = shop.do("lead", TakeWaybills(ids))
    assert [code for _id, code in told["refused"]] == ["receiver_sealed"] * 2
    assert (shop.all(waybill), open_cases(shop)) == ([], [("no_ewaybill", shop.channel_id)])
    shop.prove("owner")
    shop.do("owner", ConnectCarrier("pdd_ewaybill", "PDD", {"wp_code": "ZTO"}))
    assert open_cases(shop) == []
    assert shop.do("lead", TakeWaybills(ids))["refused"] == []
    assert {row["carrier_account"].split(":")[0] for row in shop.all(waybill)} == {"pdd_ewaybill"}


def test_an_order_of_another_platform_is_refused_before_anything_is_asked(book: Book) -> None:
    shop = sealed_shop(book, "woocommerce", receiver=PLAIN)
    disconnect_all(shop)
    connect(shop, "pdd_ewaybill")
    told = take(shop)
    assert [code for _id, code in told["refused"]] == ["foreign_order"]
    assert shop.all(waybill) == []
    connect(shop, "zto")
    assert take(shop)["refused"] == []
    assert shop.all(waybill)[0]["carrier_account"].startswith("zto:")


def test_an_order_that_goes_on_by_itself_waits_for_its_ewaybill_and_says_so(book: Book) -> None:
    shop = sealed_shop(book)
    rule(shop, auto_waybill=True)
    shop.receive(order("pinduoduo", "502"))
    shop.flow()
    assert (shop.order("502")["state"], shop.all(waybill)) == ("allocated", [])
    assert open_cases(shop) == [("no_ewaybill", shop.channel_id)]
    connect(shop, "pdd_ewaybill")
    shop.receive(order("pinduoduo", "503"))
    shop.flow()
    assert len(shop.all(waybill)) == 1


def rule(shop, **choices: bool) -> None:
    law = shop.door.laws.now
    shop.door.laws.now = replace(law, policy=replace(law.policy, **choices))


def test_the_carrier_is_told_whose_order_it_is_and_the_ciphertext_as_it_came(book: Book) -> None:
    shop = sealed_shop(book)
    connect(shop, "pdd_ewaybill")
    take(shop)
    row = shop.all(waybill)[0]
    with book.work(worker("test")) as work:
        ask = waybill_intents.wanted(work, row).ask
    assert (ask.platform, ask.order_id, ask.receiver_cipher) == ("pinduoduo", "501", CIPHER)
    assert (ask.receiver.name, ask.receiver.phone) == ("张**", "138****5678")


def live(shop, number: str = "YT1"):
    with shop.book.work(worker("sync")) as work:
        row = work.rows(waybill.select())[0]
        told = replace(answer(row["intent_key"], number), print_data=LABEL)
        waybill_answers.made_live(work, shop.door.laws.now, row["id"], told)
        work.tell("waybill_live", "waybill", row["id"])
        work.commit()
    return row["id"]


def test_the_platforms_label_is_kept_sealed_and_goes_with_its_buyer(book: Book) -> None:
    shop = sealed_shop(book)
    connect(shop, "pdd_ewaybill")
    take(shop)
    pk = live(shop)
    with book.work(worker("test")) as work:
        kept = label_data.of(work, pk)
    assert kept is not None
    assert (kept.component, kept.content, kept.template_url) == (
        *(LABEL.component, LABEL.content),
        LABEL.template_url,
    )
    assert b"encryptedData" not in shop.all(print_data)[0]["content_ct"]
    assert verify(book).ok
    order_id = shop.order()["id"]
    with book.work(worker("sync")) as work:
        erase(work, order_id, "asked")
        work.commit()
    with book.work(worker("test")) as work:
        assert label_data.of(work, pk) is None
    assert verify(book).ok


@pytest.mark.parametrize("auto", [True, False])
def test_no_label_with_stars_for_a_name_leaves_our_own_printer(book: Book, auto: bool) -> None:
    shop = sealed_shop(book)
    connect(shop, "pdd_ewaybill")
    take(shop)
    rule(shop, auto_print=auto)
    pk = live(shop)
    told = shop.do("packer", PrintLabels((shop.order()["id"],), "pdf:out"))
    assert [code for _id, code in told["refused"]] == ["platform_label"]
    shop.one_suffices()
    with pytest.raises(PlatformLabel):
        shop.do("lead", ReprintLabel(pk, "pdf:out", "jam"))
    assert shop.all(print_job) == []


@pytest.mark.parametrize(("platform", "late"), [("pinduoduo", []), ("woocommerce", ["501"])])
def test_silence_is_no_delay_where_an_account_tells_no_scans(
    book: Book, clock: FixedClock, platform: str, late: list[str]
) -> None:
    shop = sealed_shop(book, platform, **({} if platform == "pinduoduo" else {"receiver": PLAIN}))
    connect(shop, "pdd_ewaybill")
    take(shop)
    live(shop)
    order_id = shop.order()["id"]
    with book.work(worker("test")) as work:
        work.update(orders, order_id, state="shipped", shipped_at=work.now)
        for box in work.of(parcel, "order_id", order_id):
            work.update(parcel, box["id"], state="shipped")
        work.tell("shipped")
        work.commit()
    clock.advance(48 * 3_600_000)
    with book.work(worker("timer")) as work:
        tracking.overdue(work, shop.door.laws.now)
        work.tell("looked")
        work.commit()
    told = [row for row in shop.all(case) if row["kind"] == "pickup_overdue"]
    assert [shop.order()["external_id"] for _row in told] == late


def test_an_ewaybill_that_was_dropped_is_missed_until_it_has_keys_again(book: Book) -> None:
    shop = sealed_shop(book)
    pk = connect(shop, "pdd_ewaybill", wp_code="ZTO")
    shop.prove("owner")
    shop.one_suffices()
    shop.do("owner", RetireCredentials("carrier", pk, "another courier"))
    assert [code for _id, code in take(shop)["refused"]] == ["receiver_sealed"]
    assert open_cases(shop) == [("no_ewaybill", shop.channel_id)]
    shop.do("owner", RenewCredentials("carrier", pk, {"wp_code": "YTO"}))
    assert open_cases(shop) == []
    assert take(shop)["refused"] == []
