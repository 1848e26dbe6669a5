"""The family of everything that can be said no to, or go wrong.

    WaydeskError            a stable ``code`` and the ``details`` its sentence needs
    ├── Refusal             expected: the person's or the world's; nothing was changed
    │   ├── who             NotSignedIn SignInFailed AccountLocked SessionExpired NotAllowed
    │   │                   ReasonNeeded StepUpNeeded SelfGrant QuotaSpent
    │   │                   and those about staff in app.domain.errors_people
    │   ├── states          NotInState MissingProofs OrderBlocked OrderOnHold StaleVersion
    │   │                   ReadOnlyShop
    │   ├── commands        NotFound DuplicateCommand UnknownCommand BadValue
    │   ├── stock           NotEnoughStock LockUnknown LockOverdrawn
    │   ├── labels          WaybillOpen WaybillNotLive BadWaybillNumber CopyExists NothingToPrint
    │   │                   ReceiverSealed, and app.domain.errors_labels
    │   ├── values          BadMoney UnknownCurrency MixedCurrencies BadNumber NumbersSpent
    │   ├── rules and files RuleRefused ImportUnreadable RetentionTooShort
    │   │                   HeadMistyped HeadsUnreadable RecordFileUnreadable
    │   └── the house       VaultLocked WrongPassphrase BackupBroken SharedBook BookInUse
    │                       BookTooNew DemoOnly OrdersOpen
    └── Fault               ours: a promise of Waydesk is broken and it stopped before harm
        AuditFailed RowChanged DecryptFailed LedgerBroken ProgramFault, and app.domain.errors_away

Title and remedy of each, in Chinese and English, stand in ``resources/words/errors_shop.toml``
under ``[errors.<code>]``; ``{placeholders}`` there are keys of ``details``. The attribute is not
called ``args`` because Python's exceptions turn anything put there into a tuple.
"""

from __future__ import annotations

import re
from typing import ClassVar

Detail = str | int


class WaydeskError(Exception):
    """Something that could not be done, with what its sentence needs to say so."""

    code: ClassVar[str] = "waydesk_error"
    #: the details every instance should carry, as the words use them
    takes: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Give the class its code: its own name in snake_case, unless it states one."""
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, **details: Detail) -> None:
        super().__init__(self.code)
        self.details: dict[str, Detail] = details

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.details.items())
        return f"{self.code}({said})"


class Refusal(WaydeskError):  # noqa: N818 - a refusal is no error
    """Expected: a rule or the world says no. Nothing was changed."""


class Fault(WaydeskError):  # noqa: N818 - the pair of Refusal
    """Ours: a promise of Waydesk does not hold. It stopped before doing harm."""


# --- who ---------------------------------------------------------------------------------------


class NotSignedIn(Refusal):
    """Nobody is signed in at this desk."""


class SignInFailed(Refusal):
    """Name and passphrase do not belong together; which of the two is wrong is not said."""


class AccountLocked(Refusal):
    """Too many wrong passphrases; ``until`` is shop-local text."""

    takes = ("until",)


class SessionExpired(Refusal):
    """The sign-in has run out, or the desk stood idle too long."""


class NotAllowed(Refusal):
    """The person lacks ``permission`` for this shop or department."""

    takes = ("permission",)


class ReasonNeeded(Refusal):
    """This permission is used with a reason only (F049)."""

    takes = ("permission",)


class StepUpNeeded(Refusal):
    """The person must prove afresh who they are before using ``permission``.

    ``factor`` is "totp" when a code is needed beside the passphrase, else "passphrase".
    """

    takes = ("permission", "factor")


class SelfGrant(Refusal):
    """Nobody grants a role to themselves."""

    takes = ("role",)


class QuotaSpent(Refusal):
    """The person has used ``permission`` as often as allowed; ``until`` is shop-local text."""

    takes = ("permission", "limit", "until")


# --- states ------------------------------------------------------------------------------------


class NotInState(Refusal):
    """``action`` does not start from ``state`` in this machine's table (F005)."""

    takes = ("machine", "state", "action")


class MissingProofs(Refusal):
    """The step asks for proofs that are not there; ``missing`` names them."""

    takes = ("action", "missing", "case_kind")


class OrderBlocked(Refusal):
    """The order is locked by an open case until that is settled (F007)."""

    takes = ("order_no", "case_kind")


class ReadOnlyShop(Refusal):
    """The owner has not said go: nothing is written to a platform or a carrier."""


class OrderOnHold(Refusal):
    """Somebody, or the platform's risk review, holds the order."""

    takes = ("order_no", "why")


class StaleVersion(Refusal):
    """The row has changed since the person looked at it."""

    takes = ("what", "id")


# --- commands ----------------------------------------------------------------------------------


class NotFound(Refusal):
    """There is no such thing, or it is out of this person's scope."""

    takes = ("what", "id")


