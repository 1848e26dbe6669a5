"""What Kuaidi100 is sent is signed as it asks, made once, and has its fields and no others."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.rulebook import load
from sync.carriers.kuaidi100_account import Kuaidi100Account
from sync.carriers.kuaidi100_ask import OUR_FIELD, follow_text, order_text, query_text
from sync.carriers.kuaidi100_couriers import COMPANIES
from sync.carriers.kuaidi100_sign import is_push_signed, order_sign, query_sign
from sync.carriers.prepared import exact_text, reference_in
from sync.errors import Rejected
from sync.sandbox.kuaidi100_tracks import NEEDS_PHONE
from sync.waybill_records import GoodsRecord
from tests.sync.kuaidi100_world import CUSTOMER, KEY, PUSH_URL, RECEIVER, SECRET, ask_for

YTO = Kuaidi100Account(KEY, SECRET, CUSTOMER, "yuantong", partner_id="P0001")
WORDS = Path(__file__).resolve().parents[2] / "resources/rules/connections/kuaidi100.toml"
PARAM = (
    '{"com":"yuantong","num":"YT9693083639795","phone":"","from":"","to":"",'
    '"resultv2":"4","show":"0","order":"desc"}'
)
# The vendor's own SDK (kuaidi100-api/java-demo): fields of label/order, of a party, of a cancel.
ORDER_FIELDS = {
    "recMan",
    "sendMan",
    "kuaidicom",
    "kuaidinum",
    "orderId",
    "payType",
    "expType",
    "weight",
    "volume",
    "count",
    "remark",
    "valinsPay",
    "collection",
    "cargo",
    "needChild",
    "needBack",
    "partnerId",
    "partnerKey",
    "net",
    "code",
    "partnerSecret",
    "partnerName",
    "checkMan",
    "tbNet",
    "reorder",
    "freight",
    "printType",
    "needDesensitization",
    "needLogo",
    "tempId",
    "salt",
    "needSubscribe",
    "pollCallBackUrl",
    "resultv2",
    "callBackUrl",
    "oaid",
    "caid",
    "thirdOrderId",
}
PARTY_FIELDS = {
    "name",
    "mobile",
    "tel",
    "printAddr",
    "company",
    "province",
    "city",
    "district",
    "addr",
}
QUERY_FIELDS = {
    "com",
    "num",
    "phone",
    "from",
    "to",
    "resultv2",
    "show",
    "order",
    "lang",
    "needCourierInfo",
}
FOLLOW_FIELDS = {"company", "number", "from", "to", "key", "parameters"}
FOLLOW_PARAMETERS = {"callbackurl", "salt", "resultv2", "autoCom", "interCom", "phone"}


def told(account=YTO, **changed) -> dict:
    return json.loads(order_text(ask_for(**changed), account))


def refused_field(account=YTO, **changed) -> str:
    with pytest.raises(Rejected) as caught:
        order_text(ask_for(**changed), account)
    assert caught.value.code == "waybill_ask_refused"
    return str(caught.value.details["field"])


def test_each_interface_signs_as_its_published_rule_says():
    assert query_sign(PARAM, KEY, CUSTOMER) == "CC9AFFA9FC4B48A4049818F4D3DF86CB"
    moment = "1576123932000"
    assert order_sign(PARAM, moment, KEY, SECRET) == "07C18A6C1603CA62FA1139184DC49A02"
    assert is_push_signed(PARAM, "A0B309FC26573729612F06BCB0F45965", "SALT")


def test_the_text_of_a_query_is_the_one_that_vector_was_made_of():
    assert exact_text(query_text("yuantong", "YT9693083639795", "")).decode() == PARAM


@pytest.mark.parametrize("text", ["", "{}", '{"a":"张 三~*+/="}', "😀", "\ud83d"])
def test_a_push_bears_our_salt_in_either_case_and_no_other(text):
    whole = (text + "salt").encode("utf-8", "replace")
    digest = hashlib.md5(whole, usedforsecurity=False).hexdigest()
    assert is_push_signed(text, digest, "salt")
    assert is_push_signed(text, digest.upper(), "salt")
    assert not is_push_signed(text + " ", digest, "salt")
    assert not is_push_signed(text, digest, "tlas")
    assert not is_push_signed(text, digest + "é", "salt")


def test_the_salt_is_thirty_two_letters_of_this_account_alone():
    assert len(YTO.salt) == 32
    assert YTO.salt == replace(YTO, company="yunda").salt
    assert len({YTO.salt, replace(YTO, key="K").salt, replace(YTO, secret="S").salt}) == 3
    assert KEY not in YTO.salt


def test_every_field_sent_is_one_of_the_vendors():
    many = ask_for(
        parcels=3,
        receiver=replace(RECEIVER, company="公司", phone="0755-8888 1234"),
        remark="慢" * 200,
        goods=(GoodsRecord("衫" * 80),),
    )
    whole = replace(YTO, partner_key="k", partner_secret="s", partner_name="n", net="w", code="c")
    order = json.loads(order_text(many, replace(whole, check_man="m")))
    assert set(order) <= ORDER_FIELDS
    assert set(order["recMan"]) | set(order["sendMan"]) <= PARTY_FIELDS
    assert (order["needChild"], order["count"]) == ("1", 3)
    assert (len(order["cargo"]), len(order["remark"])) == (50, 100)
    assert (order["recMan"]["tel"], "mobile" in order["recMan"]) == ("0755-88881234", False)
    follow = follow_text(replace(YTO, push_url=PUSH_URL), "YT1", "1148")
    assert set(follow) == FOLLOW_FIELDS
    assert set(follow["parameters"]) <= FOLLOW_PARAMETERS
    assert set(query_text("yuantong", "YT1", "")) <= QUERY_FIELDS


def test_an_order_says_that_its_repeat_is_the_same_order():
    order = told()
    assert (order[OUR_FIELD], order["reorder"]) == ("WD1-1001-1", False)
    assert (order["printType"], order["payType"]) == ("NON", "MONTHLY")
    assert reference_in(order_text(ask_for(), YTO), OUR_FIELD) == "WD1-1001-1"
    assert order_text(ask_for(), YTO) == order_text(ask_for(), YTO)


def test_address_is_whole_and_on_one_line():
    party = told(receiver=replace(RECEIVER, address="A栋\n二楼"))["recMan"]
    assert party["printAddr"] == "浙江省杭州市西湖区A栋 二楼"
    assert (party["mobile"], "tel" in party) == ("13925211148", False)


def test_another_monthly_account_stands_before_the_outlets():
    assert told(monthly_account="M9")["partnerId"] == "M9"
    assert told()["partnerId"] == "P0001"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reference": "wd1"}, "reference"),
        ({"reference": "W" * 31}, "reference"),
        ({"receiver": replace(RECEIVER, name=" ")}, "receiver.name"),
        ({"receiver": replace(RECEIVER, phone="")}, "receiver.phone"),
        ({"sender": replace(RECEIVER, city="")}, "sender.city"),
        ({"goods": ()}, "goods"),
        ({"goods": (GoodsRecord(" "),)}, "goods"),
        ({"parcels": 0}, "parcels"),
        ({"weight_g": -1}, "weight_g"),
        ({"service": "x" * 21}, "service"),
    ],
)
def test_what_would_be_refused_by_shape_is_refused_before_it_is_sent(changed, field):
    assert refused_field(**changed) == field


def test_a_courier_nobody_knows_and_a_missing_account_are_named():
    assert refused_field(replace(YTO, company="pigeon")) == "company"
    assert refused_field(replace(YTO, partner_id="")) == "partner_id"


def test_every_courier_offered_has_a_name_and_stands_beside_the_field():
    names, where = load().couriers.rows, WORDS.read_text("utf-8")
    for code, company in COMPANIES.items():
        assert company.courier in names
        assert where.count(code) >= 2, code


def test_couriers_that_want_a_phone_are_those_of_the_vendors_paper():
    wanting = {code for code, company in COMPANIES.items() if company.phone}
    assert wanting == NEEDS_PHONE & set(COMPANIES)


def test_secrets_never_show_in_what_is_printed():
    shown = repr(replace(YTO, partner_key="网点密码"))
    assert KEY not in shown
    assert SECRET not in shown
    assert "网点密码" not in shown
