"""The activity log is kept as long as the law asks, and what goes leaves its seal."""

import pytest

from app.domain.errors import RetentionTooShort
from app.store.retention import Pruned, prune
from app.store.tables_catalogue import product
from app.store.verify import verify
from app.store.work import Book
from tests.store.test_store_verify import behind_our_back
from tests.worlds import MEI, FixedClock

DAY = 86_400_000


def days_of_work(book: Book, clock: FixedClock, days: int) -> None:
    """One product a day."""
    for day in range(days):
        with book.work(MEI) as work:
            work.insert(product, {"id": 100 + day, "sku": f"s{day}"})
            work.tell("product.add", "product", 100 + day)
            work.commit()
        clock.advance(DAY)


def lines(book: Book) -> int:
    with book.engine.connect() as conn:
        return int(conn.exec_driver_sql("SELECT count(*) FROM audit").scalar_one())


@pytest.mark.req("F097")
def test_nobody_prunes_before_180_days(book: Book, clock: FixedClock) -> None:
    days_of_work(book, clock, 3)
    clock.advance(900 * DAY)
    with pytest.raises(RetentionTooShort):
        prune(book, MEI, 179)
    assert lines(book) == 3


@pytest.mark.req("F097")
def test_whole_months_go_and_the_rest_still_holds(book: Book, clock: FixedClock) -> None:
    days_of_work(book, clock, 60)  # from 16 February 2026: 13 days, March, and half of April
    clock.advance(180 * DAY)
    assert prune(book, MEI, 180) == Pruned(44, 2)
    assert lines(book) == 60 - 44 + 1
    report = verify(book)
    assert report.findings == ()
    assert prune(book, MEI, 180) == Pruned(0, 0)


@pytest.mark.req("F097")
def test_younger_lines_stay_whoever_asks(book: Book, clock: FixedClock) -> None:
    days_of_work(book, clock, 20)
    clock.advance(150 * DAY)
    assert prune(book, MEI, 180) == Pruned(0, 0)
    assert lines(book) == 21


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("UPDATE product SET title = 'forged' WHERE id = 100", {"row_changed"}),
        ("DELETE FROM product WHERE id = 100", {"row_missing"}),
        (
            "DELETE FROM audit_segment WHERE last_seq = 44",
            {"row_missing", "row_unborn", "entry_missing"},
        ),
    ],
)
def test_rows_of_pruned_months_are_still_watched(
    book: Book, clock: FixedClock, statement: str, kinds: set[str]
) -> None:
    days_of_work(book, clock, 60)
    clock.advance(180 * DAY)
    prune(book, MEI, 180)
    with behind_our_back(book) as conn:
        conn.exec_driver_sql(statement)
    assert {f.kind for f in verify(book).findings} == kinds
