"""A store's file is read whole, and every row that cannot be used is named at once."""

import tomllib

import pytest

from sync.channels.own_shop_file import ORDER_STATES, FileWrong, plan_of
from sync.channels.own_shop_fill import filled_body, filled_path
from sync.channels.own_shop_path import path_of
from sync.errors import Rejected
from sync.json_text import read_json
from tests.sync.own_world import GARDEN_FILE, TEA_FILE, spoilt


def mistakes(text: str) -> list[tuple[str, str]]:
    with pytest.raises(FileWrong) as wrong:
        plan_of(text)
    return [(each.row, each.word) for each in wrong.value.mistakes]


@pytest.mark.parametrize("text", [TEA_FILE, GARDEN_FILE], ids=["sample", "docs"])
def test_the_sample_and_the_page_in_the_docs_can_be_used(text) -> None:
    assert plan_of(text).flags >= {"poll", "push", "ship", "stock", "memo"}


def test_every_row_of_the_sample_has_a_sentence_beside_it() -> None:
    rows = [row for row in TEA_FILE.splitlines() if row and not row.startswith("#")]
    assert [row for row in rows if " # " not in row] == []


def test_every_mistake_is_named_at_once_with_what_could_stand_there() -> None:
    text = spoilt(TEA_FILE, kind='"oauth"', zone='"Shanghai"', repeat='"maybe"', currency='"RMB"')
    with pytest.raises(FileWrong) as wrong:
        plan_of(text.replace('"待发货" = "paid"', '"待发货" = "payed"'))
    assert [str(each) for each in wrong.value.mistakes] == [
        "zone “Shanghai” (Asia/Shanghai)",
        "currency “RMB” (CNY)",
        "auth.kind “oauth” (none | basic | bearer | header | query | hmac)",
        f"status.待发货 “payed” ({' | '.join(ORDER_STATES)})",
        "ship.repeat “maybe” (harmless | key | look)",
    ]


WRONG = [
    ({"address": '"http://shop.example/api"'}, ("address", "http://shop.example/api")),
    ({"address": '"https://key@shop.example"'}, ("address", "https://key@shop.example")),
    ({"address": '"ftp://shop.example"'}, ("address", "ftp://shop.example")),
    ({"address": '"https://shop.example?key=1"'}, ("address", "https://shop.example?key=1")),
    ({"path": '"//evil.example/orders"'}, ("list.path", "//evil.example/orders")),
    ({"path": '"/../admin"'}, ("list.path", "/../admin")),
    ({"path": '"https://evil.example"'}, ("list.path", "https://evil.example")),
    ({"path": '"/orders#"'}, ("list.path", "/orders#")),
    ({"a_second": "0"}, ("a_second", "0")),
    ({"size": "7"}, ("list.pages.size", "7")),
    ({"first": "2"}, ("list.pages.first", "2")),
    ({"bound": '"maybe"'}, ("list.changed.bound", "maybe")),
    ({"total": '"data.[total"'}, ("list.pages.total", "data.[total")),
    ({"external_id": '""'}, ("order.external_id", "")),
    ({"X-App-Key": '"{signature"'}, None),
    ({"X-Time": '"{now}"'}, ("auth.headers.X-Time", "{now}")),
    ({"fractions": '"maybe"'}, ("money.fractions", "maybe")),
    ({"ok_values": "[0]"}, ("answer.ok_values", "[0]")),
    ({"paid_when": '"always"'}, ("paid_when", "always")),
    ({"name": '"my shop"'}, ("name", "my shop")),
]


@pytest.mark.parametrize(("rows", "wrong"), WRONG)
def test_a_row_that_cannot_be_used_is_named(rows, wrong) -> None:
    text = spoilt(TEA_FILE, **rows)
    if wrong is None:
        plan_of(text)
    else:
        assert wrong in mistakes(text)


