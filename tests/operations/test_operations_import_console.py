"""`waydesk import orders` on a computer where no keeper runs."""

import argparse
import io
from pathlib import Path

import pytest

from app.cli import import_orders, open_alone
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


def hands(folder: Path, lang: str = "en", first: int = 9_000_000) -> Hands:
    clock, ids, rng = FixedClock(), CountingIds(first), SeededRng(9)
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


@pytest.mark.req("F248")
def test_a_product_file_comes_in_on_the_terminal_and_again_changes_nothing(folder: Path) -> None:
    file = folder / "products.csv"
    file.write_text("SKU,Name,Stock\nMUG-1,Mug,7\n,nameless,3\n", "utf-8")
    parser = argparse.ArgumentParser()
    import_orders.flags(parser)
    said = []
    for at, more in enumerate((("--preview",), (), ())):
        mine = hands(folder, first=9_000_000 + 1_000 * at)
        import_orders.run(parser.parse_args(["products", str(file), *more]), mine)
        said += mine.out.getvalue().splitlines()
    refused = "Row 3: there is no merchant code beside “nameless”."
    assert said == [
        "Nothing was written. 2 rows would be: 1 new, 0 changed, 0 as they are, 0 with opening"
        " stock; 1 refused.",
        refused,
        "2 rows: 1 new, 0 changed, 0 as they were, 0 with opening stock; 1 refused.",
        refused,
        "2 rows: 0 new, 0 changed, 1 as they were, 0 with opening stock; 1 refused.",
        refused,
    ]
    book = mine.reading_book(mine.key())
    assert verify(book).ok
    book.engine.dispose()


def test_nothing_is_imported_beside_a_running_keeper(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_alone, "WAIT_S", 0.05)
    held = try_lock(folder / open_alone.KEEPER_LOCK)
    assert held is not None
    with pytest.raises(BookInUse):
        import_orders.run(chosen(str(folder / "orders.csv"), "--mapping", "orders"), hands(folder))
    held.release()
