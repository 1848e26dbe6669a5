"""Believes a notice of a new version only when enough of its publisher's keys have signed it.

The files and the order of their checks follow The Update Framework (TUF 1.0, client workflow 5):
a root, kept offline, names the keys of every role and how many of them must sign; a timestamp,
signed often, names the one targets file in force; the targets carry the notice. Each file expires,
none goes back to a lower version, and none is read beyond its length. What a thief of one key, of
the server, or of the line can do is then at most to say nothing new.

https://theupdateframework.github.io/specification/latest/
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.domain.errors import Refusal

ROOT_BYTES: Final = 64 * 1024
TIMESTAMP_BYTES: Final = 16 * 1024
TARGETS_BYTES: Final = 512 * 1024
MOST_ROOTS: Final = 32
"""How many new roots one look follows."""
_VERSION: Final = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})")
_ROLES: Final = frozenset({"root", "timestamp", "targets"})
Release = tuple[int, int, int]


class UpdateRefused(Refusal):
    """A notice of a new version is not to be believed, or could not be read; ``why`` is a code."""

    takes = ("why",)


@dataclass(frozen=True, slots=True)
class Role:
    """Which keys speak for a role, and how many of them must."""

    keys: Mapping[str, Ed25519PublicKey]
    threshold: int


@dataclass(frozen=True, slots=True)
class Root:
    """A root that is believed."""

    version: int
    expires: int
    roles: Mapping[str, Role]
    text: bytes


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a timestamp names: the targets' version, length and SHA-256."""

    version: int
    targets_version: int
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A new version and what changed in it, in both languages."""

    targets_version: int
    release: str
    changes: Mapping[str, tuple[str, ...]]


def release_of(text: str) -> Release:
    """Read a version like 1.4.0. Raises UpdateRefused."""
    found = _VERSION.fullmatch(text)
    if found is None:
        raise UpdateRefused(why="unreadable")
    return int(found[1]), int(found[2]), int(found[3])


def read_root(text: bytes, by: Root | None = None) -> Root:
    """Believe a root: the first as it is shipped, each later one when `by` and itself sign it.

    Raises UpdateRefused: unsigned, of a version that is not the next, or no root.
    """
    signed, signatures = _opened(text, "root", ROOT_BYTES)
    root = _root_of(signed, text)
    _check(root.roles["root"], signed, signatures)
    if by is not None:
        _check(by.roles["root"], signed, signatures)
        if root.version != by.version + 1:
            raise UpdateRefused(why="rollback")
    return root


def check_fresh(root: Root, now: int) -> None:
    """Refuse a root that has expired; `now` is UTC ms."""
    if root.expires <= now:
        raise UpdateRefused(why="expired")


def read_timestamp(text: bytes, root: Root, now: int, seen: int) -> Pointer:
    """Believe a timestamp not older than version `seen`. Raises UpdateRefused."""
    signed, signatures = _opened(text, "timestamp", TIMESTAMP_BYTES)
    _check(root.roles["timestamp"], signed, signatures)
    version = _number(signed, "version")
    meta = _mapping(_mapping(signed, "meta"), "targets.json")
    pointer = Pointer(
        version,
        _number(meta, "version"),
        _number(meta, "length"),
        str(_mapping(meta, "hashes").get("sha256", "")),
    )
    if version < seen:
        raise UpdateRefused(why="rollback")
    if _expires(signed) <= now:
        raise UpdateRefused(why="expired")
    if pointer.length > TARGETS_BYTES:
        raise UpdateRefused(why="too_long")
    return pointer


def read_targets(text: bytes, root: Root, pointer: Pointer, now: int, seen: int) -> Notice:
    """Believe the targets a timestamp named. Raises UpdateRefused."""
    if len(text) != pointer.length or hashlib.sha256(text).hexdigest() != pointer.sha256:
        raise UpdateRefused(why="differs")
    signed, signatures = _opened(text, "targets", TARGETS_BYTES)
    _check(root.roles["targets"], signed, signatures)
    version = _number(signed, "version")
    if version != pointer.targets_version or version < seen:
        raise UpdateRefused(why="rollback")
    if _expires(signed) <= now:
        raise UpdateRefused(why="expired")
    notice = _mapping(signed, "notice")
    release = str(notice.get("version", ""))
    release_of(release)
    changes = _mapping(notice, "changes")
    lines = {lang: tuple(str(line) for line in changes.get(lang, ())) for lang in ("en", "zh")}
    return Notice(version, release, lines)


def canonical(value: Any) -> bytes:
    """The one way of writing a value that is signed (OLPC canonical JSON; no fractions)."""
    if isinstance(value, dict):
        inner = (canonical(str(k)) + b":" + canonical(value[k]) for k in sorted(value))
        return b"{" + b",".join(inner) + b"}"
    if isinstance(value, list | tuple):
        return b"[" + b",".join(canonical(one) for one in value) + b"]"
    if isinstance(value, str):
        return b'"' + value.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'
    if isinstance(value, bool) or value is None:
        return {True: b"true", False: b"false", None: b"null"}[value]
    if isinstance(value, int):
        return str(value).encode()
    raise UpdateRefused(why="unreadable")


def key_id(key: Mapping[str, Any]) -> str:
    """A key's name: the SHA-256 of the key itself, so that no key has two names."""
    return hashlib.sha256(canonical(dict(key))).hexdigest()


