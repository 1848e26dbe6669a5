"""A shop owner's first hour on the terminal, against a shop and carrier that refuse."""

import random
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import setup, setup_answers, setup_stock
from app.cli.setup import Probes, SetupPart
from app.compose.demo_world import CHECKWORD, MONTHLY, PARTNER, WOO_KEY, World
from app.compose.setup import try_carrier, try_shop
from app.domain.errors import BookInUse, DemoOnly, ImportUnreadable, RuleRefused
from app.domain.recovery_kit import open_with_kit
from app.process.errors import Refused
from app.process.locks import try_lock
from app.rulebook import load
from app.store.engine import sqlite_engine
from app.store.founded import Founded, founded
from app.store.os_keyring import OsKeyring
from app.store.vault import new_demo, open_vault
from sync.sandbox.own_tea import TeaSandbox, TeaSetup
from sync.sandbox.shopify import ShopifySandbox, ShopifySetup
from sync.sandbox.shopify_gate import App
from tests.journeys.journey_world import Typist, hands, said, serving, world_running
from tests.sync.own_world import TEA_AT, TEA_FILE
from tests.worlds import SeededRng

PASSPHRASE = "a long enough one"
PROBES = Probes(try_shop, try_carrier)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with world_running() as running:
        yield running


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests keep nothing in the keyring of whoever runs them."""
    monkeypatch.setattr(setup, "pinned_backend", lambda: None)
    monkeypatch.setattr("app.cli.hands.pinned_backend", lambda: None)


def answers(world: World, stock: Path) -> dict[str, dict[str, str]]:
    return {
        "vault": {"passphrase": PASSPHRASE},
        "admin": {"login": "Lin", "name": "Lin Xia", "passphrase": PASSPHRASE},
        "warehouse": {"name": "Main"},
        "stock": {"file": str(stock)},
        "sender": {
            "name": "Lin Xia",
            "phone": "057188886666",
            "company": "Loom",
            "province": "浙江省",
            "city": "杭州市",
            "district": "萧山区",
            "address": "仓前路 9 号",
        },
        "carrier": {
            "kind": "sf",
            "name": "SF",
            "partner_id": PARTNER,
            "checkword": CHECKWORD,
            "monthly_account": MONTHLY,
            "url": world.carrier_url,
        },
        "shop": {
            "platform": "woocommerce",
            "name": "Loom",
            "address": world.shop_url,
            "key": WOO_KEY.key,
            "secret": WOO_KEY.secret,
            "zone": "Asia/Shanghai",
            "currency": "CNY",
        },
    }


def written(folder: Path, table: dict[str, dict[str, str]]) -> Path:
    rows = []
    for section, cells in table.items():
        rows += [f"[{section}]", *(f"{name} = '{cell}'" for name, cell in cells.items())]
    path = folder / "answers.toml"
    path.write_text("\n".join(rows), "utf-8")
    return path


def stock_file(folder: Path, text: str = "sku,title,quantity,weight_g\nCUP-1,Cup,40,300\n") -> Path:
    path = folder / "stock.csv"
    path.write_text(text, "utf-8")
    return path


def run(at, path: Path | None, typist: Typist | None = None) -> int:
    part = SetupPart(PROBES, typist.person if typist else lambda: None)
    return part.run(Namespace(answers=path), at)


def standing(folder: Path) -> Founded:
    at = hands(folder, PASSPHRASE)
    engine = sqlite_engine(folder / "book.db")
    try:
        return founded(at.opener(at.key()).open(engine, at.place()))
    finally:
        engine.dispose()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


def test_answers_from_a_file_set_a_whole_shop_up(world: World, tmp_path: Path, shop: Path) -> None:
    at = hands(shop)
    path = written(tmp_path, answers(world, stock_file(tmp_path)))
    assert run(at, path) == 0
    there = standing(shop)
    assert there == Founded(True, there.warehouse, True, True, True, True)
    assert "Opening stock: 1 codes, 40 units." in said(at)
    assert "The shop answers; Loom is connected" in said(at)


def test_the_recovery_kit_it_prints_is_the_shops_key(
    world: World, tmp_path: Path, shop: Path
) -> None:
    at = hands(shop)
    run(at, written(tmp_path, answers(world, stock_file(tmp_path))))
    kit = "\n".join(row for row in said(at).splitlines() if row.count(" ") == 6 and row.isupper())
    assert open_with_kit(kit) == open_vault(shop, at.clock, None, PASSPHRASE)


def test_keys_and_passphrases_are_asked_without_an_echo_and_stay_out_of_the_folder(
    world: World, tmp_path: Path, shop: Path
) -> None:
    table = answers(world, stock_file(tmp_path))
    typist = Typist(
        {
            "shop's data": [PASSPHRASE],
            "Once more": [PASSPHRASE],
            "Login": ["lin"],
            "Their passphrase": [PASSPHRASE],
            "Consumer key": [WOO_KEY.key],
            "Consumer secret": [WOO_KEY.secret],
            "The shop's address": [world.shop_url],
            "Name of the shop": ["Loom"],
        }
    )
    del table["vault"], table["admin"], table["shop"]
    assert run(hands(shop), written(tmp_path, table), typist) == 0
    assert len([one for one in typist.hidden if "Once more" in one]) == 2
    assert {"Consumer key (ck_…): ", "Consumer secret (cs_…): "} <= set(typist.hidden)
    held = b"".join(file.read_bytes() for file in shop.rglob("*") if file.is_file())
    for secret in (WOO_KEY.secret, CHECKWORD, PASSPHRASE):
        assert secret.encode() not in held


def test_a_wrong_key_is_said_in_one_sentence_and_asked_for_again(
    world: World, tmp_path: Path, shop: Path
) -> None:
    table = answers(world, stock_file(tmp_path))
    del table["shop"]
    typist = Typist(
        {
            "Consumer key": ["ck_wrong", WOO_KEY.key],
            "Consumer secret": [WOO_KEY.secret],
            "The shop's address": [world.shop_url],
            "Name of the shop": ["Loom"],
        }
    )
    at = hands(shop)
    assert run(at, written(tmp_path, table), typist) == 0
    assert f"{world.shop_url} does not know this key" in said(at)
    assert standing(shop).shop


def test_a_wrong_key_in_the_file_stops_the_setup_and_keeps_no_shop(
    world: World, tmp_path: Path, shop: Path
) -> None:
    table = answers(world, stock_file(tmp_path))
    table["shop"]["secret"] = "cs_wrong"
    with pytest.raises(Refused) as refused:
        run(hands(shop), written(tmp_path, table))
    assert refused.value.code == "woo_wrong_key"
    assert standing(shop) == Founded(True, standing(shop).warehouse, True, True, True, False)


def test_a_stopped_setup_goes_on_where_it_was(world: World, tmp_path: Path, shop: Path) -> None:
    table = answers(world, stock_file(tmp_path))
    first = {name: table[name] for name in ("vault", "admin", "warehouse", "stock")}
    with pytest.raises(setup_answers.AnswerMissing) as missing:
        run(hands(shop), written(tmp_path, first))
    assert missing.value.details == {"answer": "sender.name"}
    warehouse = standing(shop).warehouse
    assert run(hands(shop, PASSPHRASE), written(tmp_path, table)) == 0
    assert standing(shop) == Founded(True, warehouse, True, True, True, True)


def test_a_shop_that_stands_is_not_set_up_again(world: World, tmp_path: Path, shop: Path) -> None:
    path = written(tmp_path, answers(world, stock_file(tmp_path)))
    run(hands(shop), path)
    at = hands(shop, PASSPHRASE)
    assert run(at, path) == 0
    assert said(at) == "This shop is set up. Open it with “waydesk desk”.\n"


def test_it_waits_for_no_service_that_works_on_the_folder(
    world: World, tmp_path: Path, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "WAIT_S", 0.0)
    held = try_lock(shop / setup.KEEPER_LOCK)
    assert held is not None
    with pytest.raises(BookInUse):
        run(hands(shop), written(tmp_path, answers(world, stock_file(tmp_path))))
    held.release()
    assert not (shop / "vault.json").exists()


def test_real_keys_have_no_place_in_a_demonstration(shop: Path) -> None:
    new_demo(shop, SeededRng())
    with pytest.raises(DemoOnly):
        run(hands(shop), None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title,quantity\nCup,4\n", "no_column: sku"),
        ("sku,quantity\nCUP-1,four\n", "row 2: not_a_quantity “four”"),
        ("sku,quantity\nCUP-1,-4\n", "row 2: not_a_quantity “-4”"),
        ("sku,quantity\nCUP-1,4\nCUP-1,5\n", "row 3: “CUP-1” twice"),
        ("sku,quantity\n1.2E+12,4\n", "row 2: digits_lost “1.2E+12”"),
        ("sku,quantity\nCUP-1,4\n ,4\n", "row 3: no_code “”"),
    ],
)
def test_a_stock_file_with_one_bad_row_is_refused_whole(
    tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(ImportUnreadable) as refused:
        setup_stock.read_stock(stock_file(tmp_path, text))
    assert refused.value.details["why"] == why


def test_stock_is_read_under_chinese_headings_too(tmp_path: Path) -> None:
    path = stock_file(tmp_path, "商家编码,商品,数量,重量（克）\nCUP-1,青花茶杯,0,300\n")
    assert setup_stock.read_stock(path) == (("CUP-1", "青花茶杯", 0, 300),)


@pytest.mark.parametrize(
    "text", ["[shopp]\nkey = 'x'", "[shop]\nkeyy = 'x'", "[shop]\nkey = 5", "shop = 'x'"]
)
def test_an_answers_file_with_a_word_without_meaning_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "answers.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(RuleRefused):
        setup_answers.read_answers(path, load().connections)


def test_an_answers_file_that_is_none_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(setup_answers.AnswersUnreadable):
        setup_answers.read_answers(tmp_path / "nowhere.toml", load().connections)


def test_a_trusted_keyring_keeps_the_key_when_the_owner_wants_it(
    world: World, tmp_path: Path, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, bytes] = {}

    class Ring(OsKeyring):
        def __init__(self, backend: object) -> None:
            del backend

        def put(self, name: str, secret: bytes) -> None:
            kept[name] = secret

    monkeypatch.setattr(setup, "pinned_backend", object)
    monkeypatch.setattr(setup, "OsKeyring", Ring)
    table = answers(world, stock_file(tmp_path)) | {"vault": {"keep_in": "keyring"}}
    assert run(hands(shop), written(tmp_path, table)) == 0
    assert len(kept) == 1


def test_a_shopify_shop_is_set_up_by_the_fields_of_its_row(
    world: World, tmp_path: Path, shop: Path
) -> None:
    box = ShopifySandbox(ShopifySetup(App("client", "secret")), time.time, random.Random(7))
    table = answers(world, stock_file(tmp_path))
    del table["shop"]
    with serving(box.server()) as url:
        typist = Typist(
            {
                "Shop system": ["shopify"],
                "Which keys": ["app"],
                "Client ID": ["client"],
                "Client secret": ["wrong", "secret"],
                "myshopify.com": [url],
                "Name of the shop": ["Loom"],
            }
        )
        at = hands(shop)
        assert run(at, written(tmp_path, table), typist) == 0
    assert "does not know this client ID and secret" in said(at)
    assert said(at).index("Any Shopify shop can be connected") < said(at).index("does not know")
    assert "Orders of the last 60 days only" in said(at)
    assert [one for one in typist.hidden if "Client secret" in one]
    assert not [one for one in typist.asked if "secret" in one]
    assert standing(shop).shop


def test_a_home_made_store_is_set_up_by_its_file(world: World, tmp_path: Path, shop: Path) -> None:
    box = TeaSandbox(TeaSetup(), lambda: int(time.time()), random.Random(7))
    box.place("T1")
    table = answers(world, stock_file(tmp_path))
    del table["shop"]
    store = tmp_path / "store.toml"
    with serving(box.server()) as url:
        store.write_text(TEA_FILE.replace(TEA_AT, f"{url}/api"), "utf-8")
        typist = Typist(
            {
                "Shop system": ["own_shop"],
                "store's file": [str(tmp_path / "gone.toml"), str(store)],
                "Key, token": ["tea-app"],
                "Secret or": ["tea-secret"],
                "Name of the shop": ["Tea"],
            }
        )
        at = hands(shop)
        assert run(at, written(tmp_path, table), typist) == 0
    assert "The file gone.toml cannot be read" in said(at)
    assert standing(shop).shop
