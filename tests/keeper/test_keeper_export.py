"""Orders are exported beside the writer: with progress, a stop that leaves no file, a true end."""

import asyncio
import csv
import stat
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.commands.cases import Exported, ExportOrders
from app.commands.orders import AddNote, SetPolicy
from app.domain.errors import BadValue, RowChanged
from app.operations import export_sheet, exports
from app.operations.export_sheet import Made, part
from app.store.tables import receiver
from app.store.tables_approval import export_file
from app.store.tables_record import audit, case
from app.store.work import Book, Work
from tests.operations.export_world import Exports, export_desk, reserved
from tests.operations.outbound_world import open_shop, record
from tests.store.test_store_verify import behind_our_back
from tests.worlds import MEI

FAR_S = 5.0


@pytest.fixture
def house(book: Book, monkeypatch: pytest.MonkeyPatch) -> Exports:
    """A shop with three orders to print; each is a page of its own."""
    shop = open_shop(book, "finance", "agent")
    shop.hire("owner", "owner")
    shop.receive(record("501"), record("502"), record("503"))
    shop.flow()
    monkeypatch.setattr(export_sheet, "CHUNK", 1)
    return Exports(shop, export_desk(shop))


def ask(folder: Path, name: str = "orders.csv", **more: Any) -> ExportOrders:
    return ExportOrders("to_print", str(folder / name), "month's end", **more)


def parts(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.endswith(".part")]


def files(folder: Path, like: str = "*") -> set[Path]:
    return set(folder.glob(like))


def row_of(house: Exports) -> dict[str, Any]:
    return house.shop.all(export_file)[-1]


def last_line(house: Exports) -> dict[str, Any]:
    return house.shop.all(audit)[-1]


def during(
    house: Exports, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[None]]
) -> list[bool]:
    """Have something done after the first page; the second waits for it, on the reading thread."""
    go, waited = threading.Event(), []
    usual = export_sheet._lines

    def lines(*args: Any, **more: Any) -> Iterator[list[str]]:
        waited.append(not waited or go.wait(FAR_S))
        yield from usual(*args, **more)

    async def acting() -> None:
        await act()
        go.set()

    def heard(done: int, _of: int) -> None:
        if done == 1 and not go.is_set():
            tasks.append(asyncio.get_running_loop().create_task(acting()))

    tasks: list[asyncio.Task[None]] = []
    monkeypatch.setattr(export_sheet, "_lines", lines)
    house.heard = heard
    return waited


@pytest.mark.req("F176")
async def test_a_file_is_written_with_its_progress_and_told_with_its_true_count(
    house: Exports, tmp_path: Path
) -> None:
    assert await house.do("owner", ask(tmp_path)) == Exported(3)
    await asyncio.sleep(0)
    assert [told[:2] for told in house.told] == [(0, 3), (1, 3), (2, 3), (3, 3), (3, 3)]
    assert {key for _, _, key in house.told} == {"exporting.writing"}
    out = tmp_path / "orders.csv"
    assert len(list(csv.reader(out.read_text("utf-8-sig").splitlines()))) == 5
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert not parts(tmp_path)
    row = row_of(house)
    assert (row["state"], row["row_count"], row["folder"]) == ("written", 3, "")
    line = last_line(house)
    assert (line["action"], line["actor"], line["object_id"]) == (
        *("orders_exported", "owner", row["id"]),
    )
    assert '"rows":3' in line["detail_json"]


