"""Every call we make, and every name we read, stands in Adobe's schema of 2.4.8 and 2.4.9."""

import ast
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

import sync.channels
from sync.records import MemoAsk, StockAsk
from tests.sync import magento_facts as facts
from tests.sync.magento_world import Straight, parcel, sandbox, sold, straight
from tests.sync.sync_world import pull_all

FOLDER = Path(sync.channels.__file__).parent
# Of lists, errors, products, inventory and what stands within extension_attributes.
ELSEWHERE = (
    "items total_count message parameters resources oauth_problem shipping_assignments shipping "
    "address sku source_code quantity stock_id id name type_id weight weight_unit"
)
TABLES = ("ORDER", "ITEM", "ADDRESS", "PAYMENT", "MEMO", "MEMO_ITEM", "SHIPMENT", "SHIPPED")
NAMES = frozenset().union(*(getattr(facts, each).split() for each in (*TABLES, "TRACK", "HISTORY")))


def fits(value: Any, shape: Any, where: str = "") -> None:
    """Whether a body has every needed field, no strange one, and each of its type."""
    if isinstance(shape, dict):
        assert isinstance(value, dict)
        allowed = {name.rstrip("!"): each for name, each in shape.items()}
        assert value.keys() <= allowed.keys(), (where, value.keys() - allowed.keys())
        assert {name[:-1] for name in shape if name.endswith("!")} <= value.keys(), where
        for name, each in value.items():
            fits(each, allowed[name], f"{where}.{name}")
    elif isinstance(shape, list):
        for each in value:
            fits(each, shape[0], f"{where}[]")
    elif shape is float:
        assert type(value) in (int, float), where
    else:
        assert type(value) is shape, where


def held(request: Any) -> tuple[str, str]:
    """The call of the schema that a request is; fails where it is none or its body is wrong."""
    parts = urlsplit(request.url)
    path = parts.path.removeprefix("/rest/V1/")
    found = [
        call for call in facts.CALLS if call[0] == request.method and re.fullmatch(call[1], path)
    ]
    assert len(found) == 1, (request.method, path)
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        assert name == "fields" or re.fullmatch(facts.SEARCH, name), name
    shape = facts.CALLS[found[0]]
    if shape is None:
        assert request.body == b""
    else:
        fits(json.loads(request.body), shape)
    return found[0]


@pytest.mark.req("F090")
async def test_every_call_of_a_whole_life_is_one_of_the_schema_and_none_is_left_untried(
    clock,
) -> None:
    seen = set()
    for msi in (True, False):
        box = sandbox(clock, msi=msi)
        line = Straight(box)
        channel = straight(box, clock, http=line, source="default")
        order = sold(box)
        box.shop.refund(order, 9.9, {order["items"][0]["item_id"]: 1})
        await channel.check()
        await pull_all(channel)
        await channel.detail(str(order["entity_id"]))
        await channel.placed_between(0, clock.ms + 1000)
        await channel.listings("")
        await channel.ship(parcel(order, cup=1, note="路上了"))
        await channel.ship(parcel(order, "SF1002", replaces="SF1001"))
        await channel.set_stock(StockAsk("", "CUP-1", 7, "k"))
        await channel.write_memo(MemoAsk(str(order["entity_id"]), "易碎", "", "m-1"))
        seen |= {held(request) for request in line.sent}
    assert seen == facts.CALLS.keys()


def test_a_body_with_a_strange_or_missing_field_would_be_seen() -> None:
    shape = facts.CALLS["POST", r"order/\d+/ship"]
    for bad in (
        {"items": [{"order_item_id": 1}]},
        {"items": [{"order_item_id": "1", "qty": 1}]},
        {"tracking": []},
    ):
        with pytest.raises(AssertionError):
            fits(bad, shape)


def test_every_name_we_read_of_an_answer_is_one_the_platform_tells() -> None:
    read = set()
    for path in FOLDER.glob("magento*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get" and node.args:
                name = node.args[0]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    read.add(name.value)
    assert len(read) > 50
    # "why" is of our own errors, "" of a parent that is none.
    read -= {"why", ""}
    assert read - NAMES - set(ELSEWHERE.split()) == set()


def test_the_sandbox_tells_no_name_the_platform_does_not(clock) -> None:
    box = sandbox(clock)
    order = sold(box)
    shipment = box.shop.ship(order, {order["items"][0]["item_id"]: 1}, [], "default")
    memo = box.shop.refund(order, 5, {order["items"][1]["item_id"]: 1})
    told = (
        (order, facts.ORDER),
        (order["items"][0], facts.ITEM),
        (order["billing_address"], facts.ADDRESS),
        (order["payment"], facts.PAYMENT),
        (shipment, facts.SHIPMENT),
        (memo, facts.MEMO),
        (memo["items"][0], facts.MEMO_ITEM),
    )
    for row, names in told:
        assert row.keys() - set(names.split()) == set()
