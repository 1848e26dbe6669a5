"""The real order book of a marketplace, as a shop's own order file with receivers.

The published tables name no people. Whoever a customer id stands for gets a made-up name, phone
and street that follow from the id, so that every run has the same ones.
"""

import csv
from hashlib import sha256
from pathlib import Path

from app.rulebook import RESOURCES
from tests.operations.olist_book import HEADINGS, write_book

GIVEN = [
    "Ana",
    "Bruno",
    "Camila",
    "Diego",
    "Elisa",
    "Fábio",
    "Gabriela",
    "Heitor",
    "Inês",
    "João",
    "Larissa",
    "Márcio",
]
FAMILY = [
    "Silva",
    "Santos",
    "Oliveira",
    "Souza",
    "Rodrigues",
    "Ferreira",
    "Alves",
    "Gonçalves",
    "Araújo",
    "Conceição",
]
STREETS = [
    "Rua das Flores",
    "Avenida Brasil",
    "Rua São João",
    "Travessa da Paz",
    "Rua 7 de Setembro",
]
MORE = ["receiver", "phone", "street"]
COLUMNS = {"name": "receiver", "phone": "phone", "address": "street"}


def write_shop(folder: Path, out: Path, most: int | None = None) -> tuple[Path, Path, int]:
    """Write the orders and their mapping beside each other; gives both and the count."""
    bare, book, mapping = out / "bare.csv", out / "olist.csv", out / "olist_shop.toml"
    count = write_book(folder, bare, most)
    with bare.open(encoding="utf-8", newline="") as file, book.open("w", newline="") as into:
        writer = csv.DictWriter(into, [*HEADINGS, *MORE])
        writer.writeheader()
        for row in csv.DictReader(file):
            writer.writerow(row | receiver(row["customer_id"]))
    bare.unlink()
    told = (RESOURCES / "samples" / "olist.toml").read_text("utf-8")
    rows = "".join(f'{ours} = "{theirs}"\n' for ours, theirs in COLUMNS.items())
    mapping.write_text(told.replace("[columns]\n", f"[columns]\n{rows}"), "utf-8")
    return book, mapping, count


def receiver(customer: str) -> dict[str, str]:
    chance = sha256(customer.encode()).digest()
    name = f"{GIVEN[chance[0] % len(GIVEN)]} {FAMILY[chance[1] % len(FAMILY)]}"
    phone = f"+55 11 9{int.from_bytes(chance[2:6]) % 10**8:08d}"
    street = f"{STREETS[chance[6] % len(STREETS)]}, {chance[7] + 1}"
    return dict(zip(MORE, (name, phone, street), strict=True))
