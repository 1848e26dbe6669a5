"""Masters of another business system, read from its files and held against the shop's own (F112).

Customers, material codes and the price policy of Kingdee K/3 come in as they stand, read-only: a
file that is taken in replaces what an earlier one told, and nothing else is changed by it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from app.commands.channels import LetIn
from app.commands.masters import MasterChange, MasterNote, MasterRefused, MastersRead, ReadMasters
from app.domain.errors import BadMoney, BadValue, ImportUnreadable
from app.domain.listings import norm
from app.domain.money import parse
from app.operations.import_cells import BadCellError, as_code, as_text
from app.operations.import_rows import Cell, SheetRow, read_rows
from app.operations.verbs import Verb
from app.rulebook import RESOURCES, Rulebook
from app.store.seal import Row
from app.store.tables import channel, line, orders
from app.store.tables_catalogue import product
from app.store.tables_master import erp_master
from app.store.work import Work

TABLE = RESOURCES / "erp" / "masters.toml"
CODES = frozenset({"code", "customer", "material"})
MOST_TOLD, MOST_FIRST = 500, 5
MOST_ROWS = 200_000
MONTH_MS = 30 * 86_400_000
Known = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Masters:
    """A file of one kind, read: facts by code, and rows refused."""

    system: str
    kind: str
    rows: int
    found: Known
    refused: tuple[MasterRefused, ...]


def let_masters_in(work: Work, ask: ReadMasters, _rules: Rulebook) -> LetIn:
    """Let a file of masters in; it is read beside the book. Raises :class:`BadValue`."""
    _spec(ask.system, ask.kind)
    return LetIn(work.actor.operator_id, work.actor.name)


def read_masters(ask: ReadMasters) -> Masters:
    """Read a whole file. Raises ImportUnreadable where it lacks a column that tells rows apart."""
    spec, path = _spec(ask.system, ask.kind), Path(ask.path)
    rows = read_rows(path)
    first = next(rows, None)
    if first is None:
        return Masters(ask.system, ask.kind, 0, {}, ())
    columns = _columns(spec["fields"], first.cells)
    for needed in spec["needed"]:
        if needed not in columns:
            raise ImportUnreadable(file=path.name, why=f"no_column: {spec['fields'][needed][0]}")
    reader = _Reader(columns, tuple(spec["key"]))
    for row in chain((first,), rows):
        if reader.rows >= MOST_ROWS:
            raise ImportUnreadable(file=path.name, why="too_many_rows")
        reader.read(row)
    found, refused = reader.found, tuple(reader.refused)
    return Masters(ask.system, ask.kind, reader.rows, found, refused)


@dataclass(slots=True)
class _Reader:
    """Reads a file row by row: facts by code, and what was refused."""

    columns: Mapping[str, str]
    key: tuple[str, ...]
    rows: int = 0
    found: Known = field(default_factory=dict)
    refused: list[MasterRefused] = field(default_factory=list)

    def read(self, row: SheetRow) -> None:
        """Take one row in, or say why not."""
        self.rows += 1
        try:
            facts = {name: _fact(name, row.cells[head]) for name, head in self.columns.items()}
        except BadCellError as bad:
            self.refused.append(MasterRefused(row.number, bad.code, "", bad.stood))
            return
        code = "|".join(facts.get(name, "") for name in self.key)
        if not code.strip("|"):
            self.refused.append(MasterRefused(row.number, "no_code", "", ""))
        elif code in self.found:
            self.refused.append(MasterRefused(row.number, "code_twice", "", code[:80]))
        else:
            self.found[code] = facts


def compare(work: Work, masters: Masters) -> MastersRead:
    """What differs from what was known, and from the shop's own book; nothing is written."""
    before = {row["code"]: _facts(row) for row in _known(work, masters)}
    changes = _changes(before, masters.found)
    counts = dict.fromkeys(("new", "changed", "gone"), 0)
    for one in changes:
        counts[one.verdict] += 1
    return MastersRead(
        rows=masters.rows,
        same=len(masters.found) - counts["new"] - counts["changed"],
        changes=tuple(changes[:MOST_TOLD]),
        notes=NOTES[masters.kind](work, masters.found),
        rejected=len(masters.refused),
        refused=masters.refused[:MOST_TOLD],
        **counts,
    )


