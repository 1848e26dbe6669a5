"""What leaves the house as a file: masked, few rows, no formulas, and only for who may."""

import csv
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.commands.approvals import ConsentTo, PrintCodes
from app.commands.cases import ExportOrders
from app.commands.orders import ResetPolicy, SetPolicy
from app.commands.people import SignIn
from app.domain.approval import ApprovalNeeded, FactorMissing, SelfApproval
from app.domain.errors import BadValue, NotAllowed
from app.store.tables_approval import approval, export_file
from app.store.tables_record import audit
from app.store.work import Book
from sync.records import LineRecord
from tests.operations import aes_reader
from tests.operations.export_world import exported
from tests.operations.outbound_world import PASSPHRASE, Shop, open_shop, record
from tests.worlds import FixedClock

WORDS = "for the accountant"


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
        shop.do(who, ExportOrders("to_print", str(out), "look"))
    assert not out.exists()


def test_an_export_is_masked_and_holds_no_formula(shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "orders.csv"
    assert exported(shop, "owner", ExportOrders("to_print", str(out), "look")).rows == 2
    text = out.read_text("utf-8-sig")
    assert "张小满" not in text
    assert "13812345678" not in text
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["summary"] for row in rows[:-1]} == {"亚麻遮光窗帘", "'=HYPERLINK(0)"}
    assert {row["buyer_mask"] for row in rows[:-1]} == {"张**"}


def bulk(out: Path, **more: Any) -> ExportOrders:
    return ExportOrders("to_print", str(out), "month's end", **more)


def opened(path: Path, passphrase: str = WORDS) -> list[str]:
    """The lines of a file as a person reads it who was told the passphrase."""
    with zipfile.ZipFile(path) as held:
        (entry,) = held.infolist()
        return (
            aes_reader.opened(path.read_bytes(), entry, passphrase).decode("utf-8-sig").splitlines()
        )


@pytest.mark.req("F176")
def test_more_rows_than_one_person_may_take_wait_for_another(shop: Shop, tmp_path: Path) -> None:
    shop.do("owner", SetPolicy("bulk_rows", "1"))
    out = tmp_path / "orders.zip"
    with pytest.raises(BadValue):
        shop.do("owner", bulk(tmp_path / "orders.csv"))
    with pytest.raises(BadValue):
        shop.do("owner", bulk(out, passphrase="short"))
    ask = bulk(out, passphrase=WORDS)
    with pytest.raises(ApprovalNeeded) as needed:
        shop.do("owner", ask)
    assert not out.exists()
    pk = int(needed.value.details["approval_id"])
    with pytest.raises(SelfApproval):
        shop.do("owner", ConsentTo(pk, "owner", PASSPHRASE))
    shop.do("owner", ConsentTo(pk, "finance", PASSPHRASE))
    assert exported(shop, "owner", ask).rows == 2
    lines = opened(out)
    assert len(lines) == 4
    file = shop.all(export_file)[-1]
    assert lines[-1].startswith(f'"Waydesk {file["id"]}","owner"')
    assert b"LN-27" not in out.read_bytes()
    told = [row for row in shop.all(audit) if row["action"] == "file_written"]
    assert (told[-1]["object_id"], told[-1]["actor"]) == (file["id"], "owner")
    end = shop.all(audit)[-1]
    assert (end["action"], end["object_id"], end["reason"]) == (
        *("orders_exported", file["id"], "month's end"),
    )
    assert '"rows":2' in end["detail_json"]
    assert WORDS not in str([*shop.all(audit), *shop.all(approval)])


@pytest.mark.req("F176")
def test_a_row_more_than_was_agreed_to_is_asked_about_anew(shop: Shop, tmp_path: Path) -> None:
    shop.do("owner", SetPolicy("bulk_rows", "1"))
    ask = bulk(tmp_path / "orders.zip", passphrase=WORDS)
    with pytest.raises(ApprovalNeeded) as needed:
        shop.do("owner", ask)
    pk = int(needed.value.details["approval_id"])
    shop.do("owner", ConsentTo(pk, "finance", PASSPHRASE))
    shop.receive(record("503"))
    shop.flow()
    with pytest.raises(ApprovalNeeded) as again:
        shop.do("owner", ask)
    assert again.value.details["why"] == "grown"
    assert not (tmp_path / "orders.zip").exists()


@pytest.mark.req("F095", "F176")
def test_the_days_limit_holds_however_it_is_cut_up(
    shop: Shop, tmp_path: Path, clock: FixedClock
) -> None:
    shop.do("owner", SetPolicy("bulk_rows", "4"))
    for name in ("a.csv", "b.csv"):
        exported(shop, "owner", bulk(tmp_path / name))
    for tab in ("to_print", "shipped"):
        again = ExportOrders(tab, str(tmp_path / "c.csv"), "once more")
        if tab == "shipped":
            assert exported(shop, "owner", again).rows == 0
            continue
        with pytest.raises(BadValue, match="path"):
            shop.do("owner", again)
    with pytest.raises(ApprovalNeeded):
        shop.do("owner", bulk(tmp_path / "c.zip", passphrase=WORDS))
    assert exported(shop, "finance", bulk(tmp_path / "d.csv")).rows == 2
    clock.advance(24 * 3_600_000 + 1)
    shop.sessions["owner"] = shop.do("", SignIn("owner", PASSPHRASE))["session"]
    assert exported(shop, "owner", bulk(tmp_path / "e.csv")).rows == 2


def test_the_limit_is_not_raised_by_one_person(shop: Shop) -> None:
    with pytest.raises(ApprovalNeeded):
        shop.do("owner", SetPolicy("bulk_rows", "100000"))
    shop.do("owner", SetPolicy("bulk_rows", "10"))
    with pytest.raises(ApprovalNeeded):
        shop.do("owner", ResetPolicy("bulk_rows"))


@pytest.mark.req("F176")
def test_names_and_phones_in_clear_take_two_people_and_a_second_factor(
    shop: Shop, tmp_path: Path
) -> None:
    out = tmp_path / "clear.zip"
    ask = bulk(out, passphrase=WORDS, clear=True)
    with pytest.raises(NotAllowed):
        shop.do("finance", ask)
    with pytest.raises(ApprovalNeeded) as needed:
        shop.do("lead", ask)
    pk = int(needed.value.details["approval_id"])
    with pytest.raises(NotAllowed):
        shop.do("lead", ConsentTo(pk, "finance", PASSPHRASE))
    with pytest.raises(FactorMissing):
        shop.do("lead", ConsentTo(pk, "owner", PASSPHRASE))
    code = shop.do("owner", PrintCodes())["codes"][0]
    shop.do("lead", ConsentTo(pk, "owner", PASSPHRASE, code))
    exported(shop, "lead", ask)
    lines = opened(out)
    assert "13812345678" in lines[1]
    assert "张小满" in lines[1]
    assert "张小满".encode() not in out.read_bytes()
    line = [row for row in shop.all(audit) if row["action"] == "export_asked"][-1]
    assert '"factor":"recovery"' in line["detail_json"]


@pytest.mark.parametrize("path", ["orders.csv", "/x.sh", "/nowhere/../x", "/nowhere/x.csv"])
def test_only_a_whole_path_of_a_csv_file_is_written(shop: Shop, path: str) -> None:
    with pytest.raises(BadValue):
        shop.do("owner", ExportOrders("to_print", path, "look"))