async def test_others_are_served_while_a_file_is_written(
    house: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = house.shop.order("501")["id"]
    seen: list[set[Path]] = []

    async def serve() -> None:
        await asyncio.sleep(0)
        house.shop.do("agent", AddNote(order_id, "called back"))
        seen.append(files(tmp_path))

    waited = during(house, monkeypatch, serve)
    before = files(tmp_path)
    assert await house.do("owner", ask(tmp_path)) == Exported(3)
    assert waited == [True, True, True]
    assert seen[0] == before, "something of it lay on the disk before it was whole"
    actions = [line["action"] for line in house.shop.all(audit)]
    assert actions.index("export_asked") < actions.index("note_added")
    assert actions.index("note_added") < actions.index("orders_exported")


@pytest.mark.req("F176")
async def test_who_stops_an_export_has_no_file_and_it_counts_for_nothing(
    house: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    during(house, monkeypatch, lambda: house.stop("owner"))
    assert await house.do("owner", ask(tmp_path)) == Exported(0, stopped=True)
    assert not files(tmp_path, "orders*")
    assert not parts(tmp_path)
    assert (row_of(house)["state"], row_of(house)["row_count"]) == ("stopped", 0)
    assert (last_line(house)["action"], last_line(house)["result"]) == ("export_stopped", "ok")
    house.heard = lambda _done, _of: None
    monkeypatch.undo()
    house.shop.do("owner", SetPolicy("bulk_rows", "3"))
    assert await house.do("owner", ask(tmp_path)) == Exported(3)


async def test_nobody_stops_what_another_person_exports(
    house: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = during(house, monkeypatch, lambda: house.stop("finance"))
    assert await house.do("owner", ask(tmp_path)) == Exported(3)
    assert waited == [True, True, True]


@pytest.mark.req("F176")
async def test_rows_count_toward_the_days_limit_from_the_moment_they_are_reserved(
    house: Exports, tmp_path: Path
) -> None:
    house.shop.do("owner", SetPolicy("bulk_rows", "5"))
    first = ask(tmp_path, "a.csv")
    let_in = house.begin("owner", first)
    with pytest.raises(BadValue, match="path"):
        house.begin("owner", ask(tmp_path, "b.csv"))
    assert reserved(house.begin("finance", ask(tmp_path, "c.csv"))).rows == 3
    assert await house.write(first, let_in) == Exported(3)
    with pytest.raises(BadValue, match="path"):
        house.begin("owner", ask(tmp_path, "b.csv"))


@pytest.mark.req("F176")
async def test_no_more_rows_are_written_than_were_reserved_and_fewer_are_told_as_they_are(
    house: Exports, tmp_path: Path
) -> None:
    one, two = ask(tmp_path, "a.csv"), ask(tmp_path, "b.csv")
    begun = house.begin("owner", one)
    house.shop.receive(record("504"))
    house.shop.flow()
    assert await house.write(one, begun) == Exported(3)
    begun = house.begin("owner", two)
    with behind_our_back(house.shop.book) as conn:
        conn.exec_driver_sql("UPDATE orders SET tab = 'closed' WHERE external_id IN ('501', '502')")
    assert await house.write(two, begun) == Exported(2)
    assert row_of(house)["row_count"] == 2
    assert (tmp_path / "b.csv").read_text("utf-8-sig").splitlines()[-1].endswith(',"2"')


async def test_a_file_that_cannot_be_put_in_its_place_leaves_nothing_and_is_told(
    house: Exports, tmp_path: Path
) -> None:
    (tmp_path / "orders.csv").mkdir()
    with pytest.raises(BadValue, match="path"):
        await house.do("owner", ask(tmp_path))
    assert not parts(tmp_path)
    assert (row_of(house)["state"], row_of(house)["row_count"]) == ("stopped", 0)
    assert (last_line(house)["action"], last_line(house)["result"]) == ("export_stopped", "failed")


async def test_a_row_that_was_altered_outside_ends_it_and_a_person_is_told(
    house: Exports, tmp_path: Path
) -> None:
    let_in = house.begin("owner", ask(tmp_path, "clear.csv"))
    with behind_our_back(house.shop.book) as conn:
        conn.execute(receiver.update().values(name_ct=receiver.c.phone_ct))
    with pytest.raises(RowChanged):
        await house.write(ask(tmp_path, "clear.csv", clear=True), let_in)
    assert not files(tmp_path, "clear*")
    assert (row_of(house)["state"], last_line(house)["result"]) == ("stopped", "failed")
    assert [one["kind"] for one in house.shop.all(case)] == ["row_changed_outside"]


async def test_a_keeper_that_ends_stops_what_it_exports_and_closes_it(
    house: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing: list[asyncio.Task[None]] = []

    async def end() -> None:
        closing.append(asyncio.create_task(house.desk.close()))
        await asyncio.sleep(0)

    during(house, monkeypatch, end)
    assert await house.do("owner", ask(tmp_path)) == Exported(0, stopped=True)
    await closing[0]
    assert row_of(house)["state"] == "stopped"
    assert not files(tmp_path, "orders*")


# --- after a kill -------------------------------------------------------------------------------


def told(house: Exports, act: Callable[[Work], None]) -> None:
    with house.shop.book.work(MEI) as work:
        act(work)
        work.commit()


@pytest.mark.req("F176")
@pytest.mark.parametrize("whole", [False, True])
async def test_what_a_kill_left_is_removed_at_the_start_and_the_row_is_closed(
    house: Exports, tmp_path: Path, whole: bool
) -> None:
    let_in = house.begin("owner", ask(tmp_path), 77)
    file_id = reserved(let_in).file_id
    left = part(tmp_path, file_id)
    left.write_bytes(b"half of it")
    other = part(tmp_path, file_id + 1)
    other.write_bytes(b"another computer's")
    if whole:
        told(house, lambda work: exports.ready(work, file_id, Made(b"half of it", 3)))
    await export_desk(house.shop).begin()
    assert parts(tmp_path) == [other]
    assert (row_of(house)["state"], row_of(house)["row_count"]) == ("stopped", 0)
    assert last_line(house)["action"] == "export_stopped"
    again = await house.do("owner", ask(tmp_path), 77)
    assert again == Exported(0, stopped=True)
    assert not (tmp_path / "orders.csv").exists()


@pytest.mark.req("F176")
async def test_a_file_that_had_its_name_before_the_kill_is_told_as_exported(
    house: Exports, tmp_path: Path
) -> None:
    let_in = house.begin("owner", ask(tmp_path), 77)
    file_id = reserved(let_in).file_id
    told(house, lambda work: exports.ready(work, file_id, Made(b"all of it", 2)))
    await export_desk(house.shop).begin()
    assert (row_of(house)["state"], row_of(house)["row_count"]) == ("written", 2)
    assert last_line(house)["action"] == "orders_exported"
    assert await house.do("owner", ask(tmp_path), 77) == Exported(2)


async def test_a_place_that_is_away_is_looked_at_again_and_what_is_under_way_elsewhere_stays(
    house: Exports, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    file_id = reserved(house.begin("owner", ask(stick))).file_id
    part(stick, file_id).write_bytes(b"half of it")
    stick.rename(tmp_path / "pocket")
    await export_desk(house.shop).begin()
    assert row_of(house)["state"] == "running"
    (tmp_path / "pocket").rename(stick)
    house.shop.book.chain += 1  # the keeper of another computer
    await export_desk(house.shop).begin()
    assert row_of(house)["state"] == "running"
    house.shop.book.chain -= 1
    await export_desk(house.shop).begin()
    assert row_of(house)["state"] == "stopped"
    assert not parts(stick)


async def test_a_row_altered_outside_keeps_no_keeper_from_starting(
    house: Exports, tmp_path: Path
) -> None:
    file_id = reserved(house.begin("owner", ask(tmp_path))).file_id
    mine = part(tmp_path / "kept", file_id)
    mine.parent.mkdir()
    mine.write_bytes(b"no business of an export")
    with behind_our_back(house.shop.book) as conn:
        conn.execute(export_file.update().values(folder=str(mine.parent)))
    await export_desk(house.shop).begin()
    assert mine.exists()
    assert [one["kind"] for one in house.shop.all(case)] == ["row_changed_outside"]
