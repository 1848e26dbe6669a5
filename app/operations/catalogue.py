"""What people do with products: name, describe, bundle, retire; each with a name on it."""

from collections.abc import Iterable

from sqlalchemy import select

from app.commands.catalogue import (
    AddProduct,
    ChangeProduct,
    RestoreProduct,
    RetireProduct,
    SetBundle,
)
from app.commands.people import Created
from app.domain.bundles import check_components
from app.domain.errors import NotInState
from app.domain.errors_catalogue import BundleRefused, EditedMeanwhile, ProductInUse
from app.domain.products import Facts, checked
from app.operations.stock import sku_named
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import bundles, products
from app.store.seal import Row
from app.store.tables import stock
from app.store.tables_catalogue import product
from app.store.work import Work

DESCRIBED = tuple(name for name in Facts.__slots__ if name != "sku")


def add_product(work: Work, ask: AddProduct, rules: Rulebook) -> Created:
    """Name a merchant code; orders that waited for it go on."""
    values = {name: getattr(ask, name) for name in Facts.__slots__}
    facts = checked(Facts(**values))
    if ask.components:
        parts = check_components(facts.sku, ask.components, _kinds(work, ask.components))
        pk = products.add(work, facts, "bundle")
        products.set_components(work, pk, parts)
    else:
        pk = products.add(work, facts)
    sku_named(work, rules, facts.sku)
    return Created(pk)


def change_product(work: Work, ask: ChangeProduct, _rules: Rulebook) -> None:
    """Describe a product anew. Raises :class:`EditedMeanwhile` naming both sides."""
    row = work.row(product, ask.product_id)
    facts = checked(Facts(row["sku"], **{name: getattr(ask, name) for name in DESCRIBED}))
    values = {name: value for name, value in facts.values().items() if row[name] != value}
    if not values:
        return
    if row["version"] != ask.version:
        name = next(iter(values))
        raise EditedMeanwhile(
            what=row["sku"],
            by=row["changed_by"],
            field=name,
            yours=str(values[name])[:80],
            theirs=str(row[name])[:80],
        )
    products.change(work, row, **values)


def set_bundle(work: Work, ask: SetBundle, _rules: Rulebook) -> None:
    """Say what a bundle is made of; a plain product with stock of its own cannot be one."""
    row = work.row(product, ask.product_id)
    _refuse_stale(row, ask.version, ("components", _told(ask.components)))
    if row["kind"] != "bundle":
        _refuse_shelved(work, row["sku"])
    parts = check_components(row["sku"], ask.components, _kinds(work, ask.components))
    products.set_components(work, row["id"], parts)
    products.change(work, row, kind="bundle")


def retire_product(work: Work, ask: RetireProduct, _rules: Rulebook) -> None:
    """Take a product out of the lists. Raises :class:`ProductInUse` naming the bundle it is in."""
    row = work.row(product, ask.product_id)
    _refuse_stale(row, ask.version, ("state", "retired"))
    if row["state"] != "active":
        raise NotInState(machine="product", state=row["state"], action="retire")
    held_by = bundles.using(work, row["sku"])
    if held_by:
        raise ProductInUse(sku=row["sku"], by=", ".join(held_by[:3]))
    products.change(work, row, state="retired")


def restore_product(work: Work, ask: RestoreProduct, _rules: Rulebook) -> None:
    """Bring a retired product back."""
    row = work.row(product, ask.product_id)
    _refuse_stale(row, ask.version, ("state", "active"))
    if row["state"] != "retired":
        raise NotInState(machine="product", state=row["state"], action="restore")
    products.change(work, row, state="active")


def _kinds(work: Work, components: Iterable[tuple[str, int]]) -> dict[str, str]:
    """Whether each component is a plain product or a bundle; retired ones cannot be used."""
    found = products.of_skus(work, (sku for sku, _ in components))
    return {sku: row["kind"] for sku, row in found.items() if row["state"] == "active"}


def _told(components: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{sku}×{n}" for sku, n in components)[:80]


def _refuse_stale(row: Row, version: int, yours: tuple[str, str]) -> None:
    if row["version"] == version:
        return
    field, value = yours
    theirs = str(row.get(field, row["title"]))
    raise EditedMeanwhile(
        what=row["sku"], by=row["changed_by"], field=field, yours=value, theirs=theirs[:80]
    )


def _refuse_shelved(work: Work, sku: str) -> None:
    if work.rows(select(stock.c.id).where(stock.c.sku == sku).limit(1)):
        raise BundleRefused(sku=sku, why="has_stock")
    held_by = bundles.using(work, sku)
    if held_by:
        raise BundleRefused(sku=sku, why="nested")


VERBS = (
    Verb(AddProduct, add_product, "catalogue.edit", "product_added"),
    Verb(ChangeProduct, change_product, "catalogue.edit", "product_changed"),
    Verb(SetBundle, set_bundle, "catalogue.edit", "bundle_set"),
    Verb(RetireProduct, retire_product, "catalogue.edit", "product_retired"),
    Verb(RestoreProduct, restore_product, "catalogue.edit", "product_restored"),
)
