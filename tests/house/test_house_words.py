"""What people read and what the code says match both ways, in both languages."""

import ast
import importlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from string import Formatter

import pytest

from app.domain.errors import WaydeskError
from app.domain.words import Words
from app.rulebook import RESOURCES, load
from printing.errors import PrintingError
from sync.errors import SyncError
from tests.house.sources import CODE, Source, dotted, read_all

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
BORROWED = frozenset({"refusal", "fault", "refused", "failed"})  # carry another error's code
STEM = re.compile(r"[a-z][a-z_.]{2,}_")
SAYERS = frozenset({"say", "has", "word"})


@pytest.fixture(scope="module")
def words() -> Words:
    return load().words


def import_everything() -> None:
    """Import every module that ships, so that every kind of error is known."""
    for source in read_all(*CODE):
        name = source.place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if not name.endswith("__main__"):
            importlib.import_module(name)


def kinds(of: type[Exception]) -> Iterator[type[Exception]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def spoken_codes(sources: Iterable[Source], names: frozenset[str]) -> set[str]:
    """Codes given where an error is made: `Rejected("sf_bad_sign", ...)`."""
    return {
        call.args[0].value
        for source in sources
        for call in source.calls()
        if dotted(call.func).rpartition(".")[2] in names
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
        and call.args[0].value
    }


@cache
def error_codes() -> set[str]:
    import_everything()
    shop = {kind.code for kind in kinds(WaydeskError) if ours(kind)} - BORROWED
    sync = {SyncError.code, *(kind.code for kind in kinds(SyncError) if ours(kind))}
    names = frozenset(kind.__name__ for kind in (*kinds(SyncError), *kinds(PrintingError)))
    return shop | sync | spoken_codes(read_all("sync", "printing", "app/compose"), names)


def ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in CODE


def constants() -> set[str]:
    return {
        node.value
        for source in read_all(*CODE)
        for node in source.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def stems() -> tuple[str, ...]:
    """Fixed beginnings of names that code completes: `f"held_{reason}"` gives `held_`."""
    found = {
        node.values[0].value
        for source in read_all(*CODE)
        for node in source.nodes
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)
    }
    return tuple(stem for stem in found if isinstance(stem, str) and STEM.fullmatch(stem))


def asked_keys(source: Source, areas: frozenset[str]) -> set[tuple[int, str]]:
    """Keys of sentences that a file asks for by name."""
    said = {
        call.args[0]
        for call in source.calls()
        if call.args and dotted(call.func).rpartition(".")[2] in SAYERS
    }
    found = set()
    for node in source.nodes:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        on_screen = source.stands_in("app/desk/") and node.value.partition(".")[0] in areas
        if KEY.fullmatch(node.value) and (node in said or on_screen):
            found.add((node.lineno, node.value))
    return found


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def shipped_keys() -> set[str]:
    """Keys of resources/words alone, without those of the rule files."""
    text = "\n".join(path.read_text("utf-8") for path in (RESOURCES / "words").glob("*.toml"))
    return set(re.findall(r"^\[([a-z0-9_.]+)\]", text, re.MULTILINE))


def test_every_error_has_a_title_and_a_remedy(words: Words) -> None:
    lacking = [
        f"errors.{code}.{part}"
        for code in sorted(error_codes())
        for part in ("title", "remedy")
        if not words.has(f"errors.{code}.{part}")
    ]
    assert not lacking, "\n".join(lacking)


def test_every_error_with_words_can_happen() -> None:
    known = error_codes() | constants()
    told = {key.removeprefix("errors.") for key in shipped_keys() if key.startswith("errors.")}
    assert not told - known, "\n".join(sorted(told - known))


def test_an_error_gives_what_its_sentence_asks_for(words: Words) -> None:
    import_everything()
    found = [
        f"{kind.__name__}: {{{blank}}} in {key}"
        for kind in kinds(WaydeskError)
        if ours(kind)
        for key in (f"errors.{kind.code}.title", f"errors.{kind.code}.remedy")
        for form in words.sentences.get(key, {}).values()
        for blank in blanks(form) - set(kind.takes)
    ]
    assert not found, "\n".join(found)


def test_every_sentence_says_the_same_in_both_languages(words: Words) -> None:
    uneven = [
        key
        for key, forms in words.sentences.items()
        if not forms.get("en") or not forms.get("zh") or blanks(forms["en"]) != blanks(forms["zh"])
    ]
    assert not uneven, "\n".join(sorted(uneven))


def test_every_sentence_asked_for_is_there(words: Words) -> None:
    areas = frozenset(key.partition(".")[0] for key in shipped_keys())
    known = shipped_keys() | set(words.sentences)
    found = [
        f"{source.place}:{line} {key}"
        for source in read_all(*CODE)
        for line, key in asked_keys(source, areas)
        if key not in known and not _begins_some(key, known)
    ]
    assert not found, "\n".join(found)


def _begins_some(key: str, known: set[str]) -> bool:
    """Whether a key is the stem of others: its last word is put together at run time."""
    return key.endswith("_") and any(other.startswith(key) for other in known)


def test_every_sentence_there_is_asked_for() -> None:
    """A key is asked for whole, by its last part (a state, a proof, a field), or by its stem."""
    rules = "\n".join(path.read_text("utf-8") for path in (RESOURCES / "rules").glob("*.toml"))
    known, begun = constants() | set(re.findall(r'"([\w.]+)"', rules)), stems()
    dead = {
        key
        for key in shipped_keys()
        for name in [key.rpartition(".")[2]]
        if not key.startswith("errors.")
        and not {key, name} & known
        and not (key.startswith(begun) or name.startswith(begun))
    }
    assert not dead, "\n".join(sorted(dead))


def test_planted_faults_are_found() -> None:
    asks = Source("app/desk/x.py", 'words.say("border.tittle", "en")\ncolumn = "board.nunber"')
    found = asked_keys(asks, frozenset({"board"}))
    assert found == {(1, "border.tittle"), (2, "board.nunber")}
    made = Source("sync/x.py", 'raise Rejected("odd_answer", a=1)')
    assert spoken_codes([made], frozenset({"Rejected"})) == {"odd_answer"}
    assert blanks("{a} of {b}") == {"a", "b"}
