"""The demonstration with a shop's own orders: an order file, placed in the sandbox shop.

The file is read as `waydesk import orders` reads it. What was paid for, however long ago it was
sent, is placed as paid and goes out again; unpaid, cancelled and closed orders stay what they are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.compose.demo_book import Code, Offer, Seed
from app.domain.money import Money
from app.domain.status import SKIP
from app.operations.import_map import load_map
from app.operations.import_orders import map_path, read_file
from sync.records import LineRecord, OrderRecord, ReceiverRecord

STANDARD = "orders"
FIRST = 10_001
WEIGHT_G = 500
WOO: Mapping[str, str] = {
    "awaiting_payment": "pending",
    "paid": "processing",
    "allocated": "processing",
    "shipped": "processing",
    "completed": "processing",
    "cancelled": "cancelled",
    "closed": "refunded",
}
"""Our word for where an order stands: WooCommerce's word under which it is placed."""


def offer_of(path: Path, mapping: str, most: int | None = None) -> Offer:
    """The first ``most`` orders of a file (None: all), and stock enough for every one of them.

    Raises ImportUnreadable or RuleRefused, naming the file and what is wrong with it.
    """
    file_map = load_map(map_path(mapping))
    judged = read_file(path, file_map)
    words = {word.raw: word.to for word in file_map.words}
    records = [one for one in judged.records if words.get(one.raw_status) != SKIP][:most]
    return Offer(
        seeds=tuple(_seed(one, words, FIRST + at) for at, one in enumerate(records)),
        codes=tuple(_codes(records)),
        currency=file_map.currency,
        zone=file_map.zone,
        refused=len({one.row for one in judged.rejects}),
    )


def _codes(records: Iterable[OrderRecord]) -> Iterable[Code]:
    wanted: Counter[str] = Counter()
    titles: dict[str, str] = {}
    for line in (line for record in records for line in record.lines if line.sku):
        wanted[line.sku] += line.quantity
        titles.setdefault(line.sku, line.title or line.sku)
    return ((sku, titles[sku], units, WEIGHT_G) for sku, units in wanted.items())


def _seed(record: OrderRecord, words: Mapping[str, str], number: int) -> Seed:
    """One order as a checkout of the sandbox shop takes it; a word without a meaning stays."""
    placed = record.placed.utc_ms
    seed: Seed = {
        "id": number,
        "status": WOO.get(words.get(record.raw_status, ""), record.raw_status),
        "shipping_total": _amount(record.freight_minor, record),
        "discount_total": _amount(record.discount_minor, record),
        "total": _amount(record.total_minor, record),
        "line_items": [_line(line, record) for line in record.lines],
        "customer_note": record.buyer_message,
        "payment_method": "bank",
        "transaction_id": record.transaction_ref or record.external_id,
        "shipping": _receiver(record.receiver),
        "as_told": {"number": record.external_no or record.external_id},
    }
    return seed | ({"created_s": placed // 1000} if placed else {})


def _line(line: LineRecord, record: OrderRecord) -> Seed:
    return {
        "sku": line.sku,
        "name": line.title,
        "quantity": line.quantity,
        "price": _amount(line.unit_price_minor, record),
        "total": _amount(line.total_minor, record),
        "meta_data": [{"key": "variant", "value": line.variant}] if line.variant else [],
    }


def _receiver(to: ReceiverRecord) -> dict[str, str]:
    return {
        "first_name": "",
        "last_name": to.name,
        "address_1": f"{to.district}{to.address}",
        "address_2": "",
        "city": to.city,
        "state": to.province,
        "postcode": to.postcode,
        "country": to.country or "CN",
        "phone": to.phone,
    }


def _amount(minor: int, record: OrderRecord) -> str:
    return Money(minor, record.currency).text()
