"""Whether anything may leave: until the owner says go, Waydesk only watches (F265)."""

from app.domain.errors import ReadOnlyShop
from app.rulebook import Rulebook


def refuse_read_only(rules: Rulebook) -> None:
    """Stand before everything that will be written to a platform or a carrier.

    Raises :class:`ReadOnlyShop` while the shop only watches; the pumps look again, so that what
    was put down before stays unsent too.
    """
    if rules.policy.read_only:
        raise ReadOnlyShop
