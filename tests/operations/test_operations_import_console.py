"""`waydesk import orders` on a computer where no keeper runs."""

import argparse
import io
from pathlib import Path

import pytest

from app.cli import import_orders
from app.cli.hands import Hands
from app.config import Settings
from app.domain.errors import BookInUse
from app.process.locks import try_lock
from app.rulebook import load
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.tables import orders
from app.store.vault import new_demo
from app.store.verify import verify
from app.store.work import Place
from tests.operations.test_operations_import import GOOD, HEAD
from tests.worlds import CountingIds, FixedClock, SeededRng

BAD = GOOD.replace("A1,", "A2,").replace(",2,200.00", ",x,200.00")


def hands(folder: Path, lang: str = "en") -> Hands:
    clock, ids, rng = FixedClock(), CountingIds(9_000_000), SeededRng(9)
    settings = Settings(folder, desk=3)
    return Hands(settings, clock, ids, rng, load().words, lang, io.StringIO())


def chosen(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    import_orders.flags(parser)
    return parser.parse_args(["orders", *words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kek = new_demo(tmp_path, SeededRng())
    engine = sqlite_engine(tmp_path / "book.db")
    Opener(kek, FixedClock(), CountingIds(), SeededRng()).open(engine, Place(chain=3))
    engine.dispose()
    (tmp_path / "orders.csv").write_text("\n".join((HEAD, GOOD, BAD)) + "\n", "utf-8")
    return tmp_path


def test_a_file_comes_in_and_the_refused_row_is_told_and_written(folder: Path) -> None:
    file, rejects = str(folder / "orders.csv"), folder / "rejects.csv"
    mine = hands(folder)
    words = (file, "--mapping", "orders", "--rejects", str(rejects))
    assert import_orders.run(chosen(*words), mine) == 0
    assert mine.out.getvalue().splitlines() == [
        "2 rows, 1 orders: 1 new, 0 changed, 0 as they were; 1 rows refused.",
        "Row 3, 数量: “x” is no whole number of at least one.",
    ]
    assert rejects.read_text("utf-8-sig").splitlines()[1] == "3,数量,not_a_quantity,x"
    again = hands(folder, "zh")
    import_orders.run(chosen(*words), again)
    assert again.out.getvalue().startswith("2 行，1 个订单：新增 0，变更 0，未变 1；拒绝 1 行。")


def test_every_row_an_import_wrote_stands_sealed_in_the_record(folder: Path) -> None:
    mine = hands(folder)
    import_orders.run(chosen(str(folder / "orders.csv"), "--mapping", "orders"), mine)
    book = mine.reading_book(mine.key())
    report = verify(book)
    book.engine.dispose()
    assert (report.ok, report.findings) == (True, ())


def test_a_preview_leaves_the_book_as_it_was(folder: Path) -> None:
    mine = hands(folder)
    import_orders.run(chosen(str(folder / "orders.csv"), "--mapping", "orders", "--preview"), mine)
    assert mine.out.getvalue().startswith("Nothing was written. 2 rows, 1 orders would be: 1 new")
    book = mine.reading_book(mine.key())
    with book.engine.connect() as conn:
        assert conn.execute(orders.select()).fetchall() == []
    book.engine.dispose()


def test_nothing_is_imported_beside_a_running_keeper(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_orders, "WAIT_S", 0.05)
    held = try_lock(folder / import_orders.KEEPER_LOCK)
    assert held is not None
    with pytest.raises(BookInUse):
        import_orders.run(chosen(str(folder / "orders.csv"), "--mapping", "orders"), hands(folder))
    held.release()
