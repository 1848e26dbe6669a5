"""What is asked of shops, carriers and imports."""

import msgspec


class ConnectChannel(msgspec.Struct, frozen=True, tag="connect_channel"):
    """Add a shop on a platform; ``fields`` are what its platform asks for (keys are sealed)."""

    platform: str
    name: str
    zone: str
    currency: str
    fields: dict[str, str]


class ConnectCarrier(msgspec.Struct, frozen=True, tag="connect_carrier"):
    """Add a carrier account; ``fields`` are what the carrier asks for (keys are sealed)."""

    carrier: str
    name: str
    fields: dict[str, str]


class SetSender(msgspec.Struct, frozen=True, tag="set_sender"):
    """The address parcels are sent from."""

    name: str
    phone: str
    company: str
    province: str
    city: str
    district: str
    address: str


class ReadPrinters(msgspec.Struct, frozen=True, tag="read_printers"):
    """Ask which printers this computer has; answers :class:`PrintersSeen`."""


class PrinterChoice(msgspec.Struct, frozen=True):
    """One printer labels may go to; ``state`` is what its driver says: a hint, never a proof."""

    name: str
    description: str
    is_default: bool = False
    state: str = ""


class PrintersSeen(msgspec.Struct, frozen=True):
    """The printers of this computer, and where labels go when none is chosen."""

    printers: tuple[PrinterChoice, ...]
    usual: str = ""
    known: bool = True  # False while the printing service is away: none seen says nothing then


class PrintTestPage(msgspec.Struct, frozen=True, tag="print_test_page"):
    """Print the test page on a printer (empty: the shop's usual one); answers :class:`ProofPage`.

    The printer's name is as :class:`PrintLabels` takes it. Nothing of an order is on the page.
    """

    printer: str


class ProofPage(msgspec.Struct, frozen=True):
    """A test page was handed over: scanned back from paper, its ``code`` proves the printer.

    ``printer`` is where it went. The code is new for every page.
    """

    code: str
    printer: str


class PullNow(msgspec.Struct, frozen=True, tag="pull_now"):
    """Read a shop's orders now instead of at its next time."""

    channel_id: int


class ImportOrders(msgspec.Struct, frozen=True, tag="import_orders"):
    """Take an order file in through the same intake; answers :class:`Imported`.

    ``preview`` reads and judges every row and writes nothing. ``mapping`` is a mapping file, or
    the name of one that ships; "" recognises the headings. ``shop`` names the shop it comes from,
    "" for the mapping's own name. ``rejects`` is a CSV file to write the refused rows to.
    ``stated`` is how many orders the platform says the file holds, 0 where nobody said.
    """

    path: str
    mapping: str = ""
    shop: str = ""
    preview: bool = False
    rejects: str = ""
    stated: int = 0


class StopOrderImport(msgspec.Struct, frozen=True, tag="stop_order_import"):
    """End the order file this person is taking in, after the piece in hand."""


class LetIn(msgspec.Struct, frozen=True):
    """In whose name a file is taken in."""

    operator_id: int
    by: str


class RowRefused(msgspec.Struct, frozen=True):
    """One row that was refused: why (a code), in which column, and what stood there."""

    row: int
    code: str
    column: str
    stood: str


class Imported(msgspec.Struct, frozen=True):
    """What a file brought: orders new, changed, the same, and the rows refused with why.

    ``rejected`` are the first of the refused rows, ``refused`` counts all. ``stopped`` says that
    somebody ended it before its end.

    Where a count was ``stated``: ``here`` are the file's orders that stand in the book,
    ``not_here`` those that do not, ``lacking`` the first of their numbers. ``unnamed`` are orders
    the platform counts and the file does not name; below zero, it names more than were stated.
    """

    rows: int
    orders: int
    new: int
    changed: int
    same: int
    refused: int = 0
    rejected: tuple[RowRefused, ...] = ()
    mapping: str = ""
    shop: str = ""
    stopped: bool = False
    stated: int = 0
    here: int = 0
    not_here: int = 0
    lacking: tuple[str, ...] = ()
    unnamed: int = 0

    @property
    def differs(self) -> bool:
        """Whether the count that was stated is not what stands in the book, or one is missing."""
        return bool(self.stated) and (self.stated != self.here or self.not_here > 0)
