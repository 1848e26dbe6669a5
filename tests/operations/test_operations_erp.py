"""Orders, shipments and receivables as Kingdee, Yonyou and SAP take them, by template (F090)."""

import csv
import io
import itertools
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.commands.cases import ExportOrders
from app.commands.parcels import ScanLabel
from app.domain.errors import BadValue, NotAllowed, RuleRefused
from app.domain.errors_erp import NoCustomerCode
from app.operations.erp_templates import SHIPPED, document_of, documents_from
from app.operations.import_rows import raw_rows
from app.store.tables_record import audit
from app.store.work import Book
from sync.records import LineRecord
from tests.operations.export_world import Exports, export_desk
from tests.operations.outbound_world import Shop, open_shop, record
from tests.operations.press_world import make_live, number_of

SYSTEMS = ("kingdee_cloud", "yonyou_tplus", "yonyou_u8", "sap")
DOCUMENTS = ("orders", "shipments", "receivables")
HOSTILE = '=HYPERLINK("http://x","y")\r\n<b>&\x07'


@pytest.fixture
def shop(book: Book) -> Shop:
    """One order shipped, one paid, and one whose item has a hostile name."""
    shop = open_shop(book, "packer", "owner")
    bad = LineRecord("1", "LN-27", "p1", HOSTILE, "", 1, 10050, 10050)
    shop.receive(record("501"), record("502"), record("=1+1", lines=(bad,), total_minor=10050))
    shop.flow()
    make_live(shop, "501")
    assert shop.do("packer", ScanLabel(number_of("501"), "weigh_out"))["shipped"]
    return shop


async def written(shop: Shop, template: str, path: Path, tab: str = "to_print", **more: str) -> Any:
    """Have a document written, and read it back."""
    shop.prove("owner")
    ask = ExportOrders(tab, str(path), "month's end", template=template, customer="C001", **more)
    told = await Exports(shop, export_desk(shop)).do("owner", ask)
    return told.rows, [list(row) for row in raw_rows(path)]


def files(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if not one.name.startswith("book.db")]


def column(rows: list[list[Any]], head: str) -> list[Any]:
    at = rows[0].index(head)
    return [row[at] for row in rows]


@pytest.mark.req("F090")
async def test_a_kingdee_sales_order_has_its_two_heading_rows_and_its_head_once(
    shop: Shop, tmp_path: Path
) -> None:
    count, rows = await written(shop, "kingdee_cloud/orders", tmp_path / "k.xlsx")
    assert (count, rows[0][0], rows[1][0]) == (2, "FBillHead(SAL_SaleOrder)", "*基本信息(序号)")
    assert column(rows, "FNote")[2:] == ["=1+1", "502", ""]
    assert column(rows, "FCustId")[2:] == ["C001", "C001", ""]
    assert column(rows, "FMaterialId")[2:] == ["LN-27", "LN-27", "HK-01"]
    assert column(rows, "FQty")[2:] == [1, 2, 1]
    assert column(rows, "FTaxPrice")[2:] == [100.5, 100, 50]
    assert column(rows, "FDate")[2:] == ["2026-02-16", "2026-02-16", ""]
    assert column(rows, "FSettleCurrId")[2] == "PRE001"


@pytest.mark.req("F090")
async def test_what_left_is_a_shipment_and_what_is_owed_a_receivable(
    shop: Shop, tmp_path: Path
) -> None:
    count, rows = await written(shop, "yonyou_tplus/shipments", tmp_path / "s.xlsx", "shipped")
    assert (count, column(rows, "外部单号")[1:]) == (1, ["501", "501"])
    assert (column(rows, "数量")[1:], column(rows, "备注")[1]) == ([2, 1], number_of("501"))
    _, owed = await written(shop, "yonyou_u8/receivables", tmp_path / "r.xlsx", "shipped")
    assert (column(owed, "cDigest"), column(owed, "iAmount")[2:]) == (
        ["cDigest", "摘要", "501"],
        [258],
    )
    nothing, _ = await written(shop, "sap/receivables", tmp_path / "n.csv", "to_print")
    assert nothing == 0


@pytest.mark.req("F090")
async def test_an_sap_order_bears_the_bapis_fields_and_no_text_of_it_is_a_formula(
    shop: Shop, tmp_path: Path
) -> None:
    path = tmp_path / "sap.csv"
    await written(shop, "sap/orders", path)
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert [row["PURCH_NO_C"] for row in rows] == ["'=1+1", "502", "502"]
    assert [row["ITM_NUMBER"] for row in rows] == ["000010", "000010", "000020"]
    assert (rows[1]["COND_VALUE"], rows[1]["PURCH_DATE"]) == ("100.00", "20260216")


