"""The shop's law: ``resources/rules`` and the shop's own choices, read once into domain objects.

Everything is checked when it is read. A word Waydesk does not know stops the start with the file,
the row and the word, instead of meaning nothing later.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from app.domain.cases import CaseKind, cases_from
from app.domain.choices import Rule, rules_from
from app.domain.connections import Connections, Kind, connections_from
from app.domain.couriers import Couriers, couriers_from
from app.domain.errors import RuleRefused
from app.domain.head_words import SIZE, HeadWords
from app.domain.label_routes import FROM_FILES, LabelRoutes, label_routes_from
from app.domain.lifecycle import Lifecycle, lifecycle_from
from app.domain.policy import Choice, ShopPolicy, policy_from
from app.domain.roles import Roles, roles_from
from app.domain.status import StatusMap, status_from
from app.domain.waybill_numbers import WaybillNumbers, numbers_from
from app.domain.words import Words, sentences_from

RESOURCES: Final = Path(__file__).resolve().parent.parent / "resources"
"""Where the shipped rules and words stand, in the source tree and in the frozen program."""

Forms = dict[str, str]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything the owner can read and, within its words, change."""

    lifecycle: Lifecycle
    roles: Roles
    cases: Mapping[str, CaseKind]
    status: StatusMap
    policy: ShopPolicy
    choices: Mapping[str, Rule]
    waybill_numbers: WaybillNumbers
    couriers: Couriers
    connections: Connections
    label_routes: LabelRoutes
    words: Words
    head_words: HeadWords


def load(resources: Path = RESOURCES, choices: Mapping[str, Choice] | None = None) -> Rulebook:
    """Return the law with the shop's ``choices`` (rows of shop.toml) on top of the defaults.

    The shipped files are read once a process. Raises RuleRefused naming file, row and word.
    """
    law = _shipped() if resources == RESOURCES else _law(resources)
    return replace(law, policy=_policy(law.choices, choices or {}))


@lru_cache(maxsize=1)
def _shipped() -> Rulebook:
    """The law as it was shipped; reading its hundred files takes a tenth of a second."""
    return _law(RESOURCES)


def _law(resources: Path) -> Rulebook:
    rules = resources / "rules"
    roles = roles_from(_read(rules / "roles.toml"), "roles.toml")
    lifecycle = lifecycle_from(_read(rules / "lifecycle.toml"), roles.permissions, "lifecycle.toml")
    cases = cases_from(_read(rules / "cases.toml"), "cases.toml")
    for guard in lifecycle.guards.values():
        if guard.case_kind not in cases:
            raise RuleRefused(file="lifecycle.toml", row=guard.name, word=guard.case_kind)
    shop = rules_from(_read(rules / "shop.toml"), "shop.toml")
    connections = _connections(rules / "connections")
    routes = _label_routes(rules / "label_routes.toml", connections)
    couriers = couriers_from(_read(rules / "couriers.toml"), "couriers.toml")
    words = Words(dict(_word_files(resources / "words"))).with_more(
        dict(_rule_words(roles, lifecycle, cases, shop))
        | {key: _forms(*both) for key, both in connections.words.items()}
        | {f"carrier.{code}": dict(forms) for code, forms in couriers.rows.items()}
        | {f"label_route.{row.platform}": _forms(row.en, row.zh) for row in routes.rows.values()}
        | {f"own_label.{name}": _forms(own.en, own.zh) for name, own in routes.own_labels.items()}
    )
    return Rulebook(
        lifecycle=lifecycle,
        roles=roles,
        cases=cases,
        status=_status(rules),
        policy=_policy(shop, {}),
        choices=shop,
        waybill_numbers=_waybill_numbers(rules / "waybill_numbers.toml"),
        couriers=couriers,
        connections=connections,
        label_routes=routes,
        words=words,
        head_words=_head_words(resources / "heads"),
    )


