"""The sandbox shop's bulk operations: what is refused, what is made, and the file it lies in.

shopify.dev, "Perform bulk operations with the GraphQL Admin API" and the reference pages of
bulkOperationRunQuery and BulkOperation: one connection at least, five at most, two deep, none
inside a list; a second operation is refused while one runs; a missing right fails it; the file is
JSON lines with `__parentId`, at an address of its own that needs no token and ends after a week.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sync.sandbox.graphql import Node, Unreadable, bare, read_document
from sync.sandbox.http import Call, Reply
from sync.sandbox.shopify_execute import Run, Thing
from sync.sandbox.shopify_rules import Ground, Refused, Schema, check
from sync.sandbox.shopify_views import gid, stamp

FILES = "/bulk-files/"
WEEK_S = 7 * 86_400
MOST_CONNECTIONS, DEEPEST = 5, 2
RUNNING = ("CREATED", "RUNNING", "CANCELING")
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass(slots=True)
class Operation:
    """One operation. `end` is how it will end; `lines` what it found when it was asked for."""

    number: int
    query: str
    made_s: int
    lines: list[bytes]
    roots: int
    end: str = "COMPLETED"
    error: str | None = None

    @property
    def body(self) -> bytes:
        """Its file."""
        return b"".join(self.lines)


class Bulk:
    """All operations of one app. `ends` are how the next ones end, such as "FAILED TIMEOUT".

    `takes_s` is how long one runs; `moved` an address the file's host points to instead; `ranges`
    whether that host gives stretches; `heard` the headers of what was asked of it.
    """

    def __init__(
        self,
        schema: Schema,
        now_s: Callable[[], float],
        root: Callable[[], Thing],
        denied: Callable[[str, str], str],
    ) -> None:
        """Take the schema, the clock, and what the queries find."""
        self._schema, self._now_s, self._root, self._denied = schema, now_s, root, denied
        self.made: list[Operation] = []
        self.ends: list[str] = []
        self.takes_s, self.ranges, self.moved, self.site = 30, True, "", ""
        self.heard: list[dict[str, str]] = []

    def root(self) -> Thing:
        """The queries by name."""
        return {"bulkOperation": self.operation, "bulkOperations": self.listed}

    def mutations(self) -> Thing:
        """The mutations by name."""
        return {"bulkOperationRunQuery": self.run}

    def run(self, args: Mapping[str, Any]) -> Thing:
        """Begin an operation; refused while another runs."""
        if any(self.status(each) in RUNNING for each in self.made):
            return _no("OPERATION_IN_PROGRESS", "A bulk query operation is already in progress")
        try:
            ground = self._ground(args["query"])
        except (Unreadable, Refused) as wrong:
            return _no("INVALID", str(wrong))
        run = Run(ground, self._denied)
        data = run.whole(self._root()) or {}
        lines = list(_lines(data, grouped=bool(args["groupObjects"])))
        roots = sum(b'"__parentId"' not in line for line in lines)
        number = 4_000_000 + len(self.made)
        made = Operation(number, args["query"], int(self._now_s()), lines, roots)
        told = self.ends.pop(0) if self.ends else ""
        made.end, _, made.error = told.partition(" ") if told else ("COMPLETED", "", None)
        if run.errors:
            made.end, made.error = "FAILED", "ACCESS_DENIED"
        self.made.append(made)
        return {"bulkOperation": self._view(made), "userErrors": []}

    def _ground(self, query: str) -> Ground:
        ground = Ground(self._schema, read_document(query), {}, bulk=True)
        check(ground)
        if ground.document.kind != "query" or len(ground.document.selection) != 1:
            raise Unreadable("Bulk queries have a single top-level field")
        if ground.document.selection[0].name in ("node", "nodes"):
            raise Unreadable("Top-level node and nodes fields are not supported")
        found = list(_connections(ground, ground.document.selection, ground.root, (0, False)))
        if not found:
            raise Unreadable("Bulk queries must contain at least one connection")
        if len(found) > MOST_CONNECTIONS or max(deep for deep, _ in found) > DEEPEST:
            raise Unreadable("Too many connections, or nested too deep")
        if any(within for _, within in found):
            raise Unreadable("Queries that contain a connection field within a list field")
        return ground

    def status(self, made: Operation) -> str:
        """How an operation stands now."""
        ends_s = made.made_s + self.takes_s
        if self._now_s() < ends_s:
            return "RUNNING" if self._now_s() > made.made_s else "CREATED"
        over = made.end == "COMPLETED" and self._now_s() >= ends_s + WEEK_S
        return "EXPIRED" if over else made.end

    def operation(self, args: Mapping[str, Any]) -> Thing | None:
        """One operation."""
        number = str(args["id"]).rpartition("/")[2]
        return next((self._view(e) for e in self.made if str(e.number) == number), None)

    def listed(self, args: Mapping[str, Any]) -> Thing:
        """The newest operations first."""
        return {"nodes": [self._view(each) for each in self.made[::-1]][: args["first"]]}

    def _view(self, made: Operation) -> Thing:
        status = self.status(made)
        there = status == "COMPLETED" and made.lines
        return {
            "id": gid("BulkOperation", made.number),
            "status": status,
            "errorCode": made.error if status == "FAILED" else None,
            "createdAt": stamp(made.made_s),
            "query": made.query,
            "url": f"{self.site}{FILES}{made.number}.jsonl?key=good" if there else None,
            "fileSize": str(len(made.body)) if there else None,
            "rootObjectCount": str(made.roots),
        }

    def file(self, call: Call) -> Reply:
        """The file, or a stretch of it; its host knows of no token."""
        self.heard.append(dict(call.headers))
        if self.moved:
            return Reply(302, b"", {"Location": self.moved})
        name = call.path.removeprefix(FILES)
        made = next((each for each in self.made if f"{each.number}.jsonl" == name), None)
        if made is None or call.query != "key=good" or self.status(made) != "COMPLETED":
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>")
        asked = _RANGE.fullmatch(call.headers.get("range", ""))
        if asked is None or not self.ranges:
            return Reply(200, made.body)
        first, last = int(asked[1]), min(int(asked[2]), len(made.body) - 1)
        if first > last:
            return Reply(416)
        told = {"Content-Range": f"bytes {first}-{last}/{len(made.body)}"}
        return Reply(206, made.body[first : last + 1], told)


def _no(code: str, message: str) -> Thing:
    wrong = {"code": code, "field": ["query"], "message": message}
    return {"bulkOperation": None, "userErrors": [wrong]}


def _connections(
    ground: Ground, selection: tuple[Node, ...], around: str, at: tuple[int, bool]
) -> Iterator[tuple[int, bool]]:
    """(how deep, whether within a list) of each connection of a query."""
    deep, within = at
    for node, type_ in ground.fields_of(selection, around):
        type_told = ground.schema[type_].fields[node.name].type
        is_one = bare(type_told).endswith("Connection")
        if is_one:
            yield deep + 1, within
        inside = within or (type_told.startswith("[") and node.name not in ("edges", "nodes"))
        if node.selection:
            below = (deep + is_one, inside)
            yield from _connections(ground, node.selection, bare(type_told), below)


def _lines(data: Mapping[str, Any], *, grouped: bool) -> Iterator[bytes]:
    """The file's lines; ungrouped, what belongs to the objects stands after all of them."""
    later: list[bytes] = []
    edges = [each for found in data.values() for each in found["edges"]]
    for each in edges:
        node = each["node"]
        below = {k: v for k, v in node.items() if isinstance(v, dict) and "edges" in v}
        yield _line({k: v for k, v in node.items() if k not in below})
        for connection in below.values():
            for child in connection["edges"]:
                line = _line({**child["node"], "__parentId": node["id"]})
                if grouped:
                    yield line
                else:
                    later.append(line)
    yield from later


def _line(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
