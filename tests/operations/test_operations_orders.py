"""What people do with orders, and what it does to stock, payment and the platform."""

import msgspec
import pytest
from sqlalchemy import select

from app.commands.orders import (
    AddNote,
    CancelLines,
    CancelOrder,
    ConfirmPayment,
    EditAddress,
    ForceStatus,
    HoldOrder,
    ReleaseOrder,
    ReviewOrder,
    SetKind,
    SetMemo,
    SetPolicy,
)
from app.commands.parcels import AllocateOrder
from app.domain.actor import worker
from app.domain.errors import BadValue, LockUnknown, MissingProofs, NotInState, RuleRefused
from app.store.tables import line, lock, orders, parcel, receiver, stock
from app.store.tables_record import audit, case, event, outbox
from app.store.work import Book
from tests.operations.outbound_world import Shop, open_shop, record

UNPAID = {"raw_status": "pending", "raw_payment": "unpaid", "payment_proofs": ()}


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book, "lead", "finance", "owner", "agent")
    made.receive(record())
    return made


def reserved(shop: Shop) -> dict[str, int]:
    return {row["sku"]: row["reserved"] for row in shop.all(stock)}


def open_cases(shop: Shop) -> set[str]:
    return {row["kind"] for row in shop.all(case) if row["state"] != "settled"}


@pytest.mark.req("F003")
def test_a_payment_needs_both_its_proofs(shop: Shop) -> None:
    shop.do("owner", SetPolicy("paid_policy", "callback_and_serial", "the bank asks for it"))
    shop.receive(record("502", **UNPAID))
    order_id = shop.order("502")["id"]
    shop.agreed("finance", ConfirmPayment(order_id, "payment_callback", "WX-1"), "owner")
    row = shop.order("502")
    assert (row["state"], row["payment"]) == ("awaiting_payment", "unconfirmed")
    assert open_cases(shop) == {"payment_unconfirmed"}
    shop.agreed("finance", ConfirmPayment(order_id, "payment_callback", "WX-1"), "owner")
    assert shop.order("502")["payment"] == "unconfirmed"
    shop.agreed("finance", ConfirmPayment(order_id, "bank_serial", "ICBC-77"), "owner")
    row = shop.order("502")
    assert (row["state"], row["payment"], row["paid_minor"]) == ("paid", "paid", 25800)
    assert not open_cases(shop)
    for wrong in (("cash", "X"), ("bank_serial", " ")):
        with pytest.raises(BadValue):
            shop.do("finance", ConfirmPayment(order_id, *wrong))


@pytest.mark.req("F190")
def test_cancelling_gives_the_stock_back_with_it(shop: Shop) -> None:
    shop.flow()
    assert reserved(shop) == {"LN-27": 2, "HK-01": 1}
    shop.do("lead", CancelOrder(shop.order()["id"], "the buyer asked"))
    assert shop.order()["state"] == "cancelled"
    assert reserved(shop) == {"LN-27": 0, "HK-01": 0}
    with pytest.raises(NotInState):
        shop.do("lead", CancelOrder(shop.order()["id"], "again"))


@pytest.mark.req("F191", "F192")
def test_part_of_an_order_gives_back_its_own_and_only_by_its_own_reservation(shop: Shop) -> None:
    shop.flow()
    order_id = shop.order()["id"]
    held = {row["sku"]: row for row in shop.all(lock)}
    curtain = next(row for row in shop.all(line) if row["sku"] == "LN-27")["id"]
    told = len(shop.all(audit))
    for forged in (held["HK-01"]["id"], 999):
        with pytest.raises(LockUnknown):
            shop.do("lead", CancelLines(order_id, ((curtain, 1, forged),), "one too many"))
    assert [row["result"] for row in shop.all(audit)[told:]] == ["failed", "failed"]
    assert reserved(shop) == {"LN-27": 2, "HK-01": 1}
    shop.do("lead", CancelLines(order_id, ((curtain, 1, held["LN-27"]["id"]),), "one too many"))
    assert reserved(shop) == {"LN-27": 1, "HK-01": 1}


