"""How the sandbox runs a valid document: objects field by field, nulls where a right is missing.

A field the app may not see is null, with an error of its own beside the data; where null is not
allowed there, the nearest thing around it that may be null is (GraphQL, 6.4.4).
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sync.sandbox.graphql import Node, bare
from sync.sandbox.shopify_rules import Ground, Refused, error

ALL = 10**9

Thing = Mapping[str, Any]
"""An object of the shop: a value for each field, or a function of the field's arguments."""


class NullError(Exception):
    """A value that must not be null is."""


@dataclass(slots=True)
class Run:
    """One execution: who may see what, what it cost, and the errors met.

    `denied(type, field)` names the scope that is missing, "" where none is.
    """

    ground: Ground
    denied: Callable[[str, str], str]
    errors: list[dict[str, Any]] = field(default_factory=list)
    cost: int = 0

    def whole(self, root: Thing) -> dict[str, Any] | None:
        """The data of the answer."""
        self.cost = 10 if self.ground.document.kind == "mutation" else 0
        try:
            return self._object(root, self.ground.document.selection, self.ground.root, ())
        except NullError:
            return None

    def _object(
        self, thing: Thing, selection: tuple[Node, ...], type_: str, path: tuple[Any, ...]
    ) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for node, _ in self.ground.fields_of(selection, type_):
            rule = self.ground.schema[type_].fields[node.name]
            at = (*path, node.alias)
            make = partial(self._field, thing, node, (type_, rule.type), at)
            told[node.alias] = self._nullable(rule.type, make)
        return told

    @staticmethod
    def _nullable(type_: str, make: Callable[[], Any]) -> Any:
        try:
            value = make()
        except NullError:
            if type_.endswith("!"):
                raise
            return None
        if value is None and type_.endswith("!"):
            raise NullError
        return value

    def _field(
        self, thing: Thing, node: Node, types: tuple[str, str], path: tuple[Any, ...]
    ) -> Any:
        of, type_ = types
        scope = self.denied(of, node.name)
        if scope:
            words = f"Access denied for {node.name} field. Required access: {scope}"
            self.errors.append({**error(words, "ACCESS_DENIED"), "path": list(path)})
            return None
        value = thing[node.name]
        if callable(value):
            value = value(self._args(node, type_))
        return self._value(value, node, type_.removesuffix("!"), path)

    def _args(self, node: Node, type_: str) -> dict[str, Any]:
        told = {name: self.ground.value(value) for name, value in node.args.items()}
        if self.ground.bulk and bare(type_).endswith("Connection"):
            told["first"] = ALL
        if "idempotent" in node.directives:
            key = self.ground.value(node.directives["idempotent"].get("key"))
            told["idempotency_key"] = key
        return told

    def _value(self, value: Any, node: Node, type_: str, path: tuple[Any, ...]) -> Any:
        if value is None or not node.selection:
            return value
        if type_.startswith("["):
            inner = type_[1:-1]
            plain = inner.removesuffix("!")
            return [
                self._nullable(inner, partial(self._value, each, node, plain, (*path, at)))
                for at, each in enumerate(value)
            ]
        name = str(value.get("__typename", bare(type_)))
        if bare(type_).endswith("Connection"):
            self.cost += 2
        elif name != "PageInfo":
            self.cost += 1
        return self._object(value, node.selection, name, path)


def connection(things: Sequence[Thing], keys: Sequence[str], args: Mapping[str, Any]) -> Thing:
    """A page of things; the cursor is the key of the last, so a list that moves is not lost.

    `keys` sort as the things do. Refuses a cursor that is none of ours.
    """
    size = int(args.get("first") or args.get("last") or 0)
    start = 0
    if args.get("after") is not None:
        last = _opened(str(args["after"]))
        start = next((at for at, key in enumerate(keys) if key > last), len(keys))
    cut = list(things[start : start + size])
    ends = keys[start + size - 1] if len(cut) == size and cut else (keys[-1] if cut else "")
    return {
        "nodes": cut,
        "edges": [{"node": each} for each in cut],
        "pageInfo": {
            "hasNextPage": start + size < len(things),
            "endCursor": base64.b64encode(f"c:{ends}".encode()).decode() if cut else None,
        },
    }


def _opened(cursor: str) -> str:
    try:
        told = base64.b64decode(cursor, validate=True).decode()
    except ValueError:
        told = ""
    if not told.startswith("c:"):
        words = "Invalid cursor for current pagination sort."
        raise Refused(error(words, "BAD_USER_INPUT"))
    return told[2:]
