"""Every command has one handler, a permission, a word in the record, and a test that names it."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterable
from types import ModuleType

import msgspec

from app.operations import all_verbs
from app.operations.verbs import Verb
from app.rulebook import Rulebook, load
from tests.house.sources import Source, proofs, read_all

Ask = type[msgspec.Struct]
# answered while the book, and so the door, may be shut
BEFORE_THE_BOOK = frozenset({"UnlockVault", "ReadFounding", "FoundShop"})


def modules(package: str) -> list[ModuleType]:
    """Every module of a package, imported."""
    folder = package.replace(".", "/")
    places = [source.place for source in read_all(folder) if not source.place.endswith("__.py")]
    return [importlib.import_module(p.removesuffix(".py").replace("/", ".")) for p in places]


def commands() -> list[Ask]:
    """What a desk may ask: the tagged structs of app/commands, the frame codec's own aside."""
    found = [
        thing
        for module in modules("app.commands")
        if module.__name__ != "app.commands.wire"
        for _, thing in inspect.getmembers(module, inspect.isclass)
        if thing.__module__ == module.__name__ and issubclass(thing, msgspec.Struct)
    ]
    return [ask for ask in found if ask.__struct_config__.tag is not None]


def verbs() -> tuple[Verb, ...]:
    return all_verbs.VERBS


def unlawful(verb: Verb, law: Rulebook) -> list[str]:
    """What a verb lacks before a shop can answer for it."""
    name = verb.ask.__name__
    lacks = []
    if not verb.permission and not verb.open and verb.told:
        lacks.append(f"{name}: no permission guards it")
    if verb.permission and verb.permission not in law.roles.permissions:
        lacks.append(f"{name}: permission {verb.permission} stands in no row of roles.toml")
    if verb.told and not law.words.has(f"audit.{verb.audit}"):
        lacks.append(f"{name}: the record's word audit.{verb.audit} is in no words file")
    return lacks


def unnamed(names: Iterable[str], written: Iterable[Source]) -> list[str]:
    """The names that no test mentions."""
    text = "\n".join(s.text for s in written if "/house/" not in s.place)
    said = set(re.findall(r"\w+", text))
    return sorted(set(names) - said)


def constants(sources: Iterable[Source]) -> set[str]:
    return {
        node.value
        for source in sources
        for node in source.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


# The law of roles speaks of these already (who may never do it is decided); no command asks yet.
LAW_AHEAD = frozenset(
    {
        *("label.save", "order.create_manual", "order.tag", "pick.scan"),
        *("pii.decrypt_batch", "stock.count", "stock.read"),
    }
)


def test_the_law_runs_ahead_only_where_no_command_has_caught_up() -> None:
    assert not LAW_AHEAD & {verb.permission for verb in verbs()}
    assert set(load().roles.permissions) >= LAW_AHEAD


def test_every_command_has_exactly_one_handler() -> None:
    handled = sorted([*(verb.ask.__name__ for verb in verbs()), *BEFORE_THE_BOOK])
    asked = sorted(ask.__name__ for ask in commands())
    assert handled == asked, f"without a handler: {sorted(set(asked) - set(handled))}"


def test_every_file_of_verbs_is_let_in() -> None:
    listed = {
        verb.ask for module in modules("app.operations") for verb in vars(module).get("VERBS", ())
    }
    assert listed == {verb.ask for verb in verbs()}


def test_every_handler_has_a_permission_and_a_word_in_the_record() -> None:
    law = load()
    found = [line for verb in verbs() for line in unlawful(verb, law)]
    assert not found, "\n".join(found)


def test_every_permission_guards_something() -> None:
    law = load()
    guarded = {verb.permission for verb in verbs()} | constants(read_all("app"))
    guarded |= {row.permission for row in law.lifecycle.rows.values()} | LAW_AHEAD
    idle = sorted(set(law.roles.permissions) - guarded)
    assert not idle, "\n".join(idle)


def told_by(sources: Iterable[Source]) -> set[str]:
    """What workers and handlers call their acts in the record: `work.tell("waybill_live", …)`."""
    return {
        call.args[0].value
        for source in sources
        for call in source.calls()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "tell"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_everything_the_record_tells_has_a_word() -> None:
    told = told_by(read_all("app/operations", "app/store", "app/keeper"))
    words = load().words
    lacking = sorted(act for act in told if not words.has(f"audit.{act}"))
    assert not lacking, "\n".join(lacking)


def test_every_command_is_named_by_a_test() -> None:
    found = unnamed((ask.__name__ for ask in commands()), proofs())
    assert not found, "\n".join(found)


def test_planted_faults_are_found() -> None:
    class Dance(msgspec.Struct, frozen=True, tag="dance"):
        """A command nobody wrote a law for."""

    law = load()
    assert len(unlawful(Verb(Dance, print, "dance.now", "danced"), law)) == 2
    assert len(unlawful(Verb(Dance, print, "", "danced"), law)) == 2
    assert told_by([Source("app/x.py", 'work.tell("danced", "order", 1)')]) == {"danced"}
    assert unnamed(["Dance"], [Source("tests/store/test_x.py", "hold(HoldOrder())")]) == ["Dance"]