def take(work: Work, masters: Masters, codes: Iterable[str]) -> None:
    """Write what a file says of these codes; one it does not know any more goes."""
    known = {row["code"]: row for row in _known(work, masters)}
    for code in codes:
        row, facts = known.get(code), masters.found.get(code)
        if facts is None:
            if row is not None:
                work.delete(erp_master, row["id"])
            continue
        told = msgspec.json.encode(facts).decode()
        if row is None:
            new = {"id": work.ids.next(), "system": masters.system, "kind": masters.kind}
            work.insert(erp_master, new | {"code": code, "facts_json": told, "read_at": work.now})
        else:
            work.update(erp_master, row["id"], facts_json=told, read_at=work.now)


def differing(work: Work, masters: Masters) -> list[str]:
    """The codes something is to be written for."""
    before = {row["code"]: _facts(row) for row in _known(work, masters)}
    return [one.code for one in _changes(before, masters.found)]


# --- inside -----------------------------------------------------------------------------------


def _spec(system: str, kind: str) -> Mapping[str, Any]:
    for row in tomllib.loads(TABLE.read_text("utf-8"))["master"]:
        if (row["system"], row["kind"]) == (system, kind):
            return dict(row)
    raise BadValue(field="kind", value=f"{system}/{kind}"[:80])


def _columns(fields: Mapping[str, list[str]], headings: Iterable[str]) -> dict[str, str]:
    plain = {norm(head): head for head in headings}
    found = {}
    for name, spelt in fields.items():
        head = next((plain[norm(one)] for one in spelt if norm(one) in plain), None)
        if head is not None:
            found[name] = head
    return found


def _fact(name: str, cell: Cell) -> str:
    if name in CODES:
        return as_code(cell)
    return as_text(str(cell) if not isinstance(cell, str | int | float) else cell)


def _facts(row: Row) -> dict[str, str]:
    return dict(msgspec.json.decode(row["facts_json"]))


def _known(work: Work, masters: Masters) -> list[Row]:
    query = select(erp_master).where(
        erp_master.c.system == masters.system, erp_master.c.kind == masters.kind
    )
    return [work.checked(erp_master, row) for row in work.rows(query)]


def _changes(before: Known, after: Known) -> list[MasterChange]:
    made = []
    for code in sorted(before.keys() | after.keys()):
        was, now = before.get(code, {}), after.get(code, {})
        if was != now:
            verdict = "new" if not was else "gone" if not now else "changed"
            made.append(MasterChange(code, verdict, was, now))
    return made


def _note(code: str, found: list[str]) -> tuple[MasterNote, ...]:
    return (MasterNote(code, len(found), tuple(found[:MOST_FIRST])),) if found else ()


def _customers(work: Work, found: Known) -> tuple[MasterNote, ...]:
    names = {norm(facts.get(name, "")) for facts in found.values() for name in ("name", "short")}
    shops = [row["name"] for row in work.rows(select(channel.c.name).order_by(channel.c.name))]
    return _note("shop_no_customer", [name for name in shops if norm(name) not in names])


def _materials(work: Work, found: Known) -> tuple[MasterNote, ...]:
    """Merchant codes and material codes that the other side does not have."""
    skus = {row["sku"] for row in work.rows(select(product.c.sku))}
    there = set(found)
    return (
        *_note("code_not_there", sorted(skus - there)),
        *_note("code_not_here", sorted(there - skus)),
    )


def _prices(work: Work, found: Known) -> tuple[MasterNote, ...]:
    """Merchant codes sold in the last thirty days for less than the lowest price of the policy."""
    lowest: dict[tuple[str, str], int] = {}
    for facts in found.values():
        currency = facts.get("currency", "") if len(facts.get("currency", "")) == 3 else "CNY"
        try:
            minor = parse(facts.get("price", ""), currency).minor
        except BadMoney:
            continue
        at = (facts.get("material", ""), currency)
        lowest[at] = min(minor, lowest.get(at, minor))
    sold = (
        select(line.c.sku, orders.c.currency, line.c.unit_price_minor)
        .join(orders, orders.c.id == line.c.order_id)
        .where(orders.c.placed_at > work.now - MONTH_MS, line.c.gift == 0)
        .distinct()
    )
    below = {
        row["sku"]
        for row in work.rows(sold)
        if row["unit_price_minor"] < lowest.get((row["sku"], row["currency"]), 0)
    }
    return _note("sold_below", sorted(below))


NOTES = {"customers": _customers, "materials": _materials, "prices": _prices}
VERBS = (Verb(ReadMasters, let_masters_in, "catalogue.edit", "masters_read"),)
