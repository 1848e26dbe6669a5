"""What is asked of the bulk-ship file: write it, and say that it was uploaded."""

import msgspec


class WriteShipFile(msgspec.Struct, frozen=True, tag="write_ship_file"):
    """Write what a shop's platform is to be told into a new CSV file; answers :class:`ShipFile`.

    What stood in an earlier file is left out unless ``again`` asks for it.
    """

    channel_id: int
    path: str
    again: bool = False


class SayUploaded(msgspec.Struct, frozen=True, tag="say_uploaded"):
    """Say that the files written so far were uploaded; answers :class:`ShipFile`."""

    channel_id: int


class ShipFile(msgspec.Struct, frozen=True):
    """How many parcels it was about; ``before`` were in an earlier file and are not told yet."""

    rows: int
    before: int = 0
