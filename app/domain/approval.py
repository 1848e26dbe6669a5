"""Consent: how long a request stands, and by what somebody proves who they are (security.md 3.3).

A request is bound to one exact command. A second person consents with a fresh sign-in of their
own. Where nobody else may, the requester consents alone: at once with a second factor that counts,
otherwise after a day's wait, so that a stolen passphrase alone does nothing quickly.
"""

from enum import StrEnum

from app.domain.errors import Refusal

MINUTE_MS = 60_000
#: how long a request waits for a second person, and a consent for its use
APPROVAL_MS = 10 * MINUTE_MS
#: how long somebody alone and without a second factor waits; and a new factor before it counts
COOLING_MS = 24 * 60 * MINUTE_MS


class Request(StrEnum):
    """Where a request stands; only the first two are open."""

    WAITING = "waiting"
    CONSENTED = "consented"
    REFUSED = "refused"
    USED = "used"
    VOID = "void"


OPEN = (Request.WAITING.value, Request.CONSENTED.value)
MEANT = str.maketrans("ILO", "110")


def plain_code(code: str) -> str:
    """A code as it was meant, however it was typed: no gaps, capitals, 1 for I and L, 0 for O."""
    return code.replace("-", "").replace(" ", "").strip().upper().translate(MEANT)


class Factor(StrEnum):
    """By what a person was proved; WAITED stands for a passphrase and a day's wait.

    FOUNDER is the passphrase of whoever founded the shop, on its first day.
    """

    PASSPHRASE = "passphrase"  # noqa: S105 - the word for it
    TOTP = "totp"
    RECOVERY = "recovery"
    WAITED = "waited"
    FOUNDER = "founder"


class ApprovalNeeded(Refusal):
    """Somebody must consent to exactly this request, which was written down as ``approval_id``.

    ``who`` is "another" (person who may), "self" (alone in the shop: with a second factor),
    "founder" (alone on the shop's first day: with the passphrase) or "later" (alone and without a
    factor: from ``ready`` on, shop-local text); ``why`` is a word of
    ``[why]``: asked_now, asked_already, or what became of an earlier consent.
    """

    takes = ("permission", "approval_id", "who", "why", "ready")


class ApprovalRefused(Refusal):
    """Somebody has said no to exactly this request a moment ago."""

    takes = ("permission", "approver", "reason")


class ApprovalClosed(Refusal):
    """The request can no longer be consented to; ``why`` is a word of ``[why]``."""

    takes = ("why",)


class SelfApproval(Refusal):
    """Nobody consents to their own request while somebody else may (or before its time)."""

    takes = ("permission", "ready")


class NotIndependent(Refusal):
    """Whoever asked has lately given this person their passphrase or a role."""

    takes = ("name", "ready")


class FactorMissing(Refusal):
    """There is no second factor to confirm, or to take away."""
