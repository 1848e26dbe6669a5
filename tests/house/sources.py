"""The source files of the house as the house tests read them: path, text and syntax tree."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("app", "sync", "printing")


@dataclass(frozen=True)
class Source:
    """One Python file; `place` is its path from the top of the checkout, with slashes."""

    place: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parse(self.text)

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        return _walk(self.text)

    def calls(self) -> Iterator[ast.Call]:
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield node

    def imports(self) -> Iterator[tuple[int, str]]:
        """The line and dotted name of every import, however deep it stands."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for name in node.names:
                    yield node.lineno, name.name
            elif isinstance(node, ast.ImportFrom):
                for name in node.names:
                    yield node.lineno, f"{node.module}.{name.name}"

    def comments(self) -> Iterator[tuple[int, str]]:
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string

    def stands_in(self, *places: str) -> bool:
        """Whether the file is one of the places, or lies below one that ends in a slash."""
        return any(
            self.place == place or (place.endswith("/") and self.place.startswith(place))
            for place in places
        )


@cache
def _parse(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def _walk(text: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(_parse(text)))


@cache
def read_all(*folders: str) -> tuple[Source, ...]:
    """Every Python file below the folders of the checkout, in order."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(
        Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths
    )


def house() -> tuple[Source, ...]:
    """All that is shipped, and dev.py."""
    return (*read_all(*CODE), Source("dev.py", (ROOT / "dev.py").read_text("utf-8")))


def proofs() -> tuple[Source, ...]:
    return read_all("tests")


def dotted(node: ast.AST) -> str:
    """A name with its dots (`os.path.join`), or only the known end of it."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return ""
