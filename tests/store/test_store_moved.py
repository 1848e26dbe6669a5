"""A ciphertext put elsewhere by whoever has the file opens nowhere: row, column, table or shop."""

import pytest

from app.domain.errors import DecryptFailed, RowChanged
from app.store.rotation import CLOSED, Closed
from app.store.schema import metadata
from app.store.work import Book
from tests.store.full_shop import fill
from tests.store.test_store_verify import behind_our_back
from tests.worlds import MEI, shop_keys

PLACES = [(one.table.name, column) for one in CLOSED for column in one.columns]


def test_every_closed_column_is_known_by_its_name() -> None:
    named = {(t.name, c.name) for t in metadata.sorted_tables for c in t.columns}
    assert {place for place in named if place[1].endswith("_ct")} == set(PLACES)
    assert len(PLACES) >= 13


@pytest.mark.req("F099")
@pytest.mark.parametrize(("table", "column"), PLACES)
def test_what_is_closed_for_one_place_opens_at_no_other(table: str, column: str) -> None:
    keys = shop_keys()
    closed = keys.encrypt(table, 5, column, "王芳菲".encode())
    assert keys.decrypt(table, 5, column, closed) == "王芳菲".encode()
    elsewhere = [(table, 6, column), *((t, 5, c) for t, c in PLACES if (t, c) != (table, column))]
    for place in elsewhere:
        with pytest.raises(DecryptFailed):
            keys.decrypt(*place, closed)
    with pytest.raises(DecryptFailed):
        shop_keys(8).decrypt(table, 5, column, closed)


@pytest.mark.req("F172")
def test_a_ciphertext_moved_within_the_file_is_refused_when_its_row_is_used(book: Book) -> None:
    fill(book, 2)
    for one in CLOSED:
        (a, b) = ids = _ids(book, one.table.name, one.pk)
        column = one.columns[0]
        with behind_our_back(book) as conn:
            conn.exec_driver_sql(
                f'UPDATE "{one.table.name}" SET "{column}" ='
                f' (SELECT "{column}" FROM "{one.table.name}" WHERE "{one.pk}" = {b})'
                f' WHERE "{one.pk}" = {a}'
            )
        said = {pk: _found(book, one, pk) for pk in ids}
        assert said == {a: "row_changed", b: ""}, one.table.name


def _ids(book: Book, table: str, pk: str) -> list[int]:
    with book.engine.connect() as conn:
        rows = conn.exec_driver_sql(f'SELECT "{pk}" FROM "{table}" ORDER BY 1 LIMIT 2').all()
    return [int(row[0]) for row in rows]


def _found(book: Book, one: Closed, pk: int) -> str:
    with book.work(MEI) as work:
        try:
            work.row(one.table, pk)
        except RowChanged as found:
            return found.code
    return ""
