"""What is asked of records that came in and could not be read as orders."""

import msgspec


class RetakeRecord(msgspec.Struct, frozen=True, tag="retake_record"):
    """Ask the platform once more for a record that was kept aside."""

    kept_id: int
