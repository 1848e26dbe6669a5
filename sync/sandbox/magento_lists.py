"""searchCriteria as Magento reads it: groups AND, filters OR, sorting, and pages that never end.

Adobe's REST documentation, "Search using REST APIs". Both spellings of the names are taken. Where
`currentPage` lies behind the last page, the last page is given again; `total_count` tells it. A
field the table does not have is an error.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote_plus

Row = dict[str, Any]


class BadSearch(ValueError):  # noqa: N818 - it is what Magento said
    """A search the shop refuses."""


def asked(query: str) -> dict[str, str]:
    """The query's pairs, names in snake_case."""
    pairs = (piece.partition("=") for piece in query.split("&") if piece)
    return {_snake(unquote_plus(name)): unquote_plus(value) for name, _, value in pairs}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda found: "_" + found.group(1).lower(), name)


def answer(rows: Iterable[Row], query: str) -> dict[str, Any]:
    """The list's answer: one page of what fits, and how many fit in all."""
    told = asked(query)
    found = [row for row in rows if _fits(row, told)]
    for field, direction in reversed(_sorts(told)):
        found.sort(key=_of(field), reverse=direction == "DESC")
    size = int(told.get("search_criteria[page_size]", "0")) or len(found) or 1
    page = max(1, int(told.get("search_criteria[current_page]", "1")))
    last = max(1, -(-len(found) // size))
    start = (min(page, last) - 1) * size
    whole = {
        "items": found[start : start + size],
        "search_criteria": {"page_size": size, "current_page": page},
        "total_count": len(found),
    }
    return _only(whole, told.get("fields", ""))


def _only(whole: dict[str, Any], fields: str) -> dict[str, Any]:
    inner = re.search(r"items\[([a-z_,]+)\]", fields)
    if inner is None:
        return whole
    names = inner.group(1).split(",")
    items = [{name: row.get(name) for name in names} for row in whole["items"]]
    return {"items": items, "total_count": whole["total_count"]}


def _sorts(told: Mapping[str, str]) -> list[tuple[str, str]]:
    stem = "search_criteria[sort_orders]"
    count = len([name for name in told if name.startswith(stem) and name.endswith("[field]")])
    return [
        (told[f"{stem}[{at}][field]"], told.get(f"{stem}[{at}][direction]", "DESC").upper())
        for at in range(count)
    ]


def _fits(row: Row, told: Mapping[str, str]) -> bool:
    groups: dict[str, list[bool]] = {}
    for name, field in told.items():
        form = r"search_criteria\[filter_groups\]\[(\d+)\]\[filters\]\[(\d+)\]\[field\]"
        found = re.fullmatch(form, name)
        if found:
            stem = name.removesuffix("[field]")
            kind = told.get(f"{stem}[condition_type]", "eq")
            groups.setdefault(found.group(1), []).append(
                _holds(row, field, kind, told.get(f"{stem}[value]", ""))
            )
    return all(any(each) for each in groups.values())


_KINDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: bool(a == b),
    "gt": lambda a, b: bool(a > b),
    "gteq": lambda a, b: bool(a >= b),
    "lt": lambda a, b: bool(a < b),
    "lteq": lambda a, b: bool(a <= b),
}


def _holds(row: Row, field: str, kind: str, value: str) -> bool:
    mine = _of(field)(row)
    if kind == "in":
        return str(mine) in value.split(",")
    if kind not in _KINDS:
        raise BadSearch(kind)
    if isinstance(mine, int | float):
        return _KINDS[kind](mine, float(value))
    # As MySQL's collation: letters of either case are one.
    return _KINDS[kind](str(mine).lower(), value.lower())


def _of(field: str) -> Callable[[Row], Any]:
    def found(row: Row) -> Any:
        name = "id" if field == "entity_id" and "entity_id" not in row else field
        if name not in row:
            raise BadSearch(field)
        return row[name]

    return found
