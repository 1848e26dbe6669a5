"""The last pieces go to whoever came first, and to nobody else, however many try at once.

The suite's share of ``python -m tests.simulation.sold_out``, with threads for processes.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from tests.simulation import sold_out
from tests.simulation.sold_out_world import Sale, Tally, judge, open_sale

HOT = Sale(workers=8, attempts=20, codes=1, pieces=40)
WIDE = Sale(workers=8, attempts=20, codes=15, pieces=5, basket=3, count_every=10)


def race(engine: Engine, sale: Sale, place: int) -> Tally:
    if engine.dialect.name == "sqlite":
        return sold_out.race_on_sqlite(sold_out.book_on(engine, 98), sale, place)
    url = engine.url.render_as_string(hide_password=False)
    with ThreadPoolExecutor(sale.workers) as crowd:
        return sold_out.race_on_postgres(url, sale, place, crowd)


@pytest.mark.parametrize("sale", [HOT, WIDE], ids=["one code", "many codes"])
def test_eight_who_want_the_last_pieces_at_once_get_each_piece_once(
    engine: Engine, sale: Sale
) -> None:
    book = sold_out.book_on(engine, 99)
    tally = race(engine, sale, open_sale(book, sale))
    found = judge(book)
    assert tally.errors == {}
    assert sold_out.well(sale, tally, found)
    assert tally.cancelled > 0
    assert tally.counted > 0
    assert tally.short > 0
    assert found.physical == sale.codes * sale.pieces + tally.counted
    if sale is HOT:
        assert found.left == 0, "pieces were there and an order went without"
        assert found.reserved == tally.served - tally.cancelled
