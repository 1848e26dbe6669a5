"""Expiring tokens of a shop or a carrier account, renewed by its connector and kept by sync.

Two computers may renew at once: who comes second takes what the first one kept, and keys a person
entered meanwhile always stay.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.store import accounts, shops
from app.store.work import Work


@dataclass(frozen=True, slots=True)
class Drawer:
    """How the tokens of one kind of owner are read and kept; ``kind`` is as the record says it."""

    kind: str
    tokens_of: Callable[[Work, int], dict[str, str]]
    keep_tokens: Callable[[Work, int, dict[str, str]], int]


SHOPS = Drawer("channel", shops.tokens_of, shops.keep_tokens)
ACCOUNTS = Drawer("carrier", accounts.tokens_of, accounts.keep_tokens)


def renew_tokens(
    work: Work,
    owner_id: int,
    before: Mapping[str, str],
    after: Mapping[str, str],
    drawer: Drawer = SHOPS,
) -> tuple[dict[str, str], int]:
    """Keep ``after`` where ``before`` still stands.

    Returns what stands then, and the version of the owner's row if it was written (0: it was not).
    """
    standing = drawer.tokens_of(work, owner_id)
    if standing != dict(before):
        return standing, 0
    version = drawer.keep_tokens(work, owner_id, dict(after))
    work.tell("tokens_renewed", drawer.kind, owner_id)
    return dict(after), version