def _read(path: Path) -> dict[str, Any]:
    """Return a rule file's table. Raises RuleRefused when it is missing or no TOML."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        raise RuleRefused(file=path.name, row="", word="missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleRefused(file=path.name, row="", word=str(error)) from error


def _policy(shop: Mapping[str, Rule], choices: Mapping[str, Choice]) -> ShopPolicy:
    shipped = {name: rule.value for name, rule in shop.items()}
    policy_from(shipped, "shop.toml")
    return policy_from(shipped | dict(choices), "settings")


def _status(rules: Path) -> StatusMap:
    merged = StatusMap()
    for path in sorted(rules.glob("status_*.toml")):
        merged = merged.with_rows(status_from(_read(path), path.name).rows.values())
    return merged


def _connections(folder: Path) -> Connections:
    """Read what can be connected, a file each, in the order the shop is offered them."""
    abilities = _read(folder / "capabilities.toml")
    offered = abilities.pop("offered", ())
    served = connections_from(abilities, "capabilities.toml")
    for name in {path.stem for path in folder.glob("*.toml")} - {"capabilities", *offered}:
        raise RuleRefused(file="capabilities.toml", row="offered", word=name)
    for name in offered:
        path = folder / f"{name}.toml"
        served = served.with_more(connections_from(_read(path) | abilities, path.name))
    return served


def _label_routes(path: Path, served: Connections) -> LabelRoutes:
    """Read whose e-waybill is whose; both ends are connections, and every e-waybill has a row.

    Orders from files are routed by the name of the mapping they come by, which a shop may write.
    """
    routes = label_routes_from(_read(path), path.name)
    can = {row.name for row in served.of(Kind.CARRIER) if "ewaybill" in row.can}
    platforms = {row.name for row in served.of(Kind.PLATFORM)}
    told = {one for row in routes.rows.values() for one in row.carriers}
    carriers = {row.name for row in served.of(Kind.CARRIER)}
    lost = set(routes.own_labels) - carriers
    strays = {one for one in set(routes.rows) - platforms if not one.startswith(FROM_FILES)}
    for word in sorted(strays | (told ^ can) | lost):
        raise RuleRefused(file=path.name, row="route", word=word)
    return routes


def _waybill_numbers(path: Path) -> WaybillNumbers:
    return numbers_from(_read(path), path.name) if path.exists() else WaybillNumbers()


def _head_words(folder: Path) -> HeadWords:
    """Read the lists that say a head of the record in eight words."""
    lists = {}
    for lang in ("en", "zh"):
        words = tuple((folder / f"{lang}.txt").read_text("utf-8").split())
        if len(set(words)) != SIZE:
            raise RuleRefused(file=f"{lang}.txt", row="", word=str(len(set(words))))
        lists[lang] = words
    return HeadWords(lists)


def _word_files(folder: Path) -> Iterator[tuple[str, Forms]]:
    """Read every words file; a key spoken for in two files is refused, not overwritten."""
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        for key, forms in sentences_from(_read(path), path.name):
            if key in seen:
                raise RuleRefused(file=path.name, row=seen[key], word=key)
            seen[key] = path.name
            yield key, forms


def _rule_words(
    roles: Roles, lifecycle: Lifecycle, cases: Mapping[str, CaseKind], shop: Mapping[str, Rule]
) -> Iterator[tuple[str, Forms]]:
    """Give every sentence of the rule files a key, so that screens can show the law."""
    for permission in roles.permissions.values():
        yield f"permission.{permission.name}", _forms(permission.en, permission.zh)
    for role in roles.roles.values():
        yield f"role.{role.name}", _forms(role.en, role.zh)
    for row in reversed(list(lifecycle.rows.values())):  # the first row of an action names it
        yield f"step.{row.machine}.{row.action}", _forms(row.label_en, row.label_zh)
        yield f"step.{row.machine}.{row.action}.why", _forms(row.why_en, row.why_zh)
    for guard in lifecycle.guards.values():
        yield f"guard.{guard.name}", _forms(guard.en, guard.zh)
    for kind in cases.values():
        yield f"case.{kind.name}.title", _forms(kind.title_en, kind.title_zh)
        yield f"case.{kind.name}.advice", _forms(kind.advice_en, kind.advice_zh)
    for name, rule in shop.items():
        yield f"policy.{name}", _forms(rule.en, rule.zh)


def _forms(en: str, zh: str) -> Forms:
    return {"en": en, "zh": zh}
