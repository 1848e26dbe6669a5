"""A shop's expiring tokens, renewed by its connector and kept in the name of sync.

Two computers may renew at once: who comes second takes what the first one kept, and keys a person
entered meanwhile always stay.
"""

from collections.abc import Mapping

from app.store import shops
from app.store.work import Work


def renew_tokens(
    work: Work, channel_id: int, before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[dict[str, str], int]:
    """Keep ``after`` where ``before`` still stands.

    Returns what stands then, and the version of the shop's row if it was written (0: it was not).
    """
    standing = shops.tokens_of(work, channel_id)
    if standing != dict(before):
        return standing, 0
    version = shops.keep_tokens(work, channel_id, dict(after))
    work.tell("tokens_renewed", "channel", channel_id)
    return dict(after), version
