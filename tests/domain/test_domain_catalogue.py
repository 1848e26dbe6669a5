"""What makes a bundle, a barcode, and a good guess at what a listing is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import bundles, listings
from app.domain.errors_catalogue import BundleRefused
from app.domain.listings import Named, suggest
from app.domain.products import is_barcode

CODES = st.sampled_from(("A", "B", "C"))
RECIPES = st.dictionaries(CODES, st.integers(1, 6), min_size=1)


@pytest.mark.req("F236")
@given(RECIPES, st.dictionaries(CODES, st.integers(0, 40)))
def test_a_bundle_is_as_whole_as_its_scarcest_component(recipe, held):
    n = bundles.whole(held, recipe)
    assert all(held.get(sku, 0) >= n * each for sku, each in recipe.items())
    assert any(held.get(sku, 0) < (n + 1) * each for sku, each in recipe.items())


@given(RECIPES, st.integers(1, 9))
def test_a_pack_of_several_takes_several_of_each(recipe, units):
    parts = tuple(recipe.items())
    assert bundles.recipe_of("SET", parts, units) == {s: n * units for s, n in recipe.items()}
    assert bundles.recipe_of("A", (), units) == {"A": units}


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ((), "empty"),
        (tuple((f"S{n}", 1) for n in range(51)), "too_many"),
        ((("A", 10_001),), "quantity"),
        ((("A", 1), ("SET", 1)), "itself"),
        ((("A", 1), ("OTHER", 1)), "nested"),
    ],
)
def test_what_makes_no_bundle_says_why(parts, why):
    kinds = {"A": "single", "B": "single", "OTHER": "bundle"}
    with pytest.raises(BundleRefused) as refused:
        bundles.check_components("SET", parts, kinds)
    assert refused.value.details["why"] == why
    assert bundles.check_components("SET", (("B", 2), ("A", 1)), kinds) == (("A", 1), ("B", 2))


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_of_a_barcode_is_always_noticed(digits, at, by):
    whole = next(f"{digits}{n}" for n in range(10) if is_barcode(f"{digits}{n}"))
    wrong = whole[:at] + str((int(whole[at]) + by) % 10) + whole[at + 1 :]
    assert not is_barcode(wrong)


@pytest.mark.parametrize("code", ["4006381333931", "73513537", "012345678905", "SHELF-9".lower()])
def test_real_barcodes_and_codes_of_the_shop_are_told_apart_from_slips(code):
    assert is_barcode(code) == code.isalnum()


PRODUCTS = (
    Named("LN-27", "亚麻遮光窗帘", "米白 2.7m"),
    Named("LN-28", "亚麻遮光窗帘", "墨绿 2.7m"),
    Named("HK-01", "窗帘挂钩", "", "4006381333931"),
    Named("MUG", "Stoneware mug", "330 ml"),
)


@pytest.mark.req("F236")
@pytest.mark.parametrize(
    ("listing", "elsewhere", "best"),
    [
        (Named("MUG", "something else"), (), ("MUG", "same_code")),
        (Named("ln_27", "no likeness"), (), ("LN-27", "code_alike")),
        (Named("", "no likeness", "", "4006381333931"), (), ("HK-01", "barcode")),
        (Named("4006381333931", "no likeness"), (), ("HK-01", "barcode")),
        (Named("X", "no likeness"), ("LN-28",), ("LN-28", "other_shop")),
        (Named("", "亚麻遮光窗帘 墨绿", "2.7m"), (), ("LN-28", "title_alike")),
    ],
)
def test_the_best_guess_comes_first_and_says_why(listing, elsewhere, best):
    found = suggest(listing, PRODUCTS, elsewhere)
    assert (found[0].sku, found[0].why) == best
    assert len({one.sku for one in found}) == len(found)


def test_nothing_is_suggested_for_what_is_like_nothing():
    assert suggest(Named("Q9", "Garden hose"), PRODUCTS) == ()
    assert listings.key_of("7:9", "A", "t", "v") == "ref:7:9"
    assert listings.key_of("", "A", "t", "v") == "sku:A"
    assert listings.key_of("", "", "t", "v") == "title:t|v"
