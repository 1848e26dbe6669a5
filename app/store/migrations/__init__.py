"""The steps by which a book grows from one version of Waydesk to the next, forward only."""

from pathlib import Path


def versions_folder() -> Path:
    """Return the folder of the steps, one file each, with the statements it runs beside it."""
    return Path(__file__).with_name("versions")
