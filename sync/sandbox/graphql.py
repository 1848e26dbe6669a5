"""The sandboxes' own reader of GraphQL: documents and the schema's text, after the language's spec.

(GraphQL, October 2021 edition.) It shares nothing with the connectors, which read no GraphQL at
all, and nothing with the library the tests use.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r'[\s,\ufeff]+|\#[^\n]*|(?P<spread>\.\.\.)|(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<name>[_A-Za-z]\w*)|(?P<number>-?\d+(?:\.\d+)?)|(?P<sign>[{}()\[\]:!$=@|&])"
)


class Unreadable(Exception):  # noqa: N818 - what the server says
    """The document is no GraphQL."""


@dataclass(frozen=True, slots=True)
class Variable:
    """The place of a variable in a document."""

    name: str


@dataclass(frozen=True, slots=True)
class Word:
    """An enum's word."""

    name: str


@dataclass(frozen=True, slots=True)
class Node:
    """A field with its arguments, directives and selection; or, with `on`, a fragment's."""

    name: str
    alias: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    directives: dict[str, dict[str, Any]] = field(default_factory=dict)
    selection: tuple["Node", ...] = ()
    on: str = ""
    spread: str = ""


@dataclass(slots=True)
class Document:
    """One operation with its variables (name → type) and the fragments it may use."""

    kind: str = ""
    name: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    selection: tuple[Node, ...] = ()
    fragments: dict[str, Node] = field(default_factory=dict)


class Reader:
    """Reads tokens one by one."""

    def __init__(self, text: str) -> None:
        """Cut the text into tokens. Raises Unreadable naming the first that is none."""
        self._tokens = list(_tokens(text))
        self._at = 0

    @property
    def next(self) -> str:
        """The token that comes, "" at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self, wanted: str = "") -> str:
        """Step over the token that comes; with `wanted` it must be that one."""
        found = self.next
        if not found or (wanted and found != wanted):
            raise Unreadable(f"Expected {wanted or 'more'}, found {found or 'the end'}")
        self._at += 1
        return found

    def has(self, wanted: str) -> bool:
        """Step over the token if it is this one."""
        if self.next != wanted:
            return False
        self._at += 1
        return True

    def type(self) -> str:
        """A type, as text: [ID!]!"""
        if self.has("["):
            inner = self.type()
            self.take("]")
            found = f"[{inner}]"
        else:
            found = self.take()
        return f"{found}!" if self.has("!") else found


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Unreadable(f"Unexpected {text[at]!r}")
        if found.lastgroup:
            yield found.group()
        at = found.end()


def read_document(text: str) -> Document:
    """The document's one operation. Raises Unreadable."""
    reader, document = Reader(text), Document()
    while reader.next:
        if reader.has("fragment"):
            name = reader.take()
            reader.take("on")
            document.fragments[name] = Node(name, on=reader.take(), selection=_selection(reader))
            continue
        if document.kind:
            raise Unreadable("An operation name is required")
        _operation(reader, document)
    if not document.kind:
        raise Unreadable("No operation")
    return document


def _operation(reader: Reader, document: Document) -> None:
    document.kind = "query" if reader.next == "{" else reader.take()
    if document.kind not in ("query", "mutation"):
        raise Unreadable(f"Unexpected {document.kind}")
    if reader.next not in ("{", "("):
        document.name = reader.take()
    if reader.has("("):
        while not reader.has(")"):
            reader.take("$")
            name = reader.take()
            reader.take(":")
            document.variables[name] = reader.type()
    document.selection = _selection(reader)


def _selection(reader: Reader) -> tuple[Node, ...]:
    reader.take("{")
    found = []
    while not reader.has("}"):
        found.append(_spread(reader) if reader.has("...") else _field(reader))
    if not found:
        raise Unreadable("An empty selection")
    return tuple(found)


def _spread(reader: Reader) -> Node:
    if reader.has("on"):
        return Node("", on=reader.take(), selection=_selection(reader))
    return Node("", spread=reader.take())


def _field(reader: Reader) -> Node:
    alias = reader.take()
    name = reader.take() if reader.has(":") else alias
    args = _args(reader)
    directives = {}
    while reader.has("@"):
        word = reader.take()
        directives[word] = _args(reader)
    selection = _selection(reader) if reader.next == "{" else ()
    return Node(name, alias, args, directives, selection)


def _args(reader: Reader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if reader.has("("):
        while not reader.has(")"):
            name = reader.take()
            reader.take(":")
            found[name] = _value(reader)
    return found


def _value(reader: Reader) -> Any:
    if reader.has("$"):
        return Variable(reader.take())
    if reader.has("["):
        listed = []
        while not reader.has("]"):
            listed.append(_value(reader))
        return listed
    if reader.has("{"):
        told = {}
        while not reader.has("}"):
            name = reader.take()
            reader.take(":")
            told[name] = _value(reader)
        return told
    return _plain(reader.take())


def _plain(token: str) -> Any:
    words = {"true": True, "false": False, "null": None}
    if token in words:
        return words[token]
    if token.startswith('"'):
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if token.lstrip("-").isdigit():
        return int(token)
    return Word(token)


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A field of the schema: its arguments (name → type) and what it gives."""

    args: dict[str, str]
    type: str


@dataclass(frozen=True, slots=True)
class TypeRule:
    """A type of the schema: object, interface, union, input, enum or scalar.

    `words` are an enum's words, or the names of a union's members.
    """

    kind: str
    fields: dict[str, FieldRule] = field(default_factory=dict)
    words: frozenset[str] = frozenset()


def read_schema(text: str) -> dict[str, TypeRule]:
    """The types of a schema's text, by name."""
    reader = Reader(text)
    found: dict[str, TypeRule] = {
        name: TypeRule("scalar") for name in ("ID", "Int", "Float", "String", "Boolean")
    }
    while reader.next:
        kind = reader.take()
        if kind == "directive":
            while reader.take() != "FIELD":
                pass
        elif kind == "schema":
            while reader.take() != "}":
                pass
        else:
            name = reader.take()
            found[name] = _rule(reader, kind)
    return found


def _rule(reader: Reader, kind: str) -> TypeRule:
    if kind == "scalar":
        return TypeRule(kind)
    if kind == "union":
        return TypeRule(kind, words=_members(reader))
    while not reader.has("{"):
        reader.take()
    if kind == "enum":
        words = []
        while not reader.has("}"):
            words.append(reader.take())
        return TypeRule(kind, words=frozenset(words))
    return TypeRule(kind, _fields_of(reader))


def _members(reader: Reader) -> frozenset[str]:
    reader.take("=")
    members = [reader.take()]
    while reader.has("|"):
        members.append(reader.take())
    return frozenset(members)


def _fields_of(reader: Reader) -> dict[str, FieldRule]:
    fields = {}
    while not reader.has("}"):
        name, args = reader.take(), {}
        if reader.has("("):
            while not reader.has(")"):
                arg = reader.take()
                reader.take(":")
                args[arg] = reader.type()
        reader.take(":")
        fields[name] = FieldRule(args, reader.type())
    return fields


def bare(type_: str) -> str:
    """A type without its lists and its "never null"."""
    return type_.strip("[]!")
