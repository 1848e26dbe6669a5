"""What was shipped goes into the platform's own bulk-ship file, once, and counts when uploaded."""

from pathlib import Path

import pytest

from app.commands.parcels import ScanLabel, TypeWaybill
from app.commands.ship_files import SayUploaded, WriteShipFile
from app.domain.errors import BadValue, NotAllowed
from app.operations.import_orders import Importer, read
from app.store.tables import channel, parcel
from app.store.tables_record import audit, outbox
from app.store.work import Book
from tests.operations.order_files import PINDUODUO
from tests.operations.outbound_world import Shop, open_shop

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
NUMBER, WAYBILL = PINDUODUO.numbers[0], "SF1426008733101"


@pytest.fixture
def shop(book: Book, tmp_path: Path) -> Shop:
    shop = open_shop(book)
    bring(shop, PINDUODUO.saved(tmp_path))
    shop.flow()
    ask = TypeWaybill(shop.order(NUMBER)["id"], "sf", WAYBILL, "from the forwarder")
    shop.one_suffices()
    shop.do("lead", ask)
    for step in ("verify", "weigh_out", "hand_over"):
        shop.do("packer", ScanLabel(WAYBILL, step))
    assert shop.order(NUMBER)["state"] == "shipped"
    return shop


def bring(shop: Shop, path: Path) -> None:
    judged, file_map = read(path, "", "")
    Importer(shop.book, shop.door.laws.now).run(judged, file_map)


def file_shop(shop: Shop) -> int:
    return int(shop.all(channel)[-1]["id"])


def write(shop: Shop, path: Path, **more: bool) -> tuple[int, int]:
    told = shop.do("lead", WriteShipFile(file_shop(shop), str(path), **more))
    return told["rows"], told["before"]


def is_told(shop: Shop) -> bool:
    return any(row["written_back_at"] is not None for row in shop.all(parcel))


@pytest.mark.req("F228")
def test_the_file_has_the_platforms_headings_and_its_word_for_the_courier(
    shop: Shop, tmp_path: Path
) -> None:
    assert write(shop, tmp_path / "ship.csv") == (1, 0)
    assert (tmp_path / "ship.csv").read_text("gb18030").splitlines() == [
        "order_sn,shipping_name,shipping_sn",
        "订单号,快递公司,快递单号",
        f"{NUMBER},顺丰速运,{WAYBILL}",
    ]
    assert "ship_file_written" in [r["action"] for r in shop.all(audit)]


@pytest.mark.req("F228")
def test_a_written_file_tells_nothing_until_somebody_says_it_was_uploaded(
    shop: Shop, tmp_path: Path
) -> None:
    write(shop, tmp_path / "ship.csv")
    assert (is_told(shop), shop.all(outbox)[-1]["state"]) == (False, "ready")
    assert shop.do("lead", SayUploaded(file_shop(shop)))["rows"] == 1
    assert (is_told(shop), shop.all(outbox)[-1]["state"]) == (True, "done")
    assert shop.do("lead", SayUploaded(file_shop(shop)))["rows"] == 0


@pytest.mark.req("F228")
def test_nothing_stands_in_two_files_unless_it_is_asked_for(shop: Shop, tmp_path: Path) -> None:
    write(shop, tmp_path / "first.csv")
    assert write(shop, tmp_path / "second.csv") == (0, 1)
    assert not (tmp_path / "second.csv").exists()
    assert write(shop, tmp_path / "third.csv", again=True) == (1, 1)


def test_what_was_not_written_is_not_said_to_be_uploaded(shop: Shop) -> None:
    assert shop.do("lead", SayUploaded(file_shop(shop)))["rows"] == 0
    assert not is_told(shop)


@pytest.mark.req("F228")
def test_a_later_export_that_shows_it_shipped_proves_it(shop: Shop, tmp_path: Path) -> None:
    write(shop, tmp_path / "ship.csv")
    bring(shop, PINDUODUO.later(tmp_path))
    assert (is_told(shop), shop.all(outbox)[-1]["state"]) == (True, "done")


def test_a_shop_with_a_line_of_its_own_and_a_bad_path_are_refused(
    shop: Shop, tmp_path: Path
) -> None:
    (tmp_path / "is_there.csv").write_text("x", "utf-8")
    for path in ("ship.csv", str(tmp_path / "ship.exe"), str(tmp_path / "is_there.csv")):
        with pytest.raises(BadValue):
            shop.do("lead", WriteShipFile(file_shop(shop), path))
    with pytest.raises(BadValue):
        shop.do("lead", WriteShipFile(shop.channel_id, str(tmp_path / "ship.csv")))
    with pytest.raises(NotAllowed):
        shop.do("packer", WriteShipFile(file_shop(shop), str(tmp_path / "ship.csv")))
