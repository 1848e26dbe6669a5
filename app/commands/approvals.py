"""Consent of a second person, and proving afresh who one is."""

import msgspec


class StepUp(msgspec.Struct, frozen=True, tag="step_up"):
    """Prove afresh that it is you; ``code`` is needed with a second factor only.

    Answers :class:`Fresh`.
    """

    passphrase: str
    code: str = ""


class Fresh(msgspec.Struct, frozen=True):
    """Until when (UTC ms) this session counts as freshly proved."""

    until: int


class ConsentTo(msgspec.Struct, frozen=True, tag="consent_to"):
    """Agree to somebody's request, at their computer or at one's own, proving who one is."""

    approval_id: int
    login: str
    passphrase: str
    code: str = ""


class RefuseRequest(msgspec.Struct, frozen=True, tag="refuse_request"):
    """Say no to somebody's request, with a reason they will read."""

    approval_id: int
    reason: str


class WithdrawRequest(msgspec.Struct, frozen=True, tag="withdraw_request"):
    """Take one's own request back."""

    approval_id: int


class EnrolFactor(msgspec.Struct, frozen=True, tag="enrol_factor"):
    """Begin a second factor of one's own; answers :class:`FactorBegun`.

    Nothing changes until :class:`ConfirmFactor` brings a code of the new secret.
    """


class FactorBegun(msgspec.Struct, frozen=True):
    """What an authenticator app scans, and the same secret to type."""

    uri: str
    secret: str


class ConfirmFactor(msgspec.Struct, frozen=True, tag="confirm_factor"):
    """Put the begun second factor in force by one of its codes; answers :class:`PrintedCodes`."""

    code: str


class PrintCodes(msgspec.Struct, frozen=True, tag="print_codes"):
    """Make new printed codes, each good for once; older ones end. Answers :class:`PrintedCodes`."""


class PrintedCodes(msgspec.Struct, frozen=True):
    """Codes to print, shown this once: the book keeps their keyed hashes alone."""

    codes: tuple[str, ...]


class PutCodesOnPaper(msgspec.Struct, frozen=True, tag="put_codes_on_paper"):
    """Print one's own codes, which were just made, on paper; answers :class:`CodesHanded`.

    Attributes:
        printer: as ``PrintLabels`` takes it; one that writes files is refused.
    """

    codes: tuple[str, ...]
    printer: str


class CodesHanded(msgspec.Struct, frozen=True):
    """Whose codes were handed to which printer."""

    login: str
    printer: str


class DropFactor(msgspec.Struct, frozen=True, tag="drop_factor"):
    """Give one's own second factor up, its printed codes with it."""


class ResetFactor(msgspec.Struct, frozen=True, tag="reset_factor"):
    """Take away the second factor of somebody who has lost it."""

    operator_id: int
    reason: str