class DuplicateCommand(Refusal):
    """The same command id came with other content: the first one stands."""

    takes = ("command_id",)


class UnknownCommand(Refusal):
    """This keeper does not know the command; desk and keeper are of different versions."""

    takes = ("kind",)


class BadValue(Refusal):
    """A field of the request cannot be what it says."""

    takes = ("field", "value")


class HeadMistyped(Refusal):
    """What was typed off a sheet is no head: an unknown word, or not eight of them."""

    takes = ("word", "place")


class HeadsUnreadable(Refusal):
    """A file of heads has a line that is none."""

    takes = ("file", "line")


class RecordFileUnreadable(Refusal):
    """A file is no exported record, or is broken at a line."""

    takes = ("file", "line")


# --- stock -------------------------------------------------------------------------------------


class NotEnoughStock(Refusal):
    """Fewer are available than the order needs."""

    takes = ("sku", "wanted", "available")


class LockUnknown(Refusal):
    """The reservation does not exist, or is not one of this order (F191)."""

    takes = ("lock_id",)


class LockOverdrawn(Refusal):
    """More would be released or used than the reservation still holds."""

    takes = ("lock_id", "asked", "held")


# --- labels ------------------------------------------------------------------------------------


class WaybillOpen(Refusal):
    """The parcel has a waybill that is not voided, or not known to have failed."""

    takes = ("parcel_no", "state")


class ReceiverSealed(Refusal):
    """The platform seals the receiver, and no carrier account here is the platform's own."""

    takes = ("order_no",)


class WaybillNotLive(Refusal):
    """The action needs a live waybill."""

    takes = ("parcel_no", "state")


class BadWaybillNumber(Refusal):
    """The number cannot be one of this carrier's: wrong form or wrong check digit (F182)."""

    takes = ("carrier", "number")


class CopyExists(Refusal):
    """This copy of the label is already made; a further one is a reprint."""

    takes = ("waybill_no", "copy_no")


class NothingToPrint(Refusal):
    """None of the chosen orders has a label that may be printed."""


# --- values ------------------------------------------------------------------------------------


class BadMoney(Refusal):
    """The text is not an amount of this currency."""

    takes = ("text", "currency")


class UnknownCurrency(Refusal):
    """No such ISO 4217 code."""

    takes = ("currency",)


class MixedCurrencies(Refusal):
    """Amounts of two currencies were to be added or compared."""

    takes = ("left", "right")


class BadNumber(Refusal):
    """The text is not one of Waydesk's own numbers."""

    takes = ("text",)


class NumbersSpent(Refusal):
    """The desk has used up the serials leased to it for this day."""

    takes = ("kind", "day")


# --- rules and files ---------------------------------------------------------------------------


class RuleRefused(Refusal):
    """A rule file holds a word Waydesk does not know."""

    takes = ("file", "row", "word")


class ImportUnreadable(Refusal):
    """The file as a whole cannot be read as orders."""

    takes = ("file", "why")


class RetentionTooShort(Refusal):
    """The activity log is kept at least ``least`` days (F097)."""

    takes = ("days", "least")


# --- the house ---------------------------------------------------------------------------------


class VaultLocked(Refusal):
    """The key of the personal data is not at hand; ``why`` is a word of ``[why]``."""

    takes = ("why",)


class WrongPassphrase(Refusal):
    """The passphrase does not open the vault, or it is too soon for another try."""

    takes = ("wait_s", "failures")


class BackupBroken(Refusal):
    """The backup does not pass its own check and is not restored."""

    takes = ("file", "why")


class SharedBook(Refusal):
    """The data is on a server, which makes its backups itself."""


class BookInUse(Refusal):
    """Another background service works on this data folder."""

    takes = ("folder",)


class BookTooNew(Refusal):
    """The data was written by a newer Waydesk."""

    takes = ("found", "known")


class OrdersOpen(Refusal):
    """``n`` of the orders are not over yet and still need their buyer's data; ``why`` a word."""

    takes = ("n", "order_no", "why")


class DemoOnly(Refusal):
    """Real credentials are refused in a demo folder, whose passphrase is published."""

    takes = ("what",)


# --- ours --------------------------------------------------------------------------------------


class AuditFailed(Fault):
    """The activity log could not be written, so the change was not made either."""

    takes = ("why",)


class RowChanged(Fault):
    """A protected row does not bear its seal: it was changed outside Waydesk."""

    takes = ("table", "id")


class DecryptFailed(Fault):
    """A ciphertext does not open with its key, or was moved from another row."""

    takes = ("table", "id", "field")


class LedgerBroken(Fault):
    """On hand or reserved do not equal the sum of their movements."""

    takes = ("sku", "booked", "summed")


class ProgramFault(Fault):
    """Something nobody foresaw; ``where`` names the place for whoever mends it."""

    takes = ("where",)
