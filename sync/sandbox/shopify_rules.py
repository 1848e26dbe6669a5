"""What the sandbox refuses before it does anything: invalid documents, variables, and their cost.

GraphQL's validation rules as Shopify words them (shopify.dev: "Status and error codes"), and the
cost of a query as its rate limit page tells it: a scalar or enum 0, an object 1, a connection two
and as much as it may return, a mutation 10; at most 250 of a page and 1000 points a query.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sync.sandbox.graphql import Document, FieldRule, Node, TypeRule, Variable, Word, bare

MOST_OF_A_PAGE = 250
Schema = Mapping[str, TypeRule]


class Refused(Exception):  # noqa: N818 - what the server says
    """A request that is not run: its errors, each a message with a code and more."""

    def __init__(self, *errors: dict[str, Any]) -> None:
        """Keep the errors as the answer will tell them."""
        super().__init__(str(errors))
        self.errors = list(errors)


def error(message: str, code: str, **more: Any) -> dict[str, Any]:
    """One error as Shopify writes it."""
    return {"message": message, "extensions": {"code": code, **more}}


@dataclass(frozen=True, slots=True)
class Ground:
    """A document with the schema it is read by and the variables it came with.

    `bulk`: it is run by a bulk operation, where a connection gives all it has.
    """

    schema: Schema
    document: Document
    variables: Mapping[str, Any]
    bulk: bool = False

    def fields_of(self, selection: tuple[Node, ...], type_: str) -> Iterator[tuple[Node, str]]:
        """The fields of a selection with their type, fragments opened that fit it."""
        for node in selection:
            if node.spread:
                whole = self.document.fragments.get(node.spread)
                if whole is None:
                    raise Refused(error(f"Fragment {node.spread} was used, but not defined", "u"))
                node = whole  # noqa: PLW2901 - a fragment stands for its selection
            if not node.on:
                yield node, type_
            elif node.on == type_ or self.schema[type_].kind == "interface":
                yield from self.fields_of(node.selection, node.on)

    def value(self, told: Any) -> Any:
        """A value with its variables filled in."""
        if isinstance(told, Variable):
            return self.variables.get(told.name)
        if isinstance(told, Word):
            return told.name
        if isinstance(told, list):
            return [self.value(each) for each in told]
        if isinstance(told, dict):
            return {name: self.value(each) for name, each in told.items()}
        return told

    @property
    def root(self) -> str:
        """The type the operation begins at."""
        return "QueryRoot" if self.document.kind == "query" else "Mutation"


def check(ground: Ground) -> None:
    """Refuse a document that is not valid on the schema, or variables that do not fit it."""
    for name, type_ in ground.document.variables.items():
        if bare(type_) not in ground.schema:
            raise Refused(error(f"{bare(type_)} isn't a defined input type", "undefinedType"))
        _fits(ground.schema, type_, ground.variables.get(name), f"${name}")
    for name in ground.document.fragments:
        if ground.document.fragments[name].on not in ground.schema:
            raise Refused(error(f"No such type {name}", "undefinedType"))
    _check(ground, ground.document.selection, ground.root)


def _check(ground: Ground, selection: tuple[Node, ...], around: str) -> None:
    for node, type_ in ground.fields_of(selection, around):
        rule = ground.schema[type_].fields.get(node.name)
        if rule is None:
            words = f"Field '{node.name}' doesn't exist on type '{type_}'"
            raise Refused(error(words, "undefinedField", typeName=type_, fieldName=node.name))
        _check_args(ground, node, rule)
        kind = ground.schema[bare(rule.type)].kind
        if (kind in ("type", "interface")) != bool(node.selection):
            raise Refused(error(f"Field {node.name}: selections are wrong", "selectionMismatch"))
        if node.selection:
            _check(ground, node.selection, bare(rule.type))


def _check_args(ground: Ground, node: Node, rule: FieldRule) -> None:
    for name, told in node.args.items():
        if name not in rule.args:
            words = f"Field '{node.name}' doesn't accept argument '{name}'"
            raise Refused(error(words, "argumentNotAccepted", argumentName=name))
        if isinstance(told, Variable) and told.name not in ground.document.variables:
            raise Refused(error(f"Variable ${told.name} is not declared", "variableNotDefined"))
        _fits(ground.schema, rule.args[name], ground.value(told), name)
    for name, type_ in rule.args.items():
        if type_.endswith("!") and name not in node.args:
            words = f"Field '{node.name}' is missing required arguments: {name}"
            raise Refused(error(words, "missingRequiredArguments"))
    if bare(rule.type).endswith("Connection") and not ground.bulk:
        _page(ground, node)


def _page(ground: Ground, node: Node) -> int:
    """How many a connection may return. Refuses none and more than 250."""
    sizes = [ground.value(node.args[name]) for name in ("first", "last") if name in node.args]
    if len(sizes) != 1 or not isinstance(sizes[0], int):
        words = f"you must provide one of first or last for {node.name}"
        raise Refused(error(words, "BAD_REQUEST"))
    if not 0 < sizes[0] <= MOST_OF_A_PAGE:
        words = f"first cannot exceed {MOST_OF_A_PAGE}. To query larger amounts of data, use bulk"
        raise Refused(error(words, "BAD_REQUEST"))
    return sizes[0]


def _fits(schema: Schema, type_: str, told: Any, where: str) -> None:
    """Refuse a value that is not of its type; unknown and missing keys of inputs too."""
    if told is None:
        if type_.endswith("!"):
            raise Refused(error(f"{where} of type {type_} must not be null", "INVALID_VARIABLE"))
        return
    plain = type_.removesuffix("!")
    if plain.startswith("["):
        for each in told if isinstance(told, list) else [told]:
            _fits(schema, plain[1:-1], each, where)
        return
    rule = schema[plain]
    if rule.kind == "input":
        _fits_input(schema, rule, told, where)
    elif not _is(plain, rule, told):
        raise Refused(error(f"{where} is no {plain}: {told!r}", "INVALID_VARIABLE"))


def _fits_input(schema: Schema, rule: TypeRule, told: Any, where: str) -> None:
    if not isinstance(told, dict) or set(told) - set(rule.fields):
        raise Refused(error(f"{where}: Field is not defined", "INVALID_VARIABLE"))
    for name, part in rule.fields.items():
        _fits(schema, part.type, told.get(name), f"{where}.{name}")


def _is(plain: str, rule: TypeRule, told: Any) -> bool:
    if rule.kind == "enum":
        return told in rule.words
    if plain == "Boolean":
        return isinstance(told, bool)
    if plain == "Int":
        return isinstance(told, int) and not isinstance(told, bool)
    if plain == "ID":
        return isinstance(told, str) and told.startswith("gid://shopify/")
    return isinstance(told, str)


def cost_of(ground: Ground) -> int:
    """What the query may cost at most."""
    base = 10 if ground.document.kind == "mutation" else 0
    return base + _cost(ground, ground.document.selection, ground.root)


def _cost(ground: Ground, selection: tuple[Node, ...], around: str) -> int:
    whole = 0
    for node, type_ in ground.fields_of(selection, around):
        if not node.selection:
            continue
        rule = ground.schema[type_].fields[node.name]
        inner = _cost(ground, node.selection, bare(rule.type))
        if bare(rule.type).endswith("Connection"):
            whole += 2 + _page(ground, node) * inner
        elif rule.type.startswith("[") and "first" in node.args:
            whole += int(ground.value(node.args["first"])) * (1 + inner)
        elif node.name != "pageInfo":
            whole += 1 + inner
    return whole
