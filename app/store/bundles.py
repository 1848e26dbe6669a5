"""Bundles in the book: their components now, and what a reserved line was promised then.

A line that is reserved keeps the recipe it was reserved by (`line_part`): changing a bundle
changes what comes after, never what is promised already.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.domain.bundles import Recipe
from app.store.seal import Row
from app.store.tables_catalogue import component, line_part, product
from app.store.work import CHUNK, Work

Components = tuple[tuple[str, int], ...]


def components_of(work: Work, skus: Iterable[str]) -> dict[str, Components]:
    """What the bundles among these merchant codes are made of, by code."""
    found: dict[str, list[tuple[str, int]]] = {}
    wanted = sorted(set(skus))
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        query = (
            select(product.c.sku.label("bundle"), component)
            .join(component, component.c.product_id == product.c.id)
            .where(product.c.kind == "bundle", product.c.sku.in_(some))
            .order_by(component.c.sku)
        )
        for row in work.rows(query):
            bundle = row.pop("bundle")
            work.checked(component, row)
            found.setdefault(bundle, []).append((row["sku"], row["quantity"]))
    return {bundle: tuple(parts) for bundle, parts in found.items()}


def promised(work: Work, line_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """The recipes these lines were reserved by; a line of a plain product has none."""
    found: dict[int, dict[str, int]] = {}
    for row in work.of(line_part, "line_id", *line_ids) if line_ids else ():
        found.setdefault(row["line_id"], {})[row["sku"]] = row["per_item"]
    return found


def forget(work: Work, line_ids: Sequence[int]) -> None:
    """Drop the recipes of lines that hold nothing any more: the next reservation takes today's."""
    for row in work.of(line_part, "line_id", *line_ids) if line_ids else ():
        work.delete(line_part, row["id"])


def promise(work: Work, recipes: Iterable[tuple[int, Recipe]]) -> None:
    """Keep the recipes lines were reserved by."""
    work.insert(
        line_part,
        *(
            {"id": work.ids.next(), "line_id": line_id, "sku": sku, "per_item": each}
            for line_id, recipe in recipes
            for sku, each in recipe.items()
        ),
    )


def contents(work: Work, lines: Sequence[Row]) -> dict[int, tuple[tuple[str, str, int], ...]]:
    """What is in the box for the bundles among these lines: (code, title, quantity) by line id."""
    recipes = promised(work, [item["id"] for item in lines])
    skus = {sku for recipe in recipes.values() for sku in recipe}
    query = select(product.c.sku, product.c.title, product.c.variant).where(product.c.sku.in_(skus))
    rows = work.rows(query) if skus else []
    titles = {row["sku"]: f"{row['title']} {row['variant']}".strip() for row in rows}
    return {
        item["id"]: tuple(
            (sku, titles.get(sku, sku), each * item["quantity"])
            for sku, each in sorted(recipes[item["id"]].items())
        )
        for item in lines
        if item["id"] in recipes
    }


def using(work: Work, sku: str) -> list[str]:
    """The active bundles that hold this merchant code, by code."""
    query = (
        select(product.c.sku)
        .join(component, component.c.product_id == product.c.id)
        .where(component.c.sku == sku, product.c.kind == "bundle", product.c.state == "active")
        .order_by(product.c.sku)
    )
    return [row["sku"] for row in work.rows(query)]
