"""`waydesk channels`: `app.cli.channels` with what the connectors declare."""

from collections.abc import Mapping

from app.cli.channels import ChannelsPart
from app.compose.connectors import caps
from app.compose.terminal import main_of
from app.domain.connections import Kind


def declared() -> Mapping[tuple[Kind, str], tuple[frozenset[str], str]]:
    """What each connector says it can do, and how fast it may be asked."""
    return {
        name: (each.flags, f"{each.limit.a_second:g} {each.limit.unit}/s")
        for name, each in caps().items()
    }


main = main_of("channels", ChannelsPart(declared()))
