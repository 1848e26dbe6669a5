"""What a platform told by itself is kept, and becomes at most a reason to read an order again."""

from app.rulebook import Rulebook
from app.store import cases, inbox
from app.store.cases import Notice
from app.store.inbox import Delivery
from app.store.work import Work


def receive(work: Work, rules: Rulebook, told: Delivery) -> str:
    """Keep one verified delivery; says whether it was fresh, a repeat, or differs from its first.

    The same event with another content is a case: the first stays, and the order, which is read
    from the platform anyway, is not read again for it.
    """
    kept = inbox.put(work, told)
    if kept == inbox.FRESH:
        work.tell("push_received", "channel", told.channel_id, external_id=told.external_id)
    if kept == inbox.DIFFERS:
        args = {"event_id": told.event_id[:80], "external_id": told.external_id[:80]}
        notice = Notice(
            "push_differs", channel_id=told.channel_id, subject=told.event_id[:200], args=args
        )
        cases.open_case(work, rules.cases, notice)
        work.tell("push_differs", "channel", told.channel_id, event_id=told.event_id[:80])
    return kept
