"""Platform, book and carrier either agree about an order, or a word says which is behind."""

import itertools

import pytest

from app.domain.ends import SKEW_MS, Apart, Ends, apart
from app.domain.states import LogisticsState, OrderState

S, L = OrderState, LogisticsState
TOLD = 1_000_000
# (book, platform, logistics, told, what is said); written by hand, apart from the code.
CASES = [
    (S.PAID, "paid", L.NONE, None, ""),
    (S.ALLOCATED, "paid", L.WAYBILLED, None, ""),
    (S.ALLOCATED, "paid", L.PICKED_UP, None, ""),
    (S.ALLOCATED, "paid", L.IN_TRANSIT, None, Apart.CARRIER_AHEAD),
    (S.ALLOCATED, "shipped", L.NONE, None, Apart.PLATFORM_AHEAD),
    (S.ALLOCATED, "cancelled", L.NONE, None, Apart.CANCELLED_THERE),
    (S.SHIPPED, "shipped", L.IN_TRANSIT, None, ""),
    (S.SHIPPED, "completed", L.DELIVERED, None, ""),
    (S.SHIPPED, "paid", L.IN_TRANSIT, None, Apart.PLATFORM_BEHIND),
    (S.SHIPPED, "paid", L.WAYBILLED, TOLD, ""),
    (S.SHIPPED, "cancelled", L.IN_TRANSIT, TOLD, Apart.CANCELLED_THERE),
    (S.SHIPPED, "closed", L.DELIVERED, TOLD, ""),
    (S.SHIPPED, "", L.IN_TRANSIT, None, ""),
    (S.COMPLETED, "paid", L.DELIVERED, None, Apart.PLATFORM_BEHIND),
    (S.CANCELLED, "cancelled", L.WAYBILLED, None, ""),
    (S.CANCELLED, "paid", L.NONE, None, Apart.OPEN_THERE),
    (S.CANCELLED, "shipped", L.NONE, None, Apart.SHIPPED_THERE),
    (S.CANCELLED, "cancelled", L.DELIVERING, None, Apart.TRAVELS_CANCELLED),
    (S.CLOSED, "closed", L.DELIVERED, None, ""),
]


@pytest.mark.req("F181")
@pytest.mark.parametrize(("book", "platform", "logistics", "told", "said"), CASES)
def test_the_three_ends_of_an_order(book, platform, logistics, told, said) -> None:
    assert apart(Ends(book, platform, TOLD, told, logistics)) == said


@pytest.mark.req("F180", "F181")
def test_a_platform_that_was_told_and_says_pending_long_after_is_behind() -> None:
    soon = Ends(S.SHIPPED, "paid", TOLD + SKEW_MS, TOLD, L.WAYBILLED)
    late = Ends(S.SHIPPED, "paid", TOLD + SKEW_MS + 1, TOLD, L.WAYBILLED)
    assert (apart(soon), apart(late)) == ("", Apart.PLATFORM_BEHIND)


def test_every_cell_has_an_answer_and_every_answer_is_met() -> None:
    platforms = ("", *(state.value for state in S))
    cells = itertools.product(S, platforms, L, (None, TOLD))
    found = {apart(Ends(b, p, TOLD, told, at)) for b, p, at, told in cells}
    assert found == {"", *(word.value for word in Apart)}
