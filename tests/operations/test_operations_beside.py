"""Waydesk is added beside an ERP by the shop's API, no cut-over: day one is read-only (F216)."""

from pathlib import Path

import pytest

from app.commands.cases import ExportOrders
from app.commands.orders import SetPolicy
from app.commands.parcels import ScanLabel, TypeWaybill
from app.domain.errors import ReadOnlyShop
from app.operations.import_rows import raw_rows
from app.store.work import Book
from sync.sandbox.http import Call, Reply
from tests.operations.export_world import Exports, export_desk
from tests.operations.number_world import number_of
from tests.operations.upload_world import Uploads, uploads
from tests.worlds import FixedClock


def methods(desk: Uploads) -> list[str]:
    """How the platform is asked from now on."""
    asked: list[str] = []
    handler = desk.server._handler

    def heard(call: Call) -> Reply:
        asked.append(call.method)
        return handler(call)

    desk.server._handler = heard
    return asked


@pytest.mark.req("F216")
async def test_on_day_one_orders_come_in_the_erp_gets_its_file_and_the_platform_is_only_read(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with uploads(book, clock) as desk:
        shop, asked = desk.shop, methods(desk)
        shop.hire("owner", "owner")
        shop.do("owner", SetPolicy("read_only", "true"))
        await desk.order(501)
        assert shop.order("501")["state"] == "allocated"
        typed = TypeWaybill(shop.order("501")["id"], "sf", number_of(1), "from the ERP's label")
        shop.do("lead", typed)
        with pytest.raises(ReadOnlyShop):
            shop.do("packer", ScanLabel(number_of(1), "weigh_out"))
        shop.prove("owner")
        path = tmp_path / "orders.xlsx"
        erp = {"template": "kingdee_cloud/orders", "customer": "C1"}
        ask = ExportOrders("to_print", str(path), "to the ERP", **erp)
        assert (await Exports(shop, export_desk(shop)).do("owner", ask)).rows == 1
        assert list(raw_rows(path))[2][5] == "C1"
        for _ in range(5):
            await desk.pump().round()
        assert set(asked) == {"GET"}
        assert desk.shipped() == {}
        shop.do("owner", SetPolicy("read_only", "false"))
        assert shop.do("packer", ScanLabel(number_of(1), "weigh_out"))["shipped"]
        await desk.until("done")
        assert desk.shipped()["501"] == [number_of(1)]
