"""A shop's first hour: what is asked before anybody can sign in, and the steps that follow."""

import msgspec


class ReadFounding(msgspec.Struct, frozen=True, tag="read_founding"):
    """Ask how far this computer's shop is; needs no session. Answers :class:`Founding`."""


class Founding(msgspec.Struct, frozen=True):
    """What stands in the data folder.

    Attributes:
        founded: the shop has people who can sign in, or its data is still locked.
        demo: the folder is a demonstration, whose passphrase is published.
        keyring: this computer has a keyring that can hold the shop's key.
    """

    founded: bool
    demo: bool
    keyring: bool


class ShopFacts(msgspec.Struct, frozen=True):
    """What the shop is asked about itself, by the names of shop.toml."""

    shop_name: str
    zone: str
    currency: str
    language: str
    working_days: str
    cut_off: str = ""
    holidays: str = ""


class FoundShop(msgspec.Struct, frozen=True, tag="found_shop"):
    """Make the shop's key and its first administrator; answers :class:`KitMade`.

    Needs no session, and is refused once the shop has people. ``vault_passphrase`` is needed where
    no keyring holds the key (``keep_in`` passphrase).
    """

    shop: ShopFacts
    login: str
    name: str
    passphrase: str
    keep_in: str = "keyring"
    vault_passphrase: str = ""


class ReadKit(msgspec.Struct, frozen=True, tag="read_kit"):
    """Show the recovery kit again; answers :class:`KitMade`.

    ``vault_passphrase`` is needed where no keyring holds the key.
    """

    reason: str
    vault_passphrase: str = ""


class PrintKit(msgspec.Struct, frozen=True, tag="print_kit"):
    """Print the recovery kit on a printer (empty: the usual one); never into a file.

    ``vault_passphrase`` is needed where no keyring holds the key.
    """

    printer: str
    reason: str
    vault_passphrase: str = ""


class KitMade(msgspec.Struct, frozen=True):
    """The recovery kit: two lines of seven groups. It opens everything; it is kept on paper."""

    kit: str


class TryChannel(msgspec.Struct, frozen=True, tag="try_channel"):
    """Try a shop's address and keys without keeping them; answers :class:`Tried`.

    A refusal says what is wrong.
    """

    platform: str
    zone: str
    fields: dict[str, str]


class Tried(msgspec.Struct, frozen=True):
    """It works; ``notes`` are codes of what is worth knowing all the same (of errors' words)."""

    notes: tuple[str, ...] = ()


class TryCarrier(msgspec.Struct, frozen=True, tag="try_carrier"):
    """Try a carrier account without keeping it; a refusal says what is wrong."""

    carrier: str
    fields: dict[str, str]


class KeepStep(msgspec.Struct, frozen=True, tag="keep_step"):
    """Write down that a step of the first hour is done, or left for later."""

    step: str  # kit · stock · printer · carrier · shop · end
    state: str  # done · later
