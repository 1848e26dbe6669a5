"""What Kdniao is sent is signed as it asks, made once, and never what it refuses by shape."""

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.rulebook import load
from sync.carriers.kdniao_account import KdniaoAccount
from sync.carriers.kdniao_ask import OUR_FIELD, REFUSED, order_text
from sync.carriers.kdniao_shippers import SHIPPERS
from sync.carriers.kdniao_sign import is_signed, sign
from sync.carriers.prepared import reference_in
from sync.errors import Rejected
from sync.sandbox.kdniao import digest_of
from sync.waybill_records import GoodsRecord
from tests.sync.kdniao_world import KEY, RECEIVER, ask_for

ZTO = KdniaoAccount("1237100", KEY, "ZTO", customer="ZTO0001", password="p")
WORDS = Path(__file__).resolve().parents[2] / "resources/rules/connections/kdniao.toml"
# Kdniao's e-order example (kdniao.com/documents): each field of a 1007 and its length, 0 = no text.
FIELDS = {
    "OrderCode": 30,
    "ShipperCode": 10,
    "CustomerName": 50,
    "CustomerPwd": 50,
    "MonthCode": 20,
    "SendSite": 50,
    "PayType": 0,
    "ExpType": 2,
    "IsNotice": 0,
    "IsReturnPrintTemplate": 1,
    "Weight": 0,
    "Quantity": 0,
    "Remark": 60,
    "Sender": 0,
    "Receiver": 0,
    "Commodity": 0,
}
PARTY_FIELDS = {
    "Company": 30,
    "Name": 30,
    "Tel": 20,
    "Mobile": 20,
    "PostCode": 10,
    "ProvinceName": 20,
    "CityName": 20,
    "ExpAreaName": 20,
    "Address": 100,
}


def told(account=ZTO, **changed) -> dict:
    return json.loads(order_text(ask_for(**changed), account))


def refused_field(account=ZTO, **changed) -> str:
    with pytest.raises(Rejected) as caught:
        order_text(ask_for(**changed), account)
    assert caught.value.code == "waybill_ask_refused"
    return str(caught.value.details["field"])


def test_published_sample_key_signs_as_base64_of_the_hex_letters():
    text = '{"OrderCode":"","ShipperCode":"SF","LogisticCode":"118461988807"}'
    assert sign(text, KEY) == "Njk0MTc3MGI5OTc3NGI3N2RmNDZiMWQ2Yjk5ZjU5NzY="
    assert base64.b64decode(sign(text, KEY)) == b"6941770b99774b77df46b1d6b99f5976"


def test_the_official_digest_has_the_shape_of_ours_and_not_of_raw_bytes():
    official = "OWFhM2I5N2ViM2U2MGRkMjc4YzU2NmVlZWI3ZDk0MmE="
    assert base64.b64decode(official) == b"9aa3b97eb3e60dd278c566eeeb7d942a"
    raw = hashlib.md5(b"{}" + KEY.encode(), usedforsecurity=False).digest()
    assert len(sign("{}", KEY)) == len(official) != len(base64.b64encode(raw))


@pytest.mark.parametrize("text", ["", "{}", '{"a":"张 三~*+/="}', "😀", "\ud83d"])
def test_the_local_kdniao_computes_the_same_by_its_own_way(text):
    assert sign(text, KEY) == digest_of(text.encode("utf-8", "replace").decode(), KEY)
    assert is_signed(text, sign(text, KEY), KEY)
    assert not is_signed(text + " ", sign(text, KEY), KEY)
    assert not is_signed(text, sign(text, KEY) + "é", KEY)


