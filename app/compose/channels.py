"""`waydesk channels`: `app.cli.channels` with what the connectors declare."""

from collections.abc import Mapping

from app.cli.channels import ChannelsPart
from app.compose.connectors import CAPS
from app.compose.terminal import main_of


def declared() -> Mapping[str, tuple[frozenset[str], str]]:
    """What each connector says it can do, and how fast it may be asked."""
    return {
        name: (caps.flags, f"{caps.limit.a_second:g} {caps.limit.unit}/s")
        for name, caps in CAPS.items()
    }


main = main_of("channels", ChannelsPart(declared()))
