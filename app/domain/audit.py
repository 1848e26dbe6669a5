"""The chain of the activity log: each line's hash covers the hash before it (security.md 3.6, 3.7).

What a line's bytes are is the store's; here stands what makes a row of lines a chain, and how a
verifier says where it is broken. A chain alone does not show a cut tail: for that the verifier is
handed the head that somebody else has seen.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import RetentionTooShort

GENESIS = b"\x00" * 32
#: six months of network logs (Cybersecurity Law art. 21); twelve and a bit by default
LEAST_DAYS, DEFAULT_DAYS = 180, 400
DAY_MS = 86_400_000

#: (hash before, body) -> hash; only the holder of the audit key can compute it
Mac = Callable[[bytes, bytes], bytes]


class Breach(StrEnum):
    """What is wrong with a line, or with what is not there."""

    EDITED = "edited"
    MISSING = "missing"
    REORDERED = "reordered"
    UNLINKED = "unlinked"
    CUT = "cut"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Link:
    """One line as the verifier sees it; ``seq`` starts at 1 and has no gaps."""

    seq: int
    body: bytes
    prev_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stood: before its first line, or as a witness saw it.

    A witness may have kept the beginning of the hash only, such as eight words on paper.
    """

    seq: int = 0
    hash: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Broken:
    """The first line that does not hold, and why."""

    seq: int
    why: Breach


def append(head: Head, body: bytes, mac: Mac) -> Link:
    """Return the line that follows ``head``."""
    return Link(head.seq + 1, body, head.hash, mac(head.hash, body))


def verify(
    links: Iterable[Link], mac: Mac, start: Head | None = None, seen: Iterable[Head] = ()
) -> Broken | None:
    """Return the first broken line, or None when every one holds.

    ``links`` come in the order in which they are stored; ``start`` is the head before the first of
    them (pruned months leave one), ``seen`` are heads witnesses keep: each must be met on the way,
    and a chain that ends before one was cut. Lines that hold by themselves and are not what a
    witness saw were written anew by somebody who has the key.
    """
    head = start or Head()
    witnessed: dict[int, list[bytes]] = {}
    for one in seen:
        witnessed.setdefault(one.seq, []).append(one.hash)
    if not _as_seen(head.seq, head.hash, witnessed):
        return Broken(head.seq, Breach.REWRITTEN)
    for link in links:
        why = _breach(head, link, mac, witnessed)
        if why is not None:
            return Broken(min(link.seq, head.seq + 1), why)
        head = Head(link.seq, link.hash)
    last = max(witnessed, default=0)
    return Broken(head.seq + 1, Breach.CUT) if last > head.seq else None


def _breach(head: Head, link: Link, mac: Mac, seen: dict[int, list[bytes]]) -> Breach | None:
    if link.seq <= head.seq:
        return Breach.REORDERED
    if link.seq > head.seq + 1:
        return Breach.MISSING
    if not hmac.compare_digest(mac(link.prev_hash, link.body), link.hash):
        return Breach.EDITED
    if link.prev_hash != head.hash:
        return Breach.UNLINKED
    return None if _as_seen(link.seq, link.hash, seen) else Breach.REWRITTEN


def _as_seen(seq: int, digest: bytes, seen: dict[int, list[bytes]]) -> bool:
    """Whether a line is the one every witness saw under its number."""
    return all(digest.startswith(short) for short in seen.get(seq, ()))


def prune_before(now: int, days: int) -> int:
    """Return the UTC ms before which lines may be pruned (F097).

    Raises RetentionTooShort for fewer than 180 days, whoever asks.
    """
    if days < LEAST_DAYS:
        raise RetentionTooShort(days=days, least=LEAST_DAYS)
    return now - days * DAY_MS
