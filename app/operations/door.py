"""The one door: every change goes through here, with a permission, a name and a record.

A verb is a plain function ``(work, ask, rules) -> reply or None``. The door opens the
transaction, reads the permission inside it, answers a repeated command from the book, refuses
one whose content changed, runs the verb, keeps derived columns in step, writes the audit entry
and commits. A refusal is recorded too, in a transaction of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.domain.actor import Actor
from app.domain.approval import ApprovalClosed, ApprovalNeeded, ApprovalRefused, SelfApproval
from app.domain.errors import (
    DecryptFailed,
    DuplicateCommand,
    MissingProofs,
    NotAllowed,
    ReasonNeeded,
    Refusal,
    RowChanged,
    StepUpNeeded,
    UnknownCommand,
)
from app.domain.masks import mask_note
from app.domain.roles import Level
from app.operations import blocked, requests, sessions, tampered
from app.operations.laws import Laws
from app.operations.verbs import Verb
from app.store import orders
from app.store.tables_record import command
from app.store.work import Book, Work

#: refused for who asks, not for what the shop's state is
DENIED = (NotAllowed, ReasonNeeded, StepUpNeeded, ApprovalNeeded, ApprovalRefused, SelfApproval)
ON_CONSENT = (ApprovalNeeded, ApprovalClosed)


@dataclass(frozen=True, slots=True)
class Answer:
    """A command's encoded reply and which rows screens should read again."""

    result: bytes
    changed: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


