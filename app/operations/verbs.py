"""What a verb of the shop is made of; every operations file lists its own as ``VERBS``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.errors import Refusal
from app.rulebook import Rulebook
from app.store.work import Work

Handler = Callable[[Work, Any, Rulebook], Any]


@dataclass(frozen=True, slots=True)
class Verb:
    """One command: what does it, who may, what the record calls it.

    Attributes:
        reason: a reason must be given, though the permission by itself asks for none.
        open: needs no session (signing in).
        told: whether a success is written to the record (reads that show nothing are not).
        kept: whether the answer is stored, so that a repeat of the same id is harmless.
        renews: the law changes with it, and is read again afterwards.
        refused: what else happens in the transaction that records a refusal.
    """

    ask: type[msgspec.Struct]
    handler: Handler
    permission: str
    audit: str
    reason: bool = False
    open: bool = False
    told: bool = True
    kept: bool = True
    renews: bool = False
    refused: Callable[[Work, Any, Refusal], None] | None = None
