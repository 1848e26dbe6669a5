"""What leaves the house as a file: masked, few rows, no formulas, and only for who may."""

import csv
from pathlib import Path

import pytest

from app.commands.cases import ExportOrders
from app.commands.orders import SetPolicy
from app.domain.approval import ApprovalNeeded
from app.domain.errors import BadValue, NotAllowed
from app.store.work import Book
from sync.records import LineRecord
from tests.operations.outbound_world import Shop, open_shop, record


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book)
    made.hire("owner", "owner")
    evil = (LineRecord("1", "LN-27", "p1", "=HYPERLINK(0)", "", 1, 100, 100),)
    made.receive(record("501"), record("502", lines=evil))
    made.flow()
    return made


@pytest.mark.req("F095")
@pytest.mark.parametrize("who", ["agent", "packer"])
def test_who_may_not_export_gets_no_file(shop: Shop, who: str, tmp_path: Path) -> None:
    out = tmp_path / "orders.csv"
    with pytest.raises(NotAllowed):
        shop.do(who, ExportOrders("to_print", str(out)))
    assert not out.exists()


def test_an_export_is_masked_and_holds_no_formula(shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "orders.csv"
    assert shop.do("owner", ExportOrders("to_print", str(out)))["rows"] == 2
    text = out.read_text("utf-8-sig")
    assert "张小满" not in text
    assert "13812345678" not in text
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["summary"] for row in rows} == {"亚麻遮光窗帘", "'=HYPERLINK(0)"}
    assert {row["buyer_mask"] for row in rows} == {"张**"}


def test_more_rows_than_one_person_may_take_are_refused(shop: Shop, tmp_path: Path) -> None:
    shop.do("owner", SetPolicy("bulk_rows", "1"))
    out = tmp_path / "orders.csv"
    with pytest.raises(ApprovalNeeded):
        shop.do("owner", ExportOrders("to_print", str(out)))
    assert not out.exists()


@pytest.mark.parametrize("path", ["orders.csv", "/tmp/x.sh", "/nowhere/../x"])
def test_only_a_whole_path_of_a_csv_file_is_written(shop: Shop, path: str) -> None:
    with pytest.raises(BadValue):
        shop.do("owner", ExportOrders("to_print", path))
