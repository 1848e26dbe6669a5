"""What a verb of the shop is made of; every operations file lists its own as ``VERBS``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.errors import Refusal
from app.rulebook import Rulebook
from app.store.work import Work

Handler = Callable[[Work, Any, Rulebook], Any]
Facts = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Weight:
    """What one exact command asks for before it is done.

    Attributes:
        permission: who holds it may consent.
        two_people: another person who may do it must consent.
        step_up: the one who asks must have proved afresh who they are.
        rows: how many rows it is about; a consent covers that many and no more.
        second_factor: whoever consents must have one, and use it.
    """

    permission: str
    two_people: bool = False
    step_up: bool = False
    rows: int = 0
    second_factor: bool = False


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
        weigh: how heavy exactly this command is, where the law's marks alone do not say it.
        facts: what whoever consents to it reads; no personal data. Raises what the verb would
            for a request that makes no sense.
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
    weigh: Callable[[Work, Any, Rulebook], Weight] | None = None
    facts: Callable[[Work, Any, Rulebook], Facts] | None = None
