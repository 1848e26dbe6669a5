"""What shops may sell of a code together: pools that are never more than what is free."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.breakers import Figures, Offer
from app.domain.policy import ShopPolicy
from app.domain.pools import Pool, Selling, divide, offered, shares_of
from app.domain.states import LockMoment

POOL = st.builds(Pool, st.integers(0, 40), st.integers(0, 30))
POOLS = st.dictionaries(st.integers(1, 6), POOL, max_size=6).filter(
    lambda pools: shares_of(pools) <= 100 and all(one.share or one.most for one in pools.values())
)


@pytest.mark.req("F019")
@settings(max_examples=80, deadline=None, derandomize=True)
@given(free=st.integers(-5, 500), pools=POOLS)
def test_pools_and_what_they_leave_are_exactly_what_is_free(
    free: int, pools: dict[int, Pool]
) -> None:
    cut, rest = divide(free, pools)
    assert set(cut) == set(pools)
    assert sum(cut.values()) + rest == max(0, free)
    assert min([rest, *cut.values()]) >= 0
    for shop, pool in pools.items():
        assert not pool.most or cut[shop] <= pool.most


def test_twenty_pieces_are_cut_by_percent_and_no_piece_is_lost_in_rounding() -> None:
    thirds = {1: Pool(34), 2: Pool(33), 3: Pool(33)}
    assert divide(20, thirds) == ({1: 7, 2: 7, 3: 6}, 0)
    assert divide(1, thirds) == ({1: 1, 2: 0, 3: 0}, 0)
    assert divide(20, {1: Pool(0, 5), 2: Pool(50)}) == ({1: 5, 2: 7}, 8)
    assert divide(3, {1: Pool(0, 5), 2: Pool(50)}) == ({1: 3, 2: 0}, 0)


def test_a_shop_without_a_pool_offers_what_the_pools_leave_in_each_listing() -> None:
    policy = ShopPolicy(safety_stock=0)
    rules = (policy, {1: Pool(50), 2: Pool(0, 4)})
    figures = Figures(30, 10)
    assert offered(figures, Offer.OPEN, [1, 2, 3, 3], rules) == [8, 4, 8, 8]
    assert offered(figures, Offer.LIMITED, [1, 1, 3, 3], rules) == [4, 4, 4, 4]
    assert offered(figures, Offer.PAUSED, [1, 2, 3], rules) == [0, 0, 0]
    assert offered(figures, Offer.OPEN, [3, 3], (policy, {})) == [20, 20]


def test_a_shop_sells_as_the_rule_of_all_says_until_it_has_its_own() -> None:
    policy = ShopPolicy(soft_lock_minutes=45)
    assert Selling().moment(policy) == LockMoment.AT_PAYMENT
    assert Selling(LockMoment.AT_ORDER, 10).moment(policy) == LockMoment.AT_ORDER
    assert (Selling().minutes(policy), Selling(None, 10).minutes(policy)) == (45, 10)