def _opened(text: bytes, kind: str, limit: int) -> tuple[dict[str, Any], list[Any]]:
    if len(text) > limit:
        raise UpdateRefused(why="too_long")
    try:
        whole = json.loads(text, parse_float=_no_fraction, parse_constant=_no_fraction)
        signed, signatures = whole["signed"], whole["signatures"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UpdateRefused(why="unreadable") from None
    if not isinstance(signed, dict) or not isinstance(signatures, list):
        raise UpdateRefused(why="unreadable")
    if signed.get("_type") != kind:
        raise UpdateRefused(why="unreadable")
    return signed, signatures


def _no_fraction(text: str) -> None:
    raise ValueError(text)


def _check(role: Role, signed: dict[str, Any], signatures: list[Any]) -> None:
    """Count the keys of the role that signed; one that signed twice counts once."""
    content, good = canonical(signed), set()
    for one in signatures[:100]:
        name = str(one.get("keyid", "")) if isinstance(one, dict) else ""
        if name not in role.keys or name in good:
            continue
        try:
            role.keys[name].verify(bytes.fromhex(str(one.get("sig", ""))), content)
        except (InvalidSignature, ValueError):
            continue
        good.add(name)
    if len(good) < role.threshold:
        raise UpdateRefused(why="threshold" if good else "unsigned")


def _root_of(signed: dict[str, Any], text: bytes) -> Root:
    known: dict[str, Ed25519PublicKey] = {}
    for name, key in _mapping(signed, "keys").items():
        if not isinstance(key, dict) or key.get("keytype") != "ed25519" or key_id(key) != name:
            raise UpdateRefused(why="unreadable")
        try:
            public = bytes.fromhex(str(_mapping(key, "keyval").get("public", "")))
            known[name] = Ed25519PublicKey.from_public_bytes(public)
        except ValueError:
            raise UpdateRefused(why="unreadable") from None
    roles = {}
    for name in _ROLES:
        role = _mapping(_mapping(signed, "roles"), name)
        threshold = _number(role, "threshold")
        keys = {one: known[one] for one in role.get("keyids", ()) if one in known}
        if threshold < 1 or len(keys) < threshold:
            raise UpdateRefused(why="threshold")
        roles[name] = Role(keys, threshold)
    return Root(_number(signed, "version"), _expires(signed), roles, text)


def _expires(signed: Mapping[str, Any]) -> int:
    try:
        at = datetime.strptime(f"{signed.get('expires', '')}+0000", "%Y-%m-%dT%H:%M:%SZ%z")
    except ValueError:
        raise UpdateRefused(why="unreadable") from None
    return round(at.timestamp() * 1000)


def _mapping(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    inner = value.get(name)
    if not isinstance(inner, dict):
        raise UpdateRefused(why="unreadable")
    return inner


def _number(value: Mapping[str, Any], name: str) -> int:
    number = value.get(name)
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise UpdateRefused(why="unreadable")
    return number