@pytest.mark.req("F090")
async def test_hostile_text_stays_text_in_a_workbook(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "k.xlsx"
    _, rows = await written(shop, "kingdee_cloud/orders", path)
    assert column(rows, "FMaterialId#Name")[2] == '=HYPERLINK("http://x","y")  <b>&'
    with zipfile.ZipFile(path) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert 't="str"' not in sheet


@pytest.mark.req("F090")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_every_document_that_ships_can_be_written_and_read_back(
    shop: Shop, tmp_path: Path
) -> None:
    for system, document in itertools.product(SYSTEMS, DOCUMENTS):
        told = document_of(f"{system}/{document}")
        tab = "to_print" if document == "orders" else "shipped"
        path = tmp_path / f"{system}_{document}{told.suffix}"
        count, rows = await written(shop, f"{system}/{document}", path, tab)
        assert count == (2 if document == "orders" else 1), path.name
        assert len(rows) > len(told.columns[0].heads)
        assert {len(row) for row in rows} == {len(told.columns)}


@pytest.mark.req("F090")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_it_needs_the_right_to_export_sight_of_amounts_and_a_customer(
    shop: Shop, tmp_path: Path
) -> None:
    ask = ExportOrders("to_print", str(tmp_path / "k.xlsx"), "x", template="kingdee_cloud/orders")
    with pytest.raises(NotAllowed):
        shop.do("packer", ask)
    shop.hire("admin", "admin")
    shop.prove("admin", "owner")
    with pytest.raises(NotAllowed) as no:
        shop.do("admin", ask)
    assert no.value.details["permission"] == "payment.read"
    for template, path in (("kingdee_cloud/none", "k.xlsx"), ("../x/orders", "k.xlsx")):
        with pytest.raises(BadValue):
            shop.do("owner", ExportOrders("to_print", str(tmp_path / path), "x", template=template))
    with pytest.raises(BadValue):
        shop.do("owner", ExportOrders("to_print", str(tmp_path / "k.csv"), "x", template="sap#no"))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_shop_that_is_no_customer_there_leaves_no_file_and_the_record_says_why(
    shop: Shop, tmp_path: Path
) -> None:
    shop.prove("owner")
    path = tmp_path / "k.xlsx"
    ask = ExportOrders("to_print", str(path), "x", template="kingdee_cloud/orders")
    with pytest.raises(NoCustomerCode):
        await Exports(shop, export_desk(shop)).do("owner", ask)
    assert (files(tmp_path), shop.all(audit)[-1]["action"]) == ([], "export_stopped")


@pytest.mark.req("F090")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_shop_changes_a_copy_of_a_template_and_names_its_customers_there(
    shop: Shop, tmp_path: Path
) -> None:
    mine = (SHIPPED / "sap.toml").read_text("utf-8").replace('text = "1000"', 'text = "CN01"')
    copy = tmp_path / "mine.toml"
    copy.write_text(mine.replace("[customers]", '[customers]\n"Shop" = "D77"'), "utf-8")
    shop.prove("owner")
    path = tmp_path / "o.csv"
    ask = ExportOrders("to_print", str(path), "x", template=f"{copy}#orders")
    await Exports(shop, export_desk(shop)).do("owner", ask)
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert {(row["SALES_ORG"], row["PARTN_NUMB"]) for row in rows} == {("CN01", "D77")}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('value = "order_no"', 'value = "buyer_name"'),
        ('form = "csv"', 'form = "xls"'),
        ('rows = "line"', 'rows = "pallet"'),
        ('"paid", "allocated"', '"paid", "sent"'),
        ('heads = ["DIVISION"]', 'heads = ["DIVISION", "more"]'),
        ('text = "AG"', 'text = "AG", value = "sku"'),
        ('dates = "%Y%m%d"', 'dates = "today"'),
    ],
)
def test_a_word_of_no_meaning_in_a_template_is_refused(old: str, new: str) -> None:
    table = (SHIPPED / "sap.toml").read_text("utf-8")
    assert old in table
    with pytest.raises(RuleRefused):
        documents_from(tomllib.loads(table.replace(old, new)), "sap.toml")
