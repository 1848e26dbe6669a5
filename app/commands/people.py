"""Who is at the desk: signing in, locking, staff and their roles."""

import msgspec


class SignIn(msgspec.Struct, frozen=True, tag="sign_in"):
    """Open a session with a login and passphrase; answers :class:`SignedIn`."""

    login: str
    passphrase: str
    os_user: str = ""


class SignedIn(msgspec.Struct, frozen=True):
    """Who is signed in and what they may do; ``session`` goes with every later call.

    ``must_change`` says that nobody is yet: the passphrase was right but temporary, and
    :class:`RenewPassphrase` comes next.
    """

    session: str
    operator_id: int
    name: str
    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    lang: str = ""
    login: str = ""
    must_change: bool = False


class SignOut(msgspec.Struct, frozen=True, tag="sign_out"):
    """End this session."""


class LockSession(msgspec.Struct, frozen=True, tag="lock_session"):
    """Lock this session; it opens again with the passphrase only."""


class UnlockSession(msgspec.Struct, frozen=True, tag="unlock_session"):
    """Open a locked session again; answers :class:`SignedIn`."""

    session: str
    passphrase: str


class UnlockVault(msgspec.Struct, frozen=True, tag="unlock_vault"):
    """Open the shop's data with its passphrase, where no keyring holds the key."""

    passphrase: str


class CreateOperator(msgspec.Struct, frozen=True, tag="create_operator"):
    """Add a member of staff; answers the new id.

    The passphrase is the one they are told: at their first sign-in they choose their own.
    """

    login: str
    name: str
    passphrase: str
    roles: tuple[str, ...] = ()


class SetRoles(msgspec.Struct, frozen=True, tag="set_roles"):
    """Give a member of staff exactly these roles; nobody changes their own.

    A role alone holds everywhere: ``agent``; with a scope only there: ``agent@shop:<id>``,
    ``lead@department:<id>``, ``packer@warehouse:<id>`` (F175).
    """

    operator_id: int
    roles: tuple[str, ...]
    reason: str = ""


class Created(msgspec.Struct, frozen=True):
    """The id of what a command made."""

    id: int


class Tokenise(msgspec.Struct, frozen=True, tag="tokenise"):
    """Turn typed text into search tokens; touches no order, answers :class:`Tokens`."""

    text: str


class Tokens(msgspec.Struct, frozen=True):
    """Keyed tokens: every one of ``names`` must match; ``phone`` is an exact phone's index.

    While the data key changes, some names and phones still stand under the one before: the
    ``_before`` fields find those, each tuple of names by itself.
    """

    names: tuple[int, ...]
    phone: bytes = b""
    names_before: tuple[tuple[int, ...], ...] = ()
    phones_before: tuple[bytes, ...] = ()


class RevealField(msgspec.Struct, frozen=True, tag="reveal_field"):
    """Show one piece of personal data for a while, with a reason; answers :class:`Revealed`."""

    order_id: int
    field: str  # name · phone · address · email · message
    reason: str


class Revealed(msgspec.Struct, frozen=True):
    """The clear text and how long a screen may show it, in seconds."""

    text: str
    seconds: int = 30


class RenewPassphrase(msgspec.Struct, frozen=True, tag="renew_passphrase"):
    """Sign in with a temporary passphrase by choosing an own one; answers :class:`SignedIn`."""

    login: str
    passphrase: str
    chosen: str
    os_user: str = ""


class ChangePassphrase(msgspec.Struct, frozen=True, tag="change_passphrase"):
    """Choose another passphrase for oneself; other sessions of one's own end."""

    passphrase: str
    chosen: str


class SetLanguage(msgspec.Struct, frozen=True, tag="set_language"):
    """The language one's own screens speak: ``zh``, ``en``, or empty for the computer's."""

    lang: str


class SetPin(msgspec.Struct, frozen=True, tag="set_pin"):
    """Choose one's own PIN, or give it up with an empty one; the passphrase proves who asks."""

    passphrase: str
    pin: str


class EnterByPin(msgspec.Struct, frozen=True, tag="enter_by_pin"):
    """Open one's own session of the last hours on this computer again; answers :class:`SignedIn`.

    ``leaving`` is the session that is open at this desk now: it is locked.
    """

    login: str
    pin: str
    os_user: str = ""
    leaving: str = ""


class EnterByBadge(msgspec.Struct, frozen=True, tag="enter_by_badge"):
    """The same by a scanned badge."""

    code: str
    os_user: str = ""
    leaving: str = ""
