"""What is said no to about staff and their computers: PINs, badges, departments, keys."""

from __future__ import annotations

from app.domain.errors import Refusal


class LastAdmin(Refusal):
    """Nobody would be left who may manage people and give roles."""


class OutranksYou(Refusal):
    """A manager of people who may do more than the one who asks is not taken over by them."""

    takes = ("name",)


class PassphraseNeeded(Refusal):
    """No session of the last hours is left here to come back to: the passphrase is asked for."""

    takes = ("login", "name")


class PinWrong(Refusal):
    """The PIN does not open this person's session."""


class PinClosed(Refusal):
    """Five wrong PINs in a row: it opens nothing until the passphrase was given."""


class BadgeUnknown(Refusal):
    """The badge was misread, or opens nothing any more."""


class CodesOnPaperOnly(Refusal):
    """Printed codes were to be printed into a file."""


class DepartmentInUse(Refusal):
    """Somebody still has a role in this department."""

    takes = ("name", "people")


class OtherComputerWrote(Refusal):
    """Another computer wrote into the shared book of late, and may go on with the old key.

    ``host`` is its name; in ``hours`` at the latest it counts as closed if it writes no more.
    """

    takes = ("host", "hours")
