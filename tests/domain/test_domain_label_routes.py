"""Whose e-waybill takes whose orders, as label_routes.toml says it."""

import shutil

import pytest

from app import rulebook
from app.domain.errors import RuleRefused
from app.domain.label_routes import label_routes_from

ROUTES = label_routes_from(
    {
        "route": [
            {"platform": "pinduoduo", "carriers": ["pdd_ewaybill"], "en": "-", "zh": "-"},
            {"platform": "taobao", "carriers": ["cainiao", "spare"], "en": "-", "zh": "-"},
        ]
    },
    "label_routes.toml",
)
AT_HAND = ("sf", "spare", "pdd_ewaybill", "cainiao", "zto")


@pytest.mark.parametrize(
    ("platform", "sealed", "carriers", "picked"),
    [
        ("pinduoduo", True, AT_HAND, "pdd_ewaybill"),
        ("pinduoduo", False, AT_HAND, "pdd_ewaybill"),  # its own, though all may know the buyer
        ("taobao", True, AT_HAND, "cainiao"),  # the route's first, however old the accounts are
        ("taobao", True, ("sf", "spare"), "spare"),
        ("taobao", True, ("sf", "pdd_ewaybill"), None),  # nobody here may know the buyer
        ("woocommerce", False, AT_HAND, "sf"),
        ("woocommerce", False, ("pdd_ewaybill", "zto"), "zto"),
        ("woocommerce", False, ("pdd_ewaybill", "cainiao"), None),  # each is another platform's
        ("douyin", True, AT_HAND, None),
    ],
)
def test_a_number_is_asked_of_the_platforms_own_account_and_never_of_anothers(
    platform, sealed, carriers, picked
):
    at = ROUTES.pick(platform, sealed, carriers)
    assert (None if at is None else carriers[at]) == picked


@pytest.mark.parametrize(
    "row",
    [
        {"platform": "pinduoduo", "carriers": [], "en": "-", "zh": "-"},
        {"platform": "pinduoduo", "carriers": ["x"], "en": "-"},
        {"platform": "pinduoduo", "carriers": ["x"], "en": "-", "zh": "-", "prefers": "x"},
    ],
)
def test_a_route_that_says_nothing_is_refused(row):
    with pytest.raises(RuleRefused):
        label_routes_from({"route": [row]}, "label_routes.toml")


def test_a_route_of_a_platform_or_to_an_ewaybill_that_nobody_serves_stops_the_start(tmp_path):
    shutil.copytree(rulebook.RESOURCES, tmp_path / "resources")
    file = tmp_path / "resources" / "rules" / "label_routes.toml"
    shipped = file.read_text("utf-8")
    for platform, carrier, word in (("ebay", "sf", "ebay"), ("shopify", "sf", "sf")):
        row = f'[[route]]\nplatform = "{platform}"\ncarriers = ["{carrier}"]\nen = "-"\nzh = "-"\n'
        file.write_text(f"{shipped}\n{row}", "utf-8")
        with pytest.raises(RuleRefused) as refused:
            rulebook.load(tmp_path / "resources")
        assert refused.value.details["word"] == word


def test_every_shipped_ewaybill_has_a_name_for_people_and_a_form_for_its_numbers():
    law = rulebook.load()
    own = [one for row in law.label_routes.rows.values() for one in row.carriers]
    assert {"pdd_ewaybill", "cainiao"} <= set(own)
    forms = {form.carrier for form in law.waybill_numbers.forms}
    for one in own:
        assert law.words.has(f"carrier.{one}")
        assert one in forms
    for platform in law.label_routes.rows:
        assert law.words.has(f"label_route.{platform}")
