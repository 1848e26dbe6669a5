"""Joins the published Olist tables into one order file, as a marketplace would export it.

The tables stand outside the repository (see their README for sources and quirks): one item row is
one UNIT, 775 orders have no items, freight stands on each item row.
"""

import csv
import gzip
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADINGS = [
    "order_id",
    "order_status",
    "purchased_at",
    "approved_at",
    "delivered_at",
    "estimated_at",
    "item",
    "product_id",
    "category",
    "quantity",
    "unit_price",
    "price",
    "freight",
    "customer_id",
    "zip",
    "city",
    "state",
]
Table = Iterator[dict[str, str]]


def olist_folder() -> Path:
    """The folder with the tables; in CI its absence fails, elsewhere it skips with a reason."""
    beside = os.environ.get("WAYDESK_SHARED") or str(ROOT.parent / "shared")
    folder = Path(beside) / "data" / "olist"
    if not (folder / "orders.csv.gz").exists():
        assert os.environ.get("CI", "").lower() not in {"1", "true"}, f"{folder} is not there"
        pytest.skip(f"the Olist tables are not at {folder} (set WAYDESK_SHARED)")
    return folder


def table(folder: Path, name: str) -> Table:
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def source_counts(folder: Path) -> Counter[str]:
    """How many orders of each status the source itself has."""
    return Counter(row["order_status"] for row in table(folder, "orders"))


def write_book(folder: Path, out: Path, most: int | None = None) -> int:
    """Write the joined file; returns how many orders it holds."""
    people = {row["customer_id"]: row for row in table(folder, "customers")}
    kinds = {
        row["product_id"]: row["product_category_name"] for row in table(folder, "products_full")
    }
    items: dict[str, list[dict[str, str]]] = {}
    for row in table(folder, "order_items"):
        items.setdefault(row["order_id"], []).append(row)
    count = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADINGS)
        writer.writeheader()
        for order in table(folder, "orders"):
            if most is not None and count >= most:
                break
            count += 1
            writer.writerows(_rows(order, items.get(order["order_id"], []), people, kinds))
    return count


def _rows(order, items, people, kinds) -> list[dict[str, str]]:
    person = people[order["customer_id"]]
    shared = {
        "order_id": order["order_id"],
        "order_status": order["order_status"],
        "purchased_at": order["order_purchase_timestamp"],
        "approved_at": order["order_approved_at"],
        "delivered_at": order["order_delivered_customer_date"],
        "estimated_at": order["order_estimated_delivery_date"],
        "freight": _sum(item["freight_value"] for item in items),
        "customer_id": person["customer_unique_id"],
        "zip": person["customer_zip_code_prefix"],
        "city": person["customer_city"],
        "state": person["customer_state"],
    }
    sold: dict[tuple[str, str, str], int] = {}
    for item in items:
        key = (item["product_id"], item["seller_id"], item["price"])
        sold[key] = sold.get(key, 0) + 1
    return [
        shared
        | {
            "item": str(at),
            "product_id": product,
            "category": kinds.get(product, ""),
            "quantity": str(units),
            "unit_price": price,
            "price": _sum([price] * units),
        }
        for at, ((product, _seller, price), units) in enumerate(sold.items(), start=1)
    ] or [shared]


def _sum(amounts) -> str:
    cents = sum(round(float(amount) * 100) for amount in amounts)
    return f"{cents // 100}.{cents % 100:02d}"