def test_a_held_order_stands_until_it_is_released(shop: Shop) -> None:
    order_id = shop.order()["id"]
    shop.do("agent", HoldOrder(order_id, "ask about the colour"))
    with pytest.raises(NotInState):
        shop.do("agent", HoldOrder(order_id, "again"))
    shop.flow()
    assert shop.order()["state"] == "paid"
    with pytest.raises(MissingProofs):
        shop.do("lead", AllocateOrder(order_id))
    assert (shop.order()["held"], shop.order()["held_reason"]) == ("hold", "ask about the colour")
    shop.do("agent", ReleaseOrder(order_id, "grey it is"))
    with pytest.raises(NotInState):
        shop.do("agent", ReleaseOrder(order_id, "again"))
    shop.do("lead", ReviewOrder(order_id))
    assert shop.order()["state"] == "allocated"
    assert len(shop.all(parcel)) == 1


def test_the_platforms_risk_review_is_not_ours_to_lift(shop: Shop) -> None:
    order_id = shop.order()["id"]
    with shop.book.work(worker("sync")) as work:
        work.update(orders, order_id, held="risk")
        work.tell("risk")
        work.commit()
    for ask in (ReleaseOrder(order_id, "hurry"), HoldOrder(order_id, "too")):
        with pytest.raises(NotInState):
            shop.do("lead", ask)
    assert shop.order()["held"] == "risk"


@pytest.mark.req("F049")
def test_forcing_a_status_needs_an_approval_to_point_at(shop: Shop) -> None:
    shop.flow()
    order_id = shop.order()["id"]
    with pytest.raises(BadValue):
        shop.do("lead", ForceStatus(order_id, "cancelled", "lost", " "))
    with pytest.raises(BadValue):
        shop.do("lead", ForceStatus(order_id, "gone", "lost", "APPR-7"))
    shop.agreed("lead", ForceStatus(order_id, "cancelled", "lost", "APPR-7"), "owner")
    assert set(reserved(shop).values()) == {0}


@pytest.mark.req("F111")
def test_what_sort_of_order_it_is_can_be_said(shop: Shop) -> None:
    order_id = shop.order()["id"]
    for kind in ("rush", "sample", "normal"):
        shop.do("agent", SetKind(order_id, kind))
        assert shop.order()["kind"] == kind
    with pytest.raises(BadValue):
        shop.do("agent", SetKind(order_id, "urgentish"))


def test_a_remark_keeps_no_phone_and_no_card_number(shop: Shop) -> None:
    shop.do("agent", AddNote(shop.order()["id"], "call 13812345678, card 4111 1111 1111 1111"))
    told = next(row for row in shop.all(event) if row["kind"] == "note")
    assert "13812345678" not in told["args_json"]
    assert "4111 1111 1111 1111" not in told["args_json"]
    with pytest.raises(BadValue):
        shop.do("agent", AddNote(shop.order()["id"], "   "))


def test_memo_and_flag_go_to_the_platform_by_the_outbox(shop: Shop) -> None:
    shop.do("agent", SetMemo(shop.order()["id"], "ring twice", "red"))
    assert (shop.order()["seller_memo"], shop.order()["flag"]) == ("ring twice", "red")
    assert [row["kind"] for row in shop.all(outbox)] == ["memo_write"]
    with pytest.raises(BadValue):
        shop.do("agent", SetMemo(shop.order()["id"], "x", "mauve"))
    assert len(shop.all(outbox)) == 1


@pytest.mark.req("F099")
def test_a_corrected_address_is_closed_masked_and_found_by_its_new_name(shop: Shop) -> None:
    order_id = shop.order()["id"]
    place = ("江苏省", "苏州市", "工业园区", "星湖街 218 号")
    shop.do("agent", EditAddress(order_id, "欧阳静", "13900002222", *place, "moved", "215000"))
    row = shop.order()
    assert (row["phone_tail"], row["city"]) == ("2222", "苏州市")
    kept = msgspec.msgpack.encode([dict(one) for one in (*shop.all(receiver), row)])
    for secret in ("欧阳静", "13900002222", "星湖街 218 号"):
        assert secret.encode() not in kept
    with pytest.raises(BadValue):
        shop.do("agent", EditAddress(order_id, "", "1", *place, "moved"))
    with shop.book.work(worker("test")) as work:
        found = work.rows(select(receiver.c.phone_index))[0]["phone_index"]
        assert bytes(found) == work.keys.blind("phone", "+86 139-0000-2222")


def test_a_rule_that_is_no_rule_is_refused_and_a_good_one_counts_at_once(shop: Shop) -> None:
    for key, value in (("ship_trigger", "someday"), ("no_such_rule", "1")):
        with pytest.raises(RuleRefused):
            shop.do("owner", SetPolicy(key, value))
    shop.do("owner", SetPolicy("auto_allocate", "false"))
    shop.flow()
    assert shop.order()["state"] == "paid"
