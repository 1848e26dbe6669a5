"""How the sandbox checks and runs a GraphQL document as Vendure's server does.

A document that is not valid on the schema is answered 400 with GRAPHQL_VALIDATION_FAILED, a
variable that does not fit with BAD_USER_INPUT, both before anything is done (seen at 3.7.3).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.graphql import Document, FieldRule, Node, TypeRule, Variable, Word, bare

Schema = Mapping[str, TypeRule]
Thing = Mapping[str, Any]
"""An object of the shop: a value for each field, or a function of the field's arguments."""


class Refused(Exception):  # noqa: N818 - what the server says
    """A request that is answered with errors: their words, code and the HTTP status."""

    def __init__(self, message: str, code: str, status: int = 200) -> None:
        """Keep one error as the answer will tell it."""
        super().__init__(message)
        self.message, self.code, self.status = message, code, status

    def body(self, path: str) -> dict[str, Any]:
        """The answer's body; a fault of the server has no code."""
        error: dict[str, Any] = {"message": self.message}
        if self.code:
            error["extensions"] = {"code": self.code}
        return {"errors": [{**error, "path": [path]}], "data": None}


def invalid(message: str) -> Refused:
    """What is said to a document that the schema does not take."""
    return Refused(message, "GRAPHQL_VALIDATION_FAILED", 400)


@dataclass(slots=True)
class Run:
    """One document with the schema it is read by and the variables it came with."""

    schema: Schema
    document: Document
    variables: Mapping[str, Any]
    asked: list[str] = field(default_factory=list)

    @property
    def root(self) -> str:
        """The type the operation begins at."""
        return "Query" if self.document.kind == "query" else "Mutation"

    def check(self) -> None:
        """Refuse what is not valid on the schema, and variables that do not fit it."""
        for name, type_ in self.document.variables.items():
            if bare(type_) not in self.schema:
                raise invalid(f'Unknown type "{bare(type_)}".')
            if not self._fits(type_, self.variables.get(name)):
                words = f'Variable "${name}" got invalid value; Expected type "{type_}".'
                raise Refused(words, "BAD_USER_INPUT")
        self._check(self.document.selection, self.root)

    def _check(self, selection: tuple[Node, ...], type_: str) -> None:
        for node, of in self._all(selection, type_):
            if node.name == "__typename":
                continue
            rule = self.schema[of].fields.get(node.name)
            if rule is None:
                raise invalid(f'Cannot query field "{node.name}" on type "{of}".')
            self._check_args(node, rule)
            object_ = self.schema[bare(rule.type)].kind in ("type", "interface", "union")
            if object_ != bool(node.selection):
                raise invalid(f'Field "{node.name}" must have a selection of subfields.')
            if node.selection:
                self._check(node.selection, bare(rule.type))

    def _check_args(self, node: Node, rule: FieldRule) -> None:
        for name, told in node.args.items():
            if name not in rule.args:
                raise invalid(f'Unknown argument "{name}" on field "{node.name}".')
            if isinstance(told, Variable) and told.name not in self.document.variables:
                raise invalid(f'Variable "${told.name}" is not defined.')
            if not self._fits(rule.args[name], self.value(told)):
                raise invalid(f'Argument "{name}" is no {rule.args[name]}.')
        needed = (name for name, type_ in rule.args.items() if type_.endswith("!"))
        if any(name not in node.args for name in needed):
            raise invalid(f'Field "{node.name}" lacks an argument.')

    def _fits(self, type_: str, told: Any) -> bool:
        if told is None:
            return not type_.endswith("!")
        plain = type_.removesuffix("!")
        if plain.startswith("["):
            return isinstance(told, list) and all(self._fits(plain[1:-1], each) for each in told)
        rule = self.schema[plain]
        if rule.kind == "input":
            known = isinstance(told, dict) and not set(told) - set(rule.fields)
            return known and all(self._fits(f.type, told.get(n)) for n, f in rule.fields.items())
        if rule.kind == "enum":
            return told in rule.words
        types: dict[str, type] = {"Int": int, "Boolean": bool, "String": str}
        return isinstance(told, types.get(plain, object)) and (
            plain == "Boolean" or not isinstance(told, bool)
        )

    def _all(self, selection: tuple[Node, ...], type_: str) -> Iterator[tuple[Node, str]]:
        """Every field that may be asked for, with the type it stands on."""
        for node in selection:
            if node.spread and node.spread not in self.document.fragments:
                raise invalid(f'Unknown fragment "{node.spread}".')
            part = self.document.fragments[node.spread] if node.spread else node
            if part.on and part.on not in self.schema:
                raise invalid(f'Unknown type "{part.on}".')
            if part.on:
                yield from self._all(part.selection, part.on)
            else:
                yield node, type_

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

    def data(self, root: Mapping[str, Callable[[Mapping[str, Any]], Any]]) -> dict[str, Any]:
        """The data of the answer; every field of the root is a function of its arguments."""
        told: dict[str, Any] = {}
        for node in self.document.selection:
            self.asked.append(node.name)
            args = {name: self.value(each) for name, each in node.args.items()}
            value = root[node.name](args)
            told[node.alias] = self._value(value, node)
        return told

    def _value(self, value: Any, node: Node) -> Any:
        if value is None or not node.selection:
            return value
        if isinstance(value, list):
            return [self._value(each, node) for each in value]
        return self._object(value, node.selection)

    def _object(self, thing: Thing, selection: tuple[Node, ...]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        name = str(thing.get("__typename", ""))
        for node in selection:
            part = self.document.fragments[node.spread] if node.spread else node
            if part.on:
                if part.on in ("", name) or not name or self._is(name, part.on):
                    told |= self._object(thing, part.selection)
                continue
            value = thing[node.name]
            if callable(value):
                value = value({each: self.value(arg) for each, arg in node.args.items()})
            told[node.alias] = self._value(value, node)
        return told

    @staticmethod
    def _is(name: str, on: str) -> bool:
        """Every error result is an ErrorResult."""
        return on == "ErrorResult" and name.endswith("Error")