class Door:
    """Lets commands in, one at a time, each in one transaction."""

    def __init__(self, book: Book, laws: Laws, verbs: tuple[Verb, ...]) -> None:
        self.book, self.laws = book, laws
        self.verbs = {verb.ask: verb for verb in verbs}
        self.asks = tuple(self.verbs)
        self._encode = msgspec.msgpack.Encoder().encode

    def do(self, command_id: int, ask: msgspec.Struct, session: str = "") -> Answer:
        """Do one command in the name of whoever the session belongs to.

        Raises a :class:`Refusal` when it may not or cannot be done: nothing was changed then,
        and the attempt stands in the record.
        """
        verb = self.verbs.get(type(ask))
        if verb is None:
            raise UnknownCommand(kind=type(ask).__name__)
        answer = self._through(verb, command_id, _masked(ask), session)
        if verb.renews:
            self.laws.renew()
        return answer

    def do_as(self, actor: Actor, command_id: int, ask: msgspec.Struct) -> Answer:
        """Do one command in the name of a worker of Waydesk's own (sync, a timer)."""
        verb = self.verbs[type(ask)]
        with self.book.work(actor, command_id) as work:
            return self._done(work, verb, ask)

    def _through(self, verb: Verb, command_id: int, ask: Any, session: str) -> Answer:
        actor = sessions.NOBODY
        try:
            with self.book.work(actor, command_id) as work:
                level = Level.FULL
                if not verb.open:
                    actor = work.actor = sessions.actor_of(work, session)
                    level = self._allow(work, verb, ask)
                return self._repeated(work, verb, ask) or self._consented(work, verb, ask, level)
        except Refusal as refusal:
            self._refused(verb, actor, command_id, ask, refusal)
            raise
        except (RowChanged, DecryptFailed) as found:
            with self.book.work(actor, command_id) as work:
                tampered.open_case(work, self.laws.now, found)
                work.tell(verb.audit, *requests.object_of(ask), result="failed", code=found.code)
                work.commit()
            raise

    def _allow(self, work: Work, verb: Verb, ask: Any) -> Level:
        """How far the person may go: raises NotAllowed for not at all, ReasonNeeded."""
        places = sessions.places_of(work, ask)
        level = Level.FULL
        if verb.permission:
            level = sessions.level(work, self.laws.now, verb.permission, places)
        if level is Level.NONE:
            raise NotAllowed(permission=verb.permission)
        if self._wants_reason(verb) and not str(getattr(ask, "reason", "")).strip():
            raise ReasonNeeded(permission=verb.permission)
        return level

    def _asked(self, work: Work, verb: Verb, ask: Any) -> requests.Asked:
        return requests.weighed(work, self.laws.now, verb, ask, self._digest(work, ask))

    def _consented(self, work: Work, verb: Verb, ask: Any, level: Level) -> Answer:
        """Do it, once whoever asks was freshly proved and whoever must agree has agreed."""
        consent = None
        if not verb.open:
            asked, asking = self._asked(work, verb, ask), level is Level.ASK
            consent = requests.let_through(work, self.laws.now, asked, asking=asking)
        return self._done(work, verb, ask, consent)

    def _wants_reason(self, verb: Verb) -> bool:
        """The law says so of the permission, and the command has room for one."""
        known = self.laws.now.roles.permissions.get(verb.permission)
        asked = known is not None and known.reason and "reason" in verb.ask.__struct_fields__
        return verb.reason or asked

    def _repeated(self, work: Work, verb: Verb, ask: Any) -> Answer | None:
        stored = work.find(command, work.command_id) if verb.kept and work.command_id else None
        if stored is None:
            return None
        same = bytes(stored["args_digest"]) == self._digest(work, ask)
        if not same or stored["operator_id"] != work.actor.operator_id:
            raise DuplicateCommand(command_id=work.command_id)
        return Answer(bytes(stored["result"] or b"\xc0"))

    def _done(
        self, work: Work, verb: Verb, ask: Any, consent: requests.Consent | None = None
    ) -> Answer:
        reply = verb.handler(work, ask, self.laws.now)
        for order_id in sorted(work.marked.get("orders", ())):
            orders.refresh(work, order_id)
        result = self._encode(reply)
        if verb.told:
            by = consent.told() if consent is not None else {}
            reason = str(getattr(ask, "reason", ""))
            work.tell(verb.audit, *requests.object_of(ask), reason=reason, **by)
            if verb.kept and work.command_id:
                self._keep(work, verb, ask, result)
            work.commit()
        return Answer(result, {kind: tuple(sorted(ids)) for kind, ids in work.marked.items()})

    def _keep(self, work: Work, verb: Verb, ask: Any, result: bytes) -> None:
        work.insert(
            command,
            {
                "id": work.command_id,
                "kind": verb.audit,
                "args_digest": self._digest(work, ask),
                "operator_id": work.actor.operator_id,
                "at": work.now,
                "state": "applied",
                "result": result,
            },
        )

    def _refused(
        self, verb: Verb, actor: Actor, command_id: int, ask: Any, refusal: Refusal
    ) -> None:
        result = "denied" if isinstance(refusal, DENIED) else "failed"
        with self.book.work(actor, command_id) as work:
            if verb.refused is not None:
                verb.refused(work, ask, refusal)
            if isinstance(refusal, ApprovalNeeded):
                asked = self._asked(work, verb, ask)
                requests.write_down(work, self.laws.now, asked, refusal)
            if isinstance(refusal, MissingProofs):
                blocked.lock_order(work, self.laws.now, ask.order_id, refusal)
                orders.refresh(work, ask.order_id)
            reason = str(getattr(ask, "reason", ""))
            on = requests.object_of(ask)
            work.tell(verb.audit, *on, reason=reason, result=result, **_why(refusal))
            work.commit()

    def _digest(self, work: Work, ask: Any) -> bytes:
        """Tells two contents apart; keyed, for a passphrase may be among what was asked."""
        return work.keys.audit_mac(b"command", self._encode(ask))


def _why(refusal: Refusal) -> dict[str, Any]:
    """Why it was refused, as the record says it."""
    why = {"code": refusal.code}
    if isinstance(refusal, ON_CONSENT):
        why["why"] = str(refusal.details["why"])
    return why


def _masked(ask: msgspec.Struct) -> msgspec.Struct:
    """The command with phones, e-mail addresses and card numbers in its reason masked.

    A reason is kept for years, in the record and on timelines, which no erasure reaches.
    """
    reason = getattr(ask, "reason", "")
    if not isinstance(reason, str) or not reason:
        return ask
    return msgspec.structs.replace(ask, reason=mask_note(reason))
