"""What our documents use of Vendure's own schema, as a small schema of its own.

    python -m tests.sync.vendure_derive ADMIN_API

writes `sync/sandbox/vendure_sdl.py` anew, from the introspection of a running Vendure 3.7.3 at that
address; the live tests hold the file against the same server.
"""

import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    parse,
    visit,
)

from sync.channels import vendure_documents

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "sync/sandbox/vendure_sdl.py"
BUILT_IN = frozenset({"String", "Int", "Boolean", "ID", "Float"})
# Every currency of the world, and every kind of history: as good as a word.
LONG = frozenset({"CurrencyCode", "HistoryEntryType", "ErrorCode", "Permission"})
# Of an input only what we send; a whole one brings every filter there is along.
INPUTS = {
    "OrderListOptions": ("skip", "take", "sort", "filter"),
    "OrderFilterParameter": ("id", "type", "state", "orderPlacedAt", "updatedAt", "_and", "_or"),
    "OrderSortParameter": ("id", "orderPlacedAt"),
    "ProductVariantListOptions": ("skip", "take", "sort", "filter"),
    "ProductVariantFilterParameter": ("sku",),
    "ProductVariantSortParameter": ("id",),
    "StockLocationListOptions": ("skip", "take", "sort"),
    "StockLocationSortParameter": ("id",),
    "HistoryEntryListOptions": ("skip", "take", "sort", "filter"),
    "HistoryEntryFilterParameter": ("type",),
    "HistoryEntrySortParameter": ("createdAt",),
    "UpdateProductVariantInput": ("id", "stockLevels"),
    "StringOperators": ("eq", "notEq", "in", "notIn"),
    "IDOperators": ("eq", "notEq", "in", "notIn"),
    "DateOperators": ("eq", "before", "after", "isNull"),
}
HEAD = '''"""What the sandbox knows of Vendure's Admin API: the part our documents use, of 3.7.3.

Derived from the server's own introspection by `python -m tests.sync.vendure_derive`; not written by
hand.
"""
'''


def documents() -> dict[str, str]:
    """Every document by its name."""
    found = vars(vendure_documents).items()
    return {k: v for k, v in found if k.isupper() and not k.startswith("_")}


def official(address: str) -> GraphQLSchema:
    """The schema of a running server, by its introspection."""
    body = json.dumps({"query": get_introspection_query()}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return build_client_schema(json.load(answer)["data"], assume_valid=True)


class _Used(Visitor):
    """Collects (type, field) and the arguments each is given."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.fields: dict[str, dict[str, set[str]]] = {}
        self.inputs: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent = self.info.get_parent_type()
        assert parent is not None
        if not node.name.value.startswith("__"):
            args = self.fields.setdefault(parent.name, {}).setdefault(node.name.value, set())
            args |= {arg.name.value for arg in node.arguments or ()}

    def enter_named_type(self, node: Any, *_: object) -> None:
        self.inputs.add(node.name.value)


def derive(schema: GraphQLSchema) -> str:
    """The SDL of what the documents use."""
    used = _Used(TypeInfo(schema))
    for text in documents().values():
        visit(parse(text), TypeInfoVisitor(used.info, used))
    waiting = {name for name in used.inputs if name not in used.fields}
    for union in list(schema.type_map.values()):
        reached = isinstance(union, GraphQLUnionType) and _returned(schema, used, union.name)
        if reached:
            waiting.add(union.name)
            for member in union.types:
                used.fields.setdefault(member.name, {})
    shown = used.fields["ErrorResult"]
    rows: list[str] = []
    for name in sorted(used.fields):
        rows += _object(schema, name, {**used.fields[name], **_inherited(schema, name, shown)})
        waiting |= _leaves(schema, name, used.fields[name])
    return "\n".join([*rows, *_rest(schema, waiting, set(used.fields)), SCHEMA])


SCHEMA = "schema { query: Query mutation: Mutation }"


def _returned(schema: GraphQLSchema, used: _Used, union: str) -> bool:
    root = schema.type_map["Mutation"]
    assert isinstance(root, GraphQLObjectType)
    asked = used.fields.get("Mutation", {})
    return any(get_named_type(root.fields[name].type).name == union for name in asked)


def _inherited(schema: GraphQLSchema, name: str, shown: dict[str, set[str]]) -> dict[str, Any]:
    """An error result has what the documents ask of every error result."""
    kind = schema.type_map[name]
    interfaces = kind.interfaces if isinstance(kind, GraphQLObjectType) else ()
    return shown if any(each.name == "ErrorResult" for each in interfaces) else {}


def _object(schema: GraphQLSchema, name: str, fields: dict[str, set[str]]) -> list[str]:
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    error = any(each.name == "ErrorResult" for each in kind.interfaces)
    word = "interface" if isinstance(kind, GraphQLInterfaceType) else "type"
    if not fields:
        fields = {"id": set()} if "id" in kind.fields else {}
    rows = [f"{word} {name}{' implements ErrorResult' if error else ''} {{"]
    for field, given in sorted(fields.items()):
        told = kind.fields[field]
        needed = [a for a, arg in told.args.items() if a in given or str(arg.type).endswith("!")]
        args = ", ".join(f"{a}: {told.args[a].type}" for a in needed)
        rows.append(f"  {field}{f'({args})' if args else ''}: {told.type}")
    return [*rows, "}"]


def _leaves(schema: GraphQLSchema, name: str, fields: dict[str, set[str]]) -> set[str]:
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    found = set()
    for field, given in fields.items():
        told = kind.fields[field]
        found.add(get_named_type(told.type).name)
        needed = [a for a, arg in told.args.items() if a in given or str(arg.type).endswith("!")]
        found |= {get_named_type(told.args[a].type).name for a in needed}
    return found


def _rest(schema: GraphQLSchema, waiting: set[str], done: set[str]) -> list[str]:
    """Unions, inputs, enums and scalars, and what they need in turn."""
    rows: list[str] = []
    queue = sorted(waiting)
    while queue:
        name = queue.pop(0)
        if name in done or name in BUILT_IN:
            continue
        done.add(name)
        kind = schema.type_map[name]
        if isinstance(kind, GraphQLInputObjectType):
            kept = INPUTS.get(name, tuple(kind.fields))
            fields = [f"  {each}: {kind.fields[each].type}" for each in kept]
            rows += [f"input {name} {{", *fields, "}"]
            queue += [get_named_type(kind.fields[each].type).name for each in kept]
        elif isinstance(kind, GraphQLUnionType):
            members = "\n  | ".join(sorted(each.name for each in kind.types))
            rows += [f"union {name} =\n  {members}"]
        elif isinstance(kind, GraphQLEnumType) and name not in LONG:
            rows += [f"enum {name} {{ {' '.join(kind.values)} }}"]
        elif isinstance(kind, GraphQLScalarType | GraphQLEnumType):
            rows += [f"scalar {name}"]
    return rows


if __name__ == "__main__":
    TARGET.write_text(f'{HEAD}\nSDL = """\n{derive(official(sys.argv[1]))}\n"""\n', "utf-8")