def test_every_field_of_an_order_is_one_of_kdniaos_and_fits_its_length():
    long = ask_for(
        receiver=replace(RECEIVER, company="公" * 30, postcode="310000", address="路" * 100),
        remark="慢" * 99,
        goods=(GoodsRecord("衫" * 150, 2, "件", 250),),
    )
    order = json.loads(order_text(long, replace(ZTO, month_code="M1", site="网点")))
    assert set(order) == set(FIELDS)
    for name, most in FIELDS.items():
        assert not most or len(str(order[name])) <= most, name
    for side in ("Sender", "Receiver"):
        assert set(order[side]) <= set(PARTY_FIELDS)
        assert all(len(value) <= PARTY_FIELDS[name] for name, value in order[side].items())
    assert len(order["Commodity"][0]["GoodsName"]) == 100
    assert order["Remark"].endswith("…")


def test_address_is_sent_without_the_places_that_have_fields_of_their_own():
    receiver = told()["Receiver"]
    assert receiver["ProvinceName"] == "浙江省"
    assert receiver["ExpAreaName"] == "西湖区"
    assert receiver["Address"].startswith("文三路")
    assert receiver["Mobile"] == "13925211148"
    assert "Tel" not in receiver


def test_what_kdniao_refuses_inside_a_value_is_sent_in_its_wide_form():
    odd = replace(RECEIVER, name='O\'Neil & "Co"', address="A栋<3>#5\\6 +100%\n二楼")
    receiver = told(receiver=odd)["Receiver"]
    assert receiver["Address"] == "A栋＜3＞＃5＼6 ＋100％ 二楼"
    assert receiver["Name"] == "O＇Neil ＆ ＂Co＂"
    sent = order_text(ask_for(receiver=odd, remark="50%+"), ZTO).decode()
    assert not (REFUSED - {'"'}) & set(sent)


def test_same_ask_gives_the_same_bytes_and_holds_its_reference():
    assert order_text(ask_for(), ZTO) == order_text(ask_for(), ZTO)
    assert reference_in(order_text(ask_for(), ZTO), OUR_FIELD) == "WD1-1001-1"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reference": "wd1"}, "reference"),
        ({"reference": "W" * 31}, "reference"),
        ({"receiver": replace(RECEIVER, name=" ")}, "receiver.name"),
        ({"receiver": replace(RECEIVER, phone="")}, "receiver.phone"),
        ({"receiver": replace(RECEIVER, district="")}, "receiver.district"),
        ({"sender": replace(RECEIVER, city="")}, "sender.city"),
        ({"receiver": replace(RECEIVER, address="路" * 101)}, "receiver.address"),
        ({"goods": ()}, "goods"),
        ({"goods": (GoodsRecord(" "),)}, "goods.name"),
        ({"goods": (GoodsRecord("杯", 0),)}, "goods.quantity"),
        ({"parcels": 0}, "parcels"),
        ({"parcels": 301}, "parcels"),
        ({"weight_g": -1}, "weight_g"),
        ({"service": "fast"}, "service"),
    ],
)
def test_what_kdniao_refuses_by_shape_is_refused_before_it_is_sent(changed, field):
    assert refused_field(**changed) == field


@pytest.mark.parametrize(
    ("account", "field"),
    [
        (replace(ZTO, shipper="JD"), "shipper"),
        (replace(ZTO, shipper="ANE"), "shipper"),
        (replace(ZTO, password=""), "password"),
        (replace(ZTO, shipper="YTO"), "month_code"),
        (replace(ZTO, shipper="EMS"), "sender.postcode"),
        (replace(ZTO, password="a&b"), "password"),
    ],
)
def test_what_a_courier_wants_beside_the_rest_is_asked_for_by_name(account, field):
    assert refused_field(account) == field


def test_every_courier_offered_has_a_name_and_stands_beside_the_field():
    names, where = load().couriers.rows, WORDS.read_text("utf-8")
    for code, shipper in SHIPPERS.items():
        assert shipper.courier in names
        assert where.count(code) >= 2, code


def test_secrets_never_show_in_what_is_printed():
    shown = repr(replace(ZTO, month_code="月结密钥"))
    assert KEY not in shown
    assert "月结密钥" not in shown
    assert "***" in shown
