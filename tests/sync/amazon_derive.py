"""What we ask of Amazon's official models, and its published sandbox pairs, as small facts.

    WAYDESK_AMAZON_MODELS=<folder> python -m tests.sync.amazon_derive

writes `sync/sandbox/amazon_model.py` and `tests/sync/amazon_pairs.json` anew. The folder holds the
Swagger models of github amzn/selling-partner-api-models (Apache-2.0), `orders_2026-01-01.json`,
`ordersV0.json`, `listingsItems_2021-08-01.json` and `notifications.json`; they are large and stay
out of the repository.
"""

import json
import os
import textwrap
from functools import cache, partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "WAYDESK_AMAZON_MODELS"
MODEL = ROOT / "sync/sandbox/amazon_model.py"
PAIRS = ROOT / "tests/sync/amazon_pairs.json"
FILES = {
    "searchOrders": "orders_2026-01-01.json",
    "getOrder": "orders_2026-01-01.json",
    "confirmShipment": "ordersV0.json",
    "getListingsItem": "listingsItems_2021-08-01.json",
    "patchListingsItem": "listingsItems_2021-08-01.json",
    "getSubscription": "notifications.json",
    "createSubscription": "notifications.json",
    "getDestinations": "notifications.json",
    "createDestination": "notifications.json",
}
# Of the answers, the orders': a listing's is half the catalogue's words.
ANSWERS = {"searchOrders": "SearchOrdersResponse", "getOrder": "GetOrderResponse"}
HEAD = '''"""What the sandbox knows of Amazon's models: what we ask for, and what stands in orders.

Derived from github amzn/selling-partner-api-models (Apache-2.0), commit 34dc93f, by
`python -m tests.sync.amazon_derive`; not written by hand.
"""
'''


@cache
def official(name: str) -> Any:
    """The official model an operation stands in; None where no folder of them is named."""
    folder = os.environ.get(SOURCE)
    if not folder:
        return None
    return json.loads((Path(folder) / FILES[name]).read_text("utf-8"))


def operation(name: str) -> tuple[str, str, dict[str, Any]]:
    """(method, path, operation) of an official model."""
    for path, methods in official(name)["paths"].items():
        for method, told in methods.items():
            if isinstance(told, dict) and told.get("operationId") == name:
                return method.upper(), path, told
    raise KeyError(name)


def word(told: dict[str, Any]) -> str:
    """A schema in a word: string, date-time, A | B, [Part], Part."""
    if "$ref" in told:
        return str(told["$ref"]).rsplit("/", 1)[-1]
    if "enum" in told:
        return " | ".join(told["enum"]) + (" |" if len(told["enum"]) == 1 else "")
    if told.get("type") == "array":
        most = f"<={told['maxItems']}" if "maxItems" in told else ""
        return f"[{word(told['items'])}]{most}"
    kind = told.get("format") if told.get("format") == "date-time" else told.get("type", "object")
    return str(kind)


def line_of(name: str, told: dict[str, Any]) -> str:
    """One definition in a line: its fields, those that must stand there with a "!"."""
    if "properties" not in told:
        return f"{name} = {word(told)}"
    needed = told.get("required", ())
    fields = (
        f"{key}{'!' if key in needed else ''} {word(each)}"
        for key, each in told["properties"].items()
    )
    return f"{name} = {{ {', '.join(fields)} }}"


def named(told: Any) -> set[str]:
    """The definitions a schema refers to."""
    if isinstance(told, dict):
        ref = told.get("$ref")
        own = {ref.rsplit("/", 1)[-1]} if isinstance(ref, str) else set()
        return own.union(*map(named, told.values()))
    return set()


def model() -> str:
    """Every operation's parameters, and the definitions its body or its orders stand in."""
    lines: list[str] = []
    definitions: dict[str, str] = {}
    for name in FILES:
        method, path, told = operation(name)
        params = (
            f"{each['name']}{'!' if each.get('required') else ''} {each['in']}:"
            f"{word(each.get('schema', each))}"
            for each in told["parameters"]
        )
        lines.append(f"{name} = {method} {path} {{ {', '.join(params)} }}")
        waiting = set().union(*map(named, told["parameters"]))
        waiting |= {ANSWERS[name]} if name in ANSWERS else set()
        while waiting:
            one = waiting.pop()
            if one not in definitions:
                schema = official(name)["definitions"][one]
                definitions[one] = line_of(one, schema)
                waiting |= named(schema)
    wrap = partial(
        textwrap.wrap,
        width=96,
        subsequent_indent="  ",
        break_on_hyphens=False,
        break_long_words=False,
    )
    every = [*lines, "", *(definitions[name] for name in sorted(definitions))]
    return "\n".join("\n".join(wrap(line)) for line in every)


def pairs() -> list[dict[str, Any]]:
    """Amazon's published sandbox: operation, status, request parameters, answer."""
    found = []
    for name in FILES:
        for status, told in operation(name)[2]["responses"].items():
            for pair in told.get("x-amzn-api-sandbox", {}).get("static", []):
                asked = pair["request"]["parameters"]
                params = {key: each.get("value") for key, each in asked.items()}
                one = {"operation": name, "status": int(status), "request": params}
                found.append(one | {"answer": pair["response"]})
    return found


def written() -> tuple[str, str]:
    """The text of both files."""
    rows = ",\n".join(json.dumps(pair, ensure_ascii=False) for pair in pairs())
    return f'{HEAD}\nMODEL = """\n{model()}\n"""\n', f"[\n{rows}\n]\n"


if __name__ == "__main__":
    if official("getOrder") is None:
        raise SystemExit(f"Name the folder of the official models in {SOURCE}.")
    for file, text in zip((MODEL, PAIRS), written(), strict=True):
        file.write_text(text, "utf-8")
