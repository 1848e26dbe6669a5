"""Trying a store's file against the store: one sentence says what is wrong with which row."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from sync.channels.own_shop_pages import Page
from sync.channels.own_shop_path import Path
from sync.channels.own_shop_plan import Plan
from sync.channels.own_shop_read import id_of, objects
from sync.channels.own_shop_refuse import said
from sync.channels.own_shop_walk import Walk, Window, window
from sync.errors import Malformed, SyncError
from sync.ports import Answer
from sync.records import CheckResult

# What no order of any store is without; other rows may find nothing on a given day.
SURE = ("status", "placed", "total", "modified", "currency", "name", "address")
SURE_OF_LINES = ("quantity", "sku")


class Store(Protocol):
    """The connector, as the check needs it."""

    plan: Plan

    async def page(self, walk: Walk, asked: Window) -> tuple[Page, Answer]:
        """One page of the list."""
        ...

    async def order_of(self, external_id: str) -> Any:
        """One order's value by itself."""
        ...


async def check(store: Store) -> CheckResult:
    """Read the first page, and the first order by itself where the file says how."""
    try:
        return await _tried(store)
    except Malformed as broken:
        if broken.code != "sync_not_json":
            return CheckResult(False, broken.code, broken.details)
        why = str(broken.details.get("why", ""))
        return CheckResult(False, "own_shop_not_json", {"site": store.plan.address, "why": why})
    except SyncError as error:
        return CheckResult(False, error.code, error.details)


async def _tried(store: Store) -> CheckResult:
    plan, walk = store.plan, Walk()
    first = window(walk, plan.listing.pages)
    page, _ = await store.page(walk, first)
    values = [each.value for each in page.elements if each.problem is None]
    if not values:
        return CheckResult(True, notes=("own_shop_no_orders",))
    numbers = [number for number in (id_of(value, plan) for value in values) if number]
    if not numbers:
        return _nothing_there("order.external_id", plan.order["external_id"])
    if plan.detail is not None:
        whole = await store.order_of(numbers[0])
        if id_of(whole, plan) != numbers[0]:
            return _nothing_there("detail.at / order.external_id", plan.order["external_id"])
        values = values if plan.listing.whole else [whole]
    return _held(plan, values) or await _pages_hold(store, page, first) or CheckResult(True)


def _held(plan: Plan, values: list[Any]) -> CheckResult | None:
    """The first row that finds nothing in any order, or a word the file does not know."""
    lines = [line for value in values for line in objects(plan.line_each, value)]
    if not lines:
        return _nothing_there("lines.each", plan.line_each)
    for prefix, names, paths, told in (
        ("order", SURE, plan.order, values),
        ("lines", SURE_OF_LINES, plan.line, lines),
    ):
        for name, path in _named(names, paths):
            if not any(path.there(value) for value in told):
                return _nothing_there(f"{prefix}.{name}", path)
    for row, words in (("status", plan.status), ("payment", plan.payment)):
        stands = plan.order.get(row)
        for value in values if stands is not None and words else ():
            word = said(stands.one(value)) if stands is not None else ""
            if word not in words:
                return CheckResult(False, "own_shop_status_unknown", {"word": word, "row": row})
    return None


def _named(names: Iterable[str], paths: Mapping[str, Path]) -> Iterable[tuple[str, Path]]:
    return ((name, paths[name]) for name in names if name in paths)


async def _pages_hold(store: Store, page: Page, first: Window) -> CheckResult | None:
    """Whether a store that numbers its pages gives as many orders to one as it is asked for."""
    pages = store.plan.listing.pages
    told = pages.total is not None or pages.more is not None
    if pages.kind != "page" or told or len(page.elements) >= first.size:
        return None
    behind, _ = await store.page(Walk(), Window(first.size, first.size, 1))
    if not behind.elements:
        return None
    return CheckResult(False, "own_shop_page_capped", {"size": pages.size})


def _nothing_there(row: str, path: Path) -> CheckResult:
    return CheckResult(False, "own_shop_nothing_there", {"row": row, "path": path.text})
