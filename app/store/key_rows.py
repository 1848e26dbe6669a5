"""The data keys as they lie in the book: wrapped by the shop's key, one row each.

``state`` is current (closes what is written now), older (still opens), destroyed (its wrapping is
gone), or seals: the keys of row seals and record, taken out of the first data key so that they
outlive it. A backup carries the rows of its day, and so opens by itself with its day's kit.
"""

from collections.abc import Iterable

from app.domain.errors import VaultLocked
from app.domain.ports import Rng
from app.store.keys import Keys
from app.store.vault import unwrap

CURRENT, OLDER, DESTROYED, SEALS = "current", "older", "destroyed", "seals"
SEALS_ID = 0
KeyRow = tuple[int, bytes, str]  # id, wrapped, state


def keys_from(rows: Iterable[KeyRow], kek: bytes, rng: Rng) -> Keys | None:
    """Return the keys of these rows; None when there are none.

    Raises:
        VaultLocked: another shop's key was given, or no key is current.
    """
    opened: dict[int, bytes] = {}
    current, seals = -1, b""
    for key_id, wrapped, state in sorted(rows):
        if state == SEALS:
            seals = unwrap(kek, key_id, bytes(wrapped))
        elif state != DESTROYED:
            opened[key_id] = unwrap(kek, key_id, bytes(wrapped))
            current = key_id if state == CURRENT else current
    if not opened and not seals:
        return None
    if current < 0:
        raise VaultLocked(why="no_current_key")
    return Keys(opened, current, rng, seals)
