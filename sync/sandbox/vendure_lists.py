"""The sandbox server's lists: OrderListOptions and their like, filtered, sorted and cut as told.

The rules are those of Vendure's ListQueryBuilder: conditions of one filter all hold, `_or` needs
one of its own to hold, at most a thousand of a list are given, `totalItems` counts them all.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sync.sandbox.vendure_run import Refused

MOST = 1000
Row = Mapping[str, Any]
Test = Callable[[Any, Any], bool]


def _time(told: Any) -> datetime:
    return datetime.fromisoformat(str(told).replace("Z", "+00:00"))


TESTS: dict[str, Test] = {
    "eq": lambda value, told: bool(value == told),
    "notEq": lambda value, told: value is not None and value != told,
    "in": lambda value, told: value in told,
    "notIn": lambda value, told: value is not None and value not in told,
    "isNull": lambda value, told: (value is None) == told,
    "after": lambda value, told: value is not None and _time(value) > _time(told),
    "before": lambda value, told: value is not None and _time(value) < _time(told),
}


def holds(row: Row, wanted: Row) -> bool:
    """Whether a row fits a filter."""
    for name, told in wanted.items():
        if told is None:
            continue
        if name in ("_and", "_or"):
            fits = [holds(row, each) for each in told]
            if not (all(fits) if name == "_and" else any(fits)):
                return False
        elif not all(TESTS[op](row[name], each) for op, each in told.items() if each is not None):
            return False
    return True


def listed(rows: Iterable[Row], options: Mapping[str, Any] | None) -> dict[str, Any]:
    """A page of rows as the server gives it."""
    asked = options or {}
    take, skip = asked.get("take"), asked.get("skip") or 0
    if take is not None and take > MOST:
        words = f"Cannot take more than {MOST} results from a list query"
        raise Refused(words, "USER_INPUT_ERROR")
    found = [row for row in rows if holds(row, asked.get("filter") or {})]
    for name, order in reversed(list((asked.get("sort") or {}).items())):
        found.sort(key=lambda row: _key(row, name), reverse=order == "DESC")
    end = skip + (MOST if take is None else max(0, take))
    return {"items": found[max(0, skip) : end], "totalItems": len(found)}


def _key(row: Row, name: str) -> Any:
    value = row[name]
    if name == "id":
        return int(value)
    return "" if value is None else value
