"""Long work is cut so that the writer is held about ten milliseconds, whatever the computer."""

import pytest

from app.domain.pieces import AIM_S, LONG_S, MOST, PieceSize


def settled(fixed: float, each: float, busy: float = 1.0) -> tuple[int, float]:
    """The rows and the seconds of work of a piece after a while; ``busy`` times that it waited."""
    size = PieceSize()
    for _ in range(200):
        took = fixed + each * size.rows
        size.took(size.rows, took * busy, took)
    return size.rows, fixed + each * size.rows


@pytest.mark.parametrize("each_ms", [0.05, 0.2, 1.0, 4.0])
def test_a_piece_takes_about_ten_milliseconds_whatever_a_row_takes(each_ms: float) -> None:
    rows, took = settled(0.001, each_ms / 1000)
    assert AIM_S - 2 * each_ms / 1000 <= took <= AIM_S + each_ms / 1000
    assert rows >= 1


def test_a_row_that_takes_longer_than_that_goes_alone() -> None:
    assert settled(0.001, 0.05)[0] == 1


def test_a_piece_is_never_so_small_that_the_transaction_is_most_of_it() -> None:
    rows, took = settled(0.009, 0.0001)
    assert rows >= 25
    assert took <= 0.015


def test_a_computer_that_is_busy_with_something_else_makes_no_crumbs() -> None:
    assert settled(0.003, 0.0002, busy=8.0)[0] >= settled(0.003, 0.0002)[0] // 4


def test_pieces_grow_by_at_most_twice_and_shrink_at_once() -> None:
    size = PieceSize()
    size.took(8, 0.0001, 0.0001)
    assert size.rows == 16
    size.took(16, 4 * LONG_S, 4 * LONG_S)
    assert size.rows == 1


def test_a_piece_that_ran_out_of_rows_says_nothing_about_the_next() -> None:
    size = PieceSize()
    for _ in range(20):
        size.took(3, 0.0, 0.0)
    assert size.rows == 8
    for _ in range(20):
        size.took(size.rows, 0.0, 0.0)
    assert size.rows == MOST
