"""Products from a file or a shop's list: foreseen, taken in by pieces, and safe to repeat.

A row is new, changes a product, or says what is known; a row that cannot be is refused with its
number and reason. Opening stock is posted once through the ledger: a code that has a figure at the
warehouse keeps it, for later changes are counts.
"""

from dataclasses import dataclass, field, replace

from msgspec import structs

from app.commands.catalogue_import import Begun, Brought, Change, Foreseen, Refusal
from app.domain.errors import NotAllowed, NotFound
from app.domain.products import Facts
from app.operations import sessions
from app.operations.import_records import Reject
from app.operations.product_sheet import Sheet, Told
from app.operations.stock import stock_came
from app.rulebook import Rulebook
from app.store import intake_rows, listings, product_imports, products
from app.store.seal import Row
from app.store.tables import location
from app.store.tables_catalogue import import_change, product, product_import
from app.store.work import Work

SHOWN = 500
MOST_REFUSALS = 2_000


@dataclass(slots=True)
class Tally:
    """What an import brought so far."""

    sheet: Sheet
    import_id: int = 0
    state: str = "done"
    counts: dict[str, int] = field(default_factory=dict)
    lines: list[Foreseen] = field(default_factory=list)
    refused: list[Reject] = field(default_factory=list)

    def add(self, one: Foreseen) -> None:
        """Count a row; those that change something are shown, the first ones."""
        self.counts[one.verdict] = self.counts.get(one.verdict, 0) + 1
        self.counts["stocked"] = self.counts.get("stocked", 0) + bool(one.stock)
        if len(self.lines) < SHOWN and (one.verdict != "same" or one.stock):
            self.lines.append(one)

    def brought(self) -> Brought:
        """All of it, as the person is told."""
        rejects = sorted((*self.sheet.rejects, *self.refused), key=lambda one: one.row)
        told = tuple(Refusal(r.row, r.code, r.column, r.stood) for r in rejects[:MOST_REFUSALS])
        return Brought(
            self.import_id,
            self.state,
            self.sheet.rows,
            self.counts.get("new", 0),
            self.counts.get("changed", 0),
            self.counts.get("same", 0),
            len(rejects),
            self.counts.get("stocked", 0),
            tuple(self.lines),
            told,
        )


def may_stock(work: Work, rules: Rulebook, stock_at: int) -> None:
    """Refuse who may not correct stock, and a warehouse that is not there."""
    if not stock_at:
        return
    if not sessions.may(work, rules, "stock.adjust"):
        raise NotAllowed(permission="stock.adjust")
    if work.find(location, stock_at) is None:
        raise NotFound(what="location", id=str(stock_at))


def begin(work: Work, source: tuple[str, str], channel_id: int, stock_at: int) -> Begun:
    """Note in the book that an import begins, in whose name."""
    place: Row = {"channel_id": channel_id, "location_id": stock_at}
    pk = product_imports.begin(work, *source, place)
    return Begun(pk, work.actor.operator_id, work.actor.name)


def foresee(work: Work, tally: Tally, some: tuple[Told, ...], stock_at: int) -> None:
    """Judge some rows against the catalogue; nothing is written."""
    for told, verdict, _before, _row in _verdicts(work, tally, some, stock_at):
        del told
        tally.add(verdict)


def runs(work: Work, tally: Tally) -> bool:
    """Whether the import still runs; the tally learns when somebody stopped it."""
    state = work.row(product_import, tally.import_id)["state"]
    if state != product_imports.RUNNING:
        tally.state = state
    return bool(state == product_imports.RUNNING)


