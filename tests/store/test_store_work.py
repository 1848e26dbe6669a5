"""One transaction: what the shop is promised whenever anything changes."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.errors import AuditFailed, RowChanged
from app.store.tables_catalogue import product
from app.store.tables_record import audit
from app.store.work import Book
from tests.worlds import MEI


def add_product(book: Book, sku: str = "MUG-1") -> int:
    with book.work(MEI) as work:
        pk = work.ids.next()
        work.insert(product, {"id": pk, "sku": sku, "title": "Mug"})
        work.tell("product.add", "product", pk)
        work.commit()
    return pk


@pytest.mark.req("F174")
def test_every_change_names_who_when_and_from_where(book: Book) -> None:
    add_product(book)
    with book.engine.connect() as conn:
        entry = conn.execute(audit.select()).mappings().one()
    assert (entry["operator_id"], entry["actor"], entry["ip"]) == (11, "Mei", "10.0.0.5")
    assert entry["at"] == book.clock.now()
    assert entry["action"] == "product.add"


def test_a_change_without_an_entry_never_reaches_the_book(book: Book) -> None:
    with pytest.raises(AuditFailed), book.engine.begin() as conn:
        conn.execute(product.insert().values(id=1, sku="A"))
    with book.engine.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM product")).scalar() == 0


def test_a_block_that_ends_without_commit_changes_nothing(book: Book) -> None:
    with book.work(MEI) as work:
        work.insert(product, {"id": 1, "sku": "A"})
        work.tell("product.add")
    with book.engine.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM product")).scalar() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'nobody'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit",
        "TRUNCATE audit",
    ],
)
def test_the_database_itself_refuses_to_change_the_record(book: Book, statement: str) -> None:
    if statement.startswith("TRUNCATE") == (book.dialect == "sqlite"):
        statement = "DELETE FROM audit"  # each engine has the other words only
    if "OR REPLACE" in statement and book.dialect == "postgresql":
        statement = "UPDATE audit SET seq = seq + 1"
    add_product(book)
    refused = pytest.raises(DBAPIError, match="never changed or removed")
    with book.engine.connect() as conn, refused:
        conn.exec_driver_sql(statement)


def test_a_row_changed_behind_our_back_is_not_worked_with(book: Book) -> None:
    pk = add_product(book)
    with book.engine.begin() as conn:
        conn.execute(text("UPDATE product SET title = 'Cup'"))
        conn.info["audited"] = True
    with book.work(MEI) as work, pytest.raises(RowChanged):
        work.row(product, pk)
