"""What our documents use of Shopify's official schema, as a small schema of its own.

    WAYDESK_SHOPIFY_SCHEMAS=<folder> python -m tests.sync.shopify_derive

writes `sync/sandbox/shopify_sdl.py` and the objects beside it anew. The folder holds the
introspection files `admin_<version>.json.gz` of npm @shopify/dev-mcp 1.16.0 (ISC); they are 900 KB
each and stay out of the repository.
"""

import gzip
import json
import os
from functools import cache
from pathlib import Path

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    get_named_type,
    parse,
    visit,
)

from sync.channels import shopify_documents

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ("2026-07", "2026-10")
SOURCE = "WAYDESK_SHOPIFY_SCHEMAS"
TARGET = ROOT / "sync/sandbox/shopify_sdl.py"
OBJECTS = ROOT / "sync/sandbox/shopify_sdl_objects.py"
ROOTS = frozenset({"QueryRoot", "Mutation"})
# Of an input only what we send; a whole one brings half the schema along.
INPUTS = {
    "FulfillmentInput": ("lineItemsByFulfillmentOrder", "notifyCustomer", "trackingInfo"),
    "FulfillmentTrackingInput": ("company", "number"),
    "OrderInput": ("id", "note"),
    "InventorySetQuantitiesInput": ("name", "quantities", "reason"),
}
BUILT_IN = ("String", "Int", "Boolean", "ID", "Float")
# Every currency and country of the world: as good as a word.
LONG = ("CurrencyCode", "CountryCode")
HEAD = '''"""What the sandbox knows of Shopify's schema: the part our documents use, of 2026-07.
{of}
Derived from npm @shopify/dev-mcp 1.16.0 (ISC), `admin_2026-07.json.gz`, by
`python -m tests.sync.shopify_derive`; not written by hand.
"""
'''


def documents() -> dict[str, str]:
    """Every document by its name."""
    found = vars(shopify_documents).items()
    return {k: v for k, v in found if k.isupper() and not k.startswith("_") and "{" in v}


@cache
def official(version: str) -> GraphQLSchema | None:
    """The official schema of a version, where the folder of them is named."""
    folder = os.environ.get(SOURCE)
    if not folder:
        return None
    with gzip.open(Path(folder) / f"admin_{version}.json.gz") as file:
        told = json.load(file)["data"]
    # The official schema breaks a rule of the language's newest draft about deprecated fields.
    return build_client_schema(told, assume_valid=True)


class _Used(Visitor):
    """Collects (type, field) and the arguments each is given."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.fields: dict[str, dict[str, set[str]]] = {}
        self.types: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent = self.info.get_parent_type()
        assert parent is not None
        args = self.fields.setdefault(parent.name, {}).setdefault(node.name.value, set())
        args |= {arg.name.value for arg in node.arguments or ()}

    def enter_named_type(self, node, *_: object) -> None:
        self.types.add(node.name.value)


def derive(schema: GraphQLSchema) -> tuple[str, str]:
    """The SDL of what the documents use: its objects, and what else there is."""
    used = _Used(TypeInfo(schema))
    for text in documents().values():
        visit(parse(text), TypeInfoVisitor(used.info, used))
    used.fields.setdefault("Node", {})["id"] = set()
    leaves: dict[str, GraphQLNamedType] = {}
    lines = ["directive @idempotent(key: String!) on FIELD", ""]
    objects: list[str] = []
    for name in sorted(used.fields):
        told = _object(schema, name, used.fields[name], leaves)
        (lines if name in ROOTS else objects).extend(told)
    waiting = [schema.type_map[name] for name in sorted(used.types)]
    waiting += [leaves[name] for name in sorted(leaves)]
    done = set(used.fields)
    while waiting:
        kind = waiting.pop()
        if kind.name in done:
            continue
        done.add(kind.name)
        if isinstance(kind, GraphQLInputObjectType):
            lines += _input(kind, waiting)
        elif isinstance(kind, GraphQLEnumType) and kind.name not in LONG:
            lines += [f"enum {kind.name} {{ {' '.join(kind.values)} }}"]
        elif not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and (
            kind.name not in BUILT_IN
        ):
            lines += [f"scalar {kind.name}"]
    lines += ["schema { query: QueryRoot mutation: Mutation }"]
    return "\n".join(objects), "\n".join(_wrapped(line) for line in lines)


def _object(schema: GraphQLSchema, name: str, fields, leaves) -> list[str]:
    kind = schema.type_map[name]
    node = schema.type_map["Node"]
    word = "interface" if kind is node else "type"
    implements = ""
    if isinstance(kind, GraphQLObjectType) and node in kind.interfaces and "id" in fields:
        implements = " implements Node"
    rows = [f"{word} {name}{implements} {{"]
    for field, args in sorted(fields.items()):
        if field == "__typename":
            continue
        told = kind.fields[field]  # type: ignore[attr-defined]
        needed = {a for a, arg in told.args.items() if a in args or str(arg.type).endswith("!")}
        # What a page may be asked for stands here even where we do not ask: the rules name it.
        needed |= {a for a in ("first", "last", "after") if a in told.args}
        given = ", ".join(f"{a}: {told.args[a].type}" for a in told.args if a in needed)
        row = f"  {field}{f'({given})' if given else ''}: {told.type}"
        rows.append(
            row if len(row) <= 96 else row.replace("(", "(\n    ", 1).replace("): ", "\n  ): ")
        )
        for kept in (told.type, *(told.args[a].type for a in needed)):
            leaf = get_named_type(kept)
            leaves[leaf.name] = leaf
    return [*rows, "}", ""]


def _input(kind: GraphQLInputObjectType, waiting: list[GraphQLNamedType]) -> list[str]:
    kept = INPUTS.get(kind.name, tuple(kind.fields))
    rows = [f"input {kind.name} {{"]
    for name in kept:
        rows.append(f"  {name}: {kind.fields[name].type}")
        waiting.append(get_named_type(kind.fields[name].type))
    return [*rows, "}", ""]


def _wrapped(line: str) -> str:
    """An enum of many words, in lines a person can read."""
    if len(line) <= 96 or not line.startswith("enum"):
        return line
    head, _, rest = line.partition("{ ")
    rows, row = [f"{head}{{"], " "
    for word in rest.removesuffix(" }").split():
        if len(row) + len(word) > 95:
            rows.append(row)
            row = " "
        row = f"{row} {word}"
    return "\n".join([*rows, row, "}"])


if __name__ == "__main__":
    schema = official(VERSIONS[0])
    if schema is None:
        raise SystemExit(f"Name the folder of the official schemas in {SOURCE}.")
    told, rest = derive(schema)
    head = HEAD.format(of="\nHere are its objects.\n")
    OBJECTS.write_text(f'{head}\nOBJECTS = """\n{told}\n"""\n', "utf-8")
    begins = "from sync.sandbox.shopify_sdl_objects import OBJECTS\n\nSDL = (\n    OBJECTS\n    + "
    TARGET.write_text(f'{HEAD.format(of="")}\n{begins}"""\n{rest}\n"""\n)\n', "utf-8")
