"""What is asked of personal data: whose it is, a copy for the person, and its end."""

import msgspec


class FindSubject(msgspec.Struct, frozen=True, tag="find_subject"):
    """Find every order of one person; exactly one of the three is given.

    ``order_id`` finds the orders with the same phone or e-mail address as that order. Answers
    :class:`SubjectFound`; nothing is shown in clear.
    """

    order_id: int = 0
    phone: str = ""
    email: str = ""


class SubjectOrder(msgspec.Struct, frozen=True):
    """One order of a person, masked; ``open_because`` is why it cannot be erased yet, or empty.

    ``placed_at`` is UTC ms, 0 when unknown; ``state`` is the order's; ``erased`` and ``wanted``
    tell what was done or asked for already.
    """

    order_id: int
    number: str
    external_no: str
    shop: str
    placed_at: int
    state: str
    buyer_mask: str
    phone_mask: str
    open_because: str = ""
    erased: bool = False
    wanted: bool = False


class SubjectFound(msgspec.Struct, frozen=True):
    """The orders of one person the asker may see, newest first."""

    orders: tuple[SubjectOrder, ...]


class ExportSubject(msgspec.Struct, frozen=True, tag="export_subject"):
    """Write everything held about a person's orders, in clear, into one zip file.

    ``path`` is absolute and ends in ``.zip``. With a ``passphrase`` (8 letters or more) the file
    is encrypted (AES-256, as WinZip and 7-Zip write it). Answers :class:`SubjectExported`.
    """

    order_ids: tuple[int, ...]
    path: str
    reason: str
    passphrase: str = ""


class SubjectExported(msgspec.Struct, frozen=True):
    """How many orders a copy holds, and whether a passphrase opens it."""

    orders: int
    encrypted: bool


class EraseSubject(msgspec.Struct, frozen=True, tag="erase_subject"):
    """Erase the personal data of exactly these orders; there is no way back.

    An order that is not over yet refuses the whole, unless ``postpone``: then it is erased by
    itself once it is over. Answers :class:`SubjectErased`.
    """

    order_ids: tuple[int, ...]
    reason: str
    postpone: bool = False


class SubjectErased(msgspec.Struct, frozen=True):
    """How many orders were erased now, and how many will be once they are over."""

    erased: int
    postponed: int


class RotateDataKey(msgspec.Struct, frozen=True, tag="rotate_data_key"):
    """Close everything written from now on with a new data key; the rest follows by itself.

    ``passphrase`` is the vault's, where no keyring holds the shop's key.
    """

    reason: str
    passphrase: str = ""


class ChangeVaultPassphrase(msgspec.Struct, frozen=True, tag="change_vault_passphrase"):
    """Put the shop's key under another passphrase (8 letters or more); the kit stays good."""

    passphrase: str
    new_passphrase: str
    reason: str


class RenewRecoveryKit(msgspec.Struct, frozen=True, tag="renew_recovery_kit"):
    """Give the shop another key of its own, and a new recovery kit; answers :class:`RecoveryKit`.

    The kit printed before opens backups made before, and nothing made from now on.
    """

    reason: str
    passphrase: str = ""


class RecoveryKit(msgspec.Struct, frozen=True):
    """The text to print: two lines of seven groups. It is shown once and kept nowhere."""

    text: str


class RenewCredentials(msgspec.Struct, frozen=True, tag="renew_credentials"):
    """Put new keys in for a shop or carrier account that stands; fields not named stay.

    ``kind`` is channel or carrier. One that was retired works again.
    """

    kind: str
    owner_id: int
    fields: dict[str, str]


class RetireCredentials(msgspec.Struct, frozen=True, tag="retire_credentials"):
    """Forget the keys of a shop or carrier account and use it no more; its orders stay."""

    kind: str
    owner_id: int
    reason: str