def take(work: Work, rules: Rulebook, tally: Tally, some: tuple[Told, ...]) -> bool:
    """Take some rows in; False once somebody stopped the import."""
    if not runs(work, tally):
        return False
    row = work.row(product_import, tally.import_id)
    new, codes, notes, opening = [], [], [], []
    for told, verdict, before, standing in _verdicts(work, tally, some, row["location_id"]):
        tally.add(verdict)
        if verdict.verdict == "new":
            new.append(products.row_of(work, _facts(told)))
            codes.append(told.sku)
            notes.append(product_imports.note(work, tally.import_id, told.sku, {}, dict(told.said)))
        elif standing is not None and verdict.verdict == "changed":
            after = {name: told.said[name] for name in before}
            products.change(work, standing, **after)
            notes.append(product_imports.note(work, tally.import_id, told.sku, before, after))
        if verdict.stock:
            opening.append((told.sku, verdict.stock))
    work.insert(product, *new)
    product_imports.move(
        work, (product_imports.OPENED, tally.import_id), row["location_id"], opening
    )
    notes += [
        product_imports.stock_note(
            work, tally.import_id, {"sku": sku, "location_id": row["location_id"], "quantity": n}
        )
        for sku, n in opening
    ]
    work.insert(import_change, *notes)
    _follow(work, rules, codes, [sku for sku, _ in opening])
    _count(work, tally, row)
    return True


def finish(work: Work, tally: Tally) -> None:
    """Close the import's row with what it brought."""
    row = work.row(product_import, tally.import_id)
    if row["state"] == product_imports.RUNNING:
        work.update(product_import, row["id"], row["version"], state="done")
    else:
        tally.state = row["state"]
    _count(work, tally, row)
    work.mark("imports", row["id"])
    work.mark("products")
    work.tell("products_imported", "import", row["id"], state=tally.state, **tally.counts)


def failed(work: Work, import_id: int) -> None:
    """Close the row of an import whose file or shop could not be read."""
    row = work.row(product_import, import_id)
    if row["state"] == product_imports.RUNNING:
        work.update(product_import, import_id, row["version"], state="stopped")
        work.mark("imports", import_id)
        work.tell("import_stopped", "import", import_id)


def _count(work: Work, tally: Tally, row: Row) -> None:
    counts = tally.counts
    work.update(
        product_import,
        row["id"],
        rows=tally.sheet.rows,
        added=counts.get("new", 0),
        changed=counts.get("changed", 0),
        same=counts.get("same", 0),
        stocked=counts.get("stocked", 0),
        refused=len(tally.sheet.rejects) + len(tally.refused),
    )


def _follow(work: Work, rules: Rulebook, codes: list[str], stocked: list[str]) -> None:
    """Let orders go on that waited for these codes, or for stock of them."""
    listings.fall_behind(work, codes)
    for sku in intake_rows.short_of(work, stocked):
        stock_came(work, rules, sku)


def _verdicts(
    work: Work, tally: Tally, some: tuple[Told, ...], stock_at: int
) -> list[tuple[Told, Foreseen, Row, Row | None]]:
    """What becomes of each row: it, its verdict, the values it changes, and the product's row."""
    skus = [told.sku for told in some]
    known = products.of_skus(work, skus)
    figures = product_imports.opened(work, stock_at, skus) if stock_at else set()
    found = []
    for told in some:
        standing = known.get(told.sku)
        if standing is not None and standing["kind"] == "bundle" and told.quantity and stock_at:
            tally.refused.append(Reject(told.row, "bundle_stock", str(told.quantity), told.sku))
            continue
        before: Row = {}
        if standing is not None:
            before = {k: standing[k] for k, v in told.said.items() if standing[k] != v}
        verdict = _verdict(told, standing, before)
        has_figure = told.sku in figures
        stock = told.quantity if stock_at and told.quantity and not has_figure else 0
        kept = bool(stock_at and told.quantity is not None and has_figure)
        told_stock = structs.replace(verdict, stock=stock or 0, kept=kept)
        found.append((told, told_stock, before, standing))
    return found


def _verdict(told: Told, standing: Row | None, before: Row) -> Foreseen:
    title = str(told.said.get("title") or (standing["title"] if standing else told.sku))
    if standing is None:
        return Foreseen(told.row, told.sku, title, "new")
    changes = tuple(Change(k, str(v), str(told.said[k])) for k, v in before.items())
    return Foreseen(told.row, told.sku, title, "changed" if changes else "same", changes)


def _facts(told: Told) -> Facts:
    facts = Facts(told.sku, told.sku)
    return replace(facts, **told.said)  # type: ignore[arg-type]  # checked when it was read
