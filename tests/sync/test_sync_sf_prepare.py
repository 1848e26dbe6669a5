"""The text SF is sent is made once, complete and signable, and never what SF refuses by shape."""

import json
from dataclasses import replace

import pytest

from sync.carriers.prepared import reference_in
from sync.carriers.sf_account import SfAccount
from sync.carriers.sf_ask import OUR_FIELD, exact_text, order_text
from sync.errors import Rejected
from sync.waybill_records import GoodsRecord
from tests.sync.sf_world import ASK, RECEIVER

ACCOUNT = SfAccount("WAYDESK1", "word", "7551234567")


def told(**changed) -> dict:
    return json.loads(order_text(replace(ASK, **changed), ACCOUNT))


def refused_field(account=ACCOUNT, **changed) -> str:
    with pytest.raises(Rejected) as caught:
        order_text(replace(ASK, **changed), account)
    assert caught.value.code == "waybill_ask_refused"
    return str(caught.value.details["field"])


def test_order_holds_all_that_sf_needs():
    order = told()
    assert order["orderId"] == ASK.reference
    assert order["language"] == "zh-CN"
    assert [contact["contactType"] for contact in order["contactInfoList"]] == [1, 2]
    assert order["contactInfoList"][1]["county"] == "西湖区"
    assert order["cargoDetails"] == [{"name": "棉T恤", "count": 2, "unit": "件", "weight": 0.25}]
    assert order["monthlyCard"] == "7551234567"
    assert order["totalWeight"] == 1.234
    assert (order["parcelQty"], order["expressTypeId"], order["payMethod"]) == (1, 2, 1)
    assert (order["isReturnRoutelabel"], order["isUnifiedWaybillNo"]) == (1, 1)


def test_same_ask_gives_the_same_bytes_and_holds_its_reference():
    assert order_text(ASK, ACCOUNT) == order_text(ASK, ACCOUNT)
    assert reference_in(order_text(ASK, ACCOUNT), OUR_FIELD) == ASK.reference


def test_text_holds_no_tilde_and_still_says_it():
    prepared = order_text(ASK, ACCOUNT)
    assert b"~" not in prepared
    assert told()["contactInfoList"][1]["contact"] == "张 三*~"
    assert json.loads(exact_text({"a": "\\~~\\"})) == {"a": "\\~~\\"}


def test_half_a_character_becomes_a_question_mark_not_a_crash():
    assert told(remark="好\ud83d")["remark"] == "好?"


@pytest.mark.parametrize(
    ("typed", "field", "sent"),
    [
        ("13925211148", "mobile", "13925211148"),
        ("+86 139-2521-1148", "mobile", "13925211148"),
        ("8613925211148", "mobile", "13925211148"),
        ("0755-26712345", "tel", "0755-26712345"),
        ("13925211148-4321", "tel", "13925211148-4321"),
    ],
)
def test_mobile_and_other_phones_go_where_sf_looks_for_them(typed, field, sent):
    contact = told(receiver=replace(RECEIVER, phone=typed))["contactInfoList"][1]
    assert contact[field] == sent
    assert ("mobile" in contact) != ("tel" in contact)


def test_remark_is_shortened_with_a_mark_and_nothing_else_is():
    assert told(remark="慢" * 101)["remark"] == "慢" * 99 + "…"
    assert told(remark="慢" * 100)["remark"] == "慢" * 100
    assert "remark" not in told(remark="")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reference": "wd1-1-1"}, "reference"),
        ({"reference": "W" * 65}, "reference"),
        ({"reference": ""}, "reference"),
        ({"receiver": replace(RECEIVER, name=" ")}, "receiver.name"),
        ({"receiver": replace(RECEIVER, phone="")}, "receiver.phone"),
        ({"sender": replace(RECEIVER, address="")}, "sender.address"),
        ({"receiver": replace(RECEIVER, address="路" * 201)}, "receiver.address"),
        ({"receiver": replace(RECEIVER, name="名" * 101)}, "receiver.name"),
        ({"goods": ()}, "goods"),
        ({"goods": (GoodsRecord(" "),)}, "goods.name"),
        ({"goods": (GoodsRecord("杯", 0),)}, "goods.quantity"),
        ({"parcels": 0}, "parcels"),
        ({"parcels": 308}, "parcels"),
        ({"weight_g": -1}, "weight_g"),
        ({"service": "fast"}, "service"),
        ({"monthly_account": "755123456"}, "monthly_account"),
        ({"monthly_account": "７５５１２３４５６７"}, "monthly_account"),
    ],
)
def test_what_sf_refuses_by_shape_is_refused_before_it_is_sent(changed, field):
    assert refused_field(**changed) == field


def test_limits_themselves_are_allowed():
    assert told(reference="W" * 64, parcels=307)["parcelQty"] == 307
    assert told(receiver=replace(RECEIVER, address="路" * 200))


def test_account_without_a_monthly_card_pays_in_cash():
    order = json.loads(order_text(replace(ASK, monthly_account=""), SfAccount("P", "w")))
    assert "monthlyCard" not in order


def test_product_of_the_account_stands_in_for_none_asked():
    order = json.loads(order_text(replace(ASK, service=""), replace(ACCOUNT, product=231)))
    assert order["expressTypeId"] == 231
