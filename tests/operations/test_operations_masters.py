"""Kingdee K/3's customers, materials and prices come in read-only, with what differs (F112)."""

from pathlib import Path
from typing import Any

import pytest

from app.commands.masters import MastersRead, ReadMasters
from app.domain.errors import BadValue, ImportUnreadable, NotAllowed
from app.keeper.master_desk import MasterDesk
from app.keeper.room import Room
from app.keeper.server import Ask
from app.store.tables_catalogue import product
from app.store.tables_master import erp_master
from app.store.tables_record import audit, outbox
from app.store.work import Book
from tests.operations.outbound_world import Shop, open_shop, record
from tests.operations.press_world import AtOnce
from tests.worlds import SeededRng

CUSTOMERS = "代码,名称,简称,电话\nC01,Shop,店,13800000000\nC02,杭州二店,二店,13900000000\n"
MATERIALS = "代码,名称,规格型号,基本计量单位\nLN-27,亚麻遮光窗帘,2.7m,Pcs\n00123,=1+1,,Pcs\n"
PRICES = (
    "客户代码,物料代码,计量单位,币别,销货量(从),报价,生效日期\n"
    "C01,LN-27,Pcs,CNY,1,120.00,2026-01-01\nC01,HK-01,Pcs,CNY,1,45.00,2026-01-01\n"
)


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book, "lead", "packer", "admin")


async def read(shop: Shop, folder: Path, kind: str, text: str, **more: Any) -> MastersRead:
    path = folder / "masters.csv"
    path.write_text(text, "utf-8")
    command = ReadMasters(str(path), "kingdee_k3", kind, **more)
    shop.commands += 1
    let_in = shop.door.do(shop.commands, command, shop.sessions["lead"]).result
    room = Room(
        *(shop.book, AtOnce(), shop.door.laws, shop.book.clock, SeededRng(), lambda _: None)  # type: ignore[arg-type]
    )
    return await MasterDesk(room).answer(Ask(1, "", command, lambda *_: None), let_in)


@pytest.mark.req("F112")
async def test_a_file_is_held_against_the_one_before_it_and_the_second_time_says_what_changed(
    shop: Shop, tmp_path: Path
) -> None:
    looked = await read(shop, tmp_path, "customers", CUSTOMERS, preview=True)
    assert (looked.new, shop.all(erp_master)) == (2, [])
    first = await read(shop, tmp_path, "customers", CUSTOMERS)
    assert (first.rows, first.new, first.same) == (2, 2, 0)
    again = await read(shop, tmp_path, "customers", CUSTOMERS)
    assert (again.new, again.changed, again.gone, again.same) == (0, 0, 0, 2)
    other = "代码,名称,简称\nC01,Shop Ltd,店\nC03,三店,三\n"
    third = await read(shop, tmp_path, "customers", other)
    assert [(one.code, one.verdict) for one in third.changes] == [
        *(("C01", "changed"), ("C02", "gone"), ("C03", "new")),
    ]
    assert (third.changes[0].before["name"], third.changes[0].after["name"]) == ("Shop", "Shop Ltd")
    assert [row["code"] for row in shop.all(erp_master)] == ["C01", "C03"]


@pytest.mark.req("F112")
async def test_masters_change_nothing_of_the_shop_and_keep_nobodys_telephone(
    shop: Shop, tmp_path: Path
) -> None:
    before = shop.all(product)
    await read(shop, tmp_path, "materials", MATERIALS)
    await read(shop, tmp_path, "customers", CUSTOMERS)
    await read(shop, tmp_path, "prices", PRICES)
    assert (shop.all(product), shop.all(outbox)) == (before, [])
    kept = " ".join(row["facts_json"] for row in shop.all(erp_master))
    assert "138" not in kept
    done = [row["action"] for row in shop.all(audit)]
    assert done.count("masters_read") == 3


@pytest.mark.req("F112")
async def test_material_codes_are_held_against_the_merchant_codes_both_ways(
    shop: Shop, tmp_path: Path
) -> None:
    told = await read(shop, tmp_path, "materials", MATERIALS, preview=True)
    assert [(note.code, note.first) for note in told.notes] == [
        ("code_not_there", ("HK-01",)),
        ("code_not_here", ("00123",)),
    ]
    assert told.changes[0].after["name"] == "=1+1"
    customers = await read(shop, tmp_path, "customers", CUSTOMERS, preview=True)
    assert customers.notes == ()


@pytest.mark.req("F112")
async def test_what_was_sold_below_the_price_policy_is_named(shop: Shop, tmp_path: Path) -> None:
    shop.receive(record("501"))
    told = await read(shop, tmp_path, "prices", PRICES, preview=True)
    assert [(note.code, note.n, note.first) for note in told.notes] == [
        ("sold_below", 1, ("LN-27",)),
    ]
    dearer = PRICES.replace("45.00", "60.00")
    assert (await read(shop, tmp_path, "prices", dearer, preview=True)).notes[0].n == 2


@pytest.mark.req("F112")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_damaged_and_double_rows_are_refused_and_the_others_come_in(
    shop: Shop, tmp_path: Path
) -> None:
    rows = "代码,名称\nA1,one\nA1,two\n1.2E+15,lost\n,none\n"
    told = await read(shop, tmp_path, "materials", rows)
    assert [(one.row, one.code) for one in told.refused] == [
        *((3, "code_twice"), (4, "digits_lost"), (5, "no_code")),
    ]
    assert [row["code"] for row in shop.all(erp_master)] == ["A1"]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_who_may_not_and_what_is_no_such_file_is_refused(shop: Shop, tmp_path: Path) -> None:
    ask = ReadMasters(str(tmp_path / "x.csv"), "kingdee_k3", "materials")
    with pytest.raises(NotAllowed):
        shop.do("packer", ask)
    with pytest.raises(BadValue):
        shop.do("lead", ReadMasters("x", "kingdee_k3", "suppliers"))
    with pytest.raises(ImportUnreadable):
        await read(shop, tmp_path, "materials", "名称,规格\na,b\n")