@pytest.mark.parametrize(
    ("old", "new", "row"),
    [
        ('repeat = "look"  ', 'repeat = "key"  ', "ship.key_header"),
        ('waybills = "parcels[*].express_no"', "", "ship.repeat"),
        ("whole = true", "whole = false\nwhose = 1", "list.whose"),
        ('quantity = "num"', "", "lines.quantity"),
        ('paid = "paid_at"', "", "order.paid"),
        ('"express_no": "{waybill}"}', '"express_no": "{waybil}"}', "ship.body"),
        ('"express_no": "{waybill}"}', '"express_no": "{waybill}"', "ship.body"),
        ('time_header = "X-Tea-Time"', "", "push.time_header"),
        ('text = "{time}.{body}"', 'text = "{time}"', "push.text"),
        ('X-Client = "waydesk"', 'Host = "evil.example"', "headers.Host"),
        ('X-Client = "waydesk"', 'X-Client = "a\\r\\nX-Evil: 1"', "headers.X-Client"),
        ('X-Sign = "{signature}"', "", "auth.headers"),
        ("\n[status]", "\n[statuses]", "statuses"),
    ],
)
def test_a_row_that_does_not_fit_the_others_is_named(old, new, row) -> None:
    assert old in TEA_FILE
    text = TEA_FILE.replace(old, new, 1)
    assert row in [each for each, _ in mistakes(text)]


@pytest.mark.parametrize("text", ["name = ", "a" * 70_000, "", "\x00", "[[list]]\npath = 1"])
def test_what_is_no_such_file_at_all_is_refused_and_breaks_nothing(text) -> None:
    assert mistakes(text)


def test_no_row_of_any_kind_of_value_breaks_the_check() -> None:
    table = tomllib.loads(TEA_FILE)
    rows = [row.split(" = ")[0] for row in TEA_FILE.splitlines() if " = " in row]
    plain = {row for row in rows if row.isidentifier()}
    assert set(table) & plain
    for row in sorted(plain):
        for value in ("-1.5", "nan", "[1, {}]", '"{x}"'):
            try:
                plan_of(spoilt(TEA_FILE, **{row: value}))
            except FileWrong as wrong:
                assert wrong.mistakes  # noqa: PT017 - either way, and nothing else is raised


VALUE = {"a": {"b": [{"c": 1}, {"c": None}, {"x": "", "c": 2}]}, "odd. [name": "y", "n": None}


@pytest.mark.parametrize(
    ("path", "one", "all_"),
    [
        ("a.b[*].c", 1, [1, 2]),
        ("a.b[2].c", 2, [2]),
        ("a.b[9].c", None, []),
        ("a.b.c", None, []),
        ('"odd. [name"', "y", ["y"]),
        ("n | a.b[0].c", 1, [1]),
        ("missing | a.b[1].c | a.b[2].c", 2, [2]),
        ('a.b[0].c + "odd. [name"', "1 y", [1, "y"]),
    ],
)
def test_a_path_finds_what_it_says(path, one, all_) -> None:
    assert path_of(path).one(VALUE) == one
    assert path_of(path).all(VALUE) == all_


@pytest.mark.parametrize("path", ["", ".", "a..b", "a[", "a[x]", "a |", "+ a", "a b", '"a', "[0]"])
def test_what_is_no_path_is_refused(path) -> None:
    with pytest.raises(ValueError, match=r".*"):
        path_of(path)


HOSTILE = ['"}], "paid": true, {"', "\\", "\n\r\t\x00", "{waybill}", "😀\ud800", "…" * 9]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_in_a_body_stays_within_its_text(value) -> None:
    body = {"note": "{note}", "in": ["x {note} y", "{n}"], "n": 1}
    told = read_json(filled_body(body, {"note": value, "n": 3}))
    assert set(told) == {"note", "in", "n"}
    clean = value.encode("utf-8", "replace").decode()
    assert told["note"] == clean
    assert told["in"] == [f"x {clean} y", 3]


@pytest.mark.parametrize("value", ["../admin", "1/ship?x=", "a#b", "@evil.example", "%2e%2e"])
def test_a_value_in_a_path_stays_in_its_place(value) -> None:
    path = filled_path("/orders/{id}/ship", {"id": value})
    assert path.startswith("/orders/")
    assert path.endswith("/ship")
    assert path.count("/") == 3
    assert not set(path) & set("?#@")


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_value_that_means_up_in_a_path_is_refused(value) -> None:
    with pytest.raises(Rejected):
        filled_path("/orders/{id}", {"id": value})
