"""Amazon's own models as rules: whether a question, a body or an answer is what they allow.

Read from the facts of `amazon_model`; what is refused here is refused there with 400 InvalidInput.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sync.sandbox.amazon_model import MODEL

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_VERBS = ("GET ", "POST ", "PATCH ")
_PLAIN: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "object": (dict,),
    "number": (int, float),
    "integer": (int,),
}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of an operation: where it stands, and of what type it is."""

    place: str
    type: str
    needed: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One operation: its method, its path, its parameters by name."""

    name: str
    method: str
    path: re.Pattern[str]
    params: Mapping[str, Param]


@cache
def _lines() -> tuple[tuple[str, str], ...]:
    whole = re.sub(r"\n  ", " ", MODEL.strip("\n"))
    split = (line.split(" = ", 1) for line in whole.splitlines() if line)
    return tuple((name, told) for name, told in split)


@cache
def operations() -> tuple[Rule, ...]:
    """The operations of the models that we call."""
    found = []
    for name, told in _lines():
        if not told.startswith(_VERBS):
            continue
        method, path, fields = told.split(" ", 2)
        # The server has undone the percent signs: a SKU may hold a slash, and it stands last.
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path.replace("{sku}", "(?P<sku>.+)"))
        params = {}
        for key, (kind, needed) in _fields(fields).items():
            place, _, plain = kind.partition(":")
            params[key] = Param(place, plain, needed)
        found.append(Rule(name, method, re.compile(pattern), params))
    return tuple(found)


@cache
def _definitions() -> Mapping[str, str]:
    return {name: told for name, told in _lines() if not told.startswith(_VERBS)}


def _fields(told: str) -> dict[str, tuple[str, bool]]:
    fields = {}
    for each in told.strip("{ }").split(", "):
        name, _, kind = each.strip().partition(" ")
        fields[name.rstrip("!")] = (kind, name.endswith("!"))
    return fields


def wrong(kind: str, value: Any, at: str = "") -> list[str]:
    """What is wrong with a value that should be of a type of the models; nothing: it is good."""
    if kind.startswith("["):
        return _wrong_list(kind, value, at)
    told = _definitions().get(kind, "")
    if told:
        good = _wrong_object if told.startswith("{") else wrong
        return good(told, value, at)
    return [] if _is(kind, value) else [f"{at}: no {kind}"]


def _is(kind: str, value: Any) -> bool:
    if "|" in kind:
        return value in kind.strip(" |").split(" | ")
    if kind == "date-time":
        return isinstance(value, str) and _TIME.fullmatch(value) is not None
    return isinstance(value, _PLAIN[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _wrong_list(kind: str, value: Any, at: str) -> list[str]:
    inner, _, most = kind.rpartition("]")
    if not isinstance(value, list) or (most and len(value) > int(most.removeprefix("<="))):
        return [f"{at}: no such list"]
    return [x for n, each in enumerate(value) for x in wrong(inner[1:], each, f"{at}[{n}]")]


def _wrong_object(told: str, value: Any, at: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{at}: no object"]
    fields = _fields(told)
    found = [f"{at}.{name}: unknown" for name in value if name not in fields]
    for name, (kind, needed) in fields.items():
        if name in value:
            found += wrong(kind, value[name], f"{at}.{name}")
        elif needed:
            found.append(f"{at}.{name}: missing")
    return found


def wrong_query(rule: Rule, asked: Mapping[str, str]) -> list[str]:
    """What is wrong with the parameters of a question; lists stand there with commas."""
    params = {name: param for name, param in rule.params.items() if param.place == "query"}
    found = [f"{name}: unknown" for name in asked if name not in params]
    for name, param in params.items():
        if name not in asked:
            found += [f"{name}: missing"] if param.needed else []
            continue
        value: Any = asked[name]
        if param.type.startswith("["):
            value = value.split(",")
        elif param.type == "integer":
            value = int(value) if value.isdigit() else value
        found += wrong(param.type, value, name)
    return found
