"""What a store's file says, read and checked: plain frozen values the connector works by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.channels.own_shop_path import Path

AUTH_KINDS = ("none", "basic", "bearer", "header", "query", "hmac")
PAGE_KINDS = ("none", "page", "offset", "cursor", "link")
TIME_FORMATS = ("iso_utc", "iso_offset", "iso_local", "local", "date", "unix", "unix_ms")
REPEATS = ("harmless", "key", "look")
MEANS = ("throttled", "token", "permission", "rejected", "already")
METHODS = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True)
class HmacRecipe:
    """How a text is signed: HMAC of `text`, spelt as `spelling` (hex | hex_upper | base64)."""

    algorithm: str
    text: str
    spelling: str


@dataclass(frozen=True, slots=True)
class Auth:
    """How a call says who calls. `name` is the header's or the query parameter's.

    `headers` and `query` are what a signed call carries, with {key} {time} {nonce} {signature}.
    """

    kind: str = "none"
    name: str = ""
    recipe: HmacRecipe | None = None
    time: str = "unix"
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """The parameter that asks for what changed since; `bound` inclusive | exclusive.

    `overlap_ms` is how far before the last round's begin the next one asks.
    """

    param: str
    format: str
    bound: str
    overlap_ms: int


@dataclass(frozen=True, slots=True)
class Pages:
    """How a long list is cut. `first` is the number of the first page, 0 or 1."""

    kind: str = "none"
    param: str = ""
    size_param: str = ""
    size: int = 50
    first: int = 1
    next: Path | None = None
    more: Path | None = None
    total: Path | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The list of orders. `each` is where they stand in the answer.

    `whole` says that an order of the list is all of it; else each is read by the detail call.
    """

    path: str
    each: tuple[str, ...]
    whole: bool
    query: Mapping[str, str]
    changed: Changed | None
    pages: Pages


@dataclass(frozen=True, slots=True)
class Detail:
    """One order's address, and where it stands in the answer."""

    path: str
    at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One write: its address, its body (JSON with {placeholders}), and why a repeat is harmless.

    `repeat`: key (a key of ours, in `key_header` or the body, lets the store know a repeat), look
    (the order is read first), harmless (the store's own promise). `line` is the body of one line.
    """

    method: str
    path: str
    body: Any
    repeat: str
    key_header: str = ""
    line: Any = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What the body of a good answer says, and where a bad one says its code and words."""

    ok: Path | None = None
    ok_values: frozenset[str] = frozenset()
    code: Path | None = None
    text: Path | None = None
    means: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Push:
    """How a webhook is signed, and where it says which order changed.

    `prefix` stands before the signature in its header; the time is in seconds or milliseconds.
    """

    header: str
    recipe: HmacRecipe
    order: Path
    prefix: str = ""
    time_header: str = ""
    event_header: str = ""
    event: Path | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole file. `texts` are paths by our field's name; `status` and `payment` their words."""

    name: str
    address: str
    zone: str
    currency: str
    a_second: float
    headers: Mapping[str, str]
    auth: Auth
    listing: Listing
    detail: Detail | None
    order: Mapping[str, Path]
    constants: Mapping[str, str]
    line_each: Path
    line: Mapping[str, Path]
    refund_each: Path | None
    refund: Mapping[str, Path]
    money: str
    fractions: str
    time: str
    proof: str
    status: Mapping[str, str]
    payment: Mapping[str, str]
    carriers: Mapping[str, str]
    ship: Call | None
    ship_part: Call | None
    stock: Call | None
    memo: Call | None
    answers: Answers
    push: Push | None

    @property
    def flags(self) -> frozenset[str]:
        """What this store can do, by the names of the capabilities."""
        told = {
            "poll": True,
            "push": self.push is not None,
            "refunds": self.refund_each is not None,
            "ship": self.ship is not None,
            "ship_lines": self.ship_part is not None,
            "ship_lookup": self.ship is not None and self.ship.repeat == "look",
            "stock": self.stock is not None,
            "memo": self.memo is not None,
            "flag": self.memo is not None and "{flag}" in str(self.memo.body),
        }
        return frozenset(name for name, can in told.items() if can)
