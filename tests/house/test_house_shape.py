"""The house keeps its shape: small files, short functions, told modules, honest names."""

import ast
from collections.abc import Iterator

from tests.house.sources import Source, house, proofs

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
EMPTY_NAMES = frozenset({"utils", "util", "helpers", "helper", "manager", "common", "base", "misc"})


def too_long(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > LONGEST_FILE:
        yield f"{source.place}: {lines} lines, at most {LONGEST_FILE}"
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{source.place}:{node.lineno} {node.name}: {length} lines"


def untold(source: Source) -> Iterator[str]:
    if not ast.get_docstring(source.tree):
        yield f"{source.place}: no word on what the module is for"


def empty_name(source: Source) -> Iterator[str]:
    parts = source.place.removesuffix(".py").split("/")
    for word in {word for part in parts for word in part.split("_")} & EMPTY_NAMES:
        yield f"{source.place}: '{word}' says nothing about what is inside"


def test_files_and_functions_are_short() -> None:
    found = [line for source in house() for line in too_long(source)]
    assert not found, "\n".join(found)


def test_every_module_says_what_it_is_for() -> None:
    found = [line for source in house() for line in untold(source)]
    assert not found, "\n".join(found)


def test_no_module_has_an_empty_name() -> None:
    found = [line for source in (*house(), *proofs()) for line in empty_name(source)]
    assert not found, "\n".join(found)


def test_test_modules_have_names_of_their_own() -> None:
    names = [s.place.rpartition("/")[2] for s in proofs() if "/test_" in s.place]
    assert len(names) == len(set(names)), sorted(n for n in set(names) if names.count(n) > 1)


def test_planted_faults_are_found() -> None:
    long_file = Source("app/x.py", '"""A."""\n' + "a = 1\n" * LONGEST_FILE)
    long_function = Source("app/x.py", "def f():\n" + "    a = 1\n" * LONGEST_FUNCTION)
    assert list(too_long(long_file))
    assert list(too_long(long_function))
    assert list(untold(Source("app/x.py", "import a")))
    assert list(empty_name(Source("app/desk/row_utils.py", "")))
