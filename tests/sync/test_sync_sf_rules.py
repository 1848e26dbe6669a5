"""The owner can read what SF's scans mean and what its numbers look like; code and data agree."""

import tomllib
from pathlib import Path

import pytest

from sync.carriers.sf_routes import TELLING_REASONS
from sync.sandbox.sf_scans import PICKUP_MS, journey

RULES = Path(__file__).resolve().parents[2] / "resources" / "rules"
WORDS = {
    "none",
    "waybilled",
    "picked_up",
    "in_transit",
    "delivering",
    "delivered",
    "trouble",
    "returning",
    "returned",
}


def status_rows() -> dict[str, dict[str, str]]:
    table = tomllib.loads((RULES / "status_sf.toml").read_text("utf-8"))
    assert table["platform"] == "sf"
    assert set(table) == {"platform", "logistics"}
    return {row["raw"]: row for row in table["logistics"]}


def test_each_word_is_one_of_ours_and_explained_in_both_languages():
    for raw, row in status_rows().items():
        assert row["to"] in WORDS, raw
        assert row["en"].endswith("."), raw
        assert row["zh"].endswith("。"), raw


def test_no_word_stands_twice():
    table = tomllib.loads((RULES / "status_sf.toml").read_text("utf-8"))
    assert len(table["logistics"]) == len(status_rows())


def test_reasons_that_change_the_meaning_are_the_same_in_code_and_rules():
    in_rules = {raw for raw in status_rows() if raw.startswith("op.") and raw.count(".") == 2}
    assert in_rules == {f"op.{operation}.{reason}" for operation, reason in TELLING_REASONS}


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("first.1", "picked_up"),
        ("first.4", "delivered"),
        ("op.50", "picked_up"),
        ("op.80", "delivered"),
        ("op.125", "delivering"),
        ("op.8000.6", "trouble"),
        ("op.99", "returning"),
        ("op.648", "returned"),
    ],
)
def test_scans_mean_what_the_sheet_says(raw, word):
    assert status_rows()[raw]["to"] == word


def test_every_scan_of_the_local_sf_is_explained():
    told = {step.operation for number in range(20) for step in journey(f"SF700000000{number:04}")}
    assert {f"op.{operation}" for operation in told} <= set(status_rows())
    assert PICKUP_MS > 0
