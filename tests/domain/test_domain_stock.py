"""Reservations give back what they hold and no more, and the ledger always adds up."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import stock
from app.domain.errors import LockOverdrawn, LockUnknown
from app.domain.states import LockKind, LockState
from app.domain.stock import Ledger, Lock, Move

FIGURE = st.integers(0, 1000)


@given(st.integers(0, 50), st.integers(0, 80), st.integers(-3, 3))
def test_nothing_is_promised_that_is_not_there(physical, reserved, beyond):
    quantity = physical - reserved + beyond
    assert stock.can_take(physical, reserved, quantity) == (beyond <= 0 < quantity)


def lock(lock_id=1, quantity=5, **more):
    return Lock(lock_id, order_id=10, line_id=100 + lock_id, sku="A", quantity=quantity, **more)


@pytest.mark.req("F192")
@given(st.integers(1, 9), st.lists(st.tuples(st.booleans(), st.integers(-1, 6)), max_size=8))
def test_a_reservation_never_gives_back_or_uses_more_than_it_holds(quantity, acts):
    one = lock(quantity=quantity)
    for is_release, n in acts:
        before = one.held
        act = one.release if is_release else one.use
        if 0 < n <= before:
            one = act(n)
            assert one.held == before - n
        else:
            with pytest.raises(LockOverdrawn):
                act(n)
        assert one.released + one.used + one.held == quantity
        assert (one.state is LockState.HELD) == (one.held > 0)


def test_what_became_of_a_spent_reservation_is_told_apart():
    assert lock().release(5).state is LockState.RELEASED
    assert lock().use(5).state is LockState.USED
    assert lock().use(2).release(3).state is LockState.USED


@pytest.mark.req("F191")
def test_a_made_up_a_foreign_and_a_spent_reservation_are_refused_alike():
    spent = lock(3).release(5)
    locks = [lock(1), replace(lock(2), order_id=99), spent]
    assert stock.find(locks, 1, 10) is locks[0]
    for lock_id in (2, 3, 4711):
        with pytest.raises(LockUnknown) as refused:
            stock.find(locks, lock_id, 10)
        assert refused.value.details == {"lock_id": lock_id}


@pytest.mark.req("F192")
def test_cancelling_two_of_five_lines_releases_exactly_theirs():
    locks = [lock(n) for n in range(1, 6)]
    changed = [one for n in (2, 4) for one in stock.release_line(locks, 100 + n, 5)]
    assert [(one.lock_id, one.state) for one in changed] == [
        (2, LockState.RELEASED),
        (4, LockState.RELEASED),
    ]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(0, 30))
def test_part_of_a_line_is_released_from_the_newest_reservation_first(sizes, quantity):
    locks = [replace(lock(n, size), line_id=7) for n, size in enumerate(sizes, 1)]
    others = [replace(lock(90), line_id=8)]
    changed = {one.lock_id: one for one in stock.release_line(locks + others, 7, quantity)}
    released = sum(one.released for one in changed.values())
    assert released == min(quantity, sum(sizes))
    assert 90 not in changed
    touched = [one.lock_id for one in locks if one.lock_id in changed]
    assert touched == [one.lock_id for one in locks[len(locks) - len(touched) :]]


def test_an_unpaid_reservation_runs_out_and_a_paid_one_never_does():
    soft = lock(kind=LockKind.SOFT, expires_at=1000)
    assert soft.expire(999) == soft
    assert (soft.expire(1000).state, soft.expire(1000).held) == (LockState.EXPIRED, 0)
    firm = soft.firm_up()
    assert firm.expire(10**15) == firm
    assert replace(soft, kind=LockKind.FIRM).is_due(10**15) is False
    assert soft.release(5).expire(1000).state is LockState.RELEASED


@given(FIGURE, st.lists(st.tuples(st.sampled_from("trusx"), st.integers(0, 9), st.integers(1, 9))))
def test_whatever_is_taken_released_shipped_or_received_the_books_add_up(opening, acts):
    physical, reserved, moves, locks = opening, 0, [], []

    def move(d_physical, d_reserved):
        nonlocal physical, reserved
        physical, reserved = physical + d_physical, reserved + d_reserved
        moves.append(Move(d_physical, d_reserved))

    for act, which, n in acts:
        held = locks[which] if which < len(locks) else None
        if act == "t" and stock.can_take(physical, reserved, n):
            locks.append(lock(len(locks) + 1, n))
            move(0, n)
        elif act == "r" and held and held.held >= n:
            locks[which] = held.release(n)
            move(0, -n)
        elif act == "s" and held and held.held >= n:
            locks[which] = held.use(n)
            move(-n, -n)
        elif act == "u":
            move(n, 0)
        assert reserved <= physical
    ledger = Ledger("A", opening, physical, reserved, moves, locks)
    assert ledger.drift() == ()
    assert replace(ledger, physical=physical + 1).drift() == (("physical", physical + 1, physical),)
    wrong = replace(ledger, reserved=reserved + 1).drift()
    assert wrong == (
        ("reserved", reserved + 1, reserved),
        ("reserved_moves", reserved + 1, reserved),
    )
    assert replace(ledger, locks=[*locks, lock(99, 2)]).drift() == (
        ("reserved", reserved, reserved + 2),
    )


@given(st.lists(st.integers(1, 6), max_size=8), st.integers(0, 40))
def test_a_count_that_finds_less_takes_from_the_newest_and_only_as_many_as_must(sizes, physical):
    locks = [lock(n, size) for n, size in enumerate(sizes, 1)]
    short = stock.newest_in_shortage(physical, reversed(locks))
    kept = [one for one in locks if one not in short]
    assert sum(one.held for one in kept) <= physical or not kept
    assert list(short) == list(reversed(locks))[: len(short)]
    if short:
        assert sum(one.held for one in [*kept, short[-1]]) > physical
